"""The desk's home: what one person is to see first, in a number of queries that does not grow."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from articles.models import Article
from articles.models.article import ArticleQuerySet
from media.models import Clip, FixityCheck, Footage, Job
from media.models.job import CLIP_KINDS

# Enough to see what is going on; each list has a page of its own that shows all.
LONGEST = 8
# So long before the rights to a film end, somebody is told who may ask for more.
SOON = timedelta(days=14)
# What the kinds of work are called at the desk.
WORDS = {
    "first_play": "First play",
    "package_clip": "The whole ladder",
    "redraw_pictures": "Pictures",
    "add_av1": "AV1",
    "check_fixity": "Looking after the vault",
    "refresh_clip": "The clip's pages",
    "refresh_story": "The story's pages",
    "take_in_upload": "Taking in footage",
    "draw_waveform": "The outline of the sound",
    "listen": "A first draft of the words",
}
STORY_KINDS = ("refresh_story",)


@dataclass(frozen=True)
class Waiting:
    """A story that waits for this person, and what for."""

    story: Article
    what: str


@dataclass(frozen=True)
class Work:
    """A job, and the clip or story that it is about; None where that is gone."""

    job: Job
    subject: Clip | Article | None

    @property
    def words(self) -> str:
        return WORDS[self.job.kind]

    @property
    def left(self) -> str:
        """The time left, in words: "" as long as nobody can say."""
        seconds = self.job.seconds_left
        if seconds is None:
            return ""
        return (
            f"about {seconds} s left" if seconds < 90 else f"about {round(seconds / 60)} min left"
        )


@dataclass(frozen=True)
class Home:
    """What is asked for; None where this person may not see it."""

    mine: list[Article]
    waiting: list[Waiting]
    going_out: list[Article]
    footage: list[Footage] | None
    at_work: list[Work] | None
    failed: list[Work] | None
    damaged: list[FixityCheck]
    ending: list[Clip]
    queued: int
    may_ask_again: bool
    may_write: bool


def home_of(user: User) -> Home:
    """Everything on the first page of somebody's desk."""
    sees_stories, sees_clips = (
        user.has_perm(permission) for permission in ("articles.view_article", "media.view_clip")
    )
    jobs = Job.objects.of_kinds(WORDS)
    return Home(
        mine=_some(Article.objects.last_written_by(user)) if sees_stories else [],
        waiting=list(_waiting_for(user)) if sees_stories else [],
        going_out=_some(Article.objects.going_out()) if sees_stories else [],
        footage=(
            list(Footage.objects.newest_first()[:LONGEST])
            if user.has_perm("media.view_footage")
            else None
        ),
        at_work=_with_subjects(jobs.at_work()[:LONGEST]) if sees_clips else None,
        failed=_with_subjects(jobs.unmended()[:LONGEST]) if sees_clips else None,
        damaged=(
            list(FixityCheck.objects.damaged()[:LONGEST])
            if user.has_perm("media.view_fixitycheck")
            else []
        ),
        ending=(
            list(Clip.objects.ending_by(timezone.now().date() + SOON)[:LONGEST])
            if sees_clips
            else []
        ),
        queued=jobs.queued().count() if sees_clips else 0,
        may_ask_again=user.has_perm("media.change_clip"),
        may_write=user.has_perm("articles.add_article"),
    )


def _some(stories: ArticleQuerySet) -> list[Article]:
    return list(stories.with_state()[:LONGEST])


def _waiting_for(user: User) -> Iterable[Waiting]:
    """What only somebody with this person's rights can do next, the most urgent first."""
    reasons: list[tuple[str, ArticleQuerySet, Callable[[Article], str]]] = [
        (
            "articles.publish_article",
            Article.objects.held(),
            lambda story: f"held back: {story.held_reason}",
        ),
        ("articles.approve_article", Article.objects.in_review(), lambda _: "to be approved"),
        ("articles.publish_article", Article.objects.approved(), lambda _: "to be published"),
    ]
    for permission, stories, what in reasons:
        if user.has_perm(permission):
            yield from (Waiting(story, what(story)) for story in _some(stories))


def _with_subjects(jobs: Iterable[Job]) -> list[Work]:
    """Jobs with what they are about, in two more queries for all of them."""
    jobs = list(jobs)
    clips = Clip.objects.in_bulk([job.subject_id for job in jobs if _is_about_a_clip(job)])
    stories = Article.objects.in_bulk([job.subject_id for job in jobs if job.kind in STORY_KINDS])
    return [Work(job, _subject(job, clips, stories)) for job in jobs]


def _subject(
    job: Job, clips: Mapping[int, Clip], stories: Mapping[int, Article]
) -> Clip | Article | None:
    if _is_about_a_clip(job):
        return clips.get(job.subject_id)
    return stories.get(job.subject_id) if job.kind in STORY_KINDS else None


def _is_about_a_clip(job: Job) -> bool:
    return job.kind in CLIP_KINDS or job.kind == "refresh_clip"

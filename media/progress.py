"""How far a clip's package is, from the newest job about it, in words for a person."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from media.models import Clip, Job

KINDS = ("first_play", "package_clip")


@dataclass(frozen=True)
class Progress:
    """``word`` for scripts and styles: ready, waiting, running, failed, withdrawn or none."""

    word: str
    sentence: str
    percent: int = 0

    @property
    def is_moving(self) -> bool:
        return self.word in ("waiting", "running")

    def as_json(self) -> dict[str, object]:
        return {**asdict(self), "is_moving": self.is_moving}


def newest_job(clip: Clip) -> Job | None:
    """The last work that was asked for to make the clip's package."""
    about = Job.objects.of_kinds(KINDS).filter(subject_id=clip.pk)
    return about.order_by("-pk").first()


def progress_of(clips: Iterable[Clip]) -> dict[int, Progress]:
    """The progress of each clip, by its primary key, with one query for all of them."""
    clips = list(clips)
    jobs: dict[int, Job] = {}
    # In the order of their making, so that the newest job of a clip stays.
    about = Job.objects.of_kinds(KINDS).filter(subject_id__in=[clip.pk for clip in clips])
    for job in about.order_by("pk"):
        jobs[job.subject_id] = job
    return {clip.pk: _progress(clip, jobs.get(clip.pk)) for clip in clips}


def _progress(clip: Clip, job: Job | None) -> Progress:
    if clip.withdrawn_at is not None:
        return Progress("withdrawn", "withdrawn: no reader sees it")
    if clip.lapsed_at is not None:
        return Progress("withdrawn", "its rights ended: readers have its words alone")
    if job is not None and job.state == Job.State.RUNNING:
        return Progress("running", f"{_so_far(clip)}at work, {job.percent} %", job.percent)
    if job is not None and job.state == Job.State.QUEUED:
        return Progress("waiting", f"{_so_far(clip)}waiting for a worker")
    if job is not None and job.state == Job.State.FAILED:
        return Progress("failed", f"failed: {job.reason}")
    if clip.current_package_id is None:
        return Progress("none", "nothing was made of it yet")
    return Progress("ready", "ready", 100)


def _so_far(clip: Clip) -> str:
    return "can be watched; " if clip.current_package_id is not None else ""


def badge(word: str, text: str) -> SafeString:
    """A state as the desk shows it; ``word`` chooses its colour."""
    return format_html('<span class="badge badge--{}">{}</span>', word, text)

"""Keeping: every save of a story is a revision, and no save overwrites another unseen.

Whoever changes a story's words takes it with ``hold`` first, and calls ``keep`` when all that
belongs to it is saved, in one transaction.
"""

from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from articles.core.compare import summary
from articles.core.merge import merge
from articles.core.snapshots import CLIP_WORDS, ClipState, Named, Snapshot, Told
from articles.models import Article, Embed, Revision
from media.core.captions import media_time
from media.errors import NewsroomError
from media.models import Clip, Transcript

# What is kept of a story beside its words, by the names of its fields.
SETTINGS = ("slug", "section", "language", "embargo_until", "expires_at")
# The first number: a story that was never kept was found as it is.
FIRST = 1


class Stale(NewsroomError):
    """Somebody else saved the story meanwhile; nothing was changed."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody saved this story while you wrote: look at both, and put them together."
        )


class NoSuchRevision(NewsroomError):
    """The story has no revision of this number."""


def number_of(article: Article) -> int:
    """The number of the newest revision: what a form that is opened now begins from."""
    newest = article.revisions.newest_first().values_list("number", flat=True).first()
    return FIRST if newest is None else newest


def revision(article: Article, number: int) -> Revision:
    """One revision, with its words. Raises NoSuchRevision."""
    found = article.revisions.numbered(number).select_related("by").first()
    if found is None:
        raise NoSuchRevision(f"This story has no revision {number}: choose another from its list.")
    return found


def hold(article_id: int) -> Article:
    """Lock a story to the end of the transaction, and see that it was kept as it is."""
    article = Article.objects.select_for_update().get(pk=article_id)
    if not article.revisions.exists():
        _write(article, snapshot_of(article), by=article.updated_by, kind=Revision.Kind.FOUND)
    return article


def is_stale(article: Article, began_from: int) -> bool:
    """Whether words were saved since that revision: a form that began from it would undo them.

    A revision that only tells how its clips changed is no reason.
    """
    newest = number_of(article)
    if newest == began_from:
        return False
    theirs = revision(article, newest).snapshot
    before = revision(article, began_from).snapshot
    return not merge(before, theirs, before).is_one_sided


def keep(
    article: Article,
    *,
    by: User | None,
    kind: str = Revision.Kind.SAVED,
    restored_from: int | None = None,
) -> Revision:
    """Keep a story as it is now; the newest revision, if nothing has changed since that."""
    with transaction.atomic():
        # Numbers are given one after the other.
        Article.objects.select_for_update().get(pk=article.pk)
        now = snapshot_of(article)
        newest = article.revisions.newest_first().first()
        if newest is not None and newest.snapshot == now:
            return newest
        return _write(article, now, by=by, kind=kind, newest=newest, restored_from=restored_from)


def _write(
    article: Article, now: Snapshot, *, newest: Revision | None = None, **fields: object
) -> Revision:
    return Revision.objects.create(
        article=article,
        number=newest.number + 1 if newest else FIRST,
        changes=summary(newest.snapshot, now)[:200] if newest else "",
        words=now.as_json(),
        **fields,
    )


# What was public when ----------------------------------------------------------------------------


def placed(article: Article) -> Revision:
    """Note that readers see the story as it is now, from this moment on. Safe to repeat."""
    with transaction.atomic():
        current = keep(article, by=None, kind=Revision.Kind.PLACED)
        now = timezone.now()
        article.revisions.public().exclude(pk=current.pk).update(public_until=now)
        if current.public_until is not None:
            # It was public before, and comes back: a time of its own.
            current = _again(article, current)
        if current.public_from is None:
            current.public_from = now
            current.save(update_fields=["public_from"])
    return current


def _again(article: Article, old: Revision) -> Revision:
    again = _write(article, old.snapshot, newest=old, by=None, kind=Revision.Kind.PLACED)
    again.changes = f"as revision {old.number}"
    again.save(update_fields=["changes"])
    return again


def removed(article: Article) -> None:
    """Note that readers see nothing of the story any more. Safe to repeat."""
    article.revisions.public().update(public_until=timezone.now())


# A story as a snapshot ---------------------------------------------------------------------------


def snapshot_of(article: Article) -> Snapshot:
    """A story as it is in the database, in a number of queries that does not grow."""
    return Snapshot(
        texts={
            "headline": article.headline,
            "standfirst": article.standfirst,
            "body": article.body,
        },
        settings={name: _as_text(getattr(article, name)) for name in SETTINGS},
        named={
            "bylines": tuple(
                Named(byline.author_id, byline.author.name)
                for byline in article.bylines.select_related("author")
            ),
            "topics": tuple(Named(topic.pk, topic.name) for topic in article.topics.all()),
            "translation_of": tuple(_original(article)),
        },
        clips=tuple(_clip_state(embed) for embed in _embeds(article)),
        corrections=tuple(
            Told(_as_text(told.at), told.text)
            for told in sorted(article.corrections.all(), key=lambda told: (told.at, told.pk))
        ),
    )


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(timezone.get_default_timezone()).isoformat()
    return "" if value is None else str(value)


def _original(article: Article) -> Iterator[Named]:
    if article.translation_of is not None:
        yield Named(article.translation_of.pk, article.translation_of.headline)


def _embeds(article: Article) -> list[Embed]:
    found = article.embeds.select_related("clip__current_package")
    return list(found.prefetch_related("clip__warnings", "clip__transcripts"))


def _clip_state(embed: Embed) -> ClipState:
    words = {name: getattr(embed, name) for name in CLIP_WORDS}
    return ClipState(embed.clip.public_id, words, dict(_facts(embed.clip)))


def _facts(clip: Clip) -> Iterator[tuple[str, str]]:
    """What readers learn of a clip, whatever story it stands in."""
    for name in CLIP_WORDS:
        yield name, getattr(clip, name)
    end = "its end" if clip.out_ms is None else media_time(clip.out_ms)
    yield "cut", f"from {media_time(clip.in_ms)} to {end}"
    yield "warnings", "; ".join(str(warning) for warning in clip.warnings.all())
    package = clip.current_package
    yield "film", f"version {package.version}" if package else ""
    for transcript in clip.transcripts.all():
        is_shown = not transcript.superseded and transcript.state == Transcript.State.APPROVED
        if is_shown:
            yield f"{transcript.kind} ({transcript.language})", f"version {transcript.public_id}"

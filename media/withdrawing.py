"""Withdrawing clips: one of them, or everything that came from one source.

What readers have by then cannot be taken out of their hands: it is named, and not passed over.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from media import clips as clips_verbs
from media import custody, purging, queue
from media.errors import NotCleared
from media.models import Clip, CustodyEvent, Footage, Package, Transcript

SECONDS_TO_WAIT = 30


@dataclass(frozen=True)
class Withdrawn:
    """How long it took, from the button to the last file, and what could not be recalled."""

    what: str
    seconds: float
    left: tuple[str, ...]

    @property
    def sentence(self) -> str:
        return f"{self.what} Done in {self.seconds:.1f} s."


def withdraw_clips(clips: Iterable[Clip], *, by: str, reason: str) -> Withdrawn:
    """Take clips away from every reader; returns when the pages that showed them are drawn anew.

    Raises NotCleared without a reason, or without a clip.
    """
    clips = list(clips)
    if not reason.strip():
        raise NotCleared("A clip is withdrawn with a reason: write one.")
    if not clips:
        raise NotCleared("No clip was chosen: choose one in the list of clips.")
    began = time.monotonic()
    left = left_of_clips(clips)
    # All of their files first, then all of the pages: those answer without the files already.
    jobs = [clips_verbs.withdraw_clip(clip, by=by, reason=reason.strip()) for clip in clips]
    for job in jobs:
        queue.work_or_wait(job, seconds=SECONDS_TO_WAIT)
    names = ", ".join(str(clip) for clip in clips)
    left += not_forgotten()
    return Withdrawn(f"Withdrawn: {names}.", time.monotonic() - began, left)


def not_forgotten() -> tuple[str, ...]:
    """Tell the cache in front at once; a sentence about what it did not take."""
    count = purging.purge()
    if not count:
        return ()
    return (
        f"The cache at {settings.PURGE} has not forgotten {count} addresses yet: it is told again "
        "every few seconds.",
    )


def withdraw_source(alias: str, *, by: str, reason: str) -> Withdrawn:
    """Take everything of one source away, and hold its consent to be withdrawn from now on.

    Raises NotCleared without a reason, or if nothing came from there.
    """
    if not reason.strip():
        raise NotCleared("Everything of a source is withdrawn with a reason: write one.")
    if not alias or not Footage.objects.from_source(alias).exists():
        raise NotCleared("Nothing came from this source: look at the alias again.")
    with transaction.atomic():
        Footage.objects.from_source(alias).update(consent=Footage.Consent.WITHDRAWN)
        for footage in Footage.objects.from_source(alias):
            detail: dict[str, object] = {"source": "everything", "reason": reason.strip()}
            custody.record(footage, CustodyEvent.Kind.WITHDRAWN, actor=by, detail=detail)
    clips = list(Clip.objects.from_source(alias).select_related("footage"))
    if not clips:
        return Withdrawn(f"Nothing of {alias} may be published any more.", 0.0, ())
    done = withdraw_clips(clips, by=by, reason=reason)
    return Withdrawn(f"Nothing of {alias} is public any more. {done.what}", done.seconds, done.left)


def left_of_clips(clips: Iterable[Clip]) -> tuple[str, ...]:
    """One sentence for each place from which clips cannot be recalled; none if nobody had them."""
    had = [clip for clip in clips if clip.cleared_at is not None]
    if not had:
        return ()
    since = min(clip.cleared_at for clip in had if clip.cleared_at)
    return (
        f"Downloads: since {since:%Y-%m-%d %H:%M} UTC anybody could keep the films "
        f"({len(had)}), their captions and their pictures.",
        f"Caches in front of this server may keep films for a year: have these purged there: "
        f"{', '.join(_folders(had))}.",
    )


def _folders(clips: Iterable[Clip]) -> list[str]:
    """Below which addresses the files of clips lay."""
    ids = [
        public_id
        for model in (Package, Transcript)
        for public_id in model.objects.filter(clip__in=list(clips)).values_list(
            "public_id", flat=True
        )
    ]
    return [f"{settings.MEDIA_URL}{public_id}/" for public_id in ids]

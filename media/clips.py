"""Clips: cutting one from footage, signing it off, taking it back."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from media import custody, packaging, queue, release
from media.models import Clip, CustodyEvent, Footage, Job


def make_clip(footage: Footage) -> Clip:
    """The footage's first clip: all of it. Made, and its package asked for, if there is none."""
    with transaction.atomic():
        # Locked, where the database lets several in: of two who want a first clip, one makes it.
        footage = Footage.objects.select_for_update().get(pk=footage.pk)
        clip = footage.clips.order_by("pk").first()
        if clip is None:
            clip = Clip.objects.create(footage=footage)
        if clip.current_package_id is None:
            packaging.ask_for_package(clip)
    return clip


def clear(clips: Iterable[Clip], *, by: User | None) -> None:
    """Sign clips off as safe for their sources. Publishing a story signs off the clips in it.

    Whoever publishes a clip after the end of its rights has answered for that end.
    """
    signed = Clip.objects.filter(pk__in=[clip.pk for clip in clips])
    signed.filter(cleared_at=None).update(cleared_at=timezone.now(), cleared_by=by)
    for clip in signed.filter(lapsed_at=None).past_their_term().select_related("footage"):
        clip.answered_end = clip.footage.rights_until
        clip.save(update_fields=["answered_end"])


def withdraw_clip(clip: Clip, *, by: str, reason: str = "") -> Job:
    """Take a clip away from every reader at once, wherever it stands.

    Returns the job that draws the pages again which showed it.
    """
    with transaction.atomic():
        Clip.objects.filter(pk=clip.pk).update(withdrawn_at=timezone.now())
        custody.record(
            clip.footage,
            CustodyEvent.Kind.WITHDRAWN,
            actor=by,
            detail={"clip": clip.public_id, **({"reason": reason} if reason else {})},
        )
        job = queue.request("refresh_clip", clip.pk, priority=10)
    release.remove_clip(clip)
    return job

"""Consent: what follows when a source changes what may be done with their footage."""

from media import queue, release
from media.models import Footage


def changed(footage: Footage) -> None:
    """Make what is public follow the footage's consent; a withdrawn one counts at once."""
    for clip in footage.clips.all():
        if footage.consent == Footage.Consent.WITHDRAWN:
            release.remove_clip(clip)
        queue.request("refresh_clip", clip.pk, priority=10)

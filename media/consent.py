"""Consent and rights: what follows when it changes what may be done with footage."""

from media import queue, release
from media.models import Footage

# Fields of footage that decide whether a story with it may be published.
DECIDES = frozenset({"consent", "rights_holder", "rights_from", "rights_until", "rights_territory"})


def changed(footage: Footage) -> None:
    """Make what is public follow the footage's consent; a withdrawn one counts at once.

    Stories that were held back for its sake are tried again.
    """
    for clip in footage.clips.all():
        if footage.consent == Footage.Consent.WITHDRAWN:
            release.remove_clip(clip)
        queue.request("refresh_clip", clip.pk, priority=10)

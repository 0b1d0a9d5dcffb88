"""Consent and rights: what follows when it changes what may be done with footage, or they end."""

from django.db import transaction

from media import custody, queue, release
from media.models import Clip, CustodyEvent, Footage
from media.models.clock import DatabaseNow

# Fields of footage that decide whether a story with it may be published.
DECIDES = frozenset({"consent", "rights_holder", "rights_from", "rights_until", "rights_territory"})


def changed(footage: Footage) -> None:
    """Make what is public follow the footage's consent; a withdrawn one counts at once.

    Stories that were held back for its sake are tried again, and a film whose rights hold again
    comes back.
    """
    footage.clips.exclude(pk__in=Clip.objects.past_their_term()).update(lapsed_at=None)
    for clip in footage.clips.all():
        if footage.consent == Footage.Consent.WITHDRAWN:
            release.remove_clip(clip)
        queue.request("refresh_clip", clip.pk, priority=10)


# What time alone does -----------------------------------------------------------------------------


def end_terms() -> None:
    """Take away the films whose rights have ended; any number of processes may do it at once."""
    for pk in Clip.objects.overstaying().values_list("pk", flat=True):
        _end_term(pk)


def _end_term(pk: int) -> None:
    with transaction.atomic():
        # Asked again: another process may have been quicker, or the rights were renewed.
        due = Clip.objects.overstaying().select_related("footage").filter(pk=pk)
        clip = due.select_for_update(of=("self",)).first()
        if clip is None:
            return
        clip.lapsed_at = DatabaseNow()
        clip.save(update_fields=["lapsed_at"])
        reason = f"The rights ended on {clip.footage.rights_until}."
        detail: dict[str, object] = {"clip": clip.public_id, "reason": reason}
        custody.record(
            clip.footage, CustodyEvent.Kind.WITHDRAWN, actor=custody.CLOCK, detail=detail
        )
        queue.request("refresh_clip", clip.pk, priority=10)
    release.remove_clip(clip)

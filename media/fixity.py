"""Fixity: the originals are still, byte for byte, what was received."""

from collections.abc import Iterator

from django.db.models import F, Max, Q

from media import custody, stores
from media.models import CustodyEvent, Footage


def check(*, most: int | None, actor: str) -> Iterator[tuple[Footage, str]]:
    """Hash originals again, those that were not looked at for longest first.

    Yields each footage with a sentence that names the damage, or an empty one. ``most`` bounds
    how many are read; None reads all.
    """
    looked_at = Max("custody__at", filter=Q(custody__kind=CustodyEvent.Kind.FIXITY_CHECKED))
    oldest_first = F("looked_at").asc(nulls_first=True)
    footages = Footage.objects.annotate(looked_at=looked_at).order_by(oldest_first, "pk")
    for footage in footages[:most]:
        problem = _problem(footage)
        custody.record(
            footage,
            CustodyEvent.Kind.FIXITY_CHECKED,
            actor=actor,
            detail={"is_whole": not problem},
        )
        yield footage, problem


def _problem(footage: Footage) -> str:
    try:
        found = stores.sha256_of("originals", footage.store_name)
    except FileNotFoundError:
        return "The original is missing from the vault."
    return "" if found == footage.sha256 else "The original's bytes have changed."

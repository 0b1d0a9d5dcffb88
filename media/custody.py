"""Custody: writing the hash-chained log, and proving that nobody changed it."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from media.models import CustodyEvent, Footage

FIRST_HASH = "0" * 64
# Who acts where time alone does.
CLOCK = "the clock"


def canonical(event: CustodyEvent) -> bytes:
    """The one spelling of an event that is hashed: JSON with sorted keys and no spaces."""
    fields = {
        "number": event.number,
        "footage": event.footage_id,
        "kind": event.kind,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": event.actor,
        "detail": event.detail,
        "previous_hash": event.previous_hash,
    }
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def hash_of(event: CustodyEvent) -> str:
    """SHA-256 of the event, which includes the hash of the one before it."""
    return hashlib.sha256(canonical(event)).hexdigest()


def record(
    footage: Footage,
    kind: CustodyEvent.Kind,
    *,
    actor: str,
    detail: dict[str, object] | None = None,
) -> CustodyEvent:
    """Add one event to the end of the chain, in the caller's transaction or one of its own."""
    told = {"footage": footage, "kind": kind, "actor": actor, "detail": detail or {}}
    with transaction.atomic():
        try:
            with transaction.atomic():
                return _append(**told)
        except IntegrityError:
            # Somebody wrote the very first event just now; from here on there is one to queue for.
            return _append(**told)


def _append(**told: Any) -> CustodyEvent:
    # Where the database lets several writers in at once, they queue for the first event. The
    # last one is read after that: a lock on itself would be got with its successor unseen.
    CustodyEvent.objects.select_for_update().order_by("number").first()
    last = CustodyEvent.objects.order_by("-number").first()
    event = CustodyEvent(
        **told,
        number=last.number + 1 if last else 1,
        at=timezone.now(),
        previous_hash=last.hash if last else FIRST_HASH,
    )
    event.hash = hash_of(event)
    event.save(force_insert=True)
    return event


def breaks() -> Iterator[str]:
    """One sentence for each place where the chain does not hold; nothing when it is whole."""
    expected_number, previous = 1, FIRST_HASH
    for event in CustodyEvent.objects.order_by("number").iterator():
        if event.number != expected_number:
            yield f"Event {expected_number} is missing: the next one is {event.number}."
        elif event.previous_hash != previous:
            yield f"Event {event.number} does not follow the event before it."
        if hash_of(event) != event.hash:
            yield f"Event {event.number} was changed after it was written."
        expected_number, previous = event.number + 1, event.hash

"""Custody: writing the hash-chained log, and proving that nobody changed it."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.utils import timezone

from media import journal, walls
from media.core import custody_chain
from media.core.custody_chain import FIRST_HASH, Head
from media.models import CustodyEvent, Footage

# Who acts where time alone does.
CLOCK = "the clock"
# So many events are read at a time.
BATCH = 500


def hash_of(event: CustodyEvent) -> str:
    """SHA-256 of the event, which includes the hash of the one before it. Raises ValueError for
    what the log cannot hold.
    """
    return custody_chain.hash_of(event.record)


# Writing ----------------------------------------------------------------------------------------


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
    journal.witness(event)
    return event


# Taking out -------------------------------------------------------------------------------------


def head() -> Head | None:
    """The newest event: whoever keeps it elsewhere can prove later that no event is missing."""
    last = CustodyEvent.objects.order_by("-number").first()
    return Head(last.number, last.hash) if last else None


def exported(footage: str = "") -> Iterator[dict[str, object]]:
    """Every event in the words of PREMIS, those of one footage alone where its id is given."""
    events = CustodyEvent.objects.select_related("footage").in_order()
    for event in events.of_footage(footage) if footage else events:
        yield custody_chain.premis_event(
            event.record,
            hash=event.hash,
            event_type=event.premis,
            footage=event.footage.public_id,
        )


# Proving ----------------------------------------------------------------------------------------


class _Row(NamedTuple):
    """What of an event says where it stands. Whoever changed the rest may have made it no event."""

    pk: int
    number: int
    previous_hash: str
    hash: str


def breaks(heads: Iterable[Head] = ()) -> Iterator[str]:
    """One sentence for each place where the log does not hold; nothing when it is whole.

    It is held against itself, against the journal beside it, and against the heads that were
    exported earlier.
    """
    yield from _holes()
    known, ends = journal.read(), dict(heads)
    expected, previous = 1, FIRST_HASH
    for row, is_intact in _rows():
        if row.number != expected:
            yield _out_of_step(row, expected)
        elif row.previous_hash != previous:
            yield f"Event {row.number} does not follow the event before it."
        if not is_intact:
            yield f"Event {row.number} was changed after it was written."
        if isinstance(row.number, int):
            yield from known.breaks(row.number, row.hash)
            if ends.pop(row.number, row.hash) != row.hash:
                yield f"Event {row.number} is another one than the head that was exported."
            expected, previous = row.number + 1, row.hash
    for number in known.missing_after(expected - 1):
        yield f"Event {number} is missing: the journal knows it."
    for number in sorted(ends):
        yield f"Event {number} is missing: it is the head that was exported."
    for number in CustodyEvent.objects.without_footage():
        yield f"The footage of event {number} is gone from the archive."


def _holes() -> Iterator[str]:
    for name in walls.missing():
        yield (
            f"The database would let the log be changed ({name} is missing, or was changed): find "
            "out who did that, then run manage.py prepare."
        )


def _out_of_step(row: _Row, expected: int) -> str:
    if not isinstance(row.number, int):
        return f"Event {row.number} has no number: it was changed after it was written."
    if row.number < expected:
        return f"Event {row.number} is there twice."
    if row.number == expected + 1:
        return f"Event {expected} is missing: the next one is {row.number}."
    return f"Events {expected} to {row.number - 1} are missing: the next one is {row.number}."


def _rows() -> Iterator[tuple[_Row, bool]]:
    """Every event in its order, and whether its content is what was hashed."""
    found = CustodyEvent.objects.in_order().values_list(*_Row._fields)
    rows = iter(list(map(_Row._make, found)))
    while batch := list(islice(rows, BATCH)):
        intact = _intact({row.pk: row for row in batch})
        yield from ((row, row.pk in intact) for row in batch)


def _intact(rows: dict[int, _Row]) -> set[int]:
    try:
        events = CustodyEvent.objects.in_bulk(list(rows))
        return {pk for pk, event in events.items() if hash_of(event) == rows[pk].hash}
    except (ValueError, TypeError, AttributeError):
        # What one of them holds is no event any more: each is read alone then.
        if len(rows) == 1:
            return set()
        return {pk for one in rows for pk in _intact({one: rows[one]})}

"""Random changes to originals, files of packages and rows of the log: each is found and named.

NEWSROOM_TAMPERS=1000 makes a thousand of them, NEWSROOM_SEED=… repeats a run.
"""

import os
import random
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from media import custody, fixity, journal
from media.core.custody_chain import FIRST_HASH
from media.models import CustodyEvent, Footage, Package
from tests.media.kept import a_kept_footage, a_kept_package, overwrite, path_of
from tests.walls import taken_down

pytestmark = pytest.mark.django_db

TAMPERS = int(os.environ.get("NEWSROOM_TAMPERS", "30"))
SEED = os.environ.get("NEWSROOM_SEED", str(random.randrange(10**6)))
LENGTH = 30
Kind = CustodyEvent.Kind


@pytest.fixture
def world(django_capture_on_commit_callbacks):
    """Three originals, three packages and a log, as they are kept; the log is in the journal."""
    chance = random.Random(SEED)
    with django_capture_on_commit_callbacks(execute=True):
        for _ in range(3):
            a_kept_package()
            path = path_of(footage := a_kept_footage(chance.randbytes(4096)))
            assert path.stat().st_size == footage.byte_size
        while CustodyEvent.objects.count() < LENGTH:
            custody.record(footage, Kind.VIEWED, actor="ana", detail={"reason": "To see it."})
    assert found_in_stores() == {}
    assert list(custody.breaks()) == []
    return chance


def found_in_stores() -> dict[str, str]:
    """What fixity says, without writing it down: this log is not to grow."""
    found = {footage.public_id: fixity.damage_of_original(footage) for footage in all_footage()}
    found |= {one.public_id: fixity.damage_of_package(one) for one in Package.objects.all()}
    return {name: problem for name, problem in found.items() if problem}


def all_footage() -> list[Footage]:
    return list(Footage.objects.order_by("pk"))


# One byte -----------------------------------------------------------------------------------------


def a_byte_of_an_original(chance: random.Random) -> tuple[str, str]:
    footage = chance.choice(all_footage())
    return flipped(chance, path_of(footage)), footage.public_id


def a_byte_of_a_package(chance: random.Random) -> tuple[str, str]:
    package = chance.choice(list(Package.objects.order_by("pk")))
    names = sorted(fixity.digests(path_of(package)))
    name = chance.choice(names)
    return flipped(chance, path_of(package, name)), name


def flipped(chance: random.Random, path) -> str:
    """Change one byte, ask what was found, and put it back; what was found, in one text."""
    before = path.read_bytes()
    place = chance.randrange(len(before))
    other = bytes([before[place] ^ chance.randrange(1, 256)])
    overwrite(path, before[:place] + other + before[place + 1 :])
    found = found_in_stores()
    overwrite(path, before)
    return " ".join(f"{name}: {problem}" for name, problem in found.items())


# One row ------------------------------------------------------------------------------------------


def changed(chance: random.Random, number: int) -> None:
    event = CustodyEvent.objects.get(number=number)
    column, value = chance.choice(
        [
            ("kind", "released" if event.kind != "released" else "cut"),
            ("actor", event.actor + chance.choice("xyz ")),
            ("at", str(event.at + timedelta(microseconds=chance.choice([-1, 1]))).split("+")[0]),
            ("detail", '{"reason": "Another one."}'),
            ("footage_id", chance.choice([f.pk for f in all_footage() if f != event.footage])),
            ("hash", f"{chance.randrange(16**64):064x}"),
            ("previous_hash", f"{chance.randrange(16**64):064x}"),
            ("number", LENGTH + 1 + chance.randrange(1000)),
        ]
    )
    execute(f"UPDATE media_custodyevent SET {column} = %s WHERE number = %s", value, number)


def changed_and_hashed_anew(chance: random.Random, number: int) -> None:
    """The work of somebody who knows the chain: all that follows is made to fit."""
    execute("UPDATE media_custodyevent SET actor = 'nobody' WHERE number = %s", number)
    hashed_from(number)


def hashed_from(number: int) -> None:
    before = CustodyEvent.objects.filter(number=number - 1).first()
    previous = before.hash if before else FIRST_HASH
    # Aside first: each hash stands there once.
    execute(
        "UPDATE media_custodyevent SET previous_hash = 'x' || number WHERE number >= %s", number
    )
    for event in CustodyEvent.objects.filter(number__gte=number).order_by("number"):
        event.previous_hash = previous
        event.hash = previous = custody.hash_of(event)
        execute(
            "UPDATE media_custodyevent SET previous_hash = %s, hash = %s WHERE id = %s",
            *(event.previous_hash, event.hash, event.pk),
        )


def deleted(_: random.Random, number: int) -> None:
    execute("DELETE FROM media_custodyevent WHERE number = %s", number)


def deleted_from_here_on(_: random.Random, number: int) -> None:
    execute("DELETE FROM media_custodyevent WHERE number >= %s", number)


def deleted_and_closed(_: random.Random, number: int) -> None:
    deleted(_, number)
    for later in range(number + 1, LENGTH + 1):
        execute("UPDATE media_custodyevent SET number = %s WHERE number = %s", later - 1, later)
    hashed_from(number)


def put_in(chance: random.Random, number: int) -> None:
    """A row in the middle, or at the end, with everything after it made to fit."""
    for later in range(LENGTH, number - 1, -1):
        execute("UPDATE media_custodyevent SET number = %s WHERE number = %s", later + 1, later)
    execute(
        "INSERT INTO media_custodyevent "
        "(number, footage_id, kind, at, actor, detail, previous_hash, hash) "
        "SELECT %s, footage_id, kind, at, 'somebody', detail, 'p', 'h' "
        "FROM media_custodyevent WHERE number = %s",
        *(number, number + 1 if number < LENGTH else number - 1),
    )
    hashed_from(number)


def changed_places(chance: random.Random, number: int) -> None:
    other = chance.choice([n for n in range(1, LENGTH + 1) if n != number])
    move = "UPDATE media_custodyevent SET number = %s WHERE number = %s"
    execute(move, LENGTH + 1, number)
    execute(move, number, other)
    execute(move, other, LENGTH + 1)


def execute(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


ON_ROWS: list[Callable[[random.Random, int], None]] = [
    changed,
    changed_and_hashed_anew,
    deleted,
    deleted_from_here_on,
    deleted_and_closed,
    put_in,
    changed_places,
]


def a_row(chance: random.Random) -> tuple[str, str]:
    number = chance.randint(1, LENGTH)
    with transaction.atomic():
        with taken_down():
            chance.choice(ON_ROWS)(chance, number)
        found = " ".join(custody.breaks())
        transaction.set_rollback(True)
    return found, f"Event {number}"


def test_every_change_is_found_and_named(world):
    kinds = [a_byte_of_an_original, a_byte_of_a_package, a_row, a_row]
    missed = []
    for number in range(TAMPERS):
        kind = world.choice(kinds)
        found, name = kind(world)
        if not re.search(rf"\b{re.escape(name)}\b", found.replace("Events ", "Event ")):
            missed.append((number, kind.__name__, name, found))

    assert missed == [], f"NEWSROOM_SEED={SEED}"
    # What was put back is whole: each change was found for itself.
    assert found_in_stores() == {}
    assert list(custody.breaks()) == []


def test_one_bit_of_the_journal_hides_nothing(world):
    (file,) = journal.folder().iterdir()
    before = file.read_bytes()
    for _ in range(min(TAMPERS, 20)):
        place = world.randrange(len(before))
        changed_byte = bytes([before[place] ^ (1 << world.randrange(7))])
        file.write_bytes(before[:place] + changed_byte + before[place + 1 :])
        with transaction.atomic():
            with taken_down():
                changed_and_hashed_anew(world, number := world.randint(1, LENGTH))
            found = " ".join(custody.breaks())
            transaction.set_rollback(True)
        assert re.search(rf"Event ({number}|{number + 1})\b", found)

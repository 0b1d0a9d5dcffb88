"""The custody log: what was written stays, and whoever changes it is found out."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, connections, transaction

from media import custody, journal, walls
from media.core.custody_chain import FIRST_HASH, Head
from media.custody import breaks, record
from media.models import AppendOnly, CustodyEvent, Footage
from tests.factories import a_footage
from tests.walls import tampered

Kind = CustodyEvent.Kind
# PostgreSQL itself refuses what is of another type.
ON_SQLITE = pytest.mark.skipif("connection.vendor != 'sqlite'")
CHANGED = "Event {} was changed after it was written."
ANOTHER = "Event {} is another one than the journal says."


def a_chain(length, footage=None):
    footage = footage or a_footage()
    return [
        record(footage, Kind.VIEWED, actor="ana", detail={"page": number})
        for number in range(1, length + 1)
    ]


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    """A chain of three that is in the journal as the database's own commit leaves it."""
    with django_capture_on_commit_callbacks(execute=True):
        return a_chain(3)


# Writing ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_first_event_starts_the_chain():
    event = record(a_footage(), Kind.RECEIVED, actor="ana", detail={"name": "phone.mov"})

    assert (event.number, event.previous_hash) == (1, FIRST_HASH)
    assert event.hash == custody.hash_of(CustodyEvent.objects.get())


@pytest.mark.django_db
def test_each_event_follows_the_one_before_whatever_its_footage():
    first = record(a_footage(), Kind.RECEIVED, actor="ana")
    second = record(a_footage(), Kind.RECEIVED, actor="ben")

    assert (second.number, second.previous_hash) == (2, first.hash)
    assert list(breaks()) == []


@pytest.mark.django_db
def test_the_log_of_nothing_is_whole():
    assert list(breaks()) == []


@pytest.mark.django_db
def test_words_in_every_script_are_hashed_as_they_are_read_back():
    detail = {"name": "فيديو \u202e 🔥", "n": [15, None, True], "in": {"it": "\t\x7f\\"}}

    record(a_footage(), Kind.VIEWED, actor="ليلى", detail=detail)

    assert list(breaks()) == []


@pytest.mark.django_db
def test_what_other_languages_spell_otherwise_is_not_written():
    with pytest.raises(ValueError, match=r"1\.5 is none"):
        record(a_footage(), Kind.VIEWED, actor="ana", detail={"seconds": 1.5})

    assert not CustodyEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_many_who_write_at_once_write_one_chain():
    footage = a_footage()

    def write(number):
        try:
            record(footage, Kind.VIEWED, actor=f"worker {number}")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write, range(20)))

    numbers = list(CustodyEvent.objects.values_list("number", flat=True))
    assert numbers == list(range(1, 21))
    assert list(breaks()) == []


# Changing, through Newsroom -------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    "act",
    [
        lambda event: CustodyEvent.objects.update(actor="somebody else"),
        lambda event: CustodyEvent.objects.filter(pk=event.pk).delete(),
        lambda event: CustodyEvent.objects.all().delete(),
        lambda event: CustodyEvent.objects.bulk_update([event], ["actor"]),
        lambda event: CustodyEvent.objects.update_or_create(number=1, defaults={"actor": "x"}),
        lambda event: event.delete(),
        lambda event: event.save(),
        lambda event: event.footage.custody.all().delete(),
        lambda event: event.footage.custody.update(actor="somebody else"),
    ],
    ids=[
        "update",
        "delete one",
        "delete all",
        "bulk update",
        "update or create",
        "event.delete",
        "event.save",
        "delete through the footage",
        "update through the footage",
    ],
)
def test_an_event_that_is_written_stays_as_it_is(act):
    (event,) = a_chain(1)
    event.actor = "somebody else"

    with pytest.raises(AppendOnly), transaction.atomic():
        act(event)

    assert CustodyEvent.objects.get().actor == "ana"


# Changing, in the database's own words ----------------------------------------------------------

COLUMNS = "number, footage_id, kind, at, actor, detail, previous_hash, hash"
REFUSED = [
    "UPDATE media_custodyevent SET actor = 'ben' WHERE number = 2",
    "UPDATE media_custodyevent SET detail = '{}'",
    "DELETE FROM media_custodyevent WHERE number = 3",
    "DELETE FROM media_custodyevent",
    # In the middle, at the end without what came before, and in the place of another one.
    f"INSERT INTO media_custodyevent ({COLUMNS}) SELECT 9, footage_id, kind, at, actor, detail, "
    "hash, 'x' FROM media_custodyevent WHERE number = 3",
    f"INSERT INTO media_custodyevent ({COLUMNS}) SELECT 4, footage_id, kind, at, actor, detail, "
    "'x', 'y' FROM media_custodyevent WHERE number = 3",
]
REFUSED_BY = {
    "sqlite": [
        f"INSERT OR REPLACE INTO media_custodyevent (id, {COLUMNS}) SELECT id, 4, footage_id, "
        "kind, at, actor, detail, hash, 'x' FROM media_custodyevent WHERE number = 3",
        f"REPLACE INTO media_custodyevent ({COLUMNS}) SELECT 4, footage_id, kind, at, actor, "
        "detail, hash, hash FROM media_custodyevent WHERE number = 3",
        "UPDATE OR REPLACE media_custodyevent SET number = 1 WHERE number = 3",
    ],
    "postgresql": [
        "TRUNCATE media_custodyevent",
        "TRUNCATE media_footage CASCADE",
        "SET LOCAL session_replication_role = replica; DELETE FROM media_custodyevent",
        f"INSERT INTO media_custodyevent (id, {COLUMNS}) SELECT id, 4, footage_id, kind, at, "
        "actor, detail, hash, 'x' FROM media_custodyevent WHERE number = 3 "
        "ON CONFLICT (id) DO UPDATE SET actor = 'ben'",
    ],
}


@pytest.mark.usefixtures("each_database")
def test_the_database_itself_refuses_to_change_delete_or_put_in():
    a_chain(3)
    connection.check_constraints()
    before = list(CustodyEvent.objects.values())

    for statement in [*REFUSED, *REFUSED_BY[connection.vendor]]:
        with pytest.raises(IntegrityError, match="only ever added to"), transaction.atomic():
            connection.cursor().execute(statement)

    assert list(CustodyEvent.objects.values()) == before
    assert [event.number for event in a_chain(1)] == [4]
    assert list(breaks()) == []


@pytest.mark.usefixtures("each_database")
def test_a_wall_that_was_taken_down_is_named_and_built_again():
    fallen = f"{walls.TABLE}_unchanged"
    taking = {
        "sqlite": f"DROP TRIGGER {fallen}",
        "postgresql": f"ALTER TABLE {walls.TABLE} DISABLE TRIGGER {fallen}",
    }
    connection.cursor().execute(taking[connection.vendor])

    (sentence,) = breaks()
    mended = [walls.mend() for _ in range(2)]

    assert fallen in sentence
    assert mended == [[fallen], []]
    assert list(breaks()) == []


# Finding out ------------------------------------------------------------------------------------


@pytest.mark.django_db
@ON_SQLITE
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("detail", '{"page": 99}'),
        ("detail", '{"page": 1e400}'),
        ("detail", "null"),
        ("actor", "ben"),
        ("kind", "released"),
        ("at", "2001-01-01 00:00:00"),
        ("at", "never"),
    ],
)
def test_a_changed_event_is_named(column, value):
    a_chain(3)

    tampered(f"UPDATE media_custodyevent SET {column} = %s WHERE number = 2", value)

    assert list(breaks()) == [CHANGED.format(2)]


@pytest.mark.django_db
def test_an_event_that_was_given_to_other_footage_is_named():
    a_chain(2)

    tampered("UPDATE media_custodyevent SET footage_id = %s WHERE number = 1", a_footage().pk)

    assert list(breaks()) == [CHANGED.format(1)]


@pytest.mark.django_db
def test_a_changed_event_with_a_hash_made_anew_does_not_fit_the_next_nor_the_journal():
    a_chain(3)
    event = CustodyEvent.objects.get(number=2)
    event.actor = "ben"

    tampered(
        "UPDATE media_custodyevent SET actor = 'ben', hash = %s WHERE number = 2",
        custody.hash_of(event),
    )

    assert list(breaks()) == [
        ANOTHER.format(2),
        "Event 3 does not follow the event before it.",
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ([1], "Event 1 is missing: the next one is 2."),
        ([2], "Event 2 is missing: the next one is 3."),
        ([2, 3], "Events 2 to 3 are missing: the next one is 4."),
    ],
)
def test_a_deleted_event_is_named(numbers, sentence):
    a_chain(4)

    for number in numbers:
        tampered("DELETE FROM media_custodyevent WHERE number = %s", number)

    assert list(breaks()) == [sentence]


@pytest.mark.django_db
def test_a_gap_that_was_closed_is_named():
    a_chain(3)

    tampered("DELETE FROM media_custodyevent WHERE number = 2")
    tampered("UPDATE media_custodyevent SET number = 2 WHERE number = 3")

    assert list(breaks()) == [
        "Event 2 does not follow the event before it.",
        CHANGED.format(2),
        ANOTHER.format(2),
    ]


@pytest.mark.django_db
def test_two_events_that_changed_places_are_named():
    a_chain(3)

    tampered("UPDATE media_custodyevent SET number = 99 WHERE number = 2")
    tampered("UPDATE media_custodyevent SET number = 2 WHERE number = 3")
    tampered("UPDATE media_custodyevent SET number = 3 WHERE number = 99")

    assert list(breaks()) == [
        sentence
        for number in (2, 3)
        for sentence in (
            f"Event {number} does not follow the event before it.",
            CHANGED.format(number),
            ANOTHER.format(number),
        )
    ]


@ON_SQLITE
@pytest.mark.django_db
def test_an_event_without_a_number_is_named():
    a_chain(2)

    tampered("UPDATE media_custodyevent SET number = 'x' WHERE number = 2")

    assert next(breaks()) == "Event x has no number: it was changed after it was written."


@pytest.mark.django_db
def test_footage_that_was_taken_away_with_its_rows_is_named():
    kept, gone = a_footage(), a_footage()
    a_chain(1, kept), a_chain(2, gone)

    Footage.objects.filter(pk=gone.pk).update(id=gone.pk + 100)
    found = list(breaks())
    Footage.objects.filter(pk=gone.pk + 100).update(id=gone.pk)

    assert found == ["The footage of event 2 is gone from the archive."]


# What the journal knows ------------------------------------------------------------


@pytest.mark.django_db
def test_the_newest_events_cannot_be_taken_away_unseen(committed):
    tampered("DELETE FROM media_custodyevent WHERE number > 1")

    assert list(breaks()) == [
        "Event 2 is missing: the journal knows it.",
        "Event 3 is missing: the journal knows it.",
    ]


@pytest.mark.django_db
def test_a_chain_that_was_made_anew_from_some_event_on_is_found_out(committed):
    tampered("DELETE FROM media_custodyevent WHERE number > 1")
    (file,) = journal_files()
    before = file.read_bytes()
    a_chain(2)
    file.write_bytes(before)

    assert list(breaks()) == [ANOTHER.format(2), ANOTHER.format(3)]


@pytest.mark.django_db
def test_an_event_that_was_never_written_here_is_found_out(committed):
    last = committed[-1]
    forged = CustodyEvent(
        **{**last.record, "footage": last.footage, "at": last.at, "number": 4}
        | {"previous_hash": last.hash, "actor": "ben"}
    )
    forged.hash = custody.hash_of(forged)

    forged.save(force_insert=True)

    (sentence,) = breaks()
    assert sentence.startswith("Event 4 is not in the journal")


@pytest.mark.django_db
def test_what_was_undone_before_it_was_committed_is_no_break():
    a_chain(1)
    with transaction.atomic():
        a_chain(1)
        transaction.set_rollback(True)
    a_chain(2)

    assert list(breaks()) == []


@pytest.mark.django_db
def test_a_database_that_was_put_back_to_an_older_state_is_found_out(
    committed, django_capture_on_commit_callbacks
):
    tampered("DELETE FROM media_custodyevent WHERE number > 2")
    with django_capture_on_commit_callbacks(execute=True):
        a_chain(2)

    assert list(breaks()) == [
        "Event 3 was written twice, with another content: the database was put back to an older "
        "state in between."
    ]


@pytest.mark.django_db
def test_a_log_that_is_older_than_its_journal_is_held_against_itself_alone(committed):
    (file,) = journal_files()
    file.unlink()
    a_chain(1)

    assert list(breaks()) == []


@pytest.mark.django_db
def test_a_line_of_the_journal_that_was_cut_off_or_changed_hurts_no_other(committed):
    (file,) = journal_files()
    with file.open("ab") as opened:
        opened.write(b"\n4 written 12\xff")
    a_chain(1)

    assert list(breaks()) == []


@pytest.mark.django_db
def test_a_journal_that_is_away_stops_nobody_and_leaves_a_gap_that_is_named(committed, data):
    (file,) = journal_files()
    file.rename(data / "aside")
    file.mkdir()
    a_chain(1)
    file.rmdir()
    (data / "aside").rename(file)
    a_chain(1)

    (sentence,) = breaks()
    assert sentence.startswith("Event 4 is not in the journal")


def journal_files():
    return list(journal.folder().iterdir())


# Heads ------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_head_that_was_kept_elsewhere_proves_that_no_event_is_missing(committed):
    head = custody.head()
    assert head == Head(3, committed[-1].hash)
    for file in journal_files():
        file.unlink()
    tampered("DELETE FROM media_custodyevent WHERE number = 3")

    assert list(breaks()) == []
    assert list(breaks([head])) == ["Event 3 is missing: it is the head that was exported."]


@pytest.mark.django_db
def test_a_chain_made_anew_does_not_fit_a_head_that_was_kept(committed):
    kept = Head(2, "f" * 64)

    assert list(breaks([kept])) == ["Event 2 is another one than the head that was exported."]


@pytest.mark.django_db
def test_there_is_no_head_of_nothing():
    assert custody.head() is None

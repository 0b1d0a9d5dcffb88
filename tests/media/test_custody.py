"""The custody log: what was written stays, and whoever changes it is found out."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from media import custody
from media.custody import FIRST_HASH, breaks, record
from media.models import AppendOnly, CustodyEvent
from tests.factories import a_footage

Kind = CustodyEvent.Kind


def a_chain(length, footage=None):
    footage = footage or a_footage()
    return [
        record(footage, Kind.VIEWED, actor="ana", detail={"page": number})
        for number in range(1, length + 1)
    ]


def sql(statement, *values):
    """What somebody does who has the database's password."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


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
    record(
        a_footage(), Kind.VIEWED, actor="ليلى", detail={"name": "فيديو \u202e 🔥", "n": [1.5, None]}
    )

    assert list(breaks()) == []


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


# Changing -----------------------------------------------------------------------------------


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


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("detail", '{"page": 99}'),
        ("actor", "ben"),
        ("kind", "released"),
        ("at", "2001-01-01 00:00:00"),
    ],
)
def test_a_changed_event_is_named(column, value):
    a_chain(3)

    sql(f"UPDATE media_custodyevent SET {column} = %s WHERE number = 2", value)

    assert list(breaks()) == ["Event 2 was changed after it was written."]


@pytest.mark.django_db
def test_an_event_that_was_given_to_other_footage_is_named():
    a_chain(2)

    sql("UPDATE media_custodyevent SET footage_id = %s WHERE number = 1", a_footage().pk)

    assert list(breaks()) == ["Event 1 was changed after it was written."]


@pytest.mark.django_db
def test_a_changed_event_with_a_hash_made_anew_does_not_fit_the_next():
    a_chain(3)
    event = CustodyEvent.objects.get(number=2)
    event.actor = "ben"

    sql(
        "UPDATE media_custodyevent SET actor = 'ben', hash = %s WHERE number = 2",
        custody.hash_of(event),
    )

    assert list(breaks()) == ["Event 3 does not follow the event before it."]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (1, "Event 1 is missing: the next one is 2."),
        (2, "Event 2 is missing: the next one is 3."),
    ],
)
def test_a_deleted_event_is_named(number, sentence):
    a_chain(3)

    sql("DELETE FROM media_custodyevent WHERE number = %s", number)

    assert list(breaks()) == [sentence]


@pytest.mark.django_db
def test_a_gap_that_was_closed_is_named():
    a_chain(3)

    sql("DELETE FROM media_custodyevent WHERE number = 2")
    sql("UPDATE media_custodyevent SET number = 2 WHERE number = 3")

    assert list(breaks()) == [
        "Event 2 does not follow the event before it.",
        "Event 2 was changed after it was written.",
    ]


@pytest.mark.django_db
def test_two_events_that_changed_places_are_named():
    a_chain(3)

    sql("UPDATE media_custodyevent SET number = 99 WHERE number = 2")
    sql("UPDATE media_custodyevent SET number = 2 WHERE number = 3")
    sql("UPDATE media_custodyevent SET number = 3 WHERE number = 99")

    assert list(breaks()) == [
        "Event 2 does not follow the event before it.",
        "Event 2 was changed after it was written.",
        "Event 3 does not follow the event before it.",
        "Event 3 was changed after it was written.",
    ]

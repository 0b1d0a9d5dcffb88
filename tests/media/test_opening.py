"""Opening an original: password and reason first, then the log, then the bytes; no other way."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from media import custody, opening
from media.models import CustodyEvent
from tests.factories import a_person
from tests.media.desk import said
from tests.media.kept import a_kept_footage, path_of
from tests.test_architecture import sources

pytestmark = pytest.mark.django_db

MP4 = {"container": "mov,mp4,m4a,3gp,3g2,mj2", "duration_ms": 10_000}
CONTENT = b"0123456789 film"
REASON = "The court asks for the file."


@pytest.fixture
def footage():
    return a_kept_footage(CONTENT, probe=MP4, original_name="Gate, by Amina.MOV")


def page_of(footage):
    return reverse("admin:media_footage_original", args=[footage.pk])


def asked(client, footage, **fields):
    told = {"how": "watch", "reason": REASON, "password": "ada", **fields}
    return client.post(page_of(footage), told, follow=True)


def address_in(answer):
    """Where the page that follows has the original from."""
    return re.search(r'(?:src|href)="(/admin/originals/[^"]+)"', answer.content.decode())[1]


def opened():
    kinds = [CustodyEvent.Kind.VIEWED, CustodyEvent.Kind.DOWNLOADED]
    return list(CustodyEvent.objects.filter(kind__in=kinds))


def body(answer):
    return b"".join(answer.streaming_content)


# Asking -------------------------------------------------------------------------------------------


def test_whoever_gives_password_and_reason_may_watch(archivist, footage):
    answer = asked(archivist, footage)
    film = archivist.get(address_in(answer))

    assert (film.status_code, film["Content-Type"]) == (200, "video/mp4")
    assert (film["Cache-Control"], film["Content-Disposition"]) == ("private, no-store", "inline")
    assert body(film) == CONTENT


def test_the_log_says_who_when_why_and_which_bytes(archivist, footage):
    before = timezone.now()

    asked(archivist, footage)

    (event,) = opened()
    assert (event.kind, event.actor, event.footage) == ("viewed", "ada", footage)
    assert event.detail == {
        "reason": REASON,
        "sha256": footage.sha256,
        "byte_size": footage.byte_size,
    }
    assert before <= event.at <= timezone.now()
    assert list(custody.breaks()) == []


def test_a_copy_bears_no_name_of_the_source_and_is_no_page_of_ours(archivist, footage):
    answer = asked(archivist, footage, how="copy")
    copy = archivist.get(address_in(answer))

    assert body(copy) == CONTENT
    assert copy["Content-Disposition"] == f'attachment; filename="{footage.public_id}.mov"'
    assert copy["Content-Type"] == "application/octet-stream"
    assert [event.kind for event in opened()] == ["downloaded"]


def test_the_player_gets_the_ranges_that_it_asks_for_and_nothing_more_is_written(
    archivist, footage
):
    address = address_in(asked(archivist, footage))

    part = archivist.get(address, headers={"range": "bytes=4-7"})
    beyond = archivist.get(address, headers={"range": "bytes=400-"})

    assert (part.status_code, body(part)) == (206, b"4567")
    assert part["Content-Range"] == f"bytes 4-7/{len(CONTENT)}"
    assert beyond.status_code == 416
    assert len(opened()) == 1


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"password": "wrong"}, "That is not your password"),
        ({"password": ""}, "This field is required"),
        ({"reason": ""}, "This field is required"),
        ({"reason": "     why      "}, "Write why"),
        ({"how": "mail"}, "Select a valid choice"),
    ],
)
def test_without_the_right_password_and_a_reason_it_stays_closed(
    archivist, footage, fields, sentence
):
    answer = asked(archivist, footage, **fields)

    assert sentence in answer.content.decode()
    assert "/admin/originals/" not in answer.content.decode()
    assert opened() == []


def test_superusers_are_asked_as_everybody_is(client, footage):
    chief = get_user_model().objects.create_superuser("chief", password="chief")
    client.force_login(chief)

    assert "That is not your password" in asked(client, footage).content.decode()
    assert opened() == []
    asked(client, footage, password="chief")

    assert [event.actor for event in opened()] == ["chief"]


@pytest.mark.parametrize("group", ["editors", "legal", "publishers", "writers"])
def test_those_who_only_look_at_footage_open_no_original(client, footage, group):
    client.force_login(a_person("ada", group))

    answer = asked(client, footage)

    assert answer.status_code == 403
    assert opened() == []


def test_who_guesses_passwords_in_a_session_found_open_is_signed_out(archivist, footage):
    for _ in range(4):
        asked(archivist, footage, password="wrong")

    answer = asked(archivist, footage, password="wrong")

    assert answer.redirect_chain[-1][0].startswith(reverse("admin:login"))
    assert asked(archivist, footage).redirect_chain[-1][0].startswith(reverse("admin:login"))
    assert opened() == []


def test_guesses_count_like_those_at_the_door(footage):
    person = a_person("bea", "archivists")
    for _ in range(2):
        session = Client()
        session.force_login(person)
        for _ in range(3):
            answer = asked(session, footage, password="wrong")

    assert "wait five minutes" in answer.content.decode()
    assert "wait five minutes" in asked(session, footage, password="bea").content.decode()
    assert opened() == []


def test_a_missing_original_is_said_to_be_missing(archivist, footage):
    path_of(footage).unlink()

    answer = asked(archivist, footage)

    assert "missing from the vault" in answer.content.decode()
    assert opened() == []


def test_what_browsers_cannot_play_is_given_as_a_copy_alone(archivist):
    footage = a_kept_footage(b"<script>", state="rejected", reason="It is no film.", probe=None)

    watched = asked(archivist, footage)
    copy = archivist.get(address_in(asked(archivist, footage, how="copy")))

    assert "Select a valid choice" in watched.content.decode()
    assert copy["Content-Type"] == "application/octet-stream"
    assert copy["Content-Disposition"].startswith("attachment")
    assert copy["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db(transaction=True)
def test_the_log_is_committed_before_the_first_byte_is_given(archivist, footage, data):
    seen = []

    def look(execute, sql, params, many, context):
        """What somebody else sees of the log whenever we ask the database of the original."""
        if "media_footage" in sql:
            seen.append((connection.in_atomic_block, "custody" in sql))
        return execute(sql, params, many, context)

    answer = asked(archivist, footage)
    number = opened()[0].number
    journal = (data / "custody").glob("*.journal")
    with connection.execute_wrapper(look):
        film = archivist.get(address_in(answer))

    assert f"{number} committed" in "".join(path.read_text() for path in journal)
    assert seen == [(False, False)]
    assert body(film) == CONTENT


# The grant ----------------------------------------------------------------------------------------


def test_a_grant_works_in_no_other_session_of_the_same_person(archivist, footage):
    address = address_in(asked(archivist, footage))
    elsewhere = Client()
    elsewhere.force_login(get_user_model().objects.get(username="ada"))

    assert elsewhere.get(address).status_code == 403
    assert archivist.get(address).status_code == 200


def test_a_grant_works_for_nobody_else_and_for_nobody_at_all(archivist, footage):
    address = address_in(asked(archivist, footage))
    other, nobody = Client(), Client()
    other.force_login(a_person("ben", "archivists"))

    assert other.get(address).status_code == 403
    assert nobody.get(address)["Location"].startswith(reverse("admin:login"))


def test_a_grant_ends_with_the_session(archivist, footage):
    address = address_in(asked(archivist, footage))
    archivist.logout()
    archivist.force_login(get_user_model().objects.get(username="ada"))

    assert archivist.get(address).status_code == 403


def test_a_grant_ends_with_the_right_to_open_originals(archivist, footage):
    address = address_in(asked(archivist, footage))
    Group.objects.get(name="archivists").permissions.clear()

    assert archivist.get(address).status_code == 403


def test_a_grant_ends_by_itself_and_says_so(archivist, footage, monkeypatch):
    monkeypatch.setattr(opening, "LASTS", timedelta(seconds=-60))

    answer = asked(archivist, footage)

    assert answer.redirect_chain[-1][0] == page_of(footage)
    assert "is over" in said(answer)[0]


def test_a_film_may_be_watched_to_its_end(footage):
    footage.probe = {**MP4, "duration_ms": 3_600_000}
    assert opening._lasts(footage, opening.How.WATCH) == timedelta(minutes=75)
    assert opening._lasts(footage, opening.How.COPY) == timedelta(minutes=15)

    footage.probe = {**MP4, "duration_ms": 36_000_000}
    assert opening._lasts(footage, opening.How.WATCH) == timedelta(hours=4)


@pytest.mark.parametrize("change", [lambda key: key[:-1], lambda key: "x" + key, lambda key: "x"])
def test_a_forged_grant_opens_nothing(archivist, footage, change):
    address = address_in(asked(archivist, footage))
    start, _, key = address.rpartition("/")

    assert archivist.get(f"{start}/{change(key)}").status_code == 403


def test_a_grant_of_one_original_opens_no_other(archivist, footage):
    other = a_kept_footage(b"another film", probe=MP4)
    key = address_in(asked(archivist, footage)).rpartition("/")[2]

    answer = archivist.get(reverse("admin:media_footage_opened", args=[other.pk, key]), follow=True)

    assert answer.redirect_chain[-1][0] == page_of(other)


# No other way out ---------------------------------------------------------------------------------

# Who reads originals, and what becomes of the bytes: nobody but the view gives them to a person.
READERS = {
    "media/stores.py": "keeps them",
    "media/intake.py": "hands them to the jail to be examined",
    "media/packaging.py": "hands them to the encoder in the jail",
    "media/first_play.py": "hands them to the encoder in the jail",
    "media/chunking.py": "hands them to the encoder in the jail",
    "media/picturing.py": "keeps pictures, and hands them to the jail to be drawn",
    "media/fixity.py": "hashes them",
    "media/opening.py": "asks whether they are there",
    "media/views.py": "gives them to who was granted them",
    "newsroom/health.py": "asks whether the store is there",
    "newsroom/checks.py": "asks who may enter the folder",
    "newsroom/settings.py": "says where they lie",
}


def test_nothing_else_reads_originals():
    word = re.compile(r"""["']originals["']|stores\.original\(""")

    assert {path for path, text in sources().items() if word.search(text)} == set(READERS)

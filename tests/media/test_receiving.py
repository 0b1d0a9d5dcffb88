"""Footage that comes part by part: the protocol, its limits, and what happens when it is whole."""

import base64
import hashlib
import os
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from media import queue, receiving, staging, stores, upkeep
from media.core import tus
from media.core.probe import REASONS
from media.models import CustodyEvent, Footage, Job, Upload
from tests.factories import a_person

pytestmark = pytest.mark.django_db

CONTENT = b"no film, but bytes " * 500
SIZE = len(CONTENT)
TUS = {"Tus-Resumable": "1.0.0"}
MADE_UP = "nosuchupload"


def announce(client, size=SIZE, **headers):
    told = {"Upload-Length": str(size), **TUS, **headers}
    return client.post(
        reverse("uploads"), headers=told, data=b"", content_type="application/octet-stream"
    )


def metadata(**told):
    return {"Upload-Metadata": tus.metadata_header(told)}


def begun(client, **told):
    """The address of an upload that was announced."""
    return announce(client, **metadata(filename="gate.mov", **told))["Location"]


def send(client, address, content, at, **headers):
    told = {"Upload-Offset": str(at), **TUS, **headers}
    return client.generic("PATCH", address, content, content_type=tus.CONTENT_TYPE, headers=told)


def ask(client, address):
    return client.head(address, headers=TUS)


def whole(client, content=CONTENT, **told):
    """An upload of which all bytes are here."""
    address = announce(client, len(content), **metadata(filename="gate.mov", **told))["Location"]
    assert send(client, address, content, 0).status_code == 204
    return Upload.objects.newest_first()[0]


def work():
    while queue.work_next("first"):
        pass


def checksum(content, algorithm="sha256"):
    digest = hashlib.new(algorithm, content).digest()
    return {"Upload-Checksum": f"{algorithm} {base64.b64encode(digest).decode()}"}


# The protocol -------------------------------------------------------------------------------


def test_the_server_says_what_it_can_do(archivist, settings):
    answer = archivist.options(reverse("uploads"))

    assert answer.status_code == 204
    told = {name: answer[name] for name in ("Tus-Resumable", "Tus-Version", "Tus-Extension")}
    assert told == {
        "Tus-Resumable": "1.0.0",
        "Tus-Version": "1.0.0",
        "Tus-Extension": "creation,creation-with-upload,checksum,expiration,termination",
    }
    assert answer["Tus-Max-Size"] == str(settings.LARGEST_UPLOAD)
    assert answer["Tus-Checksum-Algorithm"] == "sha256,sha1,md5"


def test_a_file_comes_in_parts_and_goes_on_where_it_stopped(archivist):
    created = announce(archivist, **metadata(filename="gate.mov"))
    address = created["Location"]

    first = send(archivist, address, CONTENT[:4000], 0)
    between = ask(archivist, address)
    last = send(archivist, address, CONTENT[4000:], 4000)

    assert (created.status_code, first.status_code, last.status_code) == (201, 204, 204)
    assert (first["Upload-Offset"], between["Upload-Offset"]) == ("4000", "4000")
    assert (between.status_code, between["Upload-Length"]) == (200, str(len(CONTENT)))
    assert "no-store" in between["Cache-Control"]
    assert created["Upload-Expires"].endswith("GMT")
    assert tus.metadata_of(between["Upload-Metadata"])["filename"] == "gate.mov"
    assert last["Upload-Offset"] == str(len(CONTENT))
    upload = Upload.objects.get()
    assert (upload.state, upload.name) == ("whole", "gate.mov")
    assert upload.sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_the_first_part_may_come_with_the_announcement(archivist):
    told = {"Upload-Length": str(len(CONTENT)), **TUS}

    answer = archivist.post(
        reverse("uploads"), CONTENT[:100], content_type=tus.CONTENT_TYPE, headers=told
    )

    assert (answer.status_code, answer["Upload-Offset"]) == (201, "100")
    assert ask(archivist, answer["Location"])["Upload-Offset"] == "100"


def test_a_client_without_patch_may_say_so_in_a_post_and_in_nothing_else(archivist):
    address = begun(archivist)
    told = {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH", **TUS}

    posted = archivist.post(address, CONTENT, content_type=tus.CONTENT_TYPE, headers=told)
    got = archivist.get(address, headers={"X-HTTP-Method-Override": "DELETE", **TUS})

    assert (posted.status_code, got.status_code) == (204, 405)
    assert Upload.objects.get().state == "whole"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412),
        ({"Tus-Resumable": ""}, 412),
        ({"Upload-Length": "many"}, 400),
        ({"Upload-Length": "-1"}, 400),
        ({"Upload-Length": str(1 << 50)}, 413),
        ({"Upload-Metadata": "filename not-base-64!"}, 400),
        ({"Upload-Metadata": "filename YQ==,filename YQ=="}, 400),
        (metadata(consent="perhaps"), 400),
    ],
)
def test_an_announcement_that_means_nothing_is_refused(archivist, headers, status):
    answer = announce(archivist, **headers)

    assert answer.status_code == status
    assert answer.content.decode().endswith(".")
    assert Upload.objects.count() == 0
    assert staging.names() == set()


@pytest.mark.parametrize(
    ("content", "at", "headers", "status"),
    [
        (CONTENT[:10], 5, {}, 409),
        (CONTENT[:10], 0, {"Upload-Offset": "x"}, 400),
        (CONTENT + b"more", 0, {}, 413),
        (CONTENT[:10], 0, {"Content-Type": "video/mp4"}, 415),
        (CONTENT[:10], 0, {"Tus-Resumable": "2.0.0"}, 412),
        (CONTENT[:10], 0, {"Upload-Checksum": "crc32 AAAA"}, 400),
        (CONTENT[:10], 0, {"Upload-Checksum": "sha256 AAAA"}, 400),
        (CONTENT[:10], 0, checksum(b"other bytes"), 460),
    ],
)
def test_a_part_that_does_not_fit_changes_nothing(archivist, content, at, headers, status):
    address = begun(archivist)

    answer = send(archivist, address, content, at, **headers)

    assert answer.status_code == status
    assert ask(archivist, address)["Upload-Offset"] == "0"


@pytest.mark.parametrize("algorithm", ["sha256", "sha1", "md5"])
def test_a_part_with_the_right_checksum_is_kept(archivist, algorithm):
    address = begun(archivist)
    send(archivist, address, CONTENT[:10], 0, **checksum(b"damaged"))

    answer = send(archivist, address, CONTENT, 0, **checksum(CONTENT, algorithm))

    assert (answer.status_code, answer["Upload-Offset"]) == (204, str(len(CONTENT)))
    assert Upload.objects.get().sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_an_upload_that_is_ended_is_gone_with_its_bytes(archivist):
    address = begun(archivist)
    send(archivist, address, CONTENT[:10], 0)

    answer = archivist.delete(address, headers=TUS)

    assert answer.status_code == 204
    assert ask(archivist, address).status_code == 404
    assert staging.names() == set()


def test_an_expired_upload_is_gone_and_its_bytes_are_swept(archivist, settings):
    address = begun(archivist)
    send(archivist, address, CONTENT[:10], 0)
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    expired = ask(archivist, address)
    settings.SWEEPS = ["media.receiving.discard_expired"]
    upkeep.tidy()

    assert (expired.status_code, ask(archivist, address).status_code) == (410, 404)
    assert "Upload-Offset" not in expired
    assert staging.names() == set()


def test_bytes_of_which_no_row_speaks_are_swept_and_others_stay(archivist):
    address = begun(archivist)
    staging.begin("lost")

    receiving.discard_expired()

    assert staging.names() == {address.rsplit("/", 1)[1]}


def test_what_a_killed_command_left_half_written_in_the_vault_is_swept(data):
    originals = data / "originals"
    for name in ("aa/old.part", "aa/new.part", "aa/original"):
        (originals / name).parent.mkdir(exist_ok=True)
        (originals / name).touch()
    for name in ("aa/old.part", "aa/original"):
        os.utime(originals / name, (0, 0))

    receiving.discard_expired()

    assert stores.files_below("originals") == ["aa/new.part", "aa/original"]


# Who may ------------------------------------------------------------------------------------


def test_uploads_are_for_those_who_receive_footage_and_each_sees_their_own(client):
    client.force_login(a_person("ada", "archivists"))
    address = begun(client)
    others = {name: Client() for name in ("stranger", "editor", "archivist")}
    others["editor"].force_login(a_person("eli", "editors"))
    others["archivist"].force_login(a_person("aya", "archivists"))

    asked = {name: ask(other, address).status_code for name, other in others.items()}
    sent = {name: send(other, address, b"x", 0).status_code for name, other in others.items()}

    assert asked == {"stranger": 401, "editor": 403, "archivist": 404}
    assert sent == asked
    assert ask(client, address)["Upload-Offset"] == "0"


def test_nothing_is_changed_without_the_token_against_forged_requests():
    forged = Client(enforce_csrf_checks=True)
    forged.force_login(a_person("ada", "archivists"))
    forged.get(reverse("admin:index"))
    refused = announce(forged)
    with_token = {"X-CSRFToken": forged.cookies["csrftoken"].value}

    allowed = announce(forged, **with_token)
    address = allowed["Location"]
    sent = [send(forged, address, b"x", 0, **headers).status_code for headers in ({}, with_token)]
    ended = forged.delete(address, headers=TUS)

    assert (refused.status_code, allowed.status_code) == (403, 201)
    assert sent == [403, 204]
    assert ended.status_code == 403


def test_whoever_is_refused_is_heard_out_so_that_they_hear_the_answer(archivist):
    address = begun(archivist)

    answer = send(archivist, address, CONTENT[:10], 5)

    assert answer.status_code == 409
    assert answer.wsgi_request.read() == b""


# Limits -------------------------------------------------------------------------------------


def test_a_file_that_is_too_large_is_refused_with_the_size_that_is_not(archivist, settings):
    settings.LARGEST_UPLOAD = 3 << 30

    answer = announce(archivist, 4 << 30)

    assert answer.status_code == 413
    assert "has 4 GiB, and at most 3 GiB are taken here" in answer.content.decode()


def test_uploads_together_may_take_so_much_and_no_more(archivist, settings):
    settings.UPLOADS_TOTAL = len(CONTENT) + 10
    begun(archivist)

    answer = announce(archivist, 11)

    assert (answer.status_code, announce(archivist, 10).status_code) == (413, 201)


def test_what_is_promised_counts_before_the_disk_is_full(archivist, settings):
    settings.KEPT_FREE = 1 << 60

    answer = announce(archivist)

    assert answer.status_code == 507
    assert "no room for this file" in answer.content.decode()
    assert Upload.objects.count() == 0


# Broken lines -------------------------------------------------------------------------------


class BrokenLine:
    """A line that brings some bytes and then nothing more."""

    def __init__(self, *chunks, error=None):
        self.chunks, self.error = list(chunks), error

    def read(self, size):
        if self.chunks:
            return self.chunks.pop(0)
        if self.error:
            raise self.error
        return b""


def an_upload(size=SIZE):
    return receiving.begin(
        a_person("ada", "archivists"), size=size, name="gate.mov", fingerprint="", told={}
    )


@pytest.mark.parametrize("error", [None, OSError("the line broke")])
def test_what_came_before_the_line_broke_is_kept(error):
    upload = an_upload()

    reached = receiving.append(
        upload, BrokenLine(CONTENT[:700], CONTENT[700:900], error=error), at=0, count=len(CONTENT)
    )

    upload.refresh_from_db()
    assert (reached, upload.reached, receiving.reached(upload)) == (900, 900, 900)
    assert staging.path_of(upload.public_id).read_bytes() == CONTENT[:900]


def test_a_part_with_a_checksum_is_kept_whole_or_not_at_all():
    upload = an_upload()
    said = tus.checksum_of(checksum(CONTENT)["Upload-Checksum"])

    with pytest.raises(tus.Refused) as refused:
        receiving.append(upload, BrokenLine(CONTENT[:900]), at=0, count=len(CONTENT), checksum=said)

    upload.refresh_from_db()
    assert (refused.value.status, upload.reached) == (460, 0)


def test_bytes_that_were_never_counted_are_written_over():
    """As after a loss of power: the row says less than what lies on the disk."""
    upload = an_upload()
    staging.path_of(upload.public_id).write_bytes(b"\0" * 5000)

    receiving.append(upload, BrokenLine(CONTENT), at=0, count=len(CONTENT))
    work()

    assert Footage.objects.get().sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_a_file_that_another_process_began_is_hashed_when_it_is_whole():
    upload = an_upload()
    receiving.append(upload, BrokenLine(CONTENT[:900]), at=0, count=900)
    staging.hashes.forget(upload.public_id)

    receiving.append(upload, BrokenLine(CONTENT[900:]), at=900, count=len(CONTENT) - 900)

    upload.refresh_from_db()
    assert (upload.state, upload.sha256) == ("whole", "")
    work()
    assert Footage.objects.get().sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_a_process_remembers_the_hashes_of_the_newest_uploads_alone(monkeypatch):
    monkeypatch.setattr(staging, "MOST_HASHES", 2)
    hashes = staging.Hashes()

    for name in ("a", "b", "c"):
        hashes.keep(name, 3, hashlib.sha256(b"abc"))

    assert [hashes.resume(name, 3) is not None for name in ("a", "b", "c")] == [False, True, True]


def test_two_cannot_write_the_same_file_at_a_time(archivist):
    address = begun(archivist)

    with staging.writing(address.rsplit("/", 1)[1]):
        answer = send(archivist, address, CONTENT, 0)

    assert answer.status_code == 423
    assert send(archivist, address, CONTENT, 0).status_code == 204


def test_a_writer_whose_line_went_dead_loses_its_place_and_writes_no_more(archivist):
    address = begun(archivist)
    name = address.rsplit("/", 1)[1]
    with staging.writing(name) as dead:
        dead.write(b"!" * 100, at=0)
        os.utime(staging.path_of(name + staging.LOCK), (0, 0))

        answer = send(archivist, address, CONTENT[:4000], 0)

        with pytest.raises(staging.Superseded):
            dead.write(b"!" * 100, at=100)
        with pytest.raises(staging.Superseded):
            dead.sync()
    assert (answer.status_code, answer["Upload-Offset"]) == (204, "4000")
    assert staging.path_of(name).read_bytes() == CONTENT[:4000]


# Taken in -----------------------------------------------------------------------------------


def test_a_whole_film_becomes_footage_with_its_facts_and_a_clip(archivist, marked_clip):
    content = marked_clip.path.read_bytes()

    upload = whole(archivist, content, source_alias="Heron", consent="anonymous", tags="gate")
    work()

    footage = Footage.objects.get()
    assert (footage.state, footage.arrival, footage.original_name) == (
        *("ready", "upload"),
        "gate.mov",
    )
    assert (footage.source_alias, footage.consent, footage.tags) == ("Heron", "anonymous", "gate")
    assert stores.sha256_of("originals", footage.store_name) == footage.sha256
    assert footage.custody.first().actor == "ada"
    assert Job.objects.about("first_play", footage.clips.get().pk).count() == 1
    upload.refresh_from_db()
    assert (upload.state, upload.footage, upload.was_here) == ("taken", footage, False)
    assert (upload.facts, staging.names()) == ({}, set())


def test_the_same_bytes_again_are_the_same_footage_and_its_facts_stay(archivist):
    whole(archivist, source_alias="Heron")
    work()
    kept = stores.files_below("originals")

    again = whole(archivist, source_alias="Crane")
    work()

    again.refresh_from_db()
    footage = Footage.objects.get()
    assert stores.files_below("originals") == kept
    assert (again.footage, again.was_here, footage.source_alias) == (footage, True, "Heron")
    assert list(footage.custody.values_list("kind", flat=True)) == [
        *(CustodyEvent.Kind.RECEIVED, CustodyEvent.Kind.REJECTED),
        CustodyEvent.Kind.RECEIVED_AGAIN,
    ]


def test_taking_in_goes_on_wherever_it_was_interrupted(archivist):
    """Killed when the bytes lay in the vault, and when the row was there as well."""
    upload = whole(archivist)
    part = staging.path_of(upload.public_id)
    target = f"{upload.public_id[:2]}/{upload.public_id}"
    stores.keep_incoming(part, name=target, sha256=upload.sha256)

    work()
    Upload.objects.update(state="whole", footage=None)
    queue.request(receiving.KIND, upload.pk)
    work()

    footage = Footage.objects.get()
    assert stores.sha256_of("originals", footage.store_name) == footage.sha256
    assert footage.custody.filter(kind=CustodyEvent.Kind.RECEIVED).count() == 1
    assert footage.custody.filter(kind=CustodyEvent.Kind.RECEIVED_AGAIN).count() == 0
    assert Upload.objects.get().state == "taken"


def test_an_empty_file_is_rejected_with_its_sentence(archivist):
    announce(archivist, 0)
    work()

    assert Footage.objects.get().reason == REASONS["empty"]


def test_what_was_typed_is_told_as_people_see_it(archivist):
    sentences = {
        told: announce(archivist, **metadata(**{told: value})).content.decode()
        for told, value in {"consent": "perhaps", "obtained_on": "soon"}.items()
    }

    assert "“perhaps” is not known, write one of unknown, none" in sentences["consent"]
    assert sentences["obtained_on"].startswith("obtained_on: ")


def test_nobody_answers_where_nothing_is(archivist):
    address = reverse("upload", args=[MADE_UP])

    statuses = [
        ask(archivist, address).status_code,
        send(archivist, address, b"x", 0).status_code,
        archivist.delete(address, headers=TUS).status_code,
    ]

    assert statuses == [404, 404, 404]

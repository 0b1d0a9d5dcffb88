"""The archive's desk: footage in, its record kept, and the files made of it watched by staff."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from media import custody, stores
from media.models import Clip, CustodyEvent, Footage
from tests.factories import a_clip, a_footage, a_package, a_person, a_playable_clip, a_transcript
from tests.media.desk import jobs, said

pytestmark = pytest.mark.django_db

PROBE = {
    "container": "mp4",
    "duration_ms": 10_000,
    "video": {
        "index": 0,
        "codec": "h264",
        "width": 640,
        "height": 360,
        "rotation": 0,
        "sample_aspect": [1, 1],
        "interlaced": False,
        "step_ms": [40.0, 40.0, 40.0],
        "start_ms": 0,
        "end_ms": 10_000,
        "pixel_format": "yuv420p",
        "matrix": 2,
        "range": 0,
        "transfer": 2,
    },
    "audio": None,
}


def a_file(name, content):
    return SimpleUploadedFile(name, content, content_type="video/mp4")


# What the form of footage sends beside what a test is about.
FORM = {
    "source_risk": "unknown",
    "consent": "unknown",
    "verification": "unverified",
    "relations-TOTAL_FORMS": "0",
    "relations-INITIAL_FORMS": "0",
}


def put(package, name, content):
    """One file of a package in the working store."""
    with stores.work_folder() as work:
        folder = work / package.public_id
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(content)
        stores.keep_package(folder, package.public_id)


# Footage ----------------------------------------------------------------------------------------


def test_an_upload_becomes_footage_with_a_clip(archivist, marked_clip):
    content = marked_clip.path.read_bytes()

    answer = archivist.post(
        reverse("admin:media_footage_add"),
        {"videos": a_file("gate.mov", content), "source_alias": "Heron"},
        follow=True,
    )

    footage = Footage.objects.get()
    assert (footage.state, footage.source_alias, footage.arrival) == ("ready", "Heron", "upload")
    assert footage.custody.first().actor == "ada"
    assert jobs() == [("first_play", footage.clips.get().pk)]
    assert answer.redirect_chain == [
        (reverse("admin:media_footage_change", args=[footage.pk]), 302)
    ]


def test_the_same_bytes_again_are_told_to_be_here_already(archivist, marked_clip):
    content = marked_clip.path.read_bytes()
    address = reverse("admin:media_footage_add")
    archivist.post(address, {"videos": a_file("gate.mov", content)}, follow=True)

    answer = archivist.post(address, {"videos": a_file("again.mov", content)}, follow=True)

    footage = Footage.objects.get()
    link = f"<a href='{reverse('admin:media_footage_change', args=[footage.pk])}'>"
    assert said(answer) == [f"“again.mov” was here already, as {link}{footage.public_id}</a>. "]
    assert Clip.objects.count() == 1


def test_several_files_are_received_and_bad_ones_get_their_sentence(archivist):
    files = [a_file("a.mp4", b"no video"), a_file("b.mp4", b"")]

    answer = archivist.post(reverse("admin:media_footage_add"), {"videos": files}, follow=True)

    reasons = [text.rsplit("). ", 1)[1] for text in said(answer)]
    assert reasons == list(Footage.objects.order_by("pk").values_list("reason", flat=True))
    assert set(Footage.objects.values_list("state", flat=True)) == {"rejected"}
    assert Clip.objects.count() == 0


def test_an_upload_without_a_file_keeps_what_was_written(archivist):
    answer = archivist.post(reverse("admin:media_footage_add"), {"source_alias": "Heron"})

    assert answer.context["form"].errors == {"videos": ["This field is required."]}
    assert answer.context["form"]["source_alias"].value() == "Heron"


def test_footage_is_received_by_archivists_alone(editor):
    answer = editor.post(reverse("admin:media_footage_add"), {"videos": a_file("a.mp4", b"x")})

    assert answer.status_code == 403
    assert Footage.objects.count() == 0


def test_the_page_of_footage_shows_what_the_file_says_of_itself(archivist):
    found = [{"place": "container", "name": "model", "value": "<Kamera>"}]
    footage = a_footage(probe=PROBE, metadata=found)
    custody.record(footage, CustodyEvent.Kind.RECEIVED, actor="ada", detail={"how": "upload"})
    clip = a_clip(footage=footage)

    page = archivist.get(reverse("admin:media_footage_change", args=[footage.pk]))

    assert page.context["facts"][1] == ("Picture", "h264, 640 × 360 (yuv420p)")
    assert [event.actor for event in page.context["custody"]] == ["ada"]
    assert [item["clip"] for item in page.context["clips"]] == [clip]
    assert "<bdi>&lt;Kamera&gt;</bdi>" in page.content.decode()


def test_facts_of_the_archive_are_written_and_those_of_the_file_are_not(archivist):
    footage = a_footage(probe=PROBE)
    wanted = {
        **FORM,
        "source_alias": "Heron",
        "recorded_when": "spring",
        "recorded_where": "the old town",
        "rights_holder": "",
        "consent": "anonymous",
        "verification": "partly",
        "restrictions": "",
        "sha256": "0" * 64,
        "original_name": "x",
        "state": "rejected",
    }

    archivist.post(reverse("admin:media_footage_change", args=[footage.pk]), wanted)

    kept = Footage.objects.get()
    assert (kept.source_alias, kept.consent, kept.verification) == ("Heron", "anonymous", "partly")
    assert (kept.sha256, kept.original_name, kept.state) == (
        *(footage.sha256, footage.original_name),
        "ready",
    )


def test_withdrawn_consent_takes_the_clips_away_at_once(
    archivist, django_capture_on_commit_callbacks
):
    clip = a_playable_clip(footage=a_footage(probe=PROBE))
    stores.place_file(f"media/{clip.current_package.public_id}/clip.mp4", b"film")
    wanted = {**FORM, "consent": "withdrawn"}

    with django_capture_on_commit_callbacks(execute=True):
        archivist.post(reverse("admin:media_footage_change", args=[clip.footage_id]), wanted)

    assert stores.files_below("public") == []
    assert jobs() == [("refresh_clip", clip.pk)]


@pytest.mark.parametrize("kind", ["footage", "clip", "custodyevent", "transcript"])
def test_nothing_of_the_archive_is_deleted_at_the_desk(client, kind):
    client.force_login(a_person("root", is_superuser=True))
    clip = a_clip()
    event = custody.record(clip.footage, CustodyEvent.Kind.RECEIVED, actor="ada")
    rows = {"footage": clip.footage, "clip": clip, "custodyevent": event}
    row = rows.get(kind) or a_transcript(clip)

    address = reverse(f"admin:media_{kind}_delete", args=[row.pk])
    answer = client.post(address, {"post": "yes"})

    assert answer.status_code == 403
    assert type(row).objects.filter(pk=row.pk).exists()


def test_the_custody_log_is_read_and_not_written(client):
    client.force_login(a_person("root", is_superuser=True))
    event = custody.record(a_footage(), CustodyEvent.Kind.RECEIVED, actor="ada")

    adding = client.post(reverse("admin:media_custodyevent_add"), {})
    changing = client.post(reverse("admin:media_custodyevent_change", args=[event.pk]), {})
    reading = client.get(reverse("admin:media_custodyevent_changelist"))

    statuses = [answer.status_code for answer in (adding, changing, reading)]
    assert statuses == [403, 403, 200]


# Files of a package -----------------------------------------------------------------------------


def test_a_package_is_watched_by_staff_in_ranges(archivist):
    package = a_package(a_clip())
    put(package, "360p/clip.mp4", b"0123456789")
    address = reverse("package_file", args=[package.public_id, "360p/clip.mp4"])

    whole = archivist.get(address)
    part = archivist.get(address, HTTP_RANGE="bytes=2-5")
    end = archivist.get(address, HTTP_RANGE="bytes=-3")
    beyond = archivist.get(address, HTTP_RANGE="bytes=20-30")

    assert (whole.status_code, b"".join(whole), whole["Content-Type"]) == (
        *(200, b"0123456789"),
        "video/mp4",
    )
    assert (part.status_code, b"".join(part), part["Content-Range"]) == (
        *(206, b"2345"),
        "bytes 2-5/10",
    )
    assert (end.status_code, b"".join(end)) == (206, b"789")
    assert (beyond.status_code, beyond["Content-Range"]) == (416, "bytes */10")


@pytest.mark.parametrize(
    "name",
    [
        "../../originals/aa/1",
        "a/../../b",
        "..",
        "%2e%2e/secret",
        "no such.mp4",
        "missing.mp4",
        "360p",
    ],
)
def test_no_name_leads_out_of_a_package(archivist, name):
    package = a_package(a_clip())
    put(package, "360p/clip.mp4", b"0123456789")

    answer = archivist.get(f"/admin/packages/{package.public_id}/{name}")

    assert answer.status_code == 404


def test_a_folder_that_is_no_package_is_not_answered(archivist):
    package = a_package(a_clip())
    put(package, "clip.mp4", b"0123456789")

    answer = archivist.get("/admin/packages/elsewhere/clip.mp4")

    assert answer.status_code == 404


def test_the_captions_of_a_transcript_are_answered_to_staff(archivist):
    transcript = a_transcript(a_clip(), "Who is there?")

    answer = archivist.get(reverse("package_file", args=[transcript.public_id, "captions.vtt"]))

    assert answer["Content-Type"] == "text/vtt; charset=utf-8"
    assert "Who is there?" in answer.content.decode()


def test_a_package_is_no_business_of_others(client):
    package = a_package(a_clip())
    put(package, "clip.mp4", b"0123456789")
    address = reverse("package_file", args=[package.public_id, "clip.mp4"])

    stranger = client.get(address)
    client.force_login(a_person("ona"))
    onlooker = client.get(address)

    assert (stranger.status_code, onlooker.status_code) == (302, 403)
    assert stranger.url.startswith(reverse("admin:login"))

"""The archive's desk: footage in, clips cut and watched, and who is kept out."""

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from media import custody, stores
from media.forms import BAD_TIME, ClipForm, WarningForm, milliseconds, spelled
from media.models import Clip, CustodyEvent, Footage, Job, Transcript, Warning
from media.progress import progress_of
from tests.factories import a_clip, a_footage, a_package, a_person, a_playable_clip, a_transcript

pytestmark = pytest.mark.django_db

VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\nThey are at the gate.\n"
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


@pytest.fixture
def archivist(client):
    client.force_login(a_person("ada", "archivists"))
    return client


@pytest.fixture
def editor(client):
    client.force_login(a_person("eli", "editors"))
    return client


@pytest.fixture
def onlooker(client):
    """On the staff, and in no group."""
    client.force_login(a_person("ona"))
    return client


def said(response):
    return [str(message) for message in response.context["messages"]]


def a_file(name, content):
    return SimpleUploadedFile(name, content, content_type="video/mp4")


def written(clip, **fields):
    """The clip's form as a browser sends it back, with what the test changes."""
    values = {
        "title": clip.title,
        "slug": clip.slug,
        "caption": clip.caption,
        "alt": clip.alt,
        "credit": clip.credit,
        "in_ms": spelled(clip.in_ms),
        "out_ms": "",
        "poster_ms": "",
        "transcript_language": "",
        "transcript_kind": "captions",
        "warnings-TOTAL_FORMS": "0",
        "warnings-INITIAL_FORMS": "0",
        "_continue": "1",
    }
    return {**values, **fields}


def jobs():
    return sorted(Job.objects.values_list("kind", "subject_id"))


def change(clip):
    return reverse("admin:media_clip_change", args=[clip.pk])


def put(package, name, content):
    """One file of a package in the working store."""
    with stores.work_folder() as work:
        folder = work / package.public_id
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(content)
        stores.keep_package(folder, package.public_id)


# Times ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ms"),
    [("0:12.500", 12_500), ("12,5", 12_500), ("1:02:03.004", 3_723_004), (" 90 ", 90_000)],
)
def test_a_time_is_read_as_people_write_it(text, ms):
    assert milliseconds(text) == ms


@pytest.mark.parametrize("text", ["soon", "-1", "1:2:3:4", "0:12.5000", "1e3", ""])
def test_what_is_no_time_is_refused_with_an_example(text):
    with pytest.raises(ValueError, match=r"like 0:12\.500") as refusal:
        milliseconds(text)

    assert str(refusal.value) == BAD_TIME


@pytest.mark.parametrize("ms", [0, 1, 999, 59_999, 60_000, 3_599_999, 3_600_000, 43_200_000])
def test_a_time_that_was_shown_is_read_as_the_same_time(ms):
    assert milliseconds(spelled(ms)) == ms


@pytest.mark.parametrize(
    ("times", "errors"),
    [
        ({"in_ms": "0:10"}, {"in_ms": ["The footage ends at 0:10.000: start earlier."]}),
        ({"out_ms": "0:11"}, {"out_ms": ["The footage ends at 0:10.000: end there or earlier."]}),
        (
            {"in_ms": "0:05", "out_ms": "0:05"},
            {"out_ms": ["The out point lies before the in point: end later."]},
        ),
        (
            {"in_ms": "0:05", "poster_ms": "0:05"},
            {"poster_ms": ["The clip lasts 0:05.000: choose an earlier moment."]},
        ),
        ({"in_ms": "five"}, {"in_ms": [BAD_TIME]}),
    ],
)
def test_a_cut_that_the_footage_does_not_hold_is_refused_where_it_was_written(times, errors):
    clip = a_clip()

    form = ClipForm({**written(clip), "footage": clip.footage_id, **times}, instance=clip)

    assert form.errors == errors


@pytest.mark.parametrize(
    ("times", "errors"),
    [
        ({"start_ms": "0:02"}, ["Write both times, or neither for the whole clip."]),
        (
            {"start_ms": "0:02", "end_ms": "0:01"},
            ["The warning ends before it starts: end it later."],
        ),
    ],
)
def test_a_warning_for_half_a_span_is_refused(times, errors):
    form = WarningForm({"kind": "death", "language": "en", **times})

    assert form.errors == {"end_ms": errors}


# Progress ---------------------------------------------------------------------------------------


def test_a_clip_tells_of_its_newest_job():
    clip = a_clip()
    Job.objects.create(
        kind="package_clip", subject_id=clip.pk, state=Job.State.FAILED, reason="No."
    )
    Job.objects.create(kind="package_clip", subject_id=clip.pk, state=Job.State.RUNNING, percent=43)

    progress = progress_of([clip])[clip.pk]

    assert (progress.word, progress.sentence, progress.percent, progress.is_moving) == (
        *("running", "at work, 43 %", 43),
        True,
    )


def test_each_state_of_a_clip_has_its_words():
    ready, none = a_playable_clip(), a_clip()
    waiting, failed = a_clip(), a_clip()
    withdrawn = a_playable_clip(withdrawn_at="2026-01-01T00:00:00Z")
    Job.objects.create(kind="package_clip", subject_id=waiting.pk)
    Job.objects.create(
        kind="package_clip", subject_id=failed.pk, state=Job.State.FAILED, reason="It has no end."
    )

    found = progress_of([ready, none, waiting, failed, withdrawn])

    assert [progress.sentence for progress in found.values()] == [
        "ready",
        "nothing was made of it yet",
        "waiting for a worker",
        "failed: It has no end.",
        "withdrawn: no reader sees it",
    ]


def test_progress_is_answered_for_the_clips_that_were_asked_for(editor):
    clip, _other = a_clip(), a_clip()

    answer = editor.get(reverse("admin:media_clip_progress"), {"id": [clip.pk, "x"]})

    assert answer.json() == {
        "clips": {
            str(clip.pk): {
                "word": "none",
                "sentence": "nothing was made of it yet",
                "percent": 0,
                "is_moving": False,
            }
        }
    }


# Footage ----------------------------------------------------------------------------------------


def test_an_upload_becomes_footage_with_a_clip(archivist, marked_clip):
    content = marked_clip.path.read_bytes()

    answer = archivist.post(
        reverse("admin:media_footage_add"),
        {"videos": a_file("gate.mov", content), "source": "Heron"},
        follow=True,
    )

    footage = Footage.objects.get()
    assert (footage.state, footage.source_alias, footage.arrival) == ("ready", "Heron", "upload")
    assert footage.custody.first().actor == "ada"
    assert jobs() == [("package_clip", footage.clips.get().pk)]
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
    answer = archivist.post(reverse("admin:media_footage_add"), {"source": "Heron"})

    assert answer.context["form"].errors == {"videos": ["This field is required."]}
    assert answer.context["form"]["source"].value() == "Heron"


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
    wanted = {"consent": "withdrawn", "verification": "unverified"}

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


# Clips ------------------------------------------------------------------------------------------


def test_new_words_draw_the_pages_again_and_make_no_package(archivist):
    clip = a_playable_clip()

    archivist.post(change(clip), written(clip, title="The gate"))

    clip.refresh_from_db()
    assert clip.title == "The gate"
    assert jobs() == [("refresh_clip", clip.pk)]


@pytest.mark.parametrize("moved", [{"in_ms": "0:01"}, {"out_ms": "0:09"}, {"poster_ms": "0:03.5"}])
def test_a_new_cut_or_poster_makes_a_new_package(archivist, moved):
    clip = a_playable_clip()

    archivist.post(change(clip), written(clip, **moved))

    clip.refresh_from_db()
    [(name, text)] = moved.items()
    assert getattr(clip, name) == milliseconds(text)
    assert jobs() == [("package_clip", clip.pk), ("refresh_clip", clip.pk)]


def test_another_clip_is_cut_from_footage(archivist):
    footage = a_footage()
    wanted = written(
        SimpleNamespace(title="The gate", slug="gate", caption="", alt="", credit="", in_ms=0)
    )

    archivist.post(
        reverse("admin:media_clip_add"), {**wanted, "footage": footage.pk, "out_ms": "0:04"}
    )

    clip = Clip.objects.get()
    assert (clip.footage, clip.out_ms) == (footage, 4000)
    assert jobs() == [("package_clip", clip.pk), ("refresh_clip", clip.pk)]


def test_a_bad_time_keeps_everything_that_was_written(archivist):
    clip = a_clip()

    page = archivist.post(change(clip), written(clip, title="The gate", out_ms="later"))

    form = page.context["adminform"].form
    assert form.errors == {"out_ms": [BAD_TIME]}
    assert (form["title"].value(), form["out_ms"].value()) == ("The gate", "later")


def test_a_warning_is_written_beside_its_clip(archivist):
    clip = a_clip()
    row = {"kind": "death", "wording": "", "language": "en", "start_ms": "0:01", "end_ms": "0:02.5"}
    inline = {f"warnings-0-{name}": value for name, value in row.items()}

    archivist.post(change(clip), written(clip, **inline, **{"warnings-TOTAL_FORMS": "1"}))

    assert list(Warning.objects.values_list("clip", "kind", "start_ms", "end_ms")) == [
        (clip.pk, "death", 1000, 2500)
    ]


def test_a_transcript_comes_with_its_clip(archivist):
    clip = a_clip()
    file = SimpleUploadedFile("words.vtt", VTT)
    wanted = written(clip, transcript_file=file, transcript_language="ar", transcript_approve="on")

    answer = archivist.post(change(clip), wanted, follow=True)

    transcript = Transcript.objects.get()
    assert (transcript.language, transcript.kind, transcript.state) == (
        "ar",
        "captions",
        "approved",
    )
    assert [cue.text for cue in transcript.cues.all()] == ["They are at the gate."]
    assert f"The transcript was added: {transcript}." in said(answer)


def test_a_file_that_is_no_transcript_gets_its_sentence_and_the_rest_is_kept(archivist):
    clip = a_clip()
    file = SimpleUploadedFile("words.vtt", b"\x00\x01\x02")
    wanted = written(clip, title="The gate", transcript_file=file, transcript_language="en")

    answer = archivist.post(change(clip), wanted, follow=True)

    assert [text for text in said(answer) if text.startswith("The transcript was not added. ")]
    assert Transcript.objects.count() == 0
    assert Clip.objects.get().title == "The gate"


def test_a_transcript_without_a_language_is_asked_for_it(archivist):
    clip = a_clip()
    file = SimpleUploadedFile("words.vtt", VTT)

    page = archivist.post(change(clip), written(clip, transcript_file=file))

    assert page.context["adminform"].form.errors == {
        "transcript_language": ["Say in which language the transcript is."]
    }


def test_a_draft_transcript_is_read_and_approved(editor):
    transcript = a_transcript(a_clip(), "Who is there?", state=Transcript.State.DRAFT)
    page = editor.get(reverse("admin:media_transcript_change", args=[transcript.pk]))

    editor.post(reverse("admin:media_transcript_approve", args=[transcript.pk]))

    transcript.refresh_from_db()
    assert [cue.text for _, _, cue in page.context["cues"]] == ["Who is there?"]
    assert page.context["can_approve"]
    assert transcript.state == "approved"


def test_packages_are_made_again_for_the_clips_that_were_chosen(archivist):
    chosen, _other = a_clip(), a_clip()

    archivist.post(
        reverse("admin:media_clip_changelist"),
        {"action": "make_again", "_selected_action": [chosen.pk]},
    )

    assert jobs() == [("package_clip", chosen.pk)]


def test_a_clip_is_withdrawn_after_one_question(editor):
    clip, other = a_playable_clip(), a_playable_clip()
    stores.place_file(f"media/{clip.current_package.public_id}/clip.mp4", b"film")
    asked = editor.post(
        reverse("admin:media_clip_changelist"),
        {"action": "withdraw", "_selected_action": [clip.pk]},
    )

    page = editor.get(asked.url)
    unchanged = list(Clip.objects.playable().order_by("pk"))
    editor.post(asked.url)

    assert page.context["clips"] == [clip]
    assert unchanged == [clip, other]
    assert list(Clip.objects.playable()) == [other]
    assert stores.files_below("public") == []
    assert clip.footage.custody.get().actor == "eli"


@pytest.mark.parametrize(
    ("method", "name", "numbered"),
    [
        ("get", "admin:media_clip_changelist", False),
        ("get", "admin:media_clip_progress", False),
        ("get", "admin:media_clip_withdraw", False),
        ("post", "admin:media_clip_withdraw", False),
        ("post", "admin:media_clip_add", False),
        ("get", "admin:media_footage_add", False),
        ("post", "admin:media_transcript_approve", True),
    ],
)
def test_staff_without_a_permission_is_refused(onlooker, method, name, numbered):
    transcript = a_transcript(a_playable_clip(), state=Transcript.State.DRAFT)

    address = reverse(name, args=[transcript.pk] if numbered else [])
    answer = getattr(onlooker, method)(f"{address}?id={transcript.clip_id}")

    transcript.refresh_from_db()
    assert answer.status_code == 403
    assert transcript.state == "draft"
    assert list(Clip.objects.playable()) == [transcript.clip]


def test_nothing_is_approved_by_a_link(editor):
    transcript = a_transcript(a_clip(), state=Transcript.State.DRAFT)

    answer = editor.get(reverse("admin:media_transcript_approve", args=[transcript.pk]))

    assert answer.status_code == 405


def test_a_forged_request_changes_nothing(client):
    clip = a_playable_clip()
    client.force_login(a_person("eli", "editors"))
    client.handler.enforce_csrf_checks = True

    answer = client.post(f"{reverse('admin:media_clip_withdraw')}?id={clip.pk}")

    assert answer.status_code == 403
    assert list(Clip.objects.playable()) == [clip]


def make_row(kind):
    clip = a_playable_clip()
    Job.objects.create(kind="package_clip", subject_id=clip.pk)
    custody.record(clip.footage, CustodyEvent.Kind.RECEIVED, actor="ada")
    a_transcript(clip)


@pytest.mark.parametrize("kind", ["footage", "clip", "custodyevent", "transcript"])
def test_a_list_costs_the_same_for_one_row_and_for_three(
    client, kind, django_assert_num_queries, django_assert_max_num_queries
):
    client.force_login(a_person("root", is_superuser=True))
    address = reverse(f"admin:media_{kind}_changelist")
    make_row(kind)
    client.get(address)
    with django_assert_max_num_queries(12) as one:
        client.get(address)
    make_row(kind)
    make_row(kind)

    with django_assert_num_queries(len(one)):
        answer = client.get(address)

    assert len(answer.context["cl"].result_list) == 3


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

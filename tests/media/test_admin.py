"""The archive's desk: clips cut, read and withdrawn, and who is kept out."""

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from media import custody, stores
from media.forms import BAD_TIME, ClipForm, WarningForm, milliseconds, spelled
from media.models import Clip, CustodyEvent, Job, Transcript, Warning
from media.progress import progress_of
from tests.factories import a_clip, a_footage, a_person, a_playable_clip, a_transcript
from tests.media.desk import jobs, said

pytestmark = pytest.mark.django_db

VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\nThey are at the gate.\n"


@pytest.fixture
def onlooker(client):
    """On the staff, and in no group."""
    client.force_login(a_person("ona"))
    return client


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


def change(clip):
    return reverse("admin:media_clip_change", args=[clip.pk])


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


def test_a_warning_about_a_span_draws_the_pictures_again(archivist):
    clip = a_playable_clip()
    span = {"kind": "death", "language": "en", "start_ms": "0:02", "end_ms": "0:04"}

    archivist.post(
        change(clip),
        written(clip, **{f"warnings-0-{name}": text for name, text in span.items()})
        | {"warnings-TOTAL_FORMS": "1"},
    )

    assert clip.veils == ((2000, 4000),)
    assert jobs() == [("redraw_pictures", clip.pk), ("refresh_clip", clip.pk)]


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
    assert jobs() == [("first_play", clip.pk), ("refresh_clip", clip.pk)]


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
    wanted |= {"transcript_is_machine_made": "on", "transcript_checked_by": "The desk"}

    answer = archivist.post(change(clip), wanted, follow=True)

    transcript = Transcript.objects.get()
    assert (transcript.language, transcript.kind, transcript.state) == (
        "ar",
        "captions",
        "approved",
    )
    assert (transcript.origin, transcript.checked_by) == ("machine", "The desk")
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

    assert jobs() == [("first_play", chosen.pk)]


def test_a_clip_is_withdrawn_after_one_question(editor):
    clip, other = a_playable_clip(), a_playable_clip()
    stores.place_file(f"media/{clip.current_package.public_id}/clip.mp4", b"film")
    asked = editor.post(
        reverse("admin:media_clip_changelist"),
        {"action": "withdraw", "_selected_action": [clip.pk]},
    )

    page = editor.get(asked.url)
    unchanged = list(Clip.objects.playable().order_by("pk"))
    editor.post(asked.url, {"reason": "She is in danger."})

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

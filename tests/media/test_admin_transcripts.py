"""The doors of the transcript editor: who may knock, what they answer, what they refuse."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from media import queue, transcribing, waveforms
from media.core.withheld import SIGN
from media.models import Job, Transcript, Waveform
from tests.factories import a_clip, a_person, a_playable_clip, a_transcript
from tests.media.desk import said

pytestmark = pytest.mark.django_db


def door(name, *arguments):
    return reverse(f"admin:media_transcript_{name}", args=arguments)


def a_row(text, key="a", start=0, end=1000):
    return {"key": key, "start": start, "end": end, "speaker": "", "text": text}


def send(client, address, **told):
    return client.post(address, json.dumps(told), content_type="application/json")


@pytest.fixture
def transcript():
    return a_transcript(a_playable_clip(title="The mill"), "They came.", state="draft")


def test_the_page_has_the_lines_and_where_to_send_them(editor, transcript):
    page = editor.get(door("edit", transcript.pk)).content.decode()

    assert '"text": "They came."' in page
    assert f'data-save-url="{door("edit", transcript.pk)}"' in page
    assert 'aria-keyshortcuts="Alt+K"' in page


def test_the_address_of_an_old_version_leads_to_the_newest(editor, transcript):
    newest = transcribing.save_version(transcript, [], by="ana", checked_by="")

    answer = editor.get(door("edit", transcript.pk))

    assert answer.url == door("edit", newest.pk)


def test_lines_that_are_sent_become_a_version_with_their_writer(editor, transcript):
    answer = send(editor, door("edit", transcript.pk), rows=[a_row("We hid.")], checked_by="Desk")

    version = Transcript.objects.live().get()
    assert answer.json() == {
        "sentence": "Saved as a draft.",
        "address": door("edit", version.pk),
        "state": "draft",
        "is_approved": False,
    }
    assert (version.made_by, version.checked_by) == ("eli", "Desk")


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"rows": [a_row("x", end=0)]}, "Not saved. Line 1 ends before it starts: end it later."),
        ({}, "Not saved. A transcript is a list of at most 20,000 lines: split it."),
        (
            {
                "rows": [a_row("[[Maryam]]"), a_row("Maryam!", key="b", start=2000, end=3000)],
                "approve": True,
            },
            "Not saved. The line at 0:02 of The mill: captions (en) says words that are withheld "
            "in another line: withhold them there too.",
        ),
    ],
)
def test_what_cannot_be_kept_gets_its_sentence_and_changes_nothing(
    editor, transcript, told, sentence
):
    answer = send(editor, door("edit", transcript.pk), **told)

    assert (answer.status_code, answer.json()) == (400, {"sentence": sentence})
    assert list(Transcript.objects.live()) == [transcript]


@pytest.mark.parametrize("body", ["", "[]", "{"])
def test_what_is_no_json_is_refused(editor, transcript, body):
    answer = editor.post(door("edit", transcript.pk), body, content_type="application/json")

    assert answer.status_code == 400


def test_more_than_the_server_takes_gets_a_sentence(editor, transcript, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    answer = send(editor, door("edit", transcript.pk), rows=[a_row("x" * 200)])

    assert answer.json()["sentence"].endswith("split the transcript.")


def test_a_stale_save_is_answered_with_what_the_other_saved(editor, transcript):
    theirs = transcribing.save_version(
        transcript, [transcribing.Row("a", 0, 1000, "", "[[Omar]] came.")], by="ana", checked_by=""
    )

    answer = send(editor, door("edit", transcript.pk), rows=[a_row("Mine.")])

    told = answer.json()
    assert (answer.status_code, told["rows"]) == (409, [a_row("[[Omar]] came.")])
    assert told["address"] == door("edit", theirs.pk)


def test_lines_are_checked_by_the_guide_and_for_names_that_stayed_open(editor, transcript):
    rows = [a_row("[[Maryam]] came."), a_row("Maryam!", key="b", start=2000, end=3000)]

    told = send(editor, door("check", transcript.pk), rows=rows).json()["findings"]

    assert told == {
        "a": {"rate": 21, "sentences": ["21 characters a second: at most 20."]},
        "b": {
            "rate": 7,
            "sentences": ["Says words that are withheld in another line: withhold them here too."],
        },
    }


def test_a_name_that_another_language_withholds_is_found(editor, transcript):
    arabic = transcribing.begin(transcript.clip, language="ar", kind="captions", by="")
    row = transcribing.Row("a", 0, 1000, "", "[[Maryam]]")
    transcribing.save_version(arabic, [row], by="", checked_by="")

    told = send(editor, door("check", transcript.pk), rows=[a_row("Maryam!")]).json()

    assert told["findings"]["a"]["sentences"][0].startswith("Says words that are withheld")


def test_what_a_line_was_is_told_with_who_and_when(editor, transcript):
    row = transcribing.Row("a", 0, 1000, "", "They came.")
    version = transcribing.save_version(transcript, [row], by="ana", checked_by="")

    [told] = editor.get(door("revisions", version.pk), {"key": "a"}).json()["revisions"]

    assert (told["by"], told["row"]) == ("ana", a_row("They came."))


@pytest.mark.parametrize(
    ("form", "beginning"), [("vtt", "WEBVTT"), ("srt", "1\n00:00:00,000"), ("txt", "I am [name")]
)
def test_a_version_is_taken_away_as_readers_get_it(editor, transcript, form, beginning):
    row = transcribing.Row("a", 0, 1000, "", "I am [[Maryam]].")
    version = transcribing.save_version(transcript, [row], by="", checked_by="")

    answer = editor.get(door("export", version.pk, form))

    text = answer.content.decode()
    assert text.startswith(beginning)
    assert (SIGN in text, "Maryam" in text) == (True, False)
    assert answer["Content-Disposition"].endswith(f'.en.{form}"')


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\nWe hid.\n", "We hid."),
        ("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nWe hid.\n", "We hid."),
        ("a.TXT", b"We hid.", "We hid."),
    ],
)
def test_a_file_takes_the_place_of_the_lines_as_a_draft(editor, transcript, name, content, words):
    file = SimpleUploadedFile(name, content)

    editor.post(door("import", transcript.pk), {"file": file})

    version = Transcript.objects.live().get()
    assert ([cue.text for cue in version.cues.all()], version.made_by) == ([words], "eli")


@pytest.mark.parametrize("file", [None, SimpleUploadedFile("a.vtt", b"Dear editor")])
def test_no_file_or_a_bad_one_changes_nothing_and_says_so(editor, transcript, file):
    answer = editor.post(door("import", transcript.pk), {"file": file} if file else {}, follow=True)

    assert len(said(answer)) == 1
    assert list(Transcript.objects.live()) == [transcript]


def test_a_new_transcript_is_begun_once(editor):
    clip = a_clip()
    address = door("new", clip.pk)

    first = editor.post(address, {"language": "ckb", "kind": "captions"})
    second = editor.post(address, {"language": "ckb", "kind": "captions"})

    transcript = clip.transcripts.get()
    assert (first.url, second.url) == (door("edit", transcript.pk),) * 2


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"language": ""}, "Say in which language the words are, like en, ar or ckb."),
        ({"language": "§"}, "Write the language's tag, like en, ar or ckb."),
        ({"language": "en", "_listen": "1"}, "NEWSROOM_SPEECH_MODEL"),
    ],
)
def test_a_transcript_that_cannot_be_begun_gets_a_sentence(editor, values, sentence):
    clip = a_clip()

    answer = editor.post(door("new", clip.pk), {"kind": "captions", **values}, follow=True)

    assert sentence in said(answer)[0]
    assert list(clip.transcripts.all()) == []


def test_the_clips_page_says_why_no_machine_can_listen(editor):
    page = editor.get(reverse("admin:media_clip_change", args=[a_clip().pk])).content.decode()

    assert "NEWSROOM_SPEECH_MODEL" in page
    assert "Let a machine listen" in page


# The sound's outline ----------------------------------------------------------------------------


def test_the_outline_is_asked_for_once_and_answered_when_it_is_there(editor, transcript):
    address = reverse("admin:media_clip_waveform", args=[transcript.clip_id])

    first, second = editor.get(address), editor.get(address)
    [job] = Job.objects.of_kinds(["draw_waveform"])
    Waveform.objects.create(package=transcript.clip.current_package, peaks=b"\x00\xff")

    assert (first.status_code, second.status_code) == (202, 202)
    assert job.subject_id == transcript.clip_id
    assert editor.get(address).json() == {"step_ms": 50, "peaks": "AP8="}


def test_a_silent_clip_has_an_empty_outline(transcript):
    package = transcript.clip.current_package
    package.has_audio = False
    package.save()
    waveforms.of_package(package)

    queue.work(Job.objects.of_kinds(["draw_waveform"]).get().pk)

    assert bytes(waveforms.of_package(package).peaks) == b""


# Who is kept out --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "name", "more"),
    [
        *(("get", name, ()) for name in ("edit", "revisions")),
        *(("post", name, ()) for name in ("edit", "check", "import")),
        ("get", "export", ("vtt",)),
    ],
)
def test_staff_without_a_permission_is_refused(client, transcript, method, name, more):
    client.force_login(a_person("ona"))

    answer = getattr(client, method)(door(name, transcript.pk, *more))

    assert answer.status_code == 403


def test_staff_without_a_permission_begins_no_transcript(client):
    client.force_login(a_person("ona"))

    assert client.post(door("new", a_clip().pk), {"language": "en"}).status_code == 403

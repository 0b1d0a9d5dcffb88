"""Transcripts: a caption file becomes what readers read, in place of the one before."""

import pytest

from media import transcribing
from media.models import Job, Transcript
from media.transcribing import TranscriptRefused, import_transcript
from tests.factories import a_clip, a_playable_clip, a_transcript

pytestmark = pytest.mark.django_db

VTT = b"WEBVTT\n\n00:01.000 --> 00:02.500\n<v Ana>They are burning it.\n\n" + (
    b"00:03.000 --> 00:04.000\nRun!\n"
)
SRT = "1\n00:00:01,000 --> 00:00:02,500\nهم يحرقونه.\n".encode()


def cues(transcript):
    return list(transcript.cues.values_list("position", "start_ms", "end_ms", "speaker", "text"))


def test_a_caption_file_becomes_cues_in_its_order():
    transcript = import_transcript(a_clip(), VTT, language="en")

    assert cues(transcript) == [
        (1, 1000, 2500, "Ana", "They are burning it."),
        (2, 3000, 4000, "", "Run!"),
    ]
    assert (transcript.kind, transcript.state, transcript.remarks) == ("captions", "draft", [])


def test_a_transcript_can_be_approved_as_it_comes():
    transcript = import_transcript(a_clip(), SRT, language="ar", approve=True)

    assert list(Transcript.objects.approved()) == [transcript]
    assert (transcript.direction, transcript.language_name) == ("rtl", "العربية")


def test_a_transcript_is_a_persons_unless_it_says_otherwise():
    person = import_transcript(a_clip(), SRT, language="ar")
    machine = import_transcript(
        a_clip(), SRT, language="ar", origin=Transcript.Origin.MACHINE, checked_by="The desk"
    )

    assert (person.origin, person.checked_by) == ("person", "")
    assert (machine.origin, machine.checked_by) == ("machine", "The desk")


def test_a_new_version_takes_the_place_of_the_old_under_a_new_address():
    clip = a_clip()
    old = import_transcript(clip, VTT, language="en")
    new = import_transcript(clip, VTT, language="en")

    assert list(clip.transcripts.live()) == [new]
    assert old.public_id != new.public_id
    assert Transcript.objects.count() == 2


def test_another_language_or_kind_leaves_the_old_one_alone():
    clip = a_clip()
    import_transcript(clip, VTT, language="en")
    import_transcript(clip, SRT, language="ar")
    import_transcript(clip, VTT, language="en", kind=Transcript.Kind.DESCRIPTIONS)

    assert clip.transcripts.live().count() == 3


def test_the_pages_with_the_clip_are_drawn_again():
    clip = a_clip()

    import_transcript(clip, VTT, language="en")

    assert list(Job.objects.values_list("kind", "subject_id")) == [("refresh_clip", clip.pk)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"WEBVTT\n",
        b"\x00\x01\x02",
        b"Dear editor",
        b"WEBVTT\n\nNOTE only a note\n",
        b"1\n00:00:00,000 --> 00:00:01,000\n[latitude: 36.34] [longitude: 43.13] [iso: 100]\n\n"
        * 3,
    ],
    ids=["empty", "no cue", "no text", "a letter", "a note", "telemetry"],
)
def test_a_file_without_words_is_refused_and_the_old_version_stays(data):
    clip = a_clip()
    kept = a_transcript(clip)

    with pytest.raises(TranscriptRefused) as caught:
        import_transcript(clip, data, language="en")

    assert str(caught.value).endswith(".")
    assert list(clip.transcripts.live()) == [kept]
    assert Job.objects.count() == 0


def test_an_editor_is_told_of_cues_behind_the_end():
    clip = a_playable_clip()
    clip.current_package.duration_ms = 2000
    clip.current_package.save()

    transcript = import_transcript(clip, VTT, language="en")

    assert transcript.remarks == ["1 cues start after the clip's end: is it the right file?"]


def test_an_approved_transcript_is_for_readers_and_its_pages_are_drawn_again():
    clip = a_clip()
    transcript = a_transcript(clip, state=Transcript.State.DRAFT)

    transcribing.approve(transcript)

    assert list(clip.transcripts.approved()) == [transcript]
    assert Job.objects.get().kind == "refresh_clip"


def test_what_readers_get_is_web_vtt_that_can_be_imported_again():
    transcript = import_transcript(a_clip(), VTT, language="en")

    again = import_transcript(a_clip(), transcribing.webvtt(transcript).encode(), language="en")

    assert cues(again) == cues(transcript)

"""A word of a transcript put right: readers learn of it where they read, and where we list it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from articles import publishing
from articles.models import Correction
from media import transcribing
from media.models import Transcript
from media.transcribing import TranscriptRefused, correct_cue, import_transcript
from tests.articles.public import finish_jobs, page
from tests.factories import a_draft, a_person, a_ready_clip, a_transcript

pytestmark = pytest.mark.django_db

REASON = "The name of the street was misheard."


def vtt(*words):
    cues = (f"00:0{2 * n}.000 --> 00:0{2 * n + 1}.500\n{text}\n" for n, text in enumerate(words))
    return ("WEBVTT\n\n" + "\n".join(cues)).encode()


@pytest.fixture
def story():
    clip = a_ready_clip(slug="fire", title="A fire", cleared_at=timezone.now())
    a_transcript(clip, "They burn", "in Rain Street", "and run.")
    return publishing.publish(a_draft(clip, slug="cells"), by=None)


def correct(number=2, text="in Grain Street", reason=REASON):
    version = correct_cue(Transcript.objects.approved().get(), number, text, reason=reason)
    finish_jobs()
    return version


def marks(version):
    return [(cue.text, cue.correction) for cue in version.cues.all()]


def test_a_corrected_line_says_so_on_every_page_that_shows_it(story):
    correct()

    day = f"{timezone.localdate():%Y-%m-%d}"
    names = ("", "fire/", "fire/read/")
    for html in [page(f"stories/cells/{name}index.html") for name in names]:
        [_, mark] = html.split('<small class="corrected" data-correction', 1)
        assert (day in mark.split("</small>")[0], REASON in mark.split("</small>")[0]) == (
            True,
        ) * 2
        assert ("in Grain Street" in html, "Rain Street " in html) == (True, False)


def test_a_correction_of_a_line_stands_under_its_story_and_on_the_list(story):
    correct()

    [correction] = Correction.objects.all()
    assert correction.text == f"“A fire”, transcript (English), 0:02: {REASON}"
    assert correction.text in page("stories/cells/index.html").split('id="corrections"')[1]
    assert REASON in page("corrections/index.html")


def test_a_story_tells_of_a_correction_once_however_often_it_is_drawn(story):
    correct()
    Transcript.objects.get(superseded=False)
    transcribing.approve(Transcript.objects.approved().get())
    finish_jobs()

    assert Correction.objects.count() == 1


def test_a_story_does_not_tell_of_what_was_corrected_before_it_came_out(story):
    correct()
    clip = story.clips.get()
    later = publishing.publish(a_draft(clip, slug="later"), by=None)

    assert list(later.corrections.all()) == []
    assert REASON in page("stories/later/fire/index.html")


def test_a_story_in_arabic_tells_of_it_in_its_own_words(story):
    arabic = publishing.publish(a_draft(story.clips.get(), slug="ar", language="ar"), by=None)

    correct()

    assert arabic.corrections.get().text.startswith("«A fire»، نص الكلام")


def test_an_address_of_a_quotation_lasts_and_shows_the_words_of_now(client, story):
    address = "/stories/cells/fire/q/2-2/?t=2"
    before = client.get(address)

    correct()
    after = client.get(address)

    assert ("Rain Street" in before.text, after.status_code) == (True, 200)
    assert ("in Grain Street" in after.text, REASON in after.text) == (True, True)


def test_the_captions_of_a_correction_have_a_new_address(story):
    old = Transcript.objects.approved().get()
    version = correct()

    assert version.public_id != old.public_id
    assert "in Grain Street" in page(f"media/{version.public_id}/captions.vtt")
    assert (version.state, version.language) == (old.state, old.language)


def test_an_earlier_correction_stays_at_its_line(story):
    correct()

    version = correct(3, "and fled.", "They did not run.")

    assert marks(version) == [
        ("They burn", ""),
        ("in Grain Street", REASON),
        ("and fled.", "They did not run."),
    ]


@pytest.mark.parametrize(
    ("number", "text", "reason", "sentence"),
    [
        (2, "in Grain Street", " ", "Say what was wrong: readers see it beside the line."),
        (2, "in Rain Street", REASON, "Change the words of the line, or leave it as it is."),
        (2, " ", REASON, "Change the words of the line, or leave it as it is."),
        (4, "More", REASON, "Readers do not have this line any more"),
        (0, "More", REASON, "Readers do not have this line any more"),
    ],
)
def test_what_is_no_correction_is_refused_and_changes_nothing(
    story, number, text, reason, sentence
):
    with pytest.raises(TranscriptRefused, match=sentence):
        correct(number, text, reason)

    assert Transcript.objects.count() == 1


def test_a_version_that_readers_no_longer_have_is_not_corrected(story):
    old = Transcript.objects.approved().get()
    correct()

    with pytest.raises(TranscriptRefused, match="newest version"):
        correct_cue(old, 1, "They set fire", reason=REASON)


def test_a_file_with_a_reason_marks_the_lines_that_differ(story):
    clip = story.clips.get()
    data = vtt("They burn", "in Grain Street", "and run.")

    version = import_transcript(clip, data, language="en", approve=True, reason=REASON)

    assert marks(version) == [("They burn", ""), ("in Grain Street", REASON), ("and run.", "")]
    again = import_transcript(clip, data, language="en", approve=True)
    assert marks(again) == marks(version)


def test_a_first_file_corrects_nothing_whatever_its_reason():
    clip = a_ready_clip()

    version = import_transcript(clip, vtt("They burn"), language="en", reason=REASON)

    assert marks(version) == [("They burn", "")]


def test_an_editor_corrects_a_line_from_its_transcript(client, story):
    client.force_login(a_person("ed", "editors"))
    transcript = Transcript.objects.approved().get()
    address = reverse("admin:media_transcript_correct", args=[transcript.pk, 2])
    shown = client.get(reverse("admin:media_transcript_change", args=[transcript.pk]))

    form = client.get(address)
    refused = client.post(address, {"text": "in Grain Street", "reason": ""}, follow=True)
    answer = client.post(address, {"text": "in Grain Street", "reason": REASON}, follow=True)

    assert (address in shown.text, "in Rain Street" in form.text) == (True, True)
    assert "Say what was wrong" in refused.text
    assert "in Grain Street" in refused.text
    assert ("Corrected: readers see" in answer.text, REASON in answer.text) == (True, True)
    assert marks(Transcript.objects.approved().get())[1] == ("in Grain Street", REASON)


def test_who_may_not_change_transcripts_may_not_correct_them(client, story):
    client.force_login(a_person("guest"))
    transcript = Transcript.objects.approved().get()

    answer = client.post(
        reverse("admin:media_transcript_correct", args=[transcript.pk, 2]),
        {"text": "in Grain Street", "reason": REASON},
    )

    assert (answer.status_code, Transcript.objects.count()) == (403, 1)


def test_a_correction_is_no_older_than_its_story(story):
    story.published_at = timezone.now() + timedelta(days=1)
    story.save()

    correct()

    assert not Correction.objects.exists()

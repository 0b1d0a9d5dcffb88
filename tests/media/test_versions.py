"""Versions of a transcript: each save is kept, none is lost, and readers keep theirs until then."""

import pytest

from media import release, transcribing
from media.core.withheld import SIGN
from media.errors import LeakFound
from media.models import Transcript
from media.transcribing import Row, StaleSave, import_text, import_transcript
from tests.articles.public import finish_jobs, public_files
from tests.factories import a_clip, a_ready_clip, a_transcript

pytestmark = pytest.mark.django_db


def save(transcript, *rows, by="eli", **fields):
    return transcribing.save_version(transcript, rows, by=by, checked_by="", **fields)


def row(text, key="a", start_ms=0, **fields):
    return Row(key, start_ms, start_ms + 1000, fields.get("speaker", ""), text)


def words(transcript):
    return [cue.text for cue in transcript.cues.all()]


def a_draft(**fields):
    return transcribing.begin(a_clip(), language="en", kind="captions", by="eli", **fields)


def test_each_save_is_a_version_of_its_own():
    first = a_draft()
    second = save(first, row("They came."), by="ana")
    third = save(second, row("They came at night."))

    assert list(Transcript.objects.live()) == [third]
    assert [t.made_by for t in Transcript.objects.order_by("pk")] == ["eli", "ana", "eli"]
    assert words(second) == ["They came."]


def test_a_save_from_an_old_version_is_refused_and_names_who_was_first():
    first = a_draft()
    newest = save(first, row("Ana's words."), by="ana")

    with pytest.raises(StaleSave, match="ana saved a newer version") as caught:
        save(first, row("Eli's words."))

    assert caught.value.newest == newest
    assert list(Transcript.objects.live()) == [newest]


def test_whoever_looked_may_save_theirs_over_it():
    first = a_draft()
    save(first, row("Ana's words."), by="ana")

    mine = save(first, row("Eli's words."), over=True)

    assert (list(Transcript.objects.live()), words(mine)) == ([mine], ["Eli's words."])
    assert Transcript.objects.count() == 3


def test_readers_keep_their_version_until_the_next_is_approved():
    approved = a_transcript(a_clip(), "Old words.")
    draft = save(approved, row("New words."))
    while_it_is_written = list(Transcript.objects.approved()), list(Transcript.objects.live())

    transcribing.approve(draft)

    assert while_it_is_written == ([approved], [draft])
    assert list(Transcript.objects.approved()) == [draft]
    assert list(Transcript.objects.live()) == [draft]


def test_an_old_version_is_not_approved_by_a_click_that_came_late():
    first = a_draft()
    newest = save(first, row("Newer."))

    transcribing.approve(first)

    assert list(Transcript.objects.approved()) == []
    assert list(Transcript.objects.live()) == [newest]


def test_a_line_keeps_its_history_through_moves_and_corrections():
    first = save(a_draft(), row("They came."), row("Run!", key="b", start_ms=2000), by="ana")
    second = save(first, row("They came at night."), row("Run!", key="b", start_ms=2000))
    third = save(second, row("They came at night.", start_ms=500), by="omar")

    history = transcribing.history_of(third, "a")

    assert [(one.by, one.row.start_ms, one.row.text) for one in history] == [
        ("omar", 500, "They came at night."),
        ("eli", 0, "They came at night."),
        ("ana", 0, "They came."),
    ]
    assert [one.by for one in transcribing.history_of(third, "b")] == ["ana"]


def test_a_correction_is_told_at_the_lines_whose_words_changed_and_not_at_moved_ones():
    approved = save(a_draft(), row("They come."), row("Run!", "b", 2000), approve=True)

    version = save(
        approved, row("They came."), row("Run!", "b", 2400), approve=True, reason="Misheard."
    )

    assert [cue.correction for cue in version.cues.all()] == ["Misheard.", ""]


# Words withheld ---------------------------------------------------------------------------------


def test_withheld_words_stay_apart_and_come_back_at_the_desk():
    version = save(a_draft(), row("I am [[Maryam]].", speaker="[[Maryam]], a nurse"))

    [cue] = version.cues.all()
    assert (cue.speaker, cue.text) == (f"{SIGN}, a nurse", f"I am {SIGN}.")
    assert cue.withheld == ["Maryam", "Maryam"]
    assert transcribing.rows_of(version) == [row("I am [[Maryam]].", speaker="[[Maryam]], a nurse")]
    assert "Maryam" not in transcribing.webvtt(version)


def test_a_file_that_went_out_and_comes_back_does_not_lose_what_is_withheld():
    version = save(a_draft(), row("I am [[Maryam]]."), row("Run!", "b", 2000))
    gone_out = transcribing.webvtt(version).replace("Run!", "Run away!")

    again = import_transcript(version.clip, gone_out.encode(), language="en")

    assert [one.text for one in transcribing.rows_of(again)] == ["I am [[Maryam]].", "Run away!"]
    assert [one.key for one in transcribing.rows_of(again)] == ["a", "b"]


def test_what_is_withheld_in_one_line_is_not_approved_in_another():
    draft = save(a_draft(), row("I am [[Maryam]]."), row("Maryam, come!", "b", 62_000))

    with pytest.raises(LeakFound, match="The line at 1:02") as caught:
        transcribing.approve(draft)

    assert "Maryam" not in str(caught.value)
    assert list(Transcript.objects.approved()) == []


def test_old_captions_leave_the_public_at_once_when_words_are_withheld():
    clip = a_ready_clip(cleared_at="2026-01-01T00:00:00Z")
    old = a_transcript(clip, "I am Maryam.")
    release.place_clip(clip)
    file = f"media/{old.public_id}/captions.vtt"
    was_there = file in public_files()

    version = save(old, row("I am [[Maryam]]."), approve=True)
    release.place_clip(clip)

    assert was_there
    assert file not in public_files()
    assert f"media/{version.public_id}/captions.vtt" in public_files()


# Plain words ------------------------------------------------------------------------------------


def test_plain_words_become_a_draft_that_says_that_its_times_are_guessed():
    draft = import_text(a_clip(), b"Omar: They came.\nAt night.", language="en", by="eli")

    assert words(draft) == ["They came.", "At night."]
    assert "guessed" in draft.remarks[0]
    assert (draft.state, draft.made_by) == ("draft", "eli")


def test_words_in_another_encoding_are_refused():
    with pytest.raises(transcribing.TranscriptRefused, match="UTF-8"):
        import_text(a_clip(), "هربنا".encode("cp1256"), language="ar")


def test_the_jobs_that_follow_a_save_end_well():
    clip = a_clip()
    save(transcribing.begin(clip, language="en", kind="captions", by=""), row("They came."))

    finish_jobs()

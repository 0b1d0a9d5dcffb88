"""Transcripts as plain text and SubRip, out and in again."""

from itertools import pairwise

import pytest

from media.core.captions import CaptionsError, read_captions
from media.core.plain_words import read_text, write_srt, write_text
from tests.media.cues import a_cue

SAID = [
    a_cue("They came\nat night.", speaker="Omar"),
    a_cue("We hid.", speaker="Omar", start_ms=3000, end_ms=4000),
    a_cue("هربنا.", speaker="علي", start_ms=5000, end_ms=6000),
]


def test_sub_rip_can_be_read_again():
    again = read_captions(write_srt(SAID).encode())

    assert [(cue.start_ms, cue.end_ms) for cue in again.cues] == [
        *((1000, 2000), (3000, 4000), (5000, 6000))
    ]
    assert again.cues[0].text == "Omar: They came\nat night."
    assert again.problems == ()


def test_no_words_can_become_times():
    assert "00:01 →" in write_srt([a_cue("00:01 --> 00:02")])


def test_plain_text_has_a_paragraph_for_each_turn():
    assert write_text(SAID) == "Omar: They came at night. We hid.\n\nعلي: هربنا.\n"


def test_plain_text_comes_in_a_line_each_with_its_speaker_and_a_guessed_time():
    cues = read_text("Omar: They came.\n\nAt night.\nعلي: هربنا.", duration_ms=30_000)

    assert [(cue.speaker, cue.text) for cue in cues] == [
        *(("Omar", "They came."), ("", "At night."), ("علي", "هربنا."))
    ]
    assert (cues[0].start_ms, cues[-1].end_ms) == (0, 30_000)
    assert all(a.end_ms == b.start_ms for a, b in pairwise(cues))


def test_lines_for_which_there_is_no_time_get_some():
    cues = read_text("a\nb\nc", duration_ms=10)

    assert [cue.end_ms - cue.start_ms for cue in cues] == [500, 500, 500]


def test_a_file_without_words_is_refused():
    with pytest.raises(CaptionsError):
        read_text(" \n\n", duration_ms=1000)

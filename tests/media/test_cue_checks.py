"""Captions held against a broadcaster's figures."""

import pytest

from media.core.cue_checks import findings
from tests.media.cues import a_cue

LONG = "They came at night and they took him away and nobody saw"


@pytest.mark.parametrize(
    ("cue", "sentences"),
    [
        (a_cue(), ()),
        (a_cue(""), ("No words yet.",)),
        (a_cue(LONG, end_ms=5000), ("56 characters in a line: at most 42.",)),
        (a_cue("a\nb\nc"), ("3 lines at once: at most 2.",)),
        (a_cue("x" * 21), ("21 characters a second: at most 20.",)),
        (a_cue("No.", end_ms=1500), ("Stays for 0.50 s: at least 0.83 s.",)),
        (a_cue("No.", end_ms=9000), ("Stays for 8.0 s: at most 7 s.",)),
        (
            a_cue("No.", start_ms=20_000, end_ms=21_000),
            ("Starts after the clip's end.",),
        ),
    ],
)
def test_a_line_is_told_what_a_broadcaster_would_send_back(cue, sentences):
    assert findings([cue], duration_ms=20_000) == [sentences]


@pytest.mark.parametrize(
    ("start_ms", "sentences"),
    [
        (2000, ()),
        (2080, ()),
        (2300, ("0.30 s to the next line: close the gap, or make it half a second.",)),
        (2500, ()),
        (1900, ("Is still there when the next line comes: end it earlier.",)),
    ],
)
def test_gaps_that_flicker_and_lines_that_overlap_are_told(start_ms, sentences):
    after = a_cue(start_ms=start_ms, end_ms=start_ms + 1000)

    assert findings([a_cue(), after]) == [sentences, ()]


def test_two_speakers_may_speak_at_once():
    both = [a_cue(speaker="Omar"), a_cue(speaker="Ali")]

    assert findings(both) == [(), ()]

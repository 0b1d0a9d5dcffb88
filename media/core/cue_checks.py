"""Whether captions can be read in the time that they stay: what a broadcaster would send back.

The figures are those of the Netflix Timed Text Style Guide (general requirements, with the reading
speed of its English and Arabic guides): they count characters, and so hold for Arabic as they do
for English, where guides that count words (the BBC's: 160 to 180 a minute) do not.

    characters in a line       at most 42
    lines on the screen        at most 2
    reading speed              at most 20 characters a second
    shortest, longest          5/6 of a second, 7 seconds
    gap to the next caption    none to speak of, or at least half a second: what is between flickers

They are advice: nothing stops an editor from keeping a line as it is.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from media.core.cues import CueText

GUIDE = "Netflix Timed Text Style Guide"
LONGEST_LINE = 42
MOST_LINES = 2
MOST_PER_SECOND = 20
SHORTEST_MS = 833
LONGEST_MS = 7000
CLOSED_MS = 85
"""Two frames at 24 a second: nobody sees it."""
OPEN_MS = 500


def findings(cues: Sequence[CueText], *, duration_ms: int | None = None) -> list[tuple[str, ...]]:
    """For each cue, in the order of their start, the sentences about it; most have none.

    ``duration_ms`` is the length of the clip, where it is known.
    """
    found = [[*_of_words(cue), *_of_time(cue, duration_ms)] for cue in cues]
    for number, (cue, after) in enumerate(pairwise(cues)):
        found[number] += _between(cue, after)
    return [tuple(sentences) for sentences in found]


def per_second(cue: CueText) -> float:
    """Characters a second, spaces among them and the breaks between lines not.

    >>> per_second(CueText(0, 2000, "", "Come in\\nnow"))
    5.0
    """
    return len(cue.text.replace("\n", "")) * 1000 / (cue.end_ms - cue.start_ms)


def _of_words(cue: CueText) -> Iterator[str]:
    lines = cue.text.split("\n")
    longest = max(map(len, lines))
    if not cue.text:
        yield "No words yet."
    if longest > LONGEST_LINE:
        yield f"{longest} characters in a line: at most {LONGEST_LINE}."
    if len(lines) > MOST_LINES:
        yield f"{len(lines)} lines at once: at most {MOST_LINES}."
    if per_second(cue) > MOST_PER_SECOND:
        yield f"{per_second(cue):.0f} characters a second: at most {MOST_PER_SECOND}."


def _of_time(cue: CueText, duration_ms: int | None) -> Iterator[str]:
    length_ms = cue.end_ms - cue.start_ms
    if length_ms < SHORTEST_MS:
        yield f"Stays for {length_ms / 1000:.2f} s: at least {SHORTEST_MS / 1000:.2f} s."
    if length_ms > LONGEST_MS:
        yield f"Stays for {length_ms / 1000:.1f} s: at most {LONGEST_MS // 1000} s."
    if duration_ms is not None and cue.start_ms >= duration_ms:
        yield "Starts after the clip's end."


def _between(cue: CueText, after: CueText) -> Iterator[str]:
    gap_ms = after.start_ms - cue.end_ms
    if gap_ms < 0 and cue.speaker == after.speaker:
        yield "Is still there when the next line comes: end it earlier."
    elif CLOSED_MS < gap_ms < OPEN_MS:
        yield f"{gap_ms / 1000:.2f} s to the next line: close the gap, or make it half a second."

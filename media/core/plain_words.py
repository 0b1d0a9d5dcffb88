"""Transcripts as plain text and as SubRip, out and in. Times are integer milliseconds."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby, pairwise

from media.core.cues import CaptionsError, CueText, tidy_speaker, tidy_text
from media.core.webvtt import format_timestamp

# "Omar: they came", at the start of a line. A longer "name" is a sentence with a colon in it.
_NAMED = re.compile(r"([^\W\d_][^:\n]{0,38}):\s+(\S.*)")
SHORTEST_MS = 500


def write_srt(cues: Iterable[CueText]) -> str:
    """SubRip: numbered, with the speaker before the words.

    >>> write_srt([CueText(0, 1500, "Omar", "They came.")])
    '1\\n00:00:00,000 --> 00:00:01,500\\nOmar: They came.\\n'
    """
    blocks = []
    for number, cue in enumerate(sorted(cues, key=lambda cue: cue.start_ms), 1):
        times = " --> ".join(
            format_timestamp(ms).replace(".", ",") for ms in (cue.start_ms, cue.end_ms)
        )
        # An arrow among the words would be read as times.
        words = tidy_text(cue.text).replace("-->", "→")
        blocks.append(f"{number}\n{times}\n{_named(cue.speaker, words)}\n")
    return "\n".join(blocks)


def write_text(cues: Iterable[CueText]) -> str:
    """The words alone, a paragraph for each turn of a speaker.

    >>> write_text([CueText(0, 1, "Omar", "They\\ncame."), CueText(1, 2, "Omar", "At night.")])
    'Omar: They came. At night.\\n'
    """
    ordered = sorted(cues, key=lambda cue: cue.start_ms)
    turns = groupby(ordered, key=lambda cue: cue.speaker)
    paragraphs = (
        _named(who, " ".join(" ".join(c.text for c in said).split())) for who, said in turns
    )
    return "\n\n".join(filter(None, paragraphs)) + "\n"


def _named(speaker: str, words: str) -> str:
    return f"{tidy_speaker(speaker)}: {words}" if speaker and words else words


def read_text(text: str, *, duration_ms: int) -> tuple[CueText, ...]:
    """A cue for each line, spread over the clip by their lengths: to be timed by ear.

    Raises CaptionsError where there are no words.
    """
    lines = tidy_text(text).split("\n")
    if not any(lines):
        raise CaptionsError("The file is empty; choose a file with words.")
    ends = _spread([len(line) for line in lines], max(duration_ms, len(lines) * SHORTEST_MS))
    return tuple(
        CueText(start, end, *_speaker_and_words(line))
        for line, (start, end) in zip(lines, pairwise(ends), strict=True)
    )


def _spread(sizes: Sequence[int], total_ms: int) -> list[int]:
    """Moments between parts of these sizes, the first at 0."""
    done, moments = 0, [0]
    for size in sizes:
        done += size
        moments.append(total_ms * done // sum(sizes))
    return moments


def _speaker_and_words(line: str) -> tuple[str, str]:
    match = _NAMED.fullmatch(line)
    return (tidy_speaker(match[1]), match[2]) if match else ("", line)

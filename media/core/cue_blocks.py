"""Read cues out of the blocks of WebVTT and SubRip. Nothing is lost without a sentence.

A block is a run of lines without an empty one: an identifier or a number, a line with the times,
the words. The reader forgives what people and programs get wrong, and says so.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise

from media.core.cue_markup import read_voices
from media.core.cues import LONGEST_SPEAKER, LONGEST_TEXT, CueText

Line = tuple[int, str]

# WebVTT wants a dot and three digits, SubRip a comma; files have either, fewer digits, or none.
_STAMP = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:[.,](\d{1,9})(?![\d:.,])|(?=\s|-->|$))"
_TIMES = re.compile(rf"\s*{_STAMP}\s*-->\s*{_STAMP}", re.ASCII)
# What the integer column of every database holds: 596 hours.
_LATEST_MS = 2**31 - 1


def read_blocks(lines: Iterable[str], *, is_webvtt: bool) -> Iterator[CueText | str]:
    """Yield the cues in their order in the file, and a sentence for each thing left out or mended.

    Line numbers count from 1. Cues without words are kept.
    """
    for is_filled, block in groupby(enumerate(lines, 1), key=lambda line: line[1] != ""):
        if is_filled:
            yield from _read_block(list(block), is_webvtt)


def read_times(line: str) -> tuple[int, int] | None:
    """Return start and end in milliseconds, or None if the line does not say them.

    >>> read_times("00:01.500 --> 00:00:04,25 align:start")
    (1500, 4250)
    """
    match = _TIMES.match(line)
    if match is None:
        return None
    start_ms, end_ms = _milliseconds(*match.groups()[:4]), _milliseconds(*match.groups()[4:])
    return None if start_ms is None or end_ms is None else (start_ms, end_ms)


def _milliseconds(
    hours: str | None, minutes: str, seconds: str, fraction: str | None
) -> int | None:
    if int(minutes) > 59 or int(seconds) > 59:
        return None
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    ms = whole * 1000 + int((fraction or "0").ljust(3, "0")[:3])
    return ms if ms <= _LATEST_MS else None


def _looks_like_times(line: str) -> bool:
    return "-->" in line and line.lstrip()[:1].isdigit()


def _read_block(block: list[Line], is_webvtt: bool) -> Iterator[CueText | str]:
    starts = [at for at, (_, line) in enumerate(block) if _looks_like_times(line)]
    if is_webvtt and _is_aside(block[0][1], bool(starts)):
        if starts:
            yield f"Line {block[0][0]}: the comment holds cues, which were left out with it."
        return
    before = block[: starts[0]] if starts else block
    if _is_left_over(before, bool(starts), is_webvtt):
        yield f"Line {block[0][0]}: this text has no times, so it was left out."
    for start, end in pairwise([*starts, len(block)]):
        words = block[start + 1 : end]
        if end < len(block):
            words = _without_number(words)
            yield from _missing_blank_line(words, block[end][0])
        yield from _read_cue(block[start], [line for _, line in words])


def _is_aside(first_line: str, has_cues: bool) -> bool:
    """Is it a comment, or a style or region (a cue may be called STYLE, but has times)?"""
    is_comment = re.match(r"NOTE(?:\s|$)", first_line) is not None
    return is_comment or (not has_cues and first_line.strip() in {"STYLE", "REGION"})


def _is_left_over(before: list[Line], has_cues: bool, is_webvtt: bool) -> bool:
    """Is the text before the first times more than the one name or number a cue may have?"""
    lines = [line.strip() for _, line in before if line.strip()]
    if has_cues and len(lines) == 1:
        return not (is_webvtt or lines[0].isdigit())
    return bool(lines)


def _without_number(words: list[Line]) -> list[Line]:
    """Drop the number of the next cue where no empty line parts it from these words."""
    return words[:-1] if words and words[-1][1].strip().isdigit() else words


def _missing_blank_line(words: list[Line], number: int) -> Iterator[str]:
    # A line of spaces parts two cues well enough for a person, so nothing needs saying.
    if not words or words[-1][1].strip():
        yield f"Line {number}: no empty line stands before this cue; it was read as a new one."


def _read_cue(times: Line, words: list[str]) -> Iterator[CueText | str]:
    number, line = times
    span = read_times(line)
    if span is None:
        yield f"Line {number}: the times cannot be read, so this cue was left out."
    elif span[1] <= span[0]:
        yield f"Line {number}: this cue does not end after its start, so it was left out."
    else:
        for speaker, text in read_voices("\n".join(words)):
            yield from _too_long(number, speaker, text)
            yield CueText(*span, _cut(speaker, LONGEST_SPEAKER), _cut(text, LONGEST_TEXT))


def _too_long(number: int, speaker: str, text: str) -> Iterator[str]:
    if len(speaker) > LONGEST_SPEAKER:
        yield f"Line {number}: the name was cut after {LONGEST_SPEAKER} characters."
    if len(text) > LONGEST_TEXT:
        yield f"Line {number}: the text was cut after {LONGEST_TEXT:,} characters."


def _cut(text: str, length: int) -> str:
    return text[:length].rstrip()

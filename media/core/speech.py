"""From what a machine heard to lines that can be read: segments in, cues out."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from media.core.cue_checks import LONGEST_LINE, MOST_LINES
from media.core.cues import CueText, tidy_text

SHORTEST_MS = 200


def cues_of(segments: Iterable[object]) -> tuple[CueText, ...]:
    """Lines of at most two rows of what a recogniser answered: [[start s, end s, "words"], …].

    A long segment is cut between words, its time shared out by their lengths. Raises ValueError
    for an answer of another form.

    >>> cues_of([[0.5, 2.0, " They came. "]])
    (CueText(start_ms=500, end_ms=2000, speaker='', text='They came.'),)
    """
    return tuple(cue for segment in segments for cue in _cues(segment))


def _cues(segment: object) -> Iterator[CueText]:
    if not isinstance(segment, list) or len(segment) != 3:
        raise ValueError("a segment has a start, an end and words")
    start, end, words = round(float(segment[0]) * 1000), round(float(segment[1]) * 1000), segment[2]
    text = " ".join(tidy_text(str(words)).split())
    if not text or start < 0:
        return
    parts = list(_packed(text.split(" "), LONGEST_LINE * MOST_LINES))
    end = max(end, start + SHORTEST_MS * len(parts))
    for part, (first, last) in zip(parts, pairwise(_moments(parts, start, end)), strict=True):
        yield CueText(first, last, "", "\n".join(_packed(part.split(" "), LONGEST_LINE)))


def _packed(words: Sequence[str], most: int) -> Iterator[str]:
    """Words joined to runs of at most so many characters; a longer word stands alone."""
    run = words[0]
    for word in words[1:]:
        if len(run) + 1 + len(word) > most:
            yield run
            run = word
        else:
            run = f"{run} {word}"
    yield run


def _moments(parts: Sequence[str], start: int, end: int) -> list[int]:
    total, done, moments = sum(map(len, parts)), 0, [start]
    for part in parts:
        done += len(part)
        moments.append(start + (end - start) * done // total)
    return moments

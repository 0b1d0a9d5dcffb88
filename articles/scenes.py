"""Scenes: a clip taken apart for those who read it: a still, and the words spoken from there on."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from articles import quoting
from articles.reading import ClipView
from articles.spoken import CueView, TranscriptView, Turn, moment_url
from articles.stills import StillView, still_of
from articles.warned import WarningView
from media.core.captions import media_time

# Fifteen stills for three minutes: with their words they stay below 100 KB.
SHORTEST_MS = 12_000
FOREVER_MS = 2**40
# A line of a translation may begin so much earlier than the one that it translates.
LEEWAY_MS = 500
Cut = Callable[[Sequence[CueView]], Iterator[list[CueView]]]


@dataclass(frozen=True)
class SceneView:
    """``warnings`` are those of a span that the words lie in: they are folded, without a still.

    ``beside`` is what another transcript has in the same time, in pieces of the same kind.
    """

    start: str
    url: str
    quote_url: str
    still: StillView | None
    warnings: tuple[WarningView, ...]
    turns: tuple[Turn, ...]
    beside: tuple["SceneView", ...] = ()


@dataclass(frozen=True)
class Words:
    """A transcript in scenes; None for the transcript where there are only stills.

    ``second`` is the one in another language that stands beside it.
    """

    transcript: TranscriptView | None
    scenes: tuple[SceneView, ...]
    second: TranscriptView | None = None


def read_words(clip: ClipView, language: str) -> tuple[Words, ...]:
    """All transcripts of a clip, the one in the page's language first: its scenes have the stills.

    What is said in a second language stands beside it, the rest below. What is said comes before
    what is seen.
    """
    spoken = quoting.quotable(clip, language)
    others = [t for t in clip.transcripts if t not in spoken]
    transcripts = [*spoken, *others]
    if not transcripts:
        scenes = tuple(_still_scenes(clip))
        return (Words(None, scenes),) if scenes else ()
    default = spoken[0] if spoken else None
    second = spoken[1] if len(spoken) > 1 else None
    first, *rest = [t for t in transcripts if t is not second]
    timed = tuple(_scenes(clip, first, default))
    seen = tuple(_with_stills(clip, timed))
    if second:
        starts = [start_ms for _, start_ms in timed]
        rows = _rows(clip, second, default, starts)
        seen = tuple(replace(s, beside=row) for s, row in zip(seen, rows, strict=True))
    return (
        Words(first, seen, second),
        *(
            Words(t, tuple(s for s, _ in _scenes(clip, t, default if t in spoken else None)))
            for t in rest
        ),
    )


def _rows(
    clip: ClipView, transcript: TranscriptView, default: TranscriptView | None, starts: list[int]
) -> list[tuple[SceneView, ...]]:
    """What a transcript has in each of the scenes that start at these times, in pieces."""

    def row_at(start_ms: int) -> int:
        return max(0, bisect_right(starts, start_ms + LEEWAY_MS) - 1)

    def cut(cues: Sequence[CueView]) -> Iterator[list[CueView]]:
        return (list(run) for _, run in groupby(cues, key=lambda cue: row_at(cue.start_ms)))

    rows: list[list[SceneView]] = [[] for _ in starts]
    for scene, start_ms in _scenes(clip, transcript, default, cut):
        rows[row_at(start_ms)].append(scene)
    return [tuple(row) for row in rows]


def _scenes(
    clip: ClipView,
    transcript: TranscriptView,
    default: TranscriptView | None,
    cut: Cut | None = None,
) -> Iterator[tuple[SceneView, int]]:
    """Each scene and where it starts in milliseconds; without ``default`` it cannot be quoted."""
    number = 1
    for stretch in transcript.stretches:
        cues = [cue for turn in stretch.turns for cue in turn.cues]
        for part in (cut or _parts)(cues):
            last = number + len(part) - 1
            url = _quote_url(clip, transcript, default, number, last)
            turns = quoting.by_speaker(part)
            start = part[0]
            scene = SceneView(start.start, start.url, url, None, stretch.warnings, turns)
            yield scene, start.start_ms
            number = last + 1


def _quote_url(
    clip: ClipView,
    transcript: TranscriptView,
    default: TranscriptView | None,
    first: int,
    last: int,
) -> str:
    if default is None or last - first >= quoting.MOST_LINES:
        return ""
    return quoting.quote_url(clip, transcript, default, first, last)


def _parts(cues: Sequence[CueView]) -> Iterator[list[CueView]]:
    """Cut where a cue begins so long after the first of its part."""
    part: list[CueView] = []
    for cue in cues:
        if part and cue.start_ms - part[0].start_ms >= SHORTEST_MS:
            yield part
            part = []
        part.append(cue)
    if part:
        yield part


def _with_stills(clip: ClipView, scenes: Sequence[tuple[SceneView, int]]) -> Iterator[SceneView]:
    """Each still stands once, with the words that are spoken from it on."""
    ends = [start_ms for _, start_ms in scenes[1:]] + [FOREVER_MS]
    shown: set[StillView] = set()
    for (scene, start_ms), end_ms in zip(scenes, ends, strict=True):
        still = None
        if not scene.warnings:
            still = still_of(clip.stills, start_ms, end_ms, SHORTEST_MS)
        yield replace(scene, still=still if still not in shown else None)
        shown |= {still} if still else set()


def _still_scenes(clip: ClipView) -> Iterator[SceneView]:
    """Of a clip without words: its stills, no closer than scenes are."""
    last_ms = -SHORTEST_MS
    for still in clip.stills:
        if still.at_ms - last_ms >= SHORTEST_MS:
            last_ms = still.at_ms
            url = moment_url(clip.watch_url, still.at_ms)
            yield SceneView(media_time(still.at_ms), url, "", still, (), ())

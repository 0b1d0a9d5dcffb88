"""Scenes: a clip taken apart for those who read it: a still, and the words spoken from there on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from articles import quoting
from articles.reading import ClipView, CueView, TranscriptView, Turn, WarningView, moment_url
from articles.stills import StillView, still_of
from media.core.captions import media_time

# Fifteen stills for three minutes: with their words they stay below 100 KB.
SHORTEST_MS = 12_000
FOREVER_MS = 2**40


@dataclass(frozen=True)
class SceneView:
    """``warnings`` are those of a span that the words lie in: they are folded, without a still."""

    start: str
    url: str
    quote_url: str
    still: StillView | None
    warnings: tuple[WarningView, ...]
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class Words:
    """A transcript in scenes; None for the transcript where there are only stills."""

    transcript: TranscriptView | None
    scenes: tuple[SceneView, ...]


def read_words(clip: ClipView, language: str) -> tuple[Words, ...]:
    """All transcripts of a clip, the one in the page's language first: its scenes have the stills.

    What is said comes before what is seen.
    """
    spoken = quoting.quotable(clip, language)
    others = [t for t in clip.transcripts if t not in spoken]
    transcripts = [*spoken, *others]
    if not transcripts:
        scenes = tuple(_still_scenes(clip))
        return (Words(None, scenes),) if scenes else ()
    first, *rest = transcripts
    default = spoken[0] if spoken else None
    return (
        Words(first, tuple(_with_stills(clip, tuple(_scenes(clip, first, default))))),
        *(
            Words(t, tuple(s for s, _ in _scenes(clip, t, default if t in spoken else None)))
            for t in rest
        ),
    )


def _scenes(
    clip: ClipView, transcript: TranscriptView, default: TranscriptView | None
) -> Iterator[tuple[SceneView, int]]:
    """Each scene and where it starts in milliseconds; without ``default`` it cannot be quoted."""
    number = 1
    for stretch in transcript.stretches:
        cues = [cue for turn in stretch.turns for cue in turn.cues]
        for part in _parts(cues):
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

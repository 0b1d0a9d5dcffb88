"""Quotations: lines of a transcript in a row, under an address of their own.

An address names lines by their numbers, counted from one, and the second at which the first of
them begins. A corrected transcript may count otherwise, but its clip has not changed: where the
line of that number begins at another second now, the quotation is looked for by the second, and
the old address leads to the new one. What was said is never shown as it was before a correction.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby

from articles.core.quotations import quoted
from articles.posters import PosterView
from articles.reading import ClipView
from articles.spoken import CueView, TranscriptView, Turn
from articles.stills import StillView, still_of
from articles.warned import WarningView
from media.core.captions import media_time
from media.core.languages import primary
from media.errors import NewsroomError
from media.models import Transcript

MOST_LINES = 12
# A line that was moved further by a correction is taken for another one.
FARTHEST_MS = 5000
# A still of so long before the words may stand for them.
STILL_REACH_MS = 12_000
SPOKEN = (Transcript.Kind.CAPTIONS, Transcript.Kind.SUBTITLES)


class NoSuchQuote(NewsroomError):
    """The lines asked for are not there, or are too many for one quotation."""


@dataclass(frozen=True)
class Asked:
    """What an address asks for: line numbers, a language or "", the second of the first or None."""

    first: int
    last: int
    language: str = ""
    start_s: float | None = None


@dataclass(frozen=True)
class QuoteView:
    """A quotation. ``still`` is None where its words are warned of; then ``warnings`` says why."""

    clip: ClipView
    transcript: TranscriptView
    asked: Asked
    turns: tuple[Turn, ...]
    span: str
    url: str
    card_url: str
    still: StillView | None
    warnings: tuple[WarningView, ...]

    @property
    def words(self) -> str:
        cues = (cue.text for turn in self.turns for cue in turn.cues)
        return " ".join(" ".join(cues).split())

    @property
    def in_marks(self) -> str:
        return quoted(self.words, self.transcript.language)

    @property
    def speakers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(p.speaker for p in self.turns if p.speaker))


def quotable(clip: ClipView, language: str) -> list[TranscriptView]:
    """The transcripts that can be quoted, one of each language, the page's first."""
    spoken = {t.language: t for t in reversed(clip.transcripts) if t.kind in SPOKEN}

    def distance(t: TranscriptView) -> tuple[bool, bool, str]:
        return t.language != language, primary(t.language) != primary(language), t.language

    return sorted(spoken.values(), key=distance)


def find_quote(clip: ClipView, page_language: str, asked: Asked) -> QuoteView:
    """The quotation at an address; its ``url`` is another one if the lines have moved.

    Raises NoSuchQuote.
    """
    choices = quotable(clip, page_language)
    transcript = next((t for t in choices if t.language == asked.language), None)
    if not asked.language and choices:
        transcript = choices[0]
    if transcript is None:
        raise NoSuchQuote("This clip has no such transcript.")
    found = _lines(transcript.cues, asked)
    url = quote_url(clip, transcript, choices[0], found.first, found.last)
    return _view(clip, transcript, found, url)


def _lines(cues: tuple[CueView, ...], asked: Asked) -> Asked:
    """The same lines as this version of the transcript counts them. Raises NoSuchQuote."""
    count = asked.last - asked.first + 1
    if not 1 <= count <= MOST_LINES or asked.first < 1 or not cues:
        raise NoSuchQuote("There are no such lines, or they are too many.")
    first = asked.first
    if asked.start_s is not None:
        wanted_ms = round(asked.start_s * 1000)
        if first > len(cues) or cues[first - 1].start_ms != wanted_ms:
            first = _nearest(cues, wanted_ms)
    last = first + count - 1
    if last > len(cues) and first != asked.first:
        last = len(cues)
    if last > len(cues):
        raise NoSuchQuote("The transcript has not so many lines.")
    return replace(asked, first=first, last=last)


def _nearest(cues: tuple[CueView, ...], wanted_ms: int) -> int:
    """The number of the line that begins nearest to a moment. Raises NoSuchQuote."""
    gap_ms, number = min((abs(cue.start_ms - wanted_ms), n) for n, cue in enumerate(cues, 1))
    if gap_ms > FARTHEST_MS:
        raise NoSuchQuote("The line that was quoted is no longer in the transcript.")
    return number


def quote_url(
    clip: ClipView, transcript: TranscriptView, default: TranscriptView, first: int, last: int
) -> str:
    """The address of lines; ``default`` is what an address without a language means."""
    start_ms = transcript.cues[first - 1].start_ms
    language = "" if transcript is default else f"&lang={transcript.language}"
    return f"{clip.watch_url}q/{first}-{last}/?t={start_ms / 1000:.10g}{language}"


def _view(clip: ClipView, transcript: TranscriptView, found: Asked, url: str) -> QuoteView:
    cues = transcript.cues[found.first - 1 : found.last]
    start_ms, end_ms = cues[0].start_ms, max(cue.end_ms for cue in cues)
    warnings = tuple(w for w in clip.warnings if w.veil and w.veil.touches(start_ms, end_ms))
    path, _, query = url.partition("?")
    still = None if warnings else still_of(clip.stills, start_ms, end_ms, STILL_REACH_MS)
    shown = clip.starting_at(start_ms / 1000)
    return QuoteView(
        clip=_beginning_with(shown, still) if still else shown,
        transcript=transcript,
        asked=found,
        turns=by_speaker(cues),
        span=f"{media_time(start_ms)}–{media_time(end_ms + 999)}",
        url=url,
        card_url=f"{path}card.jpg?{query}",
        still=still,
        warnings=warnings,
    )


def _beginning_with(clip: ClipView, still: StillView) -> ClipView:
    """The clip, its player showing a still before it plays."""
    return replace(
        clip, poster=PosterView(still.url, clip.width, clip.height, player_url=still.url)
    )


def by_speaker(cues: Iterable[CueView]) -> tuple[Turn, ...]:
    runs = groupby(cues, key=lambda cue: cue.speaker)
    return tuple(Turn(speaker, tuple(said)) for speaker, said in runs)

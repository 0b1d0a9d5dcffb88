"""What is said in a clip, as pages show it: transcripts, caption tracks and chapters."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from articles.core.moments import at_second
from articles.warned import WarningView
from media import release
from media.core.captions import media_time
from media.core.languages import primary
from media.models import Transcript

# How an address of a clip's file is made: from the package's or transcript's id and a name.
Addresses = Callable[[str, str], str]
CUE_KINDS = (
    Transcript.Kind.CAPTIONS,
    Transcript.Kind.SUBTITLES,
    Transcript.Kind.DESCRIPTIONS,
)


@dataclass(frozen=True)
class CueView:
    start_ms: int
    end_ms: int
    start: str
    speaker: str
    text: str
    url: str
    corrected_at: datetime | None = None
    correction: str = ""


@dataclass(frozen=True)
class Turn:
    """Cues in a row of one speaker."""

    speaker: str
    cues: tuple[CueView, ...]


@dataclass(frozen=True)
class Stretch:
    """Turns in a row under the same warnings of spans; they are folded where there are any."""

    warnings: tuple[WarningView, ...]
    turns: tuple[Turn, ...]


@dataclass(frozen=True)
class TranscriptView:
    id: str
    language: str
    direction: str
    name: str
    kind: str
    cues: tuple[CueView, ...]
    stretches: tuple[Stretch, ...] = ()
    is_machine_made: bool = False
    checked_by: str = ""


@dataclass(frozen=True)
class TrackView:
    url: str
    language: str
    label: str
    kind: str
    is_default: bool


def chapters_of(
    transcripts: list[Transcript], language: str, watch_url: str
) -> tuple[CueView, ...]:
    """The chapters of a clip, in the page's language if there are such."""
    lists = [found for found in transcripts if found.kind == Transcript.Kind.CHAPTERS]
    lists.sort(key=lambda found: primary(found.language) != primary(language))
    return _cues(lists[0], watch_url) if lists else ()


def tracks_of(
    transcripts: list[Transcript], language: str, addresses: Addresses
) -> tuple[TrackView, ...]:
    default = next(
        (
            transcript.pk
            for transcript in transcripts
            if primary(transcript.language) == primary(language)
            and transcript.kind in (Transcript.Kind.CAPTIONS, Transcript.Kind.SUBTITLES)
        ),
        None,
    )
    return tuple(
        TrackView(
            url=addresses(transcript.public_id, release.caption_name(transcript)),
            language=transcript.language,
            label=transcript.language_name,
            kind=transcript.kind,
            is_default=transcript.pk == default,
        )
        for transcript in transcripts
    )


def read_transcript(
    transcript: Transcript, watch_url: str, warnings: tuple[WarningView, ...]
) -> TranscriptView:
    cues = _cues(transcript, watch_url)
    return TranscriptView(
        id=transcript.public_id,
        language=transcript.language,
        direction=transcript.direction,
        name=transcript.language_name,
        kind=transcript.kind,
        cues=cues,
        stretches=tuple(_stretches(cues, warnings)),
        is_machine_made=transcript.origin == Transcript.Origin.MACHINE,
        checked_by=transcript.checked_by,
    )


def _cues(transcript: Transcript, watch_url: str) -> tuple[CueView, ...]:
    """Its cues, each with the address of its second where there is a page to watch it on."""
    return tuple(
        CueView(
            start_ms=cue.start_ms,
            end_ms=cue.end_ms,
            start=media_time(cue.start_ms),
            speaker=cue.speaker,
            text=cue.text,
            url=moment_url(watch_url, cue.start_ms) if watch_url else "",
            corrected_at=cue.corrected_at,
            correction=cue.correction,
        )
        for cue in transcript.cues.all()
    )


def moment_url(watch_url: str, start_ms: int) -> str:
    """The watch page at a moment of its clip."""
    return at_second(watch_url, start_ms / 1000)


def _stretches(cues: tuple[CueView, ...], warnings: tuple[WarningView, ...]) -> Iterable[Stretch]:
    def told(cue: CueView) -> tuple[WarningView, ...]:
        return tuple(w for w in warnings if w.veil and w.veil.touches(cue.start_ms, cue.end_ms))

    for about, run in groupby(cues, key=told):
        by_speaker = groupby(run, key=lambda cue: cue.speaker)
        yield Stretch(about, tuple(Turn(who, tuple(said)) for who, said in by_speaker))

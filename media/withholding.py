"""Words withheld: looked for in what the lines of a clip say openly.

Cues hold the public form of their words (see ``core.withheld``). What is left to find is a name
that was withheld in one line and stayed in another.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from media.core.webvtt import media_time
from media.core.withheld import said_openly
from media.errors import LeakFound
from media.models import Cue, Transcript


@dataclass(frozen=True)
class OpenLine:
    """A line that says what another line of the clip withholds."""

    transcript: Transcript
    cue: Cue

    def __str__(self) -> str:
        return (
            f"The line at {media_time(self.cue.start_ms)} of {self.transcript} says words that "
            "are withheld in another line: withhold them there too."
        )


def withheld_in(transcripts: Iterable[Transcript]) -> set[str]:
    """Every word that is withheld in these transcripts; prefetch their cues."""
    return {
        words
        for transcript in transcripts
        for cue in transcript.cues.all()
        for words in cue.withheld
        if words
    }


def open_lines(transcripts: Iterable[Transcript], words: set[str]) -> list[OpenLine]:
    """The lines of these transcripts that say such words openly."""
    lines = [
        OpenLine(transcript, cue)
        for transcript in (transcripts if words else ())
        for cue in transcript.cues.all()
    ]
    texts = [f"{line.cue.speaker}: {line.cue.text}" for line in lines]
    return [lines[number] for number in said_openly(texts, words)]


def require(transcripts: Sequence[Transcript]) -> None:
    """Raise LeakFound where one of these says openly what another, or it itself, withholds."""
    for line in open_lines(transcripts, withheld_in(transcripts)):
        raise LeakFound(str(line))


def require_in(transcript: Transcript) -> None:
    """As ``require``, for what one version says beside those that readers have."""
    words = withheld_in(transcript.clip.transcripts.approved().prefetch_related("cues"))
    for line in open_lines([transcript], words | withheld_in([transcript])):
        raise LeakFound(str(line))


def others_that_say(transcript: Transcript) -> list[Transcript]:
    """The newest other transcripts of its clip that say openly what this one withholds."""
    words = withheld_in([transcript])
    others = transcript.clip.transcripts.standing().exclude(pk=transcript.pk)
    found = open_lines(others.prefetch_related("cues") if words else (), words)
    return list(dict.fromkeys(line.transcript for line in found))

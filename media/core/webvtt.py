"""Write WebVTT, and write times. Times are integer milliseconds."""

import re
from collections.abc import Iterable, Iterator

from media.core.cues import CueText, tidy_speaker, tidy_text

_LANGUAGE_TAG = re.compile(r"[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*")


def format_timestamp(ms: int) -> str:
    """Return a WebVTT time stamp; hours may have more than two digits.

    Raises ValueError if ``ms`` is negative.

    >>> format_timestamp(62_345)
    '00:01:02.345'
    """
    if ms < 0:
        raise ValueError(f"{ms} ms lies before the start of the video.")
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{ms:03}"


def media_time(ms: int) -> str:
    """Return a time for a reader's eye, in whole seconds.

    Raises ValueError if ``ms`` is negative.

    >>> media_time(62_345), media_time(3_662_000)
    ('1:02', '1:01:02')
    """
    hours, minutes, seconds = (int(part) for part in format_timestamp(ms)[:-4].split(":"))
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def write_webvtt(cues: Iterable[CueText], *, language: str = "") -> str:
    """Return a WebVTT file with the cues in order of their start.

    Voices heard at the same time share a cue, so that a player shows them from top to bottom.
    Nothing in a text or a name can end its cue or start a tag. A cue without words loses its
    speaker.

    Raises ValueError if ``language`` is not a BCP 47 tag or a time is negative.
    """
    if language and not _LANGUAGE_TAG.fullmatch(language):
        raise ValueError(f"{language!r} is not a language tag; write one like ar or pt-BR.")
    header = f"WEBVTT\nLanguage: {language}\n" if language else "WEBVTT\n"
    ordered = sorted(cues, key=lambda cue: cue.start_ms)
    return "\n".join([header, *(_write_cue(voices) for voices in _shared_cues(ordered))])


def _shared_cues(cues: Iterable[CueText]) -> Iterator[list[CueText]]:
    """Yield the voices of each written cue."""
    voices: list[CueText] = []
    for cue in cues:
        if voices and not _may_share(voices[-1], cue):
            yield voices
            voices = []
        voices.append(cue)
    if voices:
        yield voices


def _may_share(one: CueText, other: CueText) -> bool:
    # Two cues of one speaker stay apart: written together they would read as a single one.
    return (
        (one.start_ms, one.end_ms) == (other.start_ms, other.end_ms)
        and tidy_speaker(one.speaker) != tidy_speaker(other.speaker)
        and bool(tidy_text(one.text) and tidy_text(other.text))
    )


def _write_cue(voices: list[CueText]) -> str:
    times = f"{format_timestamp(voices[0].start_ms)} --> {format_timestamp(voices[0].end_ms)}"
    return "".join(f"{line}\n" for line in [times, *map(_write_voice, voices)] if line)


def _write_voice(cue: CueText) -> str:
    text, speaker = _escape(tidy_text(cue.text)), _escape(tidy_speaker(cue.speaker))
    return f"<v {speaker}>{text}</v>" if text and speaker else text


def _escape(text: str) -> str:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # Many players take "{\" for a SubStation code and hide what follows.
    return escaped.replace("{\\", "&#123;\\")

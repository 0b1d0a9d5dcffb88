"""Read caption files and write WebVTT: the one door to captions.

Bytes in, values out. Times are integer milliseconds. The parts lie beside this module: ``charsets``
(bytes to text), ``cue_blocks`` (text to cues), ``cue_markup`` (voices and tags), ``webvtt`` (cues
to text).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from media.core.charsets import decode
from media.core.cue_blocks import read_blocks
from media.core.cues import CaptionsError, CueText
from media.core.webvtt import format_timestamp, media_time, write_webvtt

__all__ = [
    "CaptionFile",
    "CaptionsError",
    "CueText",
    "format_timestamp",
    "media_time",
    "read_captions",
    "write_webvtt",
]

LARGEST_FILE = 10_000_000
MOST_CUES = 20_000
MOST_PROBLEMS = 100


@dataclass(frozen=True)
class CaptionFile:
    """What a caption file holds.

    ``cues`` stand in order of their start. ``kind`` is captions, chapters, descriptions or metadata
    as far as the file itself tells. ``problems`` has a sentence for each thing left out or mended.
    If ``is_telemetry``, the file records where a camera was: it has no cues, so that no place can
    be published by mistake.
    """

    cues: tuple[CueText, ...]
    kind: str = "captions"
    problems: tuple[str, ...] = ()
    is_telemetry: bool = False


def read_captions(data: bytes) -> CaptionFile:
    """Read WebVTT, SubRip (SRT) or YouTube's SBV.

    Raises CaptionsError if the file is empty, too large, of another format, in an uncertain
    encoding, or has no cue with words.
    """
    _refuse_size(data)
    _refuse_binary(data)
    text, doubts = decode(data)
    _refuse_other_formats(text)
    if _is_telemetry(text):
        return CaptionFile((), "metadata", (_TELEMETRY,), is_telemetry=True)
    header, lines, is_webvtt = _open(text)
    cues, problems = _collect(read_blocks(lines, is_webvtt=is_webvtt))
    _refuse_empty(cues, problems)
    problems = [*doubts, *_offset_warning(header), *problems]
    ordered = tuple(sorted(cues, key=lambda cue: cue.start_ms))
    return CaptionFile(ordered, _kind(header, ordered), _shortened(problems))


def _collect(findings: Iterable[CueText | str]) -> tuple[list[CueText], list[str]]:
    cues: list[CueText] = []
    problems: list[str] = []
    for finding in findings:
        if isinstance(finding, str):
            problems.append(finding)
        else:
            cues.append(finding)
        if len(cues) > MOST_CUES:
            raise CaptionsError(
                f"The file has more than {MOST_CUES:,} cues; split it and try again."
            )
    return cues, problems


def _shortened(problems: list[str]) -> tuple[str, ...]:
    if len(problems) <= MOST_PROBLEMS:
        return tuple(problems)
    rest = len(problems) - MOST_PROBLEMS
    return (*problems[:MOST_PROBLEMS], f"There are {rest:,} more problems of this kind.")


# --- Formats ----------------------------------------------------------------------------------

_SIGNATURE = re.compile(r"WEBVTT(?:[ \t].*)?")
_OTHER_FORMATS = (
    (re.compile(r"\A(?:;.*\n)*\[Script Info\]", re.IGNORECASE), "SubStation Alpha (SSA, ASS)"),
    (re.compile(r"\A<(?:.*<)?(?:\w+:)?tt[\s>]", re.DOTALL), "TTML"),
    (re.compile(r"\A<SAMI[\s>]", re.IGNORECASE), "SAMI"),
    (re.compile(r"\AScenarist_SCC"), "Scenarist (SCC)"),
    (re.compile(r"\A\{\d+\}\{\d+\}"), "MicroDVD"),
    (re.compile(r"\A\[\d+:\d+[.:]\d+\]"), "LRC"),
)
_EBU_STL = re.compile(rb"\d{3}STL\d\d\.\d\d")
_SBV_TIMES = re.compile(
    r"^(\d{1,3}:\d\d:\d\d\.\d{3}),(\d{1,3}:\d\d:\d\d\.\d{3})[ \t]*$", re.MULTILINE
)
# A number above the times, or a comma in them.
_SUBRIP = re.compile(
    r"^[ \t]*\d+[ \t]*\n[^\n]*-->|\d,\d+[ \t]*-->|-->[ \t]*[\d:]+,\d", re.MULTILINE
)


def _open(text: str) -> tuple[list[str], list[str], bool]:
    """Return the header's lines, the lines with the header emptied, and whether it is WebVTT."""
    lines = text.split("\n")
    first = next(at for at, line in enumerate(lines) if line.strip())
    if _SIGNATURE.fullmatch(lines[first]):
        end = _end_of_header(lines, first)
        # Emptied rather than dropped: the numbers of the lines after it stay true.
        return lines[first:end], [""] * end + lines[end:], True
    if _SBV_TIMES.match(lines[first]):
        return [], _SBV_TIMES.sub(r"\1 --> \2", text).split("\n"), False
    _refuse_missing_signature(text, lines[first])
    return [], lines, False


def _end_of_header(lines: list[str], first: int) -> int:
    after = range(first + 1, len(lines))
    return next((at for at in after if not lines[at] or "-->" in lines[at]), len(lines))


def _refuse_size(data: bytes) -> None:
    if not data.strip():
        raise CaptionsError("The file is empty; choose a WebVTT or SRT file.")
    if len(data) > LARGEST_FILE:
        raise CaptionsError("The file is larger than 10 MB; split it and try again.")


def _refuse_binary(data: bytes) -> None:
    if _EBU_STL.match(data):
        raise _other_format("EBU STL")


def _refuse_other_formats(text: str) -> None:
    if not text.strip():
        raise CaptionsError("The file is empty; choose a WebVTT or SRT file.")
    beginning = text.lstrip()[:2000]
    if _SIGNATURE.match(beginning):
        return
    for sign, name in _OTHER_FORMATS:
        if sign.match(beginning):
            raise _other_format(name)


def _other_format(name: str) -> CaptionsError:
    return CaptionsError(f"This is a file of the format {name}; export it as WebVTT or SRT.")


def _refuse_missing_signature(text: str, first_line: str) -> None:
    if first_line.strip().upper().startswith("WEBVTT"):
        raise CaptionsError(
            'The first line must be the word "WEBVTT", in capitals; correct it and try again.'
        )
    if "-->" not in text:
        raise CaptionsError(
            "This is neither WebVTT nor SRT; export the captions as one of the two."
        )
    if not _SUBRIP.search(text):
        raise CaptionsError(
            'This looks like WebVTT, but its first line "WEBVTT" is missing; add it and try again.'
        )


def _refuse_empty(cues: list[CueText], problems: list[str]) -> None:
    if any(cue.text for cue in cues):
        return
    reason = f" {problems[0]}" if problems else ""
    raise CaptionsError(
        f"The file has no cue that could be shown.{reason} Correct the file and try again."
    )


# --- What the file is for ---------------------------------------------------------------------

_TELEMETRY = (
    "This file records the position of a drone or camera, not speech; "
    "it must not be published, and none of it was read as captions."
)
_KINDS = {
    "captions": "captions",
    "subtitles": "captions",
    "chapters": "chapters",
    "descriptions": "descriptions",
    "metadata": "metadata",
}
_IMAGE_PART = re.compile(
    r"\S+\.(?:jpe?g|png|webp|avif|gif)(?:[?#]\S*)?|\S+#xywh=\S+", re.IGNORECASE
)
_JSON = re.compile(r"\{.*\}|\[\s*\{.*\}\s*\]", re.DOTALL)
# Positions as cameras write them. One is enough: better refuse a caption file that recites such a
# line than publish the place where a source stood.
_POSITION = re.compile(
    r"\b(?:GPS|HOME)\s?\(\s?(?:[NSEW]\s?:\s?)?[-+]?\d+(?:\.\d+)?\s?,\s?(?:[NSEW]\s?:\s?)?[-+]?\d"
    r"|\[\s?(?:latitude|longt?itude|lat|lon|lng)\s?[:=]\s?[-+]?\d"
    r'|"(?:latitude|longitude|lat|lon|lng)"\s?:\s?"?[-+]?\d',
    re.IGNORECASE,
)
# Readings of the camera alone, as when there was no satellite in sight.
_READINGS = re.compile(
    r"^.*(?:\bSrtCnt\s?:|\[\s?(?:iso|shutter|fnum|rel_alt|altitude)\s?:|\bflightTime\s?:"
    r"|\bISO:\d+ Shutter:|\bSS [\d.]+, ISO \d).*$",
    re.IGNORECASE | re.MULTILINE,
)


def _is_telemetry(text: str) -> bool:
    if _POSITION.search(text):
        return True
    readings = sum(1 for _ in _READINGS.finditer(text))
    return readings > 0 and readings * 2 >= text.count("-->")


def _kind(header: list[str], cues: tuple[CueText, ...]) -> str:
    for line in header:
        name, _, value = line.partition(":")
        if name.strip().lower() == "kind" and value.strip().lower() in _KINDS:
            return _KINDS[value.strip().lower()]
    texts = [cue.text for cue in cues if cue.text]
    is_data = all(_IMAGE_PART.fullmatch(text) or _JSON.fullmatch(text) for text in texts)
    return "metadata" if is_data else "captions"


def _offset_warning(header: list[str]) -> list[str]:
    if not any(line.startswith("X-TIMESTAMP-MAP") for line in header):
        return []
    return ["The header shifts the times for a live stream, which was ignored; check the times."]

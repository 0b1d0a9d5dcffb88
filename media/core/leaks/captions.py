"""The rule for WebVTT: cues, and nothing said beside them."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from media.core.leaks.findings import Finding
from media.core.leaks.reading import Malformed, read_all

_TIME = r"(?:\d{2,3}:)?[0-5]\d:[0-5]\d\.\d{3}"
_SETTING = r"[ \t]+(?:vertical|line|position|size|align):[\w.,%-]+"
_TIMING = re.compile(rf"{_TIME}[ \t]+-->[ \t]+{_TIME}(?:{_SETTING})*[ \t]*")
_IDENTIFIER = re.compile(r"[\w.-]{1,64}")
_HEADER = re.compile(
    # HLS needs the second line, to lay captions over pictures.
    rf"WEBVTT(\nX-TIMESTAMP-MAP=(MPEGTS:\d+,LOCAL:{_TIME}|LOCAL:{_TIME},MPEGTS:\d+))?"
)

_TILE = re.compile(
    rf"{_TIME} --> {_TIME}\nstoryboard\.jpg#xywh=\d{{1,5}},\d{{1,5}},\d{{1,5}},\d{{1,5}}", re.ASCII
)

_TELEMETRY = re.compile(
    r"[+-]?\d{1,3}\.\d{4,}[^\w.]{1,4}[+-]?\d{1,3}\.\d{4,}"  # 36.34012, 43.13034
    r"|[+-]\d{2}\.\d{2,}[+-]\d{3}\.\d{2,}"  # +36.3400+043.1300/
    r"|\d{1,3}°\s*\d{1,2}[′'’]"  # 36°20′24″
    r"|\b(?:gps|latitude|longitude)\s*[:=(]\s*[+-]?\d",  # GPS(43.1303, 36.3401)
    re.IGNORECASE,
)
"""Positions as cameras and drones write them into subtitle tracks; nobody speaks like that."""


def scan_captions(stream: BinaryIO) -> Iterator[Finding]:
    """Report whatever a WebVTT file holds beside cues: notes, styles, regions, telemetry."""
    lines = re.sub(r"\r\n?", "\n", _text(stream)).strip("\n")
    header, *blocks = re.split(r"\n{2,}", lines)
    if not _HEADER.fullmatch(header):
        yield Finding("header", "The file does not start with WEBVTT alone.")
    for number, block in enumerate(blocks, 1):
        for sentence in _faults(block.split("\n")):
            yield Finding(f"block {number}", sentence)


def scan_storyboard(stream: BinaryIO) -> Iterator[Finding]:
    """Report whatever the index of a storyboard holds beside times and places in its picture."""
    header, *blocks = _text(stream).removesuffix("\n").split("\n\n")
    if header != "WEBVTT":
        yield Finding("header", "The file does not start with WEBVTT alone.")
    for number, block in enumerate(blocks, 1):
        if not _TILE.fullmatch(block):
            yield Finding(f"block {number}", "This block is not a time and a place in the picture.")


def _text(stream: BinaryIO) -> str:
    try:
        return read_all(stream).decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed("it is not UTF-8 text") from None


def _faults(lines: list[str]) -> Iterator[str]:
    if len(lines) > 1 and "-->" not in lines[0] and _IDENTIFIER.fullmatch(lines[0]):
        lines = lines[1:]
    if not _TIMING.fullmatch(lines[0]):
        yield "This block is not a cue: notes, styles and regions are not published."
    if any(map(_TELEMETRY.search, lines)):
        yield "This cue looks like a position that a camera wrote."

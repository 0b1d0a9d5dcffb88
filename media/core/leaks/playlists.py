"""The rule for HLS playlists: the tags a player needs, and addresses inside the package."""

import posixpath
import re
from collections.abc import Iterator
from typing import BinaryIO

from media.core.leaks.findings import Finding, listed
from media.core.leaks.reading import Malformed, read_all

_ATTRIBUTE = r'[A-Z-]+=(?:"[^"]*"|[^",]+)'
_ATTRIBUTES = rf"{_ATTRIBUTE}(?:,{_ATTRIBUTE})*"
_INTEGER = r"\d{1,10}"

TAGS = {
    tag: re.compile(form, re.ASCII)
    for tag, form in {
        "EXTM3U": "",
        "EXT-X-VERSION": _INTEGER,
        "EXT-X-TARGETDURATION": _INTEGER,
        "EXT-X-MEDIA-SEQUENCE": _INTEGER,
        "EXT-X-PLAYLIST-TYPE": "VOD|EVENT",
        "EXT-X-INDEPENDENT-SEGMENTS": "",
        "EXT-X-I-FRAMES-ONLY": "",
        "EXT-X-ENDLIST": "",
        "EXT-X-BYTERANGE": r"\d+(@\d+)?",
        # A title may follow the comma, and must not.
        "EXTINF": r"\d+(\.\d+)?,?",
        "EXT-X-MAP": _ATTRIBUTES,
        "EXT-X-MEDIA": _ATTRIBUTES,
        "EXT-X-STREAM-INF": _ATTRIBUTES,
        "EXT-X-I-FRAME-STREAM-INF": _ATTRIBUTES,
    }.items()
}
"""Tag -> the form of its value. Not here, on purpose: EXT-X-PROGRAM-DATE-TIME and
EXT-X-DATERANGE, which tell when it was recorded, and EXT-X-SESSION-DATA, which tells anything."""

ATTRIBUTES = listed(
    """URI BYTERANGE BANDWIDTH AVERAGE-BANDWIDTH RESOLUTION FRAME-RATE CODECS VIDEO-RANGE
    TYPE GROUP-ID NAME LANGUAGE ASSOC-LANGUAGE DEFAULT AUTOSELECT FORCED CHARACTERISTICS
    CHANNELS AUDIO SUBTITLES CLOSED-CAPTIONS"""
)
"""Of a file, and of a choice between files, with the names a player shows."""

_PATH = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*")
"""A relative address: no scheme, host, query, fragment or escape, and no ".." part."""


def scan_playlist(stream: BinaryIO) -> Iterator[Finding]:
    """Report every line of a playlist that a player does not need."""
    lines = _lines(stream)
    if not lines or lines[0] != "#EXTM3U":
        yield Finding("line 1", "The playlist does not start with #EXTM3U.")
    for number, line in enumerate(lines, 1):
        for sentence in _faults(line):
            yield Finding(f"line {number}", sentence)


def _faults(line: str) -> Iterator[str]:
    if not line.startswith("#"):
        if line and not _PATH.fullmatch(line):
            yield "The address does not stay inside the package."
        return
    tag, _, value = line[1:].partition(":")
    if tag not in TAGS:
        yield "This tag or comment is not on the list of what may be published."
    elif not TAGS[tag].fullmatch(value):
        yield f"The value of {tag} has more to it than a player needs."
    elif TAGS[tag].pattern == _ATTRIBUTES:
        yield from _attribute_faults(value)


def _attribute_faults(value: str) -> Iterator[str]:
    for name, text in attributes(value).items():
        if name not in ATTRIBUTES:
            yield f"The attribute {name} is not on the list of what may be published."
        if name == "URI" and not _PATH.fullmatch(text):
            yield "The address does not stay inside the package."


def attributes(value: str) -> dict[str, str]:
    """Read the attributes of a tag, quotes taken off.

    >>> attributes('URI="init.mp4",BANDWIDTH=800000')
    {'URI': 'init.mp4', 'BANDWIDTH': '800000'}
    """
    pairs = (pair.partition("=") for pair in re.findall(_ATTRIBUTE, value))
    return {name: text.strip('"') for name, _, text in pairs}


def segments(name: str, stream: BinaryIO) -> Iterator[tuple[str, str]]:
    """Yield ``(media segment, its init segment)`` as names beside the playlist's own name.

    A playlist that cannot be read names none; ``scan_playlist`` says why.
    """
    folder, init = posixpath.dirname(name), ""
    try:
        lines = _lines(stream)
    except Malformed:
        return
    for line in lines:
        if line.startswith("#EXT-X-MAP:"):
            init = attributes(line).get("URI", "")
        elif line and not line.startswith("#") and init:
            yield posixpath.join(folder, line), posixpath.join(folder, init)


def _lines(stream: BinaryIO) -> list[str]:
    try:
        return read_all(stream).decode("utf-8").removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        raise Malformed("it is not UTF-8 text") from None

"""The rule for HLS playlists: the tags a player needs, and addresses inside the package."""

import posixpath
import re
from collections.abc import Iterator
from typing import BinaryIO

from media.core.leaks.findings import Finding
from media.core.leaks.reading import Malformed, read_all

_RENDITION = r"(?:v\d{1,4}|av1-\d{1,4}|audio(?:-\d)?)"
_SEGMENT = r"\d{5}\.m4s"
_FRAMES = rf"{_RENDITION}/iframes\.m3u8"
_LIST = rf"{_RENDITION}/index\.m3u8"
ADDRESS = re.compile(rf"{_SEGMENT}|{_LIST}", re.ASCII)
"""What stands on a line of its own: a segment beside the playlist, or a playlist below it. No
scheme, host, query, fragment, escape or ".." has a place in it."""

_INTEGER = r"\d{1,10}"
_YES_NO = "YES|NO"
_CODEC = (
    r"(?:avc1\.[0-9A-Fa-f]{6}|mp4a\.40\.\d{1,2}"
    r"|av01\.\d\.\d\d[MH]\.\d\d(?:\.\d\.\d{3}\.\d\d\.\d\d\.\d\d\.\d)?)"
)
_GROUP = '"[a-z0-9-]{1,16}"'
_RATES = {"BANDWIDTH": _INTEGER, "AVERAGE-BANDWIDTH": _INTEGER}
_PICTURE = {
    **_RATES,
    "CODECS": f'"{_CODEC}(?:,{_CODEC})*"',
    "RESOLUTION": r"\d{1,5}x\d{1,5}",
    "FRAME-RATE": r"\d{1,3}(?:\.\d{1,3})?",
    "VIDEO-RANGE": "SDR|PQ|HLG",
}

ATTRIBUTES = {
    tag: {
        # A name is the one text that a player shows: it may be in any script.
        name: re.compile(form, 0 if name == "NAME" else re.ASCII)
        for name, form in attributes.items()
    }
    for tag, attributes in {
        "EXT-X-MAP": {"URI": r'"init\.mp4"'},
        "EXT-X-MEDIA": {
            "TYPE": "AUDIO",
            "GROUP-ID": _GROUP,
            # Letters, and the vowel signs of Indian scripts, which are none to a regex.
            "NAME": r'"(?:[^\W_]|[\u0900-\u0dff ()-]){1,40}"',
            "LANGUAGE": '"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}"',
            "DEFAULT": _YES_NO,
            "AUTOSELECT": _YES_NO,
            "CHANNELS": r'"\d{1,2}"',
            "URI": f'"{_LIST}"',
        },
        "EXT-X-STREAM-INF": {**_PICTURE, "AUDIO": _GROUP, "CLOSED-CAPTIONS": "NONE"},
        "EXT-X-I-FRAME-STREAM-INF": {**_PICTURE, "URI": f'"{_FRAMES}"'},
    }.items()
}
"""Tag -> its attributes, and the form of each value."""

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
        "EXT-X-BYTERANGE": r"\d{1,12}@\d{1,12}",
        # A title may follow the comma, and must not.
        "EXTINF": r"\d{1,10}(\.\d{1,9})?,?",
    }.items()
}
"""Tag -> the form of its value. Not here, on purpose: EXT-X-PROGRAM-DATE-TIME and
EXT-X-DATERANGE, which tell when it was recorded, and EXT-X-SESSION-DATA, which tells anything."""

_ATTRIBUTE = r'([A-Z-]+)=("[^"]*"|[^",]+)'
_ATTRIBUTE_LIST = re.compile(rf"{_ATTRIBUTE}(?:,{_ATTRIBUTE})*")


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
        if line and not ADDRESS.fullmatch(line):
            yield "The address is not that of a file of ours beside or below the playlist."
        return
    tag, _, value = line[1:].partition(":")
    if tag in ATTRIBUTES:
        yield from _attribute_faults(tag, value)
    elif tag not in TAGS:
        yield "This tag or comment is not on the list of what may be published."
    elif not TAGS[tag].fullmatch(value):
        yield f"The value of {tag} has more to it than a player needs."


def _attribute_faults(tag: str, value: str) -> Iterator[str]:
    if not _ATTRIBUTE_LIST.fullmatch(value):
        yield f"The attributes of {tag} cannot be read."
        return
    seen: set[str] = set()
    for name, text in re.findall(_ATTRIBUTE, value):
        if name not in ATTRIBUTES[tag] or name in seen:
            yield f"The attribute {name} does not belong here, or stands here twice."
        elif not ATTRIBUTES[tag][name].fullmatch(text):
            yield f"The value of {name} has more to it than a player needs."
        seen.add(name)


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
            init = dict(re.findall(_ATTRIBUTE, line)).get("URI", "").strip('"')
        elif line and not line.startswith("#") and init:
            yield posixpath.join(folder, line), posixpath.join(folder, init)


def _lines(stream: BinaryIO) -> list[str]:
    try:
        return read_all(stream).decode("utf-8").removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        raise Malformed("it is not UTF-8 text") from None

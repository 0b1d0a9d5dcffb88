"""What an initialisation segment of our own says of its track: size, codec string."""

from collections.abc import Iterator
from dataclasses import dataclass

CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl"})
# Bytes of fixed fields before the boxes inside, in ISO/IEC 14496-12 sample entries.
VISUAL_FIELDS = 78
SAMPLE_DESCRIPTION_FIELDS = 8


class NotOurs(ValueError):
    """The bytes are not an initialisation segment as our encoder writes them."""


@dataclass(frozen=True)
class Track:
    """``codecs`` is the RFC 6381 string; width and height in pixels, 0 for sound."""

    codecs: str
    width: int = 0
    height: int = 0


def read_track(init: bytes) -> Track:
    """The one track of an initialisation segment. Raises NotOurs."""
    for kind, payload in walk(init):
        if kind == b"stsd":
            return _sample_entry(payload[SAMPLE_DESCRIPTION_FIELDS:])
    raise NotOurs("no sample description")


def walk(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and payload of each box, containers opened, in the order of the file."""
    position = 0
    while position + 8 <= len(data):
        size = int.from_bytes(data[position : position + 4], "big")
        if size < 8 or position + size > len(data):
            raise NotOurs("a box with a wrong size")
        kind, payload = data[position + 4 : position + 8], data[position + 8 : position + size]
        yield kind, payload
        if kind in CONTAINERS:
            yield from walk(payload)
        position += size


def _sample_entry(entries: bytes) -> Track:
    for kind, payload in walk(entries):
        if kind == b"avc1":
            configuration = dict(walk(payload[VISUAL_FIELDS:])).get(b"avcC")
            if configuration is None:
                raise NotOurs("a picture without its configuration")
            return Track(
                # RFC 6381: profile, constraints and level in hexadecimal.
                codecs=f"avc1.{configuration[1:4].hex()}",
                width=int.from_bytes(payload[24:26], "big"),
                height=int.from_bytes(payload[26:28], "big"),
            )
        if kind == b"mp4a":
            # AAC LC, the only audio that we encode.
            return Track(codecs="mp4a.40.2")
    raise NotOurs("no sample entry that we write")

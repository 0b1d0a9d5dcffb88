"""The rules for JPEG, PNG and WebP: the parts that draw, and nothing after them."""

import struct
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from media.core.leaks.findings import Finding
from media.core.leaks.reading import Malformed, read_all

JFIF = b"JFIF\0\1"
JPEG_NAMES = {
    0xE1: "EXIF or XMP",
    0xE2: "ICC profile",
    0xED: "Photoshop",
    0xEE: "Adobe",
    0xFE: "comment",
}
FRAMES = frozenset({0xC0, 0xC1, 0xC2})
SOI, EOI, SOS, DQT, DHT, DRI, APP0 = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD, 0xE0

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_SIZES = {"IHDR": 13, "PLTE": None, "tRNS": None, "IDAT": None, "sRGB": 1, "gAMA": 4, "IEND": 0}
"""Chunk -> bytes; None where the size depends on the picture."""

WEBP_CHUNKS = frozenset({"VP8 ", "VP8L", "VP8X", "ALPH"})
WEBP_ALPHA = 0x10
"""The one flag of VP8X that may be set: the others announce EXIF, XMP, ICC or an animation."""


def scan_jpeg(stream: BinaryIO) -> Iterator[Finding]:
    """Report every segment of a JPEG that does not draw, and whatever follows its end."""
    data = read_all(stream)
    if data[:2] != bytes((0xFF, SOI)):
        raise Malformed("it does not start like a JPEG")
    at, drawn = 2, False
    while True:
        if len(data) < at + 2 or data[at] != 0xFF:
            raise Malformed(f"no segment starts at byte {at}")
        kind = data[at + 1]
        if kind == EOI:
            break
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + size]
        if size < 2 or len(body) != size - 2:
            raise Malformed(f"a segment at byte {at} is cut off")
        yield from _segment(kind, body)
        at += 2 + size
        if kind == SOS:
            at, drawn = _after_picture(data, at), True
    if not drawn or at + 2 != len(data):
        yield Finding(f"byte {at + 2}", "Something else than one picture is in this file.")


def _segment(kind: int, body: bytes) -> Iterator[Finding]:
    if kind == APP0:
        # The last two bytes are the size of a thumbnail.
        standard = body.startswith(JFIF) and len(body) == 14 and body.endswith(b"\0\0")
    elif kind in FRAMES:
        standard = len(body) > 5 and len(body) == 6 + 3 * body[5]
    elif kind == SOS:
        standard = len(body) > 0 and len(body) == 4 + 2 * body[0]
    elif kind == DQT:
        standard = _filled(body, lambda table: 65 + 64 * (table[0] >> 4))
    elif kind == DHT:
        standard = _filled(body, lambda table: 17 + sum(table[1:17]))
    else:
        standard = kind == DRI and len(body) == 2
    if not standard:
        name = JPEG_NAMES.get(kind, "unknown")
        yield Finding(f"segment FF{kind:02X} ({name})", "This segment does not draw the picture.")


def _filled(body: bytes, size_of_table: Callable[[bytes], int]) -> bool:
    """Whether tables fill a segment exactly."""
    while body:
        size = size_of_table(body)
        if size > len(body):
            return False
        body = body[size:]
    return True


def _after_picture(data: bytes, at: int) -> int:
    """Return where the compressed picture ends: at the first FF that is neither stuffed (00)
    nor a restart marker."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        if data[at + 1] and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2
    raise Malformed("the picture has no end")


def scan_png(stream: BinaryIO) -> Iterator[Finding]:
    """Report every chunk of a PNG that does not draw, and whatever follows its end."""
    data = read_all(stream)
    if not data.startswith(PNG_SIGNATURE):
        raise Malformed("it does not start like a PNG")
    at, kind = len(PNG_SIGNATURE), ""
    while kind != "IEND":
        size, name = struct.unpack_from(">I4s", data, at)
        kind = name.decode("latin-1")
        body, check = data[at + 8 : at + 8 + size], data[at + 8 + size : at + 12 + size]
        if check != struct.pack(">I", zlib.crc32(name + body)):
            raise Malformed(f"a chunk at byte {at} is damaged")
        if kind not in PNG_SIZES or PNG_SIZES[kind] not in (None, size):
            yield Finding(f"chunk {kind!a}", "This chunk does not draw the picture.")
        at += 12 + size
    if at != len(data):
        yield Finding(f"byte {at}", "Something else than one picture is in this file.")


def scan_webp(stream: BinaryIO) -> Iterator[Finding]:
    """Report every chunk of a WebP that does not draw, and whatever follows its end."""
    data = read_all(stream)
    size = struct.unpack_from("<4sI4s", data) if len(data) >= 12 else ()
    if size[::2] != (b"RIFF", b"WEBP"):
        raise Malformed("it does not start like a WebP")
    if len(data) != size[1] + 8:
        yield Finding("file", "The picture is shorter or longer than it says.")
    at = 12
    while at < len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        body = data[at + 8 : at + 8 + length + length % 2]
        if len(body) != length + length % 2:
            raise Malformed(f"a chunk at byte {at} is cut off")
        yield from _webp_chunk(name.decode("latin-1"), body, length)
        at += 8 + len(body)


def _webp_chunk(kind: str, body: bytes, length: int) -> Iterator[Finding]:
    place = f"chunk {kind!a}"
    if kind not in WEBP_CHUNKS:
        yield Finding(place, "This chunk does not draw the picture.")
    elif any(body[length:]) or (kind == "VP8X" and length != 10):
        yield Finding(place, "A reserved field is not empty.")
    elif kind == "VP8X" and (body[0] & ~WEBP_ALPHA or any(body[1:4])):
        yield Finding(place, "It announces more than a picture.")

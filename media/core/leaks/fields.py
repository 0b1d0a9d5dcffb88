"""What the boxes on the list may hold: one rule for every box that has no children.

A rule takes the content of a box and yields a sentence for each thing in it that a public file
may not hold. Anything that is not a number a player needs has to be zero, empty, or a name on a
list.
"""

import struct
from collections.abc import Callable, Iterator

from media.core.leaks import av1, h264
from media.core.leaks.findings import listed

Rule = Callable[[bytes], Iterator[str]]

HANDLER_NAMES = frozenset({b"", b"VideoHandler", b"SoundHandler"})

COMPRESSOR_NAMES = frozenset(
    {
        b"",
        b"Lavc libx264",
        b"Lavc libx264rgb",
        b"Lavc libopenh264",
        b"Lavc libsvtav1",
        b"Lavc libaom-av1",
        b"Lavc librav1e",
    }
)
"""Names of our own encoders, without a version."""

BRANDS = listed(
    """isom iso2 iso3 iso4 iso5 iso6 iso7 iso8 iso9 avc1 av01 mp41 mp42
    dash msdh msix cmfc cmf2 cmfs cmff cmfl hlsf"""
)
MINOR_VERSIONS = frozenset({0, 1, 512})
"""512 is ffmpeg's. QuickTime writes a date here."""

MOST_GROUPS = 4
"""Descriptions of sample groups, of two bytes each; ffmpeg writes one."""

ONE = 1 << 16
"""The number 1 where half of the bits stand behind the point."""

LONGEST_AUDIO_CONFIG = 8
"""Bytes. Mono to 7.1 needs up to seven; a program config element has room for a comment."""


def _blank(body: bytes) -> Iterator[str]:
    if any(body):
        yield "Padding that is not empty."


def _exactly(*forms: bytes) -> Rule:
    def rule(body: bytes) -> Iterator[str]:
        if body not in forms:
            yield "The content is not the one standard form of this box."

    return rule


def _length(*sizes: int) -> Rule:
    def rule(body: bytes) -> Iterator[str]:
        if len(body) not in sizes:
            yield f"The box holds {len(body)} bytes, which is not its standard length."

    return rule


def _brands(body: bytes) -> Iterator[str]:
    if len(body) < 8 or len(body) % 4:
        yield "The list of brands has a false length."
        return
    if struct.unpack_from(">I", body, 4)[0] not in MINOR_VERSIONS:
        yield "The minor version is not one of ours, and may be a date."
    brands = [body[:4], *(body[at : at + 4] for at in range(8, len(body), 4))]
    if any(brand.decode("latin-1") not in BRANDS for brand in brands):
        yield "A brand is not one of those our encoder writes."


def _dated(short: int, long: int, *zero_from_end: tuple[int, int]) -> Rule:
    """Rule for a box that opens with creation and modification times, of 4 or 8 bytes each.

    ``short`` and ``long`` are the lengths of versions 0 and 1; ``zero_from_end`` are reserved
    spans as ``(bytes before the end, length)``.
    """

    def rule(body: bytes) -> Iterator[str]:
        expected = {0: short, 1: long}.get(body[0] if body else -1)
        if len(body) != expected:
            yield "The box has an unknown version or a false length."
            return
        if any(body[4 : 12 if expected == short else 20]):
            yield "A time of creation or modification is written here."
        if any(any(body[len(body) - at :][:size]) for at, size in zero_from_end):
            yield "A reserved field is not empty."

    return rule


def _turned(header: Rule, from_end: int) -> Rule:
    """Rule for a header with a matrix, which may turn and mirror the picture, and move it by whole
    pixels. ``from_end`` is where its 36 bytes start, counted from the end of the box."""

    def rule(body: bytes) -> Iterator[str]:
        yield from header(body)
        numbers = struct.unpack_from(">9i", body, len(body) - from_end)
        a, b, u, c, d, v, right, down, scale = numbers
        turned = {a, b, c, d} <= {0, ONE, -ONE} and (u, v, scale) == (0, 0, ONE << 14)
        if not turned or right % ONE or down % ONE:
            yield "The matrix does more than turn the picture."

    return rule


def _media_header(body: bytes) -> Iterator[str]:
    yield from _dated(24, 36, (2, 2))(body)
    code = int.from_bytes(body[-4:-2], "big")
    if code >> 15 or not all(1 <= code >> shift & 31 <= 26 for shift in (10, 5, 0)):
        yield "The language is not a code of three letters."


def _track_handler(body: bytes) -> Iterator[str]:
    if body[8:12] not in (b"vide", b"soun"):
        yield "The track is neither video nor sound."
    if any(body[:8]) or any(body[12:24]) or len(body) < 24:
        yield "A reserved field is not empty."
    if body[24:].removesuffix(b"\0") not in HANDLER_NAMES:
        yield "The track has a name of its own."


def _picture_entry(body: bytes) -> Iterator[str]:
    yield from _exactly(b"\0\0\0\0\0\0\0\1" + bytes(16))(body[:24])
    yield from _exactly(b"\0\0\0\0\0\1")(body[36:42])
    name = body[43 : 43 + body[42]]
    if name not in COMPRESSOR_NAMES or any(body[43 + len(name) : 74]):
        yield "The name of the compressor is not one of ours."


def _sound_entry(body: bytes) -> Iterator[str]:
    yield from _exactly(b"\0\0\0\0\0\0\0\1" + bytes(8))(body[:16])
    yield from _exactly(bytes(4))(body[20:24])


def _colour(body: bytes) -> Iterator[str]:
    # Any other kind is an ICC profile, which has a name, a date and a maker.
    if (body[:4], len(body)) not in ((b"nclx", 11), (b"nclc", 10)):
        yield "The colours are described by more than three numbers."


def _audio_config(body: bytes) -> Iterator[str]:
    """esds: descriptors 3 (holding 4 and 6), 4 (holding 5), each a tag, a length, a content."""
    if any(body[:4]):
        yield "A reserved field is not empty."
    at, end = 4, len(body)
    for tag, fields in ((3, 3), (4, 13)):
        kind, at, size = _descriptor(body, at)
        if kind != tag or (tag == 3 and at + size != end) or (tag == 3 and body[at + 2]):
            yield "The audio configuration has an unknown part."
            return
        at += fields
    kind, at, size = _descriptor(body, at)
    if kind != 5 or size > LONGEST_AUDIO_CONFIG:
        yield "The audio configuration has room for a comment."
    if _descriptor(body, at + size) != (6, end - 1, 1):
        yield "The audio configuration has an unknown part."


def _descriptor(body: bytes, at: int) -> tuple[int, int, int]:
    """Return ``(tag, start of the content, its size)``; a tag of -1 past the end."""
    if at >= len(body):
        return -1, at, 0
    tag, size, at = body[at], 0, at + 1
    for byte in body[at : at + 4]:
        size, at = size << 7 | byte & 127, at + 1
        if byte < 128:
            break
    return tag, at, size


def _table(entry: int, *, versions: dict[int, int] | None = None, head: int = 8) -> Rule:
    """Rule for a table: version, flags, ..., a count as the last field of ``head`` bytes, and
    entries of ``entry`` bytes (or of ``versions[version]``), with nothing after them."""

    def rule(body: bytes) -> Iterator[str]:
        size = (versions or {}).get(body[0], entry) if body else entry
        if len(body) < head or len(body) != head + size * _u32(body, head - 4):
            yield "The table does not have the length it says."

    return rule


def _u32(body: bytes, at: int) -> int:
    return struct.unpack_from(">I", body, at)[0]


def _sizes(body: bytes) -> Iterator[str]:
    fixed = len(body) >= 12 and _u32(body, 4)
    if not (fixed and len(body) == 12):
        yield from _table(4, head=12)(body)


def _group_kind(body: bytes) -> Iterator[str]:
    if body[4:8] not in (b"roll", b"prol", b"rap "):
        yield "The samples are grouped by something a player does not need."


def _group_description(body: bytes) -> Iterator[str]:
    yield from _group_kind(body)
    if body[:1] != b"\1" or len(body) < 16 or _u32(body, 8) > 2 or _u32(body, 12) > MOST_GROUPS:
        yield "The description of the sample groups has an unknown form."
    else:
        yield from _table(_u32(body, 8), head=16)(body)


def _groups(body: bytes) -> Iterator[str]:
    yield from _group_kind(body)
    if body[:1] != b"\0":
        yield "The sample groups have an unknown form."
    yield from _table(8, head=12)(body)


def _dependencies(body: bytes) -> Iterator[str]:
    """sdtp: a byte for each picture, of which ffmpeg uses the four bits in the middle."""
    if any(body[:4]) or any(byte & 0b11000011 for byte in body[4:]):
        yield "The dependencies of the pictures say more than which depends on which."


def _segment_index(body: bytes) -> Iterator[str]:
    head = 24 if body[:1] == b"\0" else 32
    count = int.from_bytes(body[head - 2 : head], "big")
    if len(body) != head + 12 * count or any(body[head - 4 : head - 2]):
        yield "The table does not have the length it says."


def _fragment_header(body: bytes) -> Iterator[str]:
    flags = int.from_bytes(body[:4], "big")
    optional = ((1, 8), (2, 4), (8, 4), (16, 4), (32, 4))
    if len(body) != 8 + sum(size for flag, size in optional if flags & flag):
        yield "The box does not have the length it says."


def _run(body: bytes) -> Iterator[str]:
    flags = int.from_bytes(body[1:4], "big")
    head = 8 + 4 * bool(flags & 1) + 4 * bool(flags & 4)
    entry = 4 * (flags >> 8 & 15).bit_count()
    if len(body) < 8 or len(body) != head + entry * _u32(body, 4):
        yield "The table does not have the length it says."


RULES: dict[str, Rule] = {
    "ftyp": _brands,
    "styp": _brands,
    "free": _blank,
    "skip": _blank,
    # Reserved after the matrix: QuickTime keeps the poster and the selection of an editor there.
    "mvhd": _turned(_dated(100, 112, (28, 24), (74, 10)), 64),
    "tkhd": _turned(_dated(84, 96, (60, 8), (46, 2)), 44),
    "mdhd": _media_header,
    "hdlr": _track_handler,
    "moov/udta/meta": _exactly(bytes(4)),
    "moov/udta/meta/hdlr": _exactly(*(bytes(8) + b"mdirappl" + bytes(n) for n in (8, 9))),
    "vmhd": _exactly(b"\0\0\0\1" + bytes(8)),
    "smhd": _exactly(bytes(8)),
    "moov/trak/mdia/minf/dinf/dref": _exactly(b"\0\0\0\0\0\0\0\1"),
    # Flag 1: the media lies in this file. Without it an address follows.
    "url ": _exactly(b"\0\0\0\1"),
    "stsd": _exactly(b"\0\0\0\0\0\0\0\1"),
    "avc1": _picture_entry,
    "av01": _picture_entry,
    "mp4a": _sound_entry,
    "avcC": h264.check_configuration,
    "av1C": av1.check_configuration,
    "esds": _audio_config,
    "colr": _colour,
    "fiel": _exactly(b"\1\0"),
    "pasp": _length(8),
    "btrt": _length(12),
    "elst": _table(12, versions={1: 20}),
    "stts": _table(8),
    "ctts": _table(8),
    "stss": _table(4),
    "stsc": _table(12),
    "stsz": _sizes,
    "stco": _table(4),
    "co64": _table(8),
    "sdtp": _dependencies,
    "sgpd": _group_description,
    "sbgp": _groups,
    "mehd": _length(8, 12),
    "trex": _length(24),
    "sidx": _segment_index,
    "mfhd": _length(8),
    "tfdt": _length(8, 12),
    "tfhd": _fragment_header,
    "trun": _run,
}
"""Path or kind of a box -> the rule for its content (of a container: for its own fields)."""


def check(path: str, body: bytes) -> Iterator[str]:
    """Yield what is wrong with the content of a box; a path has precedence over a kind."""
    kind = path.rpartition("/")[2]
    rule = RULES.get(path) or RULES[kind]
    yield from rule(body)

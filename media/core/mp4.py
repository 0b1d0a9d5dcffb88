"""What an initialisation segment of our own says of its track: size, time units, codec string."""

from collections.abc import Iterator
from dataclasses import dataclass

CONTAINERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mvex"})
# Containers inside containers, at most. ISO files need five.
DEEPEST = 8
# Bytes of fixed fields before the boxes inside, in ISO/IEC 14496-12 sample entries.
VISUAL_FIELDS = 78
AUDIO_FIELDS = 28
SAMPLE_DESCRIPTION_FIELDS = 8

# Tags of the descriptors in an esds box, and the bytes of fixed fields each starts with.
ES, DECODER, CONFIG = 3, 4, 5
DECODER_FIELDS = 13
MPEG4_AUDIO = 0x40
AAC, SBR, PS = 2, 5, 29
# What announces SBR, and then PS, behind a configuration that an older decoder may read alone.
SBR_FOLLOWS, PS_FOLLOWS = f"{0x2B7:011b}", f"{0x548:011b}"


class NotOurs(ValueError):
    """The bytes are not a file as our encoder writes them."""


@dataclass(frozen=True)
class Track:
    """``codecs`` is the RFC 6381 string; width and height in pixels, 0 for sound.

    ``timescale`` is the number of time units in a second, ``channels`` those of a sound.
    """

    codecs: str
    width: int = 0
    height: int = 0
    timescale: int = 0
    channels: int = 0


def read_track(init: bytes) -> Track:
    """The one track of an initialisation segment. Raises NotOurs.

    The codec string is one of ``avc1.PPCCLL``, ``av01.P.LLT.DD`` (with the colours behind it
    where they are not those of ordinary video), ``mp4a.40.2``, ``mp4a.40.5`` and ``mp4a.40.29``.
    """
    boxes = list(walk(init))
    entries = [payload for kind, payload in boxes if kind == b"stsd"]
    headers = [payload for kind, payload in boxes if kind == b"mdhd"]
    if len(entries) != 1 or len(headers) != 1:
        raise NotOurs("not exactly one track")
    return _sample_entry(entries[0][SAMPLE_DESCRIPTION_FIELDS:], _timescale(headers[0]))


def walk(data: bytes, *, depth: int = 0) -> Iterator[tuple[bytes, bytes]]:
    """Kind and payload of each box, containers opened, in the order of the file."""
    if depth > DEEPEST:
        raise NotOurs("boxes nested too deep")
    position = 0
    while position + 8 <= len(data):
        size = int.from_bytes(data[position : position + 4], "big")
        if size < 8 or position + size > len(data):
            raise NotOurs("a box with a wrong size")
        kind, payload = data[position + 4 : position + 8], data[position + 8 : position + size]
        yield kind, payload
        if kind in CONTAINERS:
            yield from walk(payload, depth=depth + 1)
        position += size


def _timescale(header: bytes) -> int:
    # Version 1 holds two times of eight bytes where version 0 holds two of four.
    at = 20 if header[:1] == b"\1" else 12
    timescale = int.from_bytes(header[at : at + 4], "big")
    if not timescale:
        raise NotOurs("a track without time units")
    return timescale


def _sample_entry(entries: bytes, timescale: int) -> Track:
    for kind, payload in walk(entries):
        if kind == b"mp4a":
            return Track(
                _sound_codec(dict(walk(payload[AUDIO_FIELDS:]))),
                timescale=timescale,
                channels=int.from_bytes(payload[16:18], "big"),
            )
        if kind in (b"avc1", b"av01"):
            boxes = dict(walk(payload[VISUAL_FIELDS:]))
            return Track(
                codecs=_h264_codec(boxes) if kind == b"avc1" else _av1_codec(boxes),
                width=int.from_bytes(payload[24:26], "big"),
                height=int.from_bytes(payload[26:28], "big"),
                timescale=timescale,
            )
    raise NotOurs("no sample entry that we write")


def _configuration(boxes: dict[bytes, bytes], kind: bytes) -> bytes:
    if len(boxes.get(kind, b"")) < 4:
        raise NotOurs("a track without its configuration")
    return boxes[kind]


def _h264_codec(boxes: dict[bytes, bytes]) -> str:
    """Profile, constraints and level in hexadecimal, as RFC 6381 has it."""
    return f"avc1.{_configuration(boxes, b'avcC')[1:4].hex()}"


def _av1_codec(boxes: dict[bytes, bytes]) -> str:
    """Section 5 of the AV1 binding for ISO media files: profile, level, tier, depth, colours."""
    _, profile_level, flags, _ = _configuration(boxes, b"av1C")[:4]
    profile, level = profile_level >> 5, profile_level & 31
    tier = "H" if flags & 0x80 else "M"
    depth = 8 if not flags & 0x40 else 12 if flags & 0x20 else 10
    picture = f"{flags >> 4 & 1}.{flags >> 3 & 1}{flags >> 2 & 1}{flags & 3}"
    colours = f".{picture}.{_colours(boxes.get(b'colr', b''))}"
    # Players know these values by heart, and some stumble where they are written.
    if colours == ".0.110.01.01.01.0":
        colours = ""
    return f"av01.{profile}.{level:02}{tier}.{depth:02}{colours}"


def _colours(box: bytes) -> str:
    """Primaries, transfer, matrix and range; BT.709 in TV range where the file does not say."""
    if box[:4] != b"nclx" or len(box) < 11:
        return "01.01.01.0"
    numbers = [int.from_bytes(box[at : at + 2], "big") for at in (4, 6, 8)]
    return ".".join(f"{number:02}" for number in numbers) + f".{box[10] >> 7}"


def _sound_codec(boxes: dict[bytes, bytes]) -> str:
    # Four bytes of version and flags, then ES > DECODER > CONFIG, each inside the other.
    stream = _descriptor(_configuration(boxes, b"esds")[4:], ES)
    if stream[2:3] != b"\0":
        raise NotOurs("sound that depends on another stream")
    decoder = _descriptor(stream[3:], DECODER)
    if decoder[:1] != bytes([MPEG4_AUDIO]):
        raise NotOurs("sound that is not AAC")
    return f"mp4a.40.{_object_type(_descriptor(decoder[DECODER_FIELDS:], CONFIG))}"


def _descriptor(data: bytes, tag: int) -> bytes:
    """The content of the descriptor at the start of the data; its length is in groups of 7 bits."""
    size, at = 0, 1
    while data[at : at + 1] and at < 5:
        size = size << 7 | data[at] & 0x7F
        at += 1
        if not data[at - 1] & 0x80:
            break
    content = data[at : at + size]
    if data[:1] != bytes([tag]) or not size or len(content) < size:
        raise NotOurs("a descriptor that is not whole")
    return content


def _object_type(config: bytes) -> int:
    """AAC alone, with SBR, or with SBR and PS, whether the file says so first or afterwards."""
    bits = "".join(f"{byte:08b}" for byte in config)
    kind = int(bits[:5] or "0", 2)
    if kind not in (AAC, SBR, PS):
        raise NotOurs("a kind of AAC that we do not carry")
    # Five bits of kind, four of rate (and 24 more where they are all set), four of channels,
    # three of frame length and extensions: what an older decoder reads ends here.
    tail = bits[16 + 24 * (bits[5:9] == "1111") :]
    if kind == AAC and tail.startswith(f"{SBR_FOLLOWS}{SBR:05b}1"):
        tail = tail[21 + 24 * (tail[17:21] == "1111") :]
        return PS if tail.startswith(f"{PS_FOLLOWS}1") else SBR
    return kind

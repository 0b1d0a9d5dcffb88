"""The rule for AVIF: the one form in which a picture without anything beside it is written.

A still picture needs few boxes, and our encoder writes the same ones in the same order each time.
So this is no list of what may stand where: whatever differs from that form is a finding. A picture
with EXIF, XMP, an ICC profile, a thumbnail or a second picture has other items and properties.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from media.core.leaks import av1
from media.core.leaks.boxes import headers
from media.core.leaks.findings import Finding, listed
from media.core.leaks.reading import Malformed, read_at, size_of

BRANDS = listed("avif mif1 miaf MA1A MA1B")
PARTS = ("ftyp", "meta", "mdat")
META = ("hdlr", "pitm", "iloc", "iinf", "iprp")
PROPERTIES = ("ispe", "pixi", "av1C", "colr")

FORMS = {
    "hdlr": bytes(8) + b"pict" + bytes(13),
    "pitm": bytes(4) + b"\0\1",
    "iinf": bytes(4) + b"\0\1" + b"\0\0\0\x1ainfe\2\0\0\0\0\1\0\0av01Color\0",
    "pixi": bytes(4) + b"\3\x08\x08\x08",
    # The picture has the four properties; it cannot be shown without the third, and the fourth.
    "ipma": bytes(4) + b"\0\0\0\1\0\1\4\1\2\x83\4",
}
"""Boxes that hold the same in every picture of ours: one item, three channels of eight bits."""

ILOC = bytes(4) + b"\x44\0\0\1\0\1\0\0\0\1"
"""One item in one piece; its place and its length follow, four bytes each."""


def scan_avif(stream: BinaryIO) -> Iterator[Finding]:
    """Report whatever differs from the one form of a picture that has nothing beside it."""
    boxes = _boxes(stream, 0, size_of(stream), PARTS)
    start, end = boxes["ftyp"]
    yield from _brands(read_at(stream, start, end - start))
    start, end = boxes["meta"]
    if any(read_at(stream, start, 4)):
        yield Finding("meta", "A reserved field is not empty.")
    about = _boxes(stream, start + 4, end, META)
    yield from _standard(stream, about, "hdlr", "pitm", "iinf")
    start, end = about["iloc"]
    where = struct.pack(">II", boxes["mdat"][0], boxes["mdat"][1] - boxes["mdat"][0])
    if read_at(stream, start, end - start) != ILOC + where:
        yield Finding("meta/iloc", "The picture is not all that lies in the file.")
    yield from _properties(stream, *about["iprp"])
    for name in av1.refused(stream, *boxes["mdat"]):
        yield Finding(name, "This unit does not draw the picture.")


def _boxes(
    stream: BinaryIO, start: int, end: int, kinds: tuple[str, ...]
) -> dict[str, tuple[int, int]]:
    """Where the content of each box starts and ends. Raises Malformed unless they are these."""
    found = [(kind, (body, stop)) for kind, _, body, stop in headers(stream, start, end)]
    if tuple(kind for kind, _ in found) != kinds:
        raise Malformed(f"there are other boxes than {', '.join(kinds)}")
    return dict(found)


def _standard(
    stream: BinaryIO, boxes: dict[str, tuple[int, int]], *kinds: str
) -> Iterator[Finding]:
    for kind in kinds:
        start, end = boxes[kind]
        if read_at(stream, start, end - start) != FORMS[kind]:
            yield Finding(kind, "The content is not the one standard form of this box.")


def _brands(body: bytes) -> Iterator[Finding]:
    brands = [body[:4], *(body[at : at + 4] for at in range(8, len(body), 4))]
    known = all(brand.decode("latin-1") in BRANDS for brand in brands)
    if not known or any(body[4:8]):
        yield Finding("ftyp", "A brand or a version is not one of ours.")


def _properties(stream: BinaryIO, start: int, end: int) -> Iterator[Finding]:
    parts = _boxes(stream, start, end, ("ipco", "ipma"))
    yield from _standard(stream, parts, "ipma")
    boxes = _boxes(stream, *parts["ipco"], PROPERTIES)
    yield from _standard(stream, boxes, "pixi")
    size, configuration, colours = (
        read_at(stream, boxes[kind][0], boxes[kind][1] - boxes[kind][0])
        for kind in ("ispe", "av1C", "colr")
    )
    if len(size) != 12 or any(size[:4]):
        yield Finding("ispe", "It holds more than the size of the picture.")
    for sentence in av1.check_configuration(configuration):
        yield Finding("av1C", sentence)
    if (colours[:4], len(colours)) != (b"nclx", 11):
        yield Finding("colr", "The colours are described by more than three numbers.")

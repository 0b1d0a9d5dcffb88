"""The rule for the gzip and brotli forms of public files: nothing beside what they pack."""

import io
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

import brotli

from media.core.leaks.findings import Finding
from media.core.leaks.reading import MOST_AT_ONCE, Malformed, read_all

GZIP = b"\x1f\x8b\x08"


def gzip_header(stream: BinaryIO) -> Iterator[Finding]:
    """Report a file name, a comment or a date in a gzip header."""
    stream.seek(0)
    head = stream.read(8)
    if len(head) == 8 and head.startswith(GZIP) and any(head[3:8]):
        yield Finding("gzip header", "It holds a file name, a comment or a date.")


def unpack_gzip(stream: BinaryIO) -> BinaryIO:
    """Return what one gzip member holds; raise Malformed on anything else, or above 64 MB."""
    unpacker = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        data = unpacker.decompress(read_all(stream), MOST_AT_ONCE + 1)
    except zlib.error:
        raise Malformed("it is not gzip") from None
    if len(data) > MOST_AT_ONCE:
        raise Malformed(f"it unpacks to more than {MOST_AT_ONCE >> 20} MB")
    if not unpacker.eof or unpacker.unused_data:
        raise Malformed("it is cut off, or goes on after its end")
    return io.BytesIO(data)


def unpack_brotli(stream: BinaryIO) -> BinaryIO:
    """Return what a brotli file holds; raise Malformed on anything else, or above 64 MB."""
    packed, unpacker, size = read_all(stream), brotli.Decompressor(), 0
    parts: list[bytes] = []
    try:
        while not unpacker.is_finished():
            part = unpacker.process(packed, output_buffer_limit=MOST_AT_ONCE)
            parts, packed, size = [*parts, part], b"", size + len(part)
            if size > MOST_AT_ONCE:
                raise Malformed(f"it unpacks to more than {MOST_AT_ONCE >> 20} MB")
            if not part and not unpacker.is_finished():
                raise Malformed("it is cut off")
    except brotli.error:
        raise Malformed("it is not brotli, or goes on after its end") from None
    return io.BytesIO(b"".join(parts))


UNPACK: dict[str, Callable[[BinaryIO], BinaryIO]] = {".gz": unpack_gzip, ".br": unpack_brotli}

"""Makers of hostile films: small on the disk, and each a lie or a burden in one way."""

import ctypes
import os
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.media.films import STBL, adding, box, edited, encoded
from tests.media.studio import ffmpeg, film

CLAIMED = 2**26
DAY_S = 24 * 60 * 60
IN_OPEN = 0x20


# What is measured ---------------------------------------------------------------------------


@dataclass
class Use:
    """What the processes below this one took: the largest of them in bytes, and each one's CPU."""

    peak: int = 0
    cpu: dict[int, float] = field(default_factory=dict)

    @property
    def cpu_s(self) -> float:
        return sum(self.cpu.values())


def _children(pid: int, *, but: frozenset[int] = frozenset()) -> Iterator[int]:
    """Every process below one, without those named and what is below them."""
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in set(map(int, tasks.read_text().split())) - but:
            yield child
            yield from _children(child)


def _peak(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM")), 0)


def _cpu_s(pid: int) -> float:
    """User and system seconds: the 14th and 15th field, the second one being a name."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def watched() -> Iterator[Use]:
    """Watch the memory and the CPU of every process that the block starts, and what they start."""
    use, done, before = Use(), threading.Event(), frozenset(_children(os.getpid()))

    def watch() -> None:
        while not done.wait(0.01):
            try:
                for pid in _children(os.getpid(), but=before):
                    use.peak = max(use.peak, _peak(pid))
                    use.cpu[pid] = _cpu_s(pid)
            except (OSError, ValueError):
                # It ended between two looks.
                continue

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield use
    finally:
        done.set()
        thread.join()


class Openings:
    """Tells whether anybody has opened a file since, in whatever process or namespace."""

    def __init__(self, path: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if libc.inotify_add_watch(self.fd, os.fsencode(path), IN_OPEN) < 0:
            raise OSError(ctypes.get_errno(), "no watch", str(path))

    def happened(self) -> bool:
        try:
            return bool(os.read(self.fd, 4096))
        except BlockingIOError:
            return False

    def close(self) -> None:
        os.close(self.fd)


# MP4: tables that lie -----------------------------------------------------------------------


def picture(seconds: int = 1) -> bytes:
    """An MP4 of a picture alone, its index behind it, its pictures in the order of showing."""
    return encoded("-an", "-bf", "0", seconds=seconds)


def replacing(body: bytes) -> Callable[[bytes], bytes]:
    return lambda _: body


def full(*numbers: int) -> bytes:
    """The body of a table: version and flags, then these numbers."""
    return struct.pack(f">{1 + len(numbers)}I", 0, *numbers)


def without_edits(data: bytes) -> bytes:
    return data.replace(b"edts", b"free")


def claiming(*tables: str) -> bytes:
    """A film whose tables claim far more samples than there are bytes."""
    lies = {
        "stsz": full(1, CLAIMED),
        "stts": full(1, CLAIMED, 512),
        "stsc": full(1, 1, CLAIMED, 1),
        "stco": full(CLAIMED),
        "ctts": full(1, CLAIMED, 512),
    }
    data = without_edits(picture())
    for table in tables:
        if table == "ctts":
            data = edited(data, STBL, adding(box("ctts", lies[table])))
        else:
            data = edited(data, f"{STBL}/{table}", replacing(lies[table]))
    return data


def timed(*runs: tuple[int, int]) -> bytes:
    """A film with these runs of (number of pictures, time units of 1/12800 s for each)."""
    numbers = [number for run in runs for number in run]
    table = full(len(runs), *numbers)
    return edited(without_edits(picture()), f"{STBL}/stts", replacing(table))


def hole(seconds: int) -> bytes:
    """A film with this many seconds between its first picture and the others."""
    return timed((1, seconds * 12800), (24, 512))


def hurried(rate: int) -> bytes:
    """A film that claims so many pictures in a second."""
    data = edited(
        without_edits(picture()),
        "moov/trak/mdia/mdhd",
        lambda body: body[:12] + struct.pack(">I", rate) + body[16:],
    )
    return edited(data, f"{STBL}/stts", replacing(full(1, 25, 1)))


def many_edits(count: int = 100_000) -> bytes:
    entries = b"".join(
        struct.pack(">IiI", 1 + number % 3, (number * 512) % 12800, 1 << 16)
        for number in range(count)
    )
    return edited(
        picture(), "moov/trak/edts/elst", replacing(struct.pack(">II", 0, count) + entries)
    )


def many_tracks(count: int = 10_000) -> bytes:
    tracks: list[bytes] = []
    edited(picture(), "moov/trak", lambda body: tracks.append(body) or body)
    return edited(picture(), "moov", adding(box("trak", tracks[0]) * (count - 1)))


def text_track(number: int, count: int, at: int) -> bytes:
    """A QuickTime text track of so many samples, all of them the same bytes at ``at``."""
    header = struct.pack(">IIIIII", 7, 0, 0, number, 0, count) + bytes(60)
    media = struct.pack(">IIIIHH", 0, 0, 0, 1000, count & 0xFFFF, 0) + bytes(4)
    stsd = full(1) + box("text", bytes(6) + b"\0\1" + bytes(43))
    tables = (
        box("stsd", stsd)
        + box("stts", full(1, count, 1))
        + box("stsz", full(4, count))
        + box("stsc", full(1, 1, 1, 1))
        + box("stco", full(count) + struct.pack(">I", at) * count)
    )
    handler = box("hdlr", bytes(8) + b"text" + bytes(13))
    inner = box("minf", box("gmhd") + box("stbl", tables))
    return box("trak", box("tkhd", header) + box("mdia", box("mdhd", media) + handler + inner))


def many_chapters(count: int = 200_000) -> bytes:
    """An MP4 with a track of chapters, each of two letters."""
    data = picture()
    at = len(data) + 8
    reference = box("tref", box("chap", struct.pack(">I", 2)))
    data = edited(data, "moov/trak", adding(reference))
    data = edited(data, "moov", adding(text_track(2, count, 0)))
    at = len(data) + 8
    data = data.replace(struct.pack(">I", 0) * count, struct.pack(">I", at) * count)
    return data + box("free", b"\0\2ab")


def many_marks(count: int = 255) -> bytes:
    """As many of Nero's chapters as its one byte of a number can say."""
    marks = b"".join(struct.pack(">QB", number, 200) + b"x" * 200 for number in range(count))
    return edited(
        picture(),
        "moov",
        adding(box("udta", box("chpl", b"\1\0\0\0\0\0\0\0" + bytes([count]) + marks))),
    )


def nested(depth: int = 10_000, kind: str = "moov") -> bytes:
    sizes = range(8 * depth, 0, -8)
    return box("ftyp", b"isom\0\0\0\0isom") + b"".join(
        struct.pack(">I", size) + kind.encode() for size in sizes
    )


def many_boxes(count: int = 1_000_000) -> bytes:
    return picture() + box("free") * count


def write_zeros(path: Path, size: int = 500 << 20) -> Path:
    """An index of so many zeros; the file takes next to nothing of the disk."""
    head = box("ftyp", b"isom\0\0\0\0isom") + struct.pack(">I", size) + b"moov"
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) - 8 + size)
    return path


# Pictures of a monstrous size ---------------------------------------------------------------


class Bits:
    """Writes the bits of an H.264 parameter set."""

    def __init__(self) -> None:
        self.text = ""

    def u(self, size: int, value: int) -> "Bits":
        self.text += f"{value:0{size}b}"
        return self

    def ue(self, *values: int) -> "Bits":
        for value in values:
            code = f"{value + 1:b}"
            self.text += "0" * (len(code) - 1) + code
        return self

    def unit(self, header: int) -> bytes:
        bits = self.text + "1"
        bits += "0" * (-len(bits) % 8)
        data = bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))
        for number in (0, 1, 2, 3):
            data = data.replace(b"\0\0" + bytes([number]), b"\0\0\3" + bytes([number]))
        return bytes([header]) + data


def parameter_set(width: int, height: int) -> bytes:
    """A sequence parameter set of the Baseline profile, level 6.2."""
    bits = Bits().u(8, 66).u(8, 0).u(8, 62).ue(0, 0, 2, 1).u(1, 0)
    return bits.ue(width // 16 - 1, height // 16 - 1).u(1, 1).u(1, 0).u(1, 0).u(1, 0).unit(0x67)


def one_sample(entry: bytes, sample: bytes, width: int, height: int) -> bytes:
    """A QuickTime film of this one sample, its description given."""
    stsd = full(1) + entry
    ftyp = box("ftyp", b"qt  \0\0\0\0qt  ")
    mdat = box("mdat", sample)
    tables = (
        box("stsd", stsd)
        + box("stts", full(1, 1, 1000))
        + box("stsz", full(len(sample), 1))
        + box("stsc", full(1, 1, 1, 1))
        + box("stco", full(1, len(ftyp) + 8))
    )
    matrix = struct.pack(">9I", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
    size = struct.pack(">II", width << 16 & 0xFFFFFFFF, height << 16 & 0xFFFFFFFF)
    tkhd = struct.pack(">IIIIII", 7, 0, 0, 1, 0, 1000) + bytes(16) + matrix + size
    mdhd = struct.pack(">IIIIIHH", 0, 0, 0, 1000, 1000, 0, 0)
    handler = box("hdlr", bytes(8) + b"vide" + bytes(13))
    dinf = box("dinf", box("dref", full(1) + box("url ", b"\0\0\0\1")))
    minf = box("minf", box("vmhd", bytes(12)) + dinf + box("stbl", tables))
    trak = box("trak", box("tkhd", tkhd) + box("mdia", box("mdhd", mdhd) + handler + minf))
    mvhd = struct.pack(">IIIII", 0, 0, 0, 1000, 1000) + bytes(10 + 66 + 4)
    return ftyp + mdat + box("moov", box("mvhd", mvhd) + trak)


def entry(kind: str, width: int, height: int, extra: bytes = b"") -> bytes:
    sizes = struct.pack(">HHIIIH", width, height, 72 << 16, 72 << 16, 0, 1)
    return box(
        kind,
        bytes(6) + b"\0\1" + bytes(16) + sizes + bytes(32) + struct.pack(">Hh", 24, -1) + extra,
    )


def giant_h264(side: int = 16_000) -> bytes:
    """A coded picture that claims ``side`` times ``side`` pixels in a hundred bytes."""
    sps = parameter_set(side, side)
    pps = Bits().ue(0, 0).u(1, 0).u(1, 0).ue(0, 0, 0).u(3, 0).ue(0, 0, 0).u(3, 0).unit(0x68)
    slice_ = Bits().ue(0, 7, 0).u(4, 0).ue(0).u(2, 0).ue(0).unit(0x65) + b"\x5a" * 40
    avcc = b"\1" + sps[1:4] + b"\xff\xe1" + struct.pack(">H", len(sps)) + sps
    avcc += b"\1" + struct.pack(">H", len(pps)) + pps
    sample = struct.pack(">I", len(slice_)) + slice_
    return one_sample(entry("avc1", side, side, box("avcC", avcc)), sample, side, side)


def giant_jpeg(side: int = 16_000) -> bytes:
    """A photograph's head that claims the size, taken from a real small one."""
    jpeg = ffmpeg(*("-f", "lavfi", "-i", "testsrc=s=64x64", "-frames:v", 1, "-f", "mjpeg", "-"))
    at = jpeg.index(b"\xff\xc0") + 5
    jpeg = jpeg[:at] + struct.pack(">HH", side, side) + jpeg[at + 4 :]
    return one_sample(entry("jpeg", side, side), jpeg, side, side)


def giant_png(side: int = 16_000) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    png = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000)))
    return one_sample(entry("png ", side, side), png + chunk(b"IEND", b""), side, side)


def growing_picture(folder: Path, size: str = "7680x4320") -> Path:
    """A transport stream whose picture grows in the middle."""
    small = film(folder, name="small.ts", size="320x240", seconds=1)
    large = film(
        folder, name="large.ts", size=size, seconds=0.2, options=("-output_ts_offset", "1")
    )
    path = folder / "growing.ts"
    path.write_bytes(small.read_bytes() + large.read_bytes())
    return path


# Matroska -----------------------------------------------------------------------------------

EBML = bytes.fromhex("1a45dfa3 8b 4282 88") + b"matroska"
SEGMENT = bytes.fromhex("18538067")
UNKNOWN = b"\x01" + b"\xff" * 7


def element(name: str, body: bytes) -> bytes:
    return bytes.fromhex(name) + struct.pack(">Q", len(body) | 1 << 56) + body


def endless_elements(depth: int = 10_000) -> bytes:
    """Tags in tags in tags, none of which says where it ends."""
    return (
        EBML
        + SEGMENT
        + UNKNOWN
        + bytes.fromhex("1254c367")
        + UNKNOWN
        + (bytes.fromhex("67c8") + UNKNOWN) * depth
    )


def huge_element(name: str) -> bytes:
    """One element of 2^55 bytes that are not there."""
    size = struct.pack(">Q", 1 << 55 | 1 << 56)
    return EBML + SEGMENT + UNKNOWN + bytes.fromhex(name) + size + bytes(1000)


def marked_matroska(folder: Path, count: int = 200_000) -> bytes:
    """A Matroska film with so many chapters before its picture."""
    data = film(folder, name="film.mkv", seconds=1).read_bytes()
    atoms = b"".join(
        element(
            "b6",
            element("73c4", struct.pack(">I", number + 1))
            + element("91", struct.pack(">I", number))
            + element("80", element("85", b"chapter")),
        )
        for number in range(count)
    )
    at = data.index(SEGMENT) + 4
    return data[:at] + UNKNOWN + element("1043a770", element("45b9", atoms)) + data[at + 8 :]


# Files that name others ---------------------------------------------------------------------


def referring(folder: Path, target: Path, kind: str) -> Path:
    """A QuickTime film whose samples are said to lie in another file."""
    made = film(folder, name="inner.mov", seconds=1)
    location = str(target).encode()
    if kind == "url ":
        reference = box("url ", bytes(4) + b"file://" + location + b"\0")
    else:
        reference = box("alis", bytes(4) + alias_record(location))
    path = folder / f"{kind.strip()}.mov"
    path.write_bytes(
        edited(
            made.read_bytes(),
            "moov/trak/mdia/minf/dinf/dref",
            replacing(full(1) + reference),
        )
    )
    return path


def alias_record(location: bytes) -> bytes:
    """An alias of the old Macintosh kind: a file's name, and its absolute path."""
    name = Path(os.fsdecode(location)).name.encode()[:63]
    record = bytes(10) + b"\4disk" + bytes(23) + bytes(12)
    record += bytes([len(name)]) + name.ljust(63, b"\0") + bytes(16)
    record += struct.pack(">HH", 1, 1) + bytes(16)
    padded = location + b"\0" * (len(location) % 2)
    return record + struct.pack(">HH", 2, len(location)) + padded + struct.pack(">HH", 0xFFFF, 0)


# Damage -------------------------------------------------------------------------------------


def flipped(data: bytes, *, every: int = 100_000, start: int = 20_000) -> bytes:
    """The same bytes, one in a hundred turned over, in runs as a bad disk makes them."""
    spoilt = bytearray(data)
    for at in range(start, len(data), every):
        for place in range(at, min(at + every // 100, len(data))):
            spoilt[place] ^= 0xFF
    return bytes(spoilt)

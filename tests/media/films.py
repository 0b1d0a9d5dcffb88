"""Tiny films and HLS packages for the tests of the leak scan, and ways to spoil them."""

import functools
import io
import struct
import tempfile
from pathlib import Path

from media.core.leaks import Marks, scan, scan_package
from tests.marked import ffmpeg

NO_MARKS = Marks(())

CLEAN = (
    *("-map_metadata", -1, "-fflags", "+bitexact", "-flags:v", "+bitexact"),
    *("-flags:a", "+bitexact", "-c:v", "libx264", "-preset", "ultrafast", "-g", 25),
    *("-pix_fmt", "yuv420p", "-a53cc", 0, "-bsf:v", "filter_units=remove_types=6"),
    *("-c:a", "aac"),
)

HEADS = {"meta": 4, "dref": 8, "stsd": 8, "avc1": 78, "mp4a": 28}


@functools.cache
def encoded(*options: str, name: str = "clip.mp4", seconds: int = 2) -> bytes:
    """A short test picture and tone, encoded as clips are encoded for readers."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        picture, tone = f"testsrc2=s=160x90:r=25:d={seconds}", f"sine=d={seconds}"
        ffmpeg("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", tone, *CLEAN, *options, path)
        return path.read_bytes()


@functools.cache
def hls_package(*options: str) -> dict[str, bytes]:
    """Picture and sound as HLS, each in segments and a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("v90", "audio"):
            Path(folder, name).mkdir()
        ffmpeg(
            *("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=4", "-f", "lavfi", "-i", "sine=d=4"),
            *(*CLEAN, *options, "-map", "0:v", *_hls(f"{folder}/v90")),
            *(*CLEAN, "-map", "1:a", *_hls(f"{folder}/audio")),
        )
        files = filter(Path.is_file, sorted(Path(folder).rglob("*")))
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def _hls(folder: str) -> list[object]:
    return [
        *("-f", "hls", "-hls_time", 2, "-hls_playlist_type", "vod", "-hls_segment_type", "fmp4"),
        *("-hls_fmp4_init_filename", "init.mp4", "-hls_segment_filename", f"{folder}/%05d.m4s"),
        f"{folder}/index.m3u8",
    ]


def findings(name, data, *, marks=NO_MARKS, **options):
    return scan(name, io.BytesIO(data), marks, **options)


def places(name, data, **options):
    return [finding.place for finding in findings(name, data, **options)]


def package_findings(files):
    return scan_package(
        {name: functools.partial(io.BytesIO, files[name]) for name in files}, NO_MARKS
    )


def box(kind, body=b""):
    return struct.pack(">I", 8 + len(body)) + kind.encode("latin-1") + body


def edited(data, path, change):
    """Replace the content of the first box at a path, and mend the sizes around it."""
    kind, _, rest = path.partition("/")
    at, out, done = 0, b"", False
    while at < len(data):
        size, name = struct.unpack_from(">I4s", data, at)
        body = data[at + 8 : at + size]
        if name.decode("latin-1") == kind and not done:
            head = HEADS.get(kind, 0) if rest else 0
            body = body[:head] + edited(body[head:], rest, change) if rest else change(body)
            done = True
        out, at = out + box(name.decode("latin-1"), body), at + size
    assert done, f"{path} is not there"
    return out


def adding(extra):
    return lambda body: body + extra


def setting(at, new):
    return lambda body: body[:at] + new + body[at + len(new) :]


MDIA = "moov/trak/mdia"
STBL = f"{MDIA}/minf/stbl"
AVC1 = f"{STBL}/stsd/avc1"
ILST = "moov/udta/meta/ilst"

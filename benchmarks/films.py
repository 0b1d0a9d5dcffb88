"""The films of the bench: drawn by ffmpeg, the same on every machine."""

import os
import struct
from dataclasses import dataclass
from pathlib import Path

from benchmarks.costs import run_ffmpeg
from media import intake
from media.core.probe import Probe, read_probe


@dataclass(frozen=True)
class Size:
    """How films are drawn: pixels, and kilobits per second as a telephone would write them."""

    width: int
    height: int
    h264_kbps: int
    hevc_kbps: int


PHONE = Size(1920, 1080, h264_kbps=16_000, hevc_kbps=10_000)
SMALL = Size(640, 360, h264_kbps=2_000, hevc_kbps=1_200)
TINY = Size(160, 120, h264_kbps=200, hevc_kbps=200)
RATE = 30


def draw_web_ready(folder: Path, name: str, size: Size, seconds: int) -> Path:
    """A moving, noisy film as a telephone writes it: H.264, a keyframe each second, AAC."""
    picture = (
        f"testsrc2=size={size.width}x{size.height}:rate={RATE}:duration={seconds},"
        "noise=alls=6:allf=t,format=yuv420p"
    )
    # A little shorter than the picture, whose end is then the film's when films are joined.
    sound = f"anoisesrc=color=pink:amplitude=0.2:sample_rate=48000:duration={seconds - 0.05}"
    arguments = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound]
    arguments += ["-c:v", "libx264", "-preset", "veryfast", "-g", str(RATE)]
    arguments += ["-b:v", f"{size.h264_kbps}k", "-maxrate", f"{size.h264_kbps}k"]
    arguments += ["-bufsize", f"{size.h264_kbps * 2}k"]
    arguments += ["-c:a", "aac", "-b:a", "128k", "-ac", "2", "-movflags", "+faststart", name]
    run_ffmpeg(arguments, reads=folder, writes=folder)
    return folder / name


def draw_hevc(web_ready: Path, name: str, size: Size) -> Path:
    """The same film as telephones write it by default: HEVC, which browsers may not play."""
    folder = web_ready.parent
    arguments = ["-i", web_ready.name, "-c:v", "libx265", "-preset", "ultrafast"]
    arguments += ["-b:v", f"{size.hevc_kbps}k", "-tag:v", "hvc1"]
    arguments += ["-x265-params", f"keyint={RATE}:min-keyint={RATE}:open-gop=0:log-level=error"]
    arguments += ["-c:a", "copy", "-movflags", "+faststart", name]
    run_ffmpeg(arguments, reads=web_ready, writes=folder)
    return folder / name


def lengthen(film: Path, name: str, *, times: int) -> Path:
    """The film so many times one after the other, without encoding."""
    folder = film.parent
    (folder / "list.txt").write_text(f"file {film.name}\n" * times, encoding="utf-8")
    arguments = ["-f", "concat", "-i", "list.txt", "-map", "0", "-c", "copy"]
    run_ffmpeg([*arguments, "-movflags", "+faststart", name], reads=film, writes=folder)
    return folder / name


def make_distinct(film: Path) -> None:
    """Add some bytes that mean nothing: the archive keeps the same bytes only once."""
    with film.open("ab") as file:
        file.write(struct.pack(">I4s", 16, b"free") + os.urandom(8))


def probe_of(film: Path) -> Probe:
    return read_probe(intake.examine_file(film))

"""Films made by ffmpeg for a test: small, quick to encode, each awkward in one way."""

import subprocess
from array import array
from pathlib import Path

import imageio_ffmpeg

PATCHES = (
    "drawbox=x=0:y=0:w=iw/4:h=ih/4:color=red:t=fill,"
    "drawbox=x=iw*3/4:y=ih*3/4:w=iw/4:h=ih/4:color=blue:t=fill"
)


def ffmpeg(*arguments: object) -> bytes:
    """Run the project's ffmpeg; its standard output. Raises if it fails."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *arguments]
    return subprocess.run(
        list(map(str, command)), check=True, capture_output=True, timeout=60
    ).stdout


def film(
    folder: Path,
    *,
    name: str = "film.mp4",
    size: str = "320x240",
    rate: str = "25",
    seconds: float = 2,
    channels: int = 0,
    filters: str = "null",
    fragmented: bool = False,
    options: tuple[object, ...] = (),
) -> Path:
    """A moving test picture with a red corner above left and a blue one below right."""
    path = folder / name
    pictures = f"testsrc2=s={size}:r={rate}:d={seconds},{PATCHES},{filters}"
    sound = ["-f", "lavfi", "-i", f"sine=440:r=48000:d={seconds}", "-ac", channels]
    ffmpeg(
        *("-f", "lavfi", "-i", pictures, *(sound if channels else ())),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", *options),
        *(("-movflags", "frag_keyframe+empty_moov") if fragmented else ()),
        path,
    )
    return path


def sound_alone(folder: Path, *, seconds: float) -> Path:
    path = folder / "sound.mp4"
    ffmpeg(
        *("-f", "lavfi", "-i", f"sine=440:d={seconds}", "-c:a", "aac"),
        *("-movflags", "frag_keyframe+empty_moov", path),
    )
    return path


def turned(source: Path, degrees: int) -> Path:
    """The same film, with a note that it must be turned to be upright."""
    path = source.with_name(f"turned-{source.name}")
    ffmpeg("-display_rotation", degrees, "-i", source, "-c", "copy", path)
    return path


def picture(path: Path, *, at: float = 0.5, width: int = 32, height: int = 32) -> bytes:
    """One frame of a file or a playlist, in RGB, scaled to a few pixels."""
    return ffmpeg(
        *("-allowed_extensions", "ALL") if path.suffix == ".m3u8" else (),
        *("-i", path, "-ss", at, "-frames:v", 1, "-vf", f"scale={width}:{height}"),
        *("-pix_fmt", "rgb24", "-f", "rawvideo", "-"),
    )


def colour(path: Path, x: float, y: float, *, at: float = 0.5) -> str:
    """The strongest of red, green and blue at a place given as fractions of the picture."""
    data = picture(path, at=at)
    start = 3 * (int(y * 32) * 32 + int(x * 32))
    levels = dict(zip(("red", "green", "blue"), data[start : start + 3], strict=True))
    return max(levels, key=levels.get)


def loudness(path: Path, *, step_s: float = 0.25) -> list[float]:
    """The mean level of the sound, 0 to 32768, of each quarter of a second."""
    data = array("h", ffmpeg("-i", path, "-ac", 1, "-ar", 8000, "-f", "s16le", "-"))
    size = int(8000 * step_s)
    return [sum(map(abs, part)) / size for part in batched(data, size)]


def batched(values: array, size: int) -> list[array]:
    return [values[at : at + size] for at in range(0, len(values), size)]

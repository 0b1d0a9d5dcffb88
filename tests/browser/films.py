"""Small films as packages hold them, and playlists that grow while a browser plays them."""

import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from media import ffmpeg

LENGTH_S = 24
PIECE_S = 2
HEADER = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n"
H264 = ("libx264", "-preset", "ultrafast", "-profile:v", "baseline", "-level", "3.0")
AV1 = ("libsvtav1", "-preset", "12", "-svtav1-params", "lp=1")
CODECS = {H264: "avc1.42c01e", AV1: "av01.0.00M.08"}


@dataclass(frozen=True)
class Rung:
    """One picture of the film: its folder, its short side in pixels, how it is encoded."""

    name: str
    height: int
    kbps: int
    encoder: tuple[str, ...] = H264

    @property
    def width(self) -> int:
        return self.height * 16 // 9

    def line(self) -> str:
        return (
            f"#EXT-X-STREAM-INF:BANDWIDTH={self.kbps}000,AVERAGE-BANDWIDTH={self.kbps}000,"
            f'CODECS="{CODECS[self.encoder]},mp4a.40.2",RESOLUTION={self.width}x{self.height},'
            f'FRAME-RATE=15.000,AUDIO="sound"\n{self.name}/index.m3u8\n'
        )


def film(folder: Path, rungs: Sequence[Rung], *, filters: str = "null") -> Path:
    """A package's folder: a ladder of moving test pictures, a tone, an MP4 and a picture."""
    _run(folder / "audio", "-f", "lavfi", "-i", f"sine=duration={LENGTH_S}", "-c:a", "aac")
    for rung in rungs:
        source = f"testsrc2=size={rung.width}x{rung.height}:rate=15:duration={LENGTH_S},{filters}"
        codec = ("-c:v", *rung.encoder, "-pix_fmt", "yuv420p", "-g", str(15 * PIECE_S))
        _run(folder / rung.name, "-f", "lavfi", "-i", source, *codec)
    sound = (
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES,'
        'CHANNELS="2",URI="audio/index.m3u8"\n'
    )
    lines = "".join(rung.line() for rung in rungs)
    (folder / "master.m3u8").write_text(HEADER + sound + lines)
    tallest = folder / rungs[0].name / "index.m3u8"
    _ffmpeg("-i", tallest, "-c", "copy", "-movflags", "+faststart", folder / "clip.mp4")
    _ffmpeg("-i", tallest, "-frames:v", "1", folder / "poster.jpg")
    return folder


def _run(folder: Path, *arguments: str) -> None:
    folder.mkdir(parents=True)
    pieces = ("-f", "hls", "-hls_time", str(PIECE_S), "-hls_segment_type", "fmp4")
    names = ("-hls_playlist_type", "event", "-hls_segment_filename", folder / "%05d.m4s")
    _ffmpeg(*arguments, *pieces, *names, folder / "index.m3u8")


def _ffmpeg(*arguments: str | Path) -> None:
    command = [ffmpeg.program(), "-v", "error", "-nostdin", "-y", *arguments]
    subprocess.run(command, check=True, timeout=120)


class Growth:
    """The playlists of a film as a reader meets them while it is made: with their first pieces."""

    def __init__(self, folder: Path) -> None:
        self.whole = {path: path.read_text() for path in folder.glob("*/index.m3u8")}

    def show(self, seconds: int) -> None:
        """Lets so much of the film be seen; all of it, and its end, from its whole length on."""
        for path, text in self.whole.items():
            new = path.with_suffix(".new")
            new.write_text(text if seconds >= LENGTH_S else _first(text, seconds // PIECE_S))
            new.replace(path)


def _first(playlist: str, pieces: int) -> str:
    ends = [match.end() for match in re.finditer(r"^\d+\.m4s\n", playlist, re.MULTILINE)]
    return playlist[: ends[pieces - 1]]

"""Draws, voices and encodes the three clips of the demo story, and writes their captions.

Run it from the root of the repository:

    python -m demo_footage.draw [house] [pistol] [sentry]

It needs espeak-ng on PATH, the Noto and Liberation fonts, and about two minutes. The results are
part of the repository: run it again only to change the clips.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import imageio_ffmpeg
from PIL import Image

from demo_footage import house, phone, pistol, script, sentry, sound
from demo_footage.paint import Finish
from demo_footage.phone import Phone
from demo_footage.script import Line, Script

DEMO = Path(__file__).resolve().parent.parent / "articles" / "demo"
_PAUSE_MS = 120


class Scene(Protocol):
    """Something that can be drawn at any moment."""

    def frame(self, at_ms: int) -> Image.Image:
        """Return the picture at ``at_ms`` milliseconds."""


class Clip(NamedTuple):
    """All that makes one clip; ``crf`` is x264's quality, lower is better and larger."""

    file: str
    scene: type[Scene]
    size: tuple[int, int]
    fps: int
    length_ms: int
    script: Script
    phone: Phone
    crf: int


class Cue(NamedTuple):
    start_ms: int
    end_ms: int
    line: Line


CLIPS = {
    "house": Clip(
        "house.mov", house.House, house.SIZE, house.FPS, house.LENGTH_MS,
        script.HOUSE, phone.HOUSE, 29,
    ),
    "pistol": Clip(
        "pistol.mp4", pistol.Pistol, pistol.SIZE, pistol.FPS, pistol.LENGTH_MS,
        script.PISTOL, phone.PISTOL, 27,
    ),
    "sentry": Clip(
        "sentry.mp4", sentry.Sentry, sentry.SIZE, sentry.FPS, sentry.LENGTH_MS,
        script.SENTRY, phone.SENTRY, 27,
    ),
}  # fmt: skip


def main() -> None:
    for name in sys.argv[1:] or CLIPS:
        make(name, CLIPS[name])


def make(name: str, clip: Clip) -> None:
    """Write one clip and its captions into ``articles/demo``."""
    track, cues = voice(clip)
    film = DEMO / "footage" / clip.file
    with tempfile.TemporaryDirectory() as folder:
        wav = Path(folder) / "sound.wav"
        sound.write(track, wav)
        encode(clip, wav, film)
    phone.plant(film, clip.phone)
    for language, narrator in (("en", "Narrator"), ("ar", "الراوي")):
        captions = DEMO / "captions" / f"{name}.{language}.vtt"
        captions.write_text(webvtt(cues, language, narrator), encoding="utf-8")


def voice(clip: Clip) -> tuple[sound.Track, list[Cue]]:
    """Speak the lines over the effects; return the track, and each line with its time."""
    track, cues, free_ms = sound.silence(clip.length_ms), [], 0
    for effect in clip.script.effects:
        tone = sound.EFFECTS[effect.name](effect.end_ms - effect.start_ms)
        sound.lay(track, tone, effect.start_ms, effect.level)
    for line in clip.script.lines:
        start_ms, length_ms = max(line.from_ms, free_ms), line.sound_ms
        if not length_ms:
            spoken = sound.speak(line.english)
            sound.lay(track, spoken, start_ms, level=1.0)
            length_ms = sound.milliseconds(spoken)
        cues.append(Cue(start_ms, start_ms + length_ms, line))
        free_ms = start_ms + length_ms + _PAUSE_MS
    if free_ms > clip.length_ms:
        raise SystemExit(f"{clip.file}: the lines need {free_ms} ms; shorten them.")
    return track, cues


def encode(clip: Clip, wav: Path, film: Path) -> None:
    """Draw every frame into ffmpeg, which adds the sound and the phone's marks."""
    width, height = stored_size(clip)
    turned = ["-display_rotation:v:0", "-90", "-noautorotate"] if clip.phone.upright else []
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-bitexact",
        *turned, "-f", "rawvideo", "-pix_fmt", "rgb24",
        "-s", f"{width}x{height}", "-r", str(clip.fps), "-i", "-", "-i", str(wav),
        "-map", "0:v", "-map", "1:a",
        "-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p",
        "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
        "-c:v", "libx264", "-preset", "medium", "-crf", str(clip.crf), "-g", str(2 * clip.fps),
        # Dark skies band before anything else does.
        "-x264-params", "aq-mode=3:aq-strength=1.1",
        "-c:a", "aac", "-ar", "44100", "-ac", "1", "-b:a", "64k",
        "-threads", "2", "-bitexact", *phone.tags(clip.phone), str(film),
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:
        assert encoder.stdin is not None
        for frame in frames(clip):
            encoder.stdin.write(frame.tobytes())
        encoder.stdin.close()
    if encoder.returncode:
        raise SystemExit(f"{film.name}: ffmpeg ended with {encoder.returncode}.")


def stored_size(clip: Clip) -> tuple[int, int]:
    """Return width and height as stored: a phone held upright still stores a wide picture."""
    width, height = clip.size
    return (height, width) if clip.phone.upright else (width, height)


def frames(clip: Clip) -> Iterator[Image.Image]:
    """Yield the frames as they are stored."""
    scene, finish = clip.scene(), Finish(clip.size, clip.script.title, clip.length_ms)
    for number in range(clip.length_ms * clip.fps // 1000):
        at_ms = number * 1000 // clip.fps
        frame = finish.apply(scene.frame(at_ms), at_ms)
        yield frame.transpose(Image.Transpose.ROTATE_90) if clip.phone.upright else frame


def webvtt(cues: list[Cue], language: str, narrator: str) -> str:
    """Return the captions as WebVTT; a sound, in brackets, has no speaker."""
    blocks = ["WEBVTT"]
    for cue in cues:
        words = cue.line.english if language == "en" else cue.line.arabic
        said = words if cue.line.sound_ms else f"<v {narrator}>{words}"
        blocks.append(f"{timestamp(cue.start_ms)} --> {timestamp(cue.end_ms)}\n{said}")
    return "\n\n".join(blocks) + "\n"


def timestamp(at_ms: int) -> str:
    """Write milliseconds as WebVTT does.

    >>> timestamp(61205)
    '00:01:01.205'
    """
    seconds, rest = divmod(at_ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"


if __name__ == "__main__":
    main()

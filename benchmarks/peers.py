"""How others make a ladder: each rung from the source, in a process of its own.

Both recipes are the defaults of the programs that they are named after, as their public sources
have them, written as ffmpeg arguments of ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.costs import Cost, cost_of, run_ffmpeg
from benchmarks.films import RATE

KBPS = 1000
LOOKED_AT_S = 2


@dataclass(frozen=True)
class Recipe:
    """A ladder: short sides in the order of their making, and what is said to the encoder."""

    name: str
    words: str
    short_sides: Sequence[int]
    encoder: Sequence[str]
    scaler: str
    # The most kbit/s of a rung, and how many kilobits may be saved up; none where it has no cap.
    caps: dict[int, tuple[int, int]] = field(default_factory=dict)


def _mediacms_cap(kbps: int) -> tuple[int, int]:
    return kbps * 3 // 2, kbps * 3 // 2


def _peertube_cap(short_side: int, bits_a_pixel: float) -> tuple[int, int]:
    kbps = round(short_side * short_side * 16 / 9 * RATE * bits_a_pixel / KBPS)
    return kbps, kbps * 2


MEDIACMS = Recipe(
    name="MediaCMS",
    words="six rungs 144 to 1080, x264 preset medium, CRF 23, at most 1.5 times the table's rate, "
    "a keyframe every 4 s, main profile, lanczos; each from the source in its own process",
    short_sides=(144, 240, 360, 480, 720, 1080),
    scaler="lanczos",
    encoder=(
        *("-preset", "medium", "-crf", "23", "-profile:v", "main"),
        *("-force_key_frames", "expr:gte(t,n_forced*4)"),
        *("-x264-params", f"keyint={RATE * 8}:keyint_min={RATE * 4}"),
    ),
    caps={
        side: _mediacms_cap(kbps)
        for side, kbps in {240: 300, 360: 500, 480: 1000, 720: 2500, 1080: 4500}.items()
    },
)
PEERTUBE = Recipe(
    name="PeerTube",
    words="five rungs 1080 to 240, tallest first, x264 preset veryfast, CRF 23 capped by bits a "
    "pixel, b_strategy 1 with 16 B-frames, a keyframe every 2 s; each from the source in its own "
    "process",
    short_sides=(1080, 720, 480, 360, 240),
    scaler="bicubic",
    encoder=(
        *("-preset", "veryfast", "-b_strategy", "1", "-bf", "16"),
        *("-g", str(RATE * 2), "-r", str(RATE)),
    ),
    caps={
        side: _peertube_cap(side, bits)
        for side, bits in {1080: 0.10, 720: 0.11, 480: 0.12, 360: 0.15, 240: 0.17}.items()
    },
)


def make_ladder(recipe: Recipe, film: Path, folder: Path, *, tallest: int, share: float) -> Cost:
    """Make every rung up to ``tallest``, one process after the other; the cost of the whole film.

    Only the first LOOKED_AT_S seconds are made, which are ``share`` of the film: what a process
    costs to start is small beside that. The picture goes to ``<short side>.mp4``; the sound, which
    each process encodes anew, beside it.
    """
    folder.mkdir()
    sides = [side for side in recipe.short_sides if side <= tallest]
    cost = cost_of(lambda: _make_rungs(recipe, sides, film, folder))
    return Cost(*(part / share for part in (cost.own_s, cost.children_s, cost.wall_s)))


def _make_rungs(recipe: Recipe, sides: Sequence[int], film: Path, folder: Path) -> None:
    for side in sides:
        run_ffmpeg(rung_args(recipe, side, film), reads=film, writes=folder)


def rung_args(recipe: Recipe, short_side: int, film: Path) -> list[str]:
    arguments = ["-t", str(LOOKED_AT_S), "-i", str(film)]
    arguments += ["-map", "0:v:0", "-c:v", "libx264", "-pix_fmt", "yuv420p"]
    arguments += ["-vf", f"scale=-2:{short_side}:flags={recipe.scaler}", *recipe.encoder]
    if short_side in recipe.caps:
        most, buffer = recipe.caps[short_side]
        arguments += ["-maxrate", f"{most}k", "-bufsize", f"{buffer}k"]
    arguments += ["-movflags", "+faststart", f"{short_side}.mp4"]
    return [*arguments, "-map", "0:a:0", "-c:a", "aac", "-b:a", "128k", f"{short_side}.m4a"]

"""How good the pictures are: VMAF, as a player on a large screen would show them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.costs import run_ffmpeg
from benchmarks.films import Size
from benchmarks.peers import LOOKED_AT_S, MEDIACMS, PEERTUBE
from media import stores
from media.core.hls import INDEX_NAME
from media.models import Package

# VMAF looks at each frame alone, but for its movement: one of so many tells as much.
EVERY_FRAME = 5
# Both sides are taken as they lie in the file. A film that does not name its colours is else turned
# into what its neighbour names, and the difference of the two is counted as loss.
AS_IT_IS = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"
LOG = "vmaf.json"


@dataclass(frozen=True)
class Encoded:
    """One rung of somebody's ladder: a playlist or file, and what its pictures take."""

    ladder: str
    rung: str
    path: Path
    kbps: float


def vmaf(
    encoded: Path, source: Path, size: Size, folder: Path, *, every: int, most_s: int
) -> float:
    """The mean VMAF of a film beside its source, scaled up to the source's size.

    Frames are compared by their number, for both have a constant rate and all frames: one of
    ``every`` so many, in the first ``most_s`` seconds.
    """
    arguments = ["-t", str(most_s), "-i", str(encoded), "-t", str(most_s), "-i", str(source)]
    arguments += ["-an", "-lavfi"]
    arguments.append(
        f"[0:v]{AS_IT_IS},scale={size.width}:{size.height}:flags=bicubic,format=yuv420p,{AS_IT_IS},"
        f"settb=1/90000,setpts=N*3000[a];"
        f"[1:v]{AS_IT_IS},format=yuv420p,settb=1/90000,setpts=N*3000[b];"
        f"[a][b]libvmaf=n_threads=2:n_subsample={every}:log_fmt=json:log_path={LOG}"
    )
    run_ffmpeg([*arguments, "-f", "null", "-"], reads=source, writes=folder)
    told = json.loads((folder / LOG).read_text(encoding="utf-8"))
    return float(told["pooled_metrics"]["vmaf"]["mean"])


def measure(
    package: Package, made: Path, source: Path, size: Size, *, seconds: int
) -> list[dict[str, Any]]:
    """Rate every rung of our package, its AV1 too, and of the peers' ladders below ``made``."""
    with stores.localised("packages", package.public_id) as folder:
        names = list(package.renditions.values_list("name", flat=True))
        rungs = [*_our_rungs(folder, names, seconds), *_peers_rungs(made, seconds)]
        return [
            {
                "ladder": rung.ladder,
                "rung": rung.rung,
                "kbps": rung.kbps,
                "vmaf": vmaf(rung.path, source, size, made, every=EVERY_FRAME, most_s=LOOKED_AT_S),
            }
            for rung in rungs
        ]


def _our_rungs(folder: Path, names: Sequence[str], seconds: int) -> Iterator[Encoded]:
    for name in names:
        size = sum(path.stat().st_size for path in (folder / name).glob("*.m4s"))
        yield Encoded("Newsroom", name, folder / name / INDEX_NAME, size / 125 / seconds)


def _peers_rungs(made: Path, seconds: int) -> Iterator[Encoded]:
    for recipe in (MEDIACMS, PEERTUBE):
        folder = made / recipe.name.lower()
        for side in sorted(recipe.short_sides, reverse=True):
            path = folder / f"{side}.mp4"
            if path.exists():
                kbps = path.stat().st_size / 125 / min(seconds, LOOKED_AT_S)
                yield Encoded(recipe.name, f"v{side}", path, kbps)

"""(a), (b) and (f): what a whole package costs, beside other ways and beside the floor."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import floor, ours, peers
from benchmarks.costs import Cost
from benchmarks.figures import Row, ratios
from benchmarks.floor import Floor, Frames
from benchmarks.ours import Made
from media import planning
from media.core.ladder import Rung
from media.planning import Plan

APART_GOAL = 0.70
ENCODE_GOAL, PACKAGE_GOAL = 1.05, 1.10
REST_GOAL = 0.08


@dataclass(frozen=True)
class Round:
    """Everything that is compared, measured once, one after the other."""

    made: Made
    apart: Cost
    mediacms: Cost
    peertube: Cost
    floor: Floor
    prove: Cost
    scan: Cost
    sound_s: float
    pictures_s: float

    @property
    def encode_s(self) -> float:
        """The encoder's share of the whole package: of its child processes, all but the proof."""
        return self.made.whole.children_s - self.prove.children_s

    @property
    def rest_s(self) -> float:
        """All that is not encoding: hash, probe, join, proof, scan, database."""
        return self.made.intake.cpu_s + self.made.whole.own_s + self.prove.children_s

    @property
    def package_s(self) -> float:
        return self.made.intake.cpu_s + self.made.whole.cpu_s


def measure(film: Path, folder: Path, *, rounds: int) -> list[Round]:
    """Measure everything ``rounds`` times in turns. What the last round made stays there."""
    plan = planning.plan_for(ours.receive(film))
    (folder / "frames").mkdir(parents=True)
    frames = floor.undo_all(film, plan, folder / "frames")
    measured = []
    for number in range(rounds):
        place = folder / str(number)
        place.mkdir()
        measured.append(_round(film, plan, frames, place))
    return measured


def _round(film: Path, plan: Plan, frames: dict[Rung, Frames], folder: Path) -> Round:
    tallest = plan.rungs[0].short_side
    made = ours.make_package(film)
    apart = ours.encode_apart(plan, film, folder / "apart")
    share = min(1.0, peers.LOOKED_AT_S * 1000 / plan.length_ms)
    mediacms, peertube = (
        peers.make_ladder(recipe, film, folder / recipe.name.lower(), tallest=tallest, share=share)
        for recipe in (peers.MEDIACMS, peers.PEERTUBE)
    )
    return Round(
        made=made,
        apart=apart,
        mediacms=mediacms,
        peertube=peertube,
        floor=floor.measure(film, plan, frames, folder / "floor"),
        prove=ours.prove_again(made),
        scan=ours.scan_again(made),
        sound_s=ours.sound_cpu_s(plan, film, folder / "sound"),
        pictures_s=ours.pictures_cpu_s(plan, film, folder / "pictures"),
    )


def rows(rounds: Sequence[Round]) -> list[Row]:
    return [*_beside_others(rounds), *_beside_the_floor(rounds), *_the_rest(rounds)]


def _beside_others(rounds: Sequence[Round]) -> list[Row]:
    found = defaultdict(list)
    for one in rounds:
        others = {
            "a process for each rendition": one.apart,
            "MediaCMS's recipe": one.mediacms,
            "PeerTube's recipe": one.peertube,
        }
        for name, cost in others.items():
            found[f"whole package / {name}, CPU"].append(one.made.whole.cpu_s / cost.cpu_s)
            found[f"whole package / {name}, wall"].append(one.made.whole.wall_s / cost.wall_s)
        found["encode alone / a process for each rendition, CPU"].append(
            one.encode_s / one.apart.cpu_s
        )
    return [
        Row("a", name, values, goal=APART_GOAL if "rendition" in name else None)
        for name, values in found.items()
    ]


def _beside_the_floor(rounds: Sequence[Round]) -> list[Row]:
    floors = [one.floor.cpu_s for one in rounds]
    encode = ratios([one.encode_s for one in rounds], floors)
    package = ratios([one.package_s for one in rounds], floors)
    with_first = ratios([one.made.all_cpu_s for one in rounds], floors)
    return [
        Row("b", "encode alone / floor, CPU", encode, goal=ENCODE_GOAL),
        Row("b", "whole package, everything included / floor, CPU", package, goal=PACKAGE_GOAL),
        Row("b", "the same and its first play by re-wrapping / floor, CPU", with_first),
        Row("b", "floor, decoding", [one.floor.decode_s for one in rounds], unit="CPU s"),
        Row("b", "floor, scaling", [one.floor.scale_s for one in rounds], unit="CPU s"),
        Row("b", "floor, encoding", [one.floor.encode_s for one in rounds], unit="CPU s"),
    ]


def _the_rest(rounds: Sequence[Round]) -> list[Row]:
    encode = [one.encode_s for one in rounds]
    parts = {
        "hash, probe and first rows": [one.made.intake.cpu_s for one in rounds],
        "proof by decoding": [one.prove.children_s for one in rounds],
        "leak scan": [one.scan.own_s for one in rounds],
        "join, database and files": [one.made.whole.own_s - one.scan.own_s for one in rounds],
        "first play by re-wrapping, proof and scan included": [
            one.made.first.cpu_s for one in rounds
        ],
    }
    inside = {
        "sound, inside the encode": [one.sound_s for one in rounds],
        "poster, storyboard and stills, inside the encode": [
            one.pictures_s - one.floor.decode_s for one in rounds
        ],
    }
    everything = ratios([one.rest_s for one in rounds], encode)
    return [
        Row("f", "everything else / encode, CPU", everything, goal=REST_GOAL),
        *(
            Row("f", f"{name} / encode, CPU", ratios(values, encode))
            for name, values in (parts | inside).items()
        ),
    ]

"""Our own way, through the same verbs and the same queue as in earnest, and taken apart."""

from dataclasses import dataclass
from pathlib import Path

from benchmarks.costs import Cost, cost_of
from benchmarks.films import make_distinct
from media import clips, encoding, intake, leakscan, planning, proving, queue, stores
from media.core.encode_args import MP4_NAME, sound_folder
from media.core.parts import Part
from media.encoding import Watch
from media.intake import Arrival
from media.models import Clip, Footage, Job, Package
from media.planning import Plan

ARRIVAL = Arrival(Footage.Arrival.COMMAND, "bench")

# A sound may be longer than its picture, or shorter.
ANY_MS = 60_000


@dataclass(frozen=True)
class Made:
    """A finished package and what each step of it cost: the examination (with the hash), the
    first package, the whole one."""

    clip: Clip
    intake: Cost
    first: Cost
    whole: Cost

    @property
    def package(self) -> Package:
        package = self.clip.current_package
        assert package is not None
        return package

    @property
    def all_cpu_s(self) -> float:
        return self.intake.cpu_s + self.first.cpu_s + self.whole.cpu_s


def receive(film: Path) -> Clip:
    """Take a film into the archive as if it were new; its clip, for which work is asked."""
    make_distinct(film)
    footage = intake.receive_file(film, ARRIVAL)
    if not footage.is_ready:
        raise RuntimeError(f"the bench's film was rejected: {footage.reason}")
    return clips.make_clip(footage)


def work(kind: str, clip: Clip) -> None:
    """Do the job of a clip that waits, in this process. Raises RuntimeError if it failed."""
    job = Job.objects.about(kind, clip.pk).latest("pk")
    queue.work(job.pk)
    job.refresh_from_db()
    if job.state != Job.State.DONE:
        raise RuntimeError(f"{job}: {job.reason}")


def make_package(film: Path) -> Made:
    """Take in a film and make its first and its whole package, one after the other."""
    taken: list[Clip] = []
    intake_cost = cost_of(lambda: taken.append(receive(film)))
    clip = taken[0]
    first = cost_of(lambda: work("first_play", clip))
    whole = cost_of(lambda: work("package_clip", clip))
    clip = Clip.objects.select_related("footage", "current_package").get(pk=clip.pk)
    return Made(clip, intake_cost, first, whole)


def prove_again(made: Made) -> Cost:
    """What it costs to decode the beginnings and ends of a package."""
    names = list(made.package.renditions.values_list("name", flat=True))
    sounds = range(len(planning.plan_for(made.clip).probe.sounds))
    names += map(sound_folder, sounds)
    with stores.localised("packages", made.package.public_id) as folder:
        return cost_of(
            lambda: proving.prove(folder, names, mp4=MP4_NAME, sound_tolerance_ms=ANY_MS)
        )


def scan_again(made: Made) -> Cost:
    """What it costs to search a package for the words of its source."""
    with stores.localised("packages", made.package.public_id) as folder:
        return cost_of(lambda: leakscan.check_folder(folder, made.clip.footage))


def encode(plan: Plan, part: Part, film: Path, folder: Path) -> float:
    """Encode one part of a film with our arguments, in one process; its CPU seconds."""
    folder.mkdir()
    watch = Watch(keep_going=lambda: True)
    encoded = encoding.encode(film, folder, probe=plan.probe, part=part, cut=plan.cut, watch=watch)
    return encoded.cpu_s


def encode_apart(plan: Plan, film: Path, folder: Path) -> Cost:
    """The same files with the same settings, but a process for each rendition.

    The middle rung's process writes the sound and the MP4 as well, another one the pictures.
    """
    folder.mkdir()
    return cost_of(
        lambda: [
            encode(plan, part, film, folder / str(number))
            for number, part in enumerate(_apart(plan))
        ]
    )


def _apart(plan: Plan) -> list[Part]:
    alone = [Part(rungs=(rung,)) for rung in plan.others]
    middle = Part(rungs=(plan.middle,), with_sound=True, mp4_of=plan.middle)
    return [*alone, middle, Part(rungs=(), pictures=plan.pictures)]


def sound_cpu_s(plan: Plan, film: Path, folder: Path) -> float:
    return encode(plan, Part(rungs=(), with_sound=True), film, folder)


def pictures_cpu_s(plan: Plan, film: Path, folder: Path) -> float:
    """The poster, the storyboard and the stills, with a decoding of their own."""
    return encode(plan, Part(rungs=(), pictures=plan.pictures), film, folder)

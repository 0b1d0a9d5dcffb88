"""Clip out: the whole ladder, verified and scanned, before the clip's pointer is turned to it."""

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from media import (
    assembling,
    chunking,
    encoding,
    fixity,
    hiding,
    jail,
    leakscan,
    planning,
    posters,
    queue,
    sealing,
    stores,
)
from media.assembling import PACKED, Pieces, Track
from media.core import hls, poster_forms
from media.core.encode_args import sound_folder
from media.core.ids import new_id
from media.core.ladder import Rung
from media.core.parts import Part
from media.encoding import Watch
from media.errors import EncodingFailed
from media.models import Chunk, Clip, Job, Package, Picture
from media.models.job import SPARE
from media.planning import Plan

logger = logging.getLogger(__name__)

# The rest of the progress is joining, proving and scanning.
ENCODING_SHARE = 95
ORPHAN_AGE = timedelta(hours=1)
DAMAGED = "Files of this clip's package were changed on the disk: have it made anew."


def ask_for_package(clip: Clip) -> None:
    """Have the clip's package made, or made anew, in the background."""
    kind = "package_clip" if clip.current_package_id else "first_play"
    queue.request(kind, clip.pk, priority=queue.priority_of(clip))


def see_through(clip: Clip, *, on_percent: Callable[[int], None]) -> Job | None:
    """Wait until the whole package is made; the job that made it, or that failed, as it ended.

    Where no worker runs, the work is done in this process. None if nothing was asked for.
    """
    last = None
    for kind in ("first_play", "package_clip"):
        job = Job.objects.about(kind, clip.pk).order_by("-pk").first()
        if job is not None:
            last = queue.see_through(job, on_percent=on_percent)
            if last.state == Job.State.FAILED:
                break
    return last


@dataclass
class Making:
    """A package while it is made: ``folder`` takes its files, ``parts`` what encoders write.

    ``known`` are files of an earlier package of the clip that were scanned with it.
    """

    clip: Clip
    plan: Plan
    lease: queue.Lease
    work: Path
    folder: Path
    known: frozenset[str] = frozenset()
    complaints: int = 0
    pictures: dict[str, object] = field(default_factory=dict)

    def encode(self, part: Part, *, nice: int, share: range) -> list[Track]:
        """Encode one part in one process; its renditions, joined, and its single files."""
        parts = self.work / "parts"
        parts.mkdir()
        with stores.original(self.clip.footage.store_name) as source:
            encoded = encoding.encode(
                source,
                parts,
                probe=self.plan.probe,
                part=part,
                cut=self.plan.cut,
                watch=Watch(self.lease.is_held, lambda done: self.report(done, share)),
                nice=nice,
            )
        self.complaints += encoded.complaints
        names = [rung.name for rung in part.rungs]
        if part.with_sound:
            names += map(sound_folder, range(len(self.plan.probe.sounds)))
        tracks = [assembling.assemble(self.folder / name, [Pieces(parts / name)]) for name in names]
        if part.pictures is not None:
            self.pictures = assembling.move_single_files(
                parts, self.folder, part.pictures, self.plan.length_ms
            )
        return tracks

    def encode_in_chunks(self, rungs: Sequence[Rung], *, share: range) -> list[Track]:
        """Have rungs encoded by all workers that are free, and join what they made."""
        chunks = chunking.encode(
            self.clip, self.plan, rungs, self.lease, lambda done: self.report(done, share)
        )
        self.complaints += sum(chunk.complaints for chunk in chunks)
        return [
            assembling.assemble(
                self.folder / rung.name,
                [chunking.pieces_of(chunk, rung, self.work) for chunk in chunks],
            )
            for rung in rungs
        ]

    def report(self, done: int, share: range) -> None:
        """Tell the lease a percentage of a part as one of the whole."""
        self.lease.report(share.start + done * len(share) // 100)

    def make(self) -> None:
        """Fill the folder with every rendition and picture of the plan, and their playlists."""
        plan = self.plan
        tracks: list[Track] = []
        rungs: Sequence[Rung] = plan.rungs
        if self._take_over_base():
            rungs = plan.others
        elif plan.is_chunked:
            tracks += self.encode(plan.base, nice=encoding.NICE_LADDER, share=range(20))
            rungs = plan.others
        tracks += self._encode_rungs(rungs)
        heard = [track for track in tracks if track.frames]
        assembling.write_playlists(heard, target_s=hls.TARGET_S)

    def take_over(self, package: Package, *, but: Collection[str] = ()) -> None:
        """Give the files of an earlier package of the clip a second name here, and its facts.

        Files and folders in ``but`` are left out, and its lists of what it holds. Raises
        EncodingFailed where its files are not those that were made and scanned.
        """
        if fixity.damage_of_package(package):
            raise EncodingFailed(DAMAGED)
        taken = stores.take_over(
            package.public_id, self.folder, but={hls.MASTER_NAME, hls.MASTER_NAME + PACKED, *but}
        )
        if leakscan.holds_for(package.scan, self.clip.footage):
            self.known = taken
        self.pictures = package.pictures
        self.complaints += sealing.DAMAGED in package.remarks

    def draw_posters(self) -> None:
        """Draw the poster in the sizes and formats that pages ask for."""
        self.pictures = {**self.pictures, poster_forms.FOLDER: posters.draw(self.folder)}

    def _encode_rungs(self, rungs: Sequence[Rung]) -> list[Track]:
        if not rungs:
            return []
        if self.plan.is_chunked:
            return self.encode_in_chunks(rungs, share=range(20, ENCODING_SHARE))
        part = self.plan.whole if rungs is self.plan.rungs else Part(rungs=tuple(rungs))
        return self.encode(part, nice=encoding.NICE_LADDER, share=range(ENCODING_SHARE))

    def _take_over_base(self) -> bool:
        """Take the middle rung, the sound and the pictures from the first package, if it can be."""
        first = self.clip.current_package
        if first is None or first.state != Package.State.FIRST or first.recipe != self.plan.recipe:
            return False
        try:
            self.take_over(first)
        except EncodingFailed:
            logger.warning("clip %s: its first package is damaged", self.clip.public_id)
            return False
        return True


def package_clip(clip_id: int, lease: queue.Lease) -> None:
    """Job: make the whole package of a clip and make it the current one.

    Raises EncodingFailed or LeakFound with a sentence; raises LeaseLost, leaving no trace, when
    the job was given to somebody else meanwhile.
    """
    clip = Clip.objects.select_related("footage", "current_package").get(pk=clip_id)
    plan = planning.plan_for(clip)
    package = Package(
        clip=clip, public_id=new_id(), recipe=plan.recipe, mp4_height=plan.middle.short_side
    )
    try:
        with stores.work_folder() as work:
            making = Making(clip, plan, lease, work, work / package.public_id)
            making.folder.mkdir()
            making.make()
            if not plan.av1_rungs:
                # No version is to come that could bring them.
                making.draw_posters()
            measured = seal(making, package, plan.rungs)
        with lease.finishing():
            sealing.make_current(package, measured)
            ask_for_av1(plan, package)
    except jail.Stopped as error:
        raise queue.LeaseLost from error
    except BaseException:
        stores.remove_package(package.public_id)
        raise
    chunking.discard(Chunk.objects.filter(clip=clip, codec=plan.middle.codec))
    logger.info("clip %s: package %s is current", clip.public_id, package.public_id)


def ask_for_av1(plan: Plan, package: Package) -> None:
    """Have added to a whole package what nobody waits for: AV1, and light forms of its poster."""
    if plan.av1_rungs and not package.has_av1:
        queue.request("add_av1", package.clip_id, priority=SPARE)


def seal(making: Making, package: Package, rungs: Sequence[Rung]) -> sealing.Measured:
    """Measure, prove and scan a finished folder, and keep it; the package's row is filled."""
    measured = sealing.measure(making.folder, making.plan, rungs)
    sealing.refuse_garbage(making.plan, measured, making.complaints)
    package.proof = hiding.prove(
        making.folder,
        making.plan,
        films=[variant.name for variant in measured.variants],
        sounds=[sound.name for sound in measured.sounds],
    )
    package.hides = making.plan.hides
    package.crop = making.plan.cut.crop._asdict() if making.plan.cut.crop else {}
    package.start_ms, package.end_ms = making.plan.span
    assembling.write_playlist(making.folder / hls.MASTER_NAME, sealing.master(measured))
    scan = leakscan.check_folder(making.folder, making.clip.footage, known=making.known)
    package.scan = scan.as_json()
    package.pictures = making.pictures
    package.byte_size = sealing.byte_size(making.folder)
    package.remarks = sealing.remarks(making.plan, measured, making.complaints)
    measured = replace(measured, files=fixity.digests(making.folder))
    stores.keep_package(making.folder, package.public_id)
    return measured


def remove_orphans() -> None:
    """Delete what a worker left that was killed: its work, folders of `packages` without a row."""
    stores.remove_dead_work(ORPHAN_AGE)
    known = set(Package.objects.values_list("public_id", flat=True))
    known |= set(Chunk.objects.values_list("store_name", flat=True))
    known |= set(Picture.objects.values_list("public_id", flat=True))
    for name in stores.old_packages(ORPHAN_AGE):
        if name not in known:
            logger.info("package folder %s belongs to nobody and is removed", name)
            stores.remove_package(name)

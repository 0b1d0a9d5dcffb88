"""A package that grows: it can be watched from its first segment on, while the rest is made.

Every file is scanned before it is put among the package's files, and is named by a playlist only
after that. Who reads it, an editor before publication or a reader of a cleared clip, meets at
every moment a playlist all of whose files are there.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from media import assembling, fixity, leakscan, queue, release, sealing, stores
from media.assembling import PACKED, Pieces, Track
from media.core import hls
from media.core.encode_args import AUDIO_KBPS, OPENING_PIECES, POSTER_NAME
from media.core.ids import new_id
from media.core.ladder import Rung
from media.errors import EncodingFailed
from media.models import Clip, Job, Package
from media.models.job import FIRST_PLAY
from media.planning import Plan

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Source:
    """What an encoder is writing: one rung, so many sound tracks, pieces of at most so long."""

    rung: Rung
    sounds: Sequence[str]
    target_s: int
    recipe: str

    @property
    def is_encoded(self) -> bool:
        """Whether the whole package may take its files over: they have a recipe."""
        return self.recipe != ""


class Growth:
    """One growing package of one clip, made from the pieces that appear in ``parts``.

    ``joined`` is a folder that the encoder cannot reach, where files wait for their scan.
    """

    def __init__(
        self,
        clip: Clip,
        plan: Plan,
        source: Source,
        lease: queue.Lease,
        *,
        parts: Path,
        joined: Path,
    ) -> None:
        self.clip, self.plan, self.source, self.lease = clip, plan, source, lease
        self.parts, self.joined = parts, joined
        self.scanner = leakscan.Scanner(clip.footage)
        names = [source.rung.name, *source.sounds]
        self.tracks = [Track(joined / name) for name in names]
        self.pieces = [Pieces(parts / name) for name in names]
        self.package = Package(
            clip=clip,
            public_id=new_id(),
            state=Package.State.GROWING,
            recipe=source.recipe,
            duration_ms=plan.length_ms,
            start_ms=plan.cut.start_ms,
            end_ms=plan.span.end_ms,
        )
        self.poster = b""

    @property
    def has_begun(self) -> bool:
        return self.package.pk is not None

    @property
    def percent(self) -> int:
        """How much of the clip is there."""
        picture = self.tracks[0]
        seconds = picture.time // picture.facts.timescale
        return min(100, seconds * 100_000 // max(1, self.plan.length_ms))

    def open(self, opening: Path) -> None:
        """Take the first pieces of every sound from a folder in which they were made ahead.

        The encoder's own first pieces, the same to the byte, are passed over.
        """
        for number, name in enumerate(self.source.sounds, start=1):
            ahead = Pieces(opening / name, end=OPENING_PIECES)
            # The one after them shows that they are whole.
            if len(ahead.listed()) > OPENING_PIECES:
                self._put(self.tracks[number].take(ahead))
                self.pieces[number].taken = OPENING_PIECES

    def look(self) -> None:
        """Take up what the encoder has finished since the last time."""
        written = []
        for track, pieces in zip(self.tracks, self.pieces, strict=True):
            written += track.take(pieces)
        if written:
            self._put(written)
            self._show()

    def _put(self, files: Sequence[Path]) -> None:
        """Scan files and move them among the package's own."""
        self.scanner.check(self.joined, files)
        for file in files:
            name = file.relative_to(self.joined).as_posix()
            stores.put_into_package(self.package.public_id, name, file)

    def _write(self, name: str, content: bytes) -> None:
        path = self.joined / name
        path.write_bytes(content)
        self._put([path])

    def _show(self) -> None:
        """Name in the playlists what is there; the first time, turn the clip's pointer to it."""
        if not all(track.segments for track in self.tracks):
            return
        self._put_poster()
        for track in self.tracks:
            text = track.playlist(target_s=self.source.target_s, growing=True)
            self._write(f"{track.folder.name}/{hls.INDEX_NAME}", text.encode())
        if not self.has_begun:
            self._write(hls.MASTER_NAME, self._provisional_master().encode())
            self._begin()
        release.place_growth(self.clip, self.package)

    def _put_poster(self) -> None:
        """The first frame stands for a clip until the poster's moment has come.

        Not where an editor chose that moment: the first frame may be what is not to be seen.
        """
        path = self.parts / POSTER_NAME
        if self.plan.has_chosen_poster or not path.is_file():
            return
        content = assembling.read_plain(path)
        if content != self.poster:
            self.poster = content
            self._write(POSTER_NAME, content)

    def _provisional(self) -> hls.Variant:
        """Rates as the rung may have at most; the measured ones come with the last segment."""
        picture, cap = self.tracks[0], self.source.rung.cap_kbps * 1000
        return hls.Variant(
            name=self.source.rung.name,
            width=picture.facts.width,
            height=picture.facts.height,
            codecs=picture.facts.codecs,
            frame_rate=self.plan.probe.frame_rate,
            rates=hls.Rates(cap, cap),
        )

    def _provisional_master(self) -> str:
        rates = hls.Rates(AUDIO_KBPS * 1000, AUDIO_KBPS * 1000)
        heard = [
            sealing.sound_of(self.plan.probe, number, track.facts, rates)
            for number, track in enumerate(self.tracks[1:])
        ]
        return hls.master_playlist([self._provisional()], heard)

    def _begin(self) -> None:
        picture, *sounds = self.tracks
        package = self.package
        package.width, package.height = picture.facts.width, picture.facts.height
        package.byte_size = package.mp4_byte_size = package.mp4_height = 0
        package.has_audio = bool(sounds)
        package.scan = self.scanner.scan.as_json()
        with self.lease.holding():
            package.version = sealing.next_version(self.clip)
            package.save()
            sealing.note_renditions(package, [self._provisional()])
            Clip.objects.filter(pk=self.clip.pk).update(current_package=package)
            queue.request("refresh_clip", self.clip.pk, priority=FIRST_PLAY)
        logger.info("clip %s can be watched", self.clip.public_id)

    def end(self, complaints: int) -> None:
        """Seal the package: it holds all that the encoder made, measured and proved."""
        self.look()
        for track in self.tracks:
            self._put(track.flush())
        self.tracks = [track for track in self.tracks if track.frames]
        if not any(track.has_pictures for track in self.tracks):
            raise EncodingFailed(sealing.GARBAGE)
        assembling.write_playlists(self.tracks, target_s=self.source.target_s)
        pictures = assembling.move_single_files(
            self.parts, self.joined, self.plan.pictures, self.plan.length_ms
        )
        self._put(sorted(path for path in self.joined.rglob("*") if path.is_file()))
        with stores.localised("packages", self.package.public_id) as folder:
            measured = sealing.measure(folder, self.plan, [self.source.rung])
            self.package.byte_size = sealing.byte_size(folder)
        sealing.refuse_garbage(self.plan, measured, complaints)
        assembling.write_playlist(self.joined / hls.MASTER_NAME, sealing.master(measured))
        self._put([self.joined / hls.MASTER_NAME, self.joined / (hls.MASTER_NAME + PACKED)])
        with stores.localised("packages", self.package.public_id) as folder:
            measured = replace(measured, files=fixity.digests(folder))
        self.package.state = Package.State.FIRST
        self.package.mp4_height = self.source.rung.short_side
        self.package.remarks = sealing.remarks(self.plan, measured, complaints)
        self.package.pictures = pictures
        self.package.scan = self.scanner.scan.as_json()
        with self.lease.finishing():
            sealing.make_current(self.package, measured)
            queue.request("package_clip", self.clip.pk, priority=queue.priority_of(self.clip))
        release.place_growth(self.clip, self.package)


def let_go(package: Package) -> None:
    """Turn readers away from a package that will not be finished.

    Its files stay until no page names them: see ``discard_dead``.
    """
    if package.pk is None:
        stores.remove_package(package.public_id)
        return
    with transaction.atomic():
        watched = Clip.objects.filter(current_package=package)
        # Finished for all that, where the trouble came after its last step.
        if watched.filter(current_package__state=Package.State.GROWING).update(
            current_package=None
        ):
            queue.request("refresh_clip", package.clip_id, priority=FIRST_PLAY)


def discard(package: Package) -> None:
    """Leave no trace of a package that no clip shows."""
    stores.remove_public(release.public_name(package.public_id))
    package.delete()
    stores.remove_package(package.public_id)


def discard_dead() -> None:
    """Remove the growing packages that nobody makes any more, and first ones long replaced."""
    unfinished = Job.objects.unfinished()
    at_work = unfinished.filter(kind="first_play").values("subject_id")
    shown = unfinished.filter(kind="refresh_clip").values("subject_id")
    dead = Package.objects.growing().exclude(clip_id__in=at_work)
    for package in dead.exclude(current_for=None):
        let_go(package)
    for package in dead.filter(current_for=None).exclude(clip_id__in=shown):
        discard(package)
    for package in Package.objects.stepping_stones(timezone.now() - release.GRACE):
        discard(package)

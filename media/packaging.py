"""Clip out: plan, encode, verify, scan, and only then flip the pointer to the new package."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from django.db.models import Max

from media import custody, encoding, intake, jail, leakscan, queue, stores
from media.core import hls, mp4
from media.core.encode_args import AUDIO_FOLDER, MP4_NAME, PLAYLIST_NAME, POSTER_NAME, Cut
from media.core.ids import new_id
from media.core.ladder import Rung, middle_rung, plan_ladder
from media.core.probe import Probe, Unusable, read_probe
from media.errors import EncodingFailed
from media.leakscan import Scan
from media.models import Clip, CustodyEvent, Package, Rendition

logger = logging.getLogger(__name__)

POSTER_PERCENT = 15
# The rest of the progress is verifying and scanning.
ENCODING_SHARE = 95
NOTABLE_MS = 500
ORPHAN_AGE = timedelta(hours=1)
UNSOUND = (
    "The encoded files are not sound and were thrown away: try again, and report it with the log."
)


@dataclass(frozen=True)
class Verified:
    """What was measured on the finished files."""

    variants: tuple[hls.Variant, ...]
    width: int
    height: int
    duration_ms: int
    byte_size: int
    mp4_byte_size: int
    mp4_height: int


def ask_for_package(clip: Clip, *, priority: int = 0) -> None:
    """Have the clip's package made, or made anew, in the background."""
    queue.request("package_clip", clip.pk, priority=priority)


def package_clip(clip_id: int, lease: queue.Lease) -> None:
    """Make a new package of a clip and make it the current one.

    Raises EncodingFailed or LeakFound with a sentence; raises LeaseLost, leaving no trace, when
    the job was given to somebody else meanwhile.
    """
    clip = Clip.objects.select_related("footage").get(pk=clip_id)
    if not clip.footage.is_ready:
        raise EncodingFailed("Its footage is not ready: see the reason on the footage.")
    probe = read_probe(clip.footage.probe or {})
    public_id = new_id()
    try:
        with stores.work_folder() as work:
            folder = work / public_id
            folder.mkdir()
            verified, remarks = _make(clip, probe, folder, lease)
            scan = leakscan.check_folder(folder, clip.footage)
            stores.keep_package(folder, public_id)
        with lease.finishing():
            _flip(clip, public_id, probe, verified, scan, remarks)
    except jail.Stopped as error:
        raise queue.LeaseLost from error
    except BaseException:
        stores.remove_package(public_id)
        raise
    logger.info("clip %s: package %s is current", clip.public_id, public_id)


def _make(clip: Clip, probe: Probe, folder: Path, lease: queue.Lease) -> tuple[Verified, list[str]]:
    rungs = plan_ladder(probe.short_side)
    cut = Cut(clip.in_ms, clip.out_ms)
    length_ms = cut.length_ms(probe.duration_ms)
    if length_ms <= 0:
        raise EncodingFailed("The in point lies behind the footage's end: set an earlier one.")
    poster_ms = clip.poster_ms if clip.poster_ms is not None else length_ms * POSTER_PERCENT // 100
    with stores.localised("originals", clip.footage.store_name) as source:
        encoded = encoding.encode(
            source,
            folder,
            probe=probe,
            rungs=rungs,
            cut=cut,
            poster_ms=poster_ms,
            on_percent=lambda percent: lease.report(percent * ENCODING_SHARE // 100),
            keep_going=lease.is_held,
        )
    verified = verify(folder, probe, rungs)
    _refuse_garbage(encoded.complaints, verified.duration_ms, probe.frame_rate)
    return verified, _remarks(encoded.complaints, length_ms, verified.duration_ms)


def _refuse_garbage(complaints: int, duration_ms: int, frame_rate: Fraction) -> None:
    """A decoder that complains of most frames drew noise, whatever its return code says."""
    if complaints > 20 and complaints > duration_ms * frame_rate / 1000 / 2:
        raise EncodingFailed(encoding.GARBAGE)


def _remarks(complaints: int, expected_ms: int, duration_ms: int) -> list[str]:
    remarks = []
    if complaints:
        remarks.append(
            "The picture is damaged in places: look at the whole clip before you publish it."
        )
    if abs(expected_ms - duration_ms) > NOTABLE_MS:
        remarks.append(
            f"The clip lasts {duration_ms / 1000:.1f} s, "
            f"the footage promised {expected_ms / 1000:.1f} s."
        )
    return remarks


def verify(folder: Path, probe: Probe, rungs: tuple[Rung, ...]) -> Verified:
    """Measure the finished files and write the multivariant playlist. Raises EncodingFailed.

    Every rung has the same segments, each file that a playlist names is there, the MP4 opens and
    lasts as long as the rungs.
    """
    if not all(map(_is_plain, folder.rglob("*"))):
        raise EncodingFailed(UNSOUND)
    try:
        sound = _measure(folder / AUDIO_FOLDER) if probe.sound is not None else None
        rung_measures = {rung.name: _measure(folder / rung.name) for rung in rungs}
    except (OSError, ValueError, KeyError) as error:
        raise EncodingFailed(UNSOUND) from error
    lengths = {tuple(s.duration_ms for s in measure.segments) for measure in rung_measures.values()}
    if len(lengths) != 1 or not (folder / POSTER_NAME).is_file():
        raise EncodingFailed(UNSOUND)
    duration_ms = sum(lengths.pop())
    variants = tuple(
        measure.variant(name, probe.frame_rate, sound) for name, measure in rung_measures.items()
    )
    playlist = hls.master_playlist(variants, with_sound=sound is not None)
    (folder / hls.MASTER_NAME).write_text(playlist, encoding="utf-8", newline="\n")
    middle = middle_rung(rungs)
    _verify_mp4(folder / MP4_NAME, duration_ms, has_sound=sound is not None)
    return Verified(
        variants=variants,
        width=variants[0].width,
        height=variants[0].height,
        duration_ms=duration_ms,
        byte_size=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
        mp4_byte_size=(folder / MP4_NAME).stat().st_size,
        mp4_height=middle.short_side,
    )


def _is_plain(path: Path) -> bool:
    """A file or a folder of its own: a link, made by a hostile source, would lead elsewhere."""
    return not path.is_symlink() and (path.is_file() or path.is_dir())


@dataclass(frozen=True)
class _Measure:
    """One rung, or the sound, as it lies on the disk."""

    track: mp4.Track
    segments: list[hls.Segment]
    peak_bps: int
    average_bps: int

    def variant(self, name: str, rate: Fraction, sound: "_Measure | None") -> hls.Variant:
        codecs = [self.track.codecs] + ([sound.track.codecs] if sound else [])
        return hls.Variant(
            name=name,
            width=self.track.width,
            height=self.track.height,
            codecs=",".join(codecs),
            frame_rate=rate,
            peak_bps=self.peak_bps + (sound.peak_bps if sound else 0),
            average_bps=self.average_bps + (sound.average_bps if sound else 0),
        )


def _measure(folder: Path) -> _Measure:
    segments = hls.read_media_playlist((folder / PLAYLIST_NAME).read_text(encoding="utf-8"))
    sizes = [(folder / segment.name).stat().st_size for segment in segments]
    if not all(sizes):
        raise hls.BrokenPlaylist("an empty segment")
    return _Measure(
        mp4.read_track((folder / "init.mp4").read_bytes()),
        segments,
        *hls.bit_rates(segments, sizes),
    )


def _verify_mp4(path: Path, duration_ms: int, *, has_sound: bool) -> None:
    """The plain MP4 is opened as any player would, in the jail: it came from untrusted bytes."""
    try:
        probe = read_probe(intake.examine_file(path))
    except Unusable as error:
        raise EncodingFailed(UNSOUND) from error
    longest_ms = max(duration_ms, probe.duration_ms)
    if (probe.sound is not None) != has_sound or probe.duration_ms < duration_ms - NOTABLE_MS:
        logger.error("the MP4 lasts %d of %d ms", probe.duration_ms, longest_ms)
        raise EncodingFailed(UNSOUND)


def _flip(
    clip: Clip, public_id: str, probe: Probe, verified: Verified, scan: Scan, remarks: list[str]
) -> None:
    """Write the rows of the new package and point the clip at it; the caller holds the lease."""
    newest = clip.packages.aggregate(newest=Max("version"))["newest"] or 0
    package = Package.objects.create(
        public_id=public_id,
        clip=clip,
        version=newest + 1,
        width=verified.width,
        height=verified.height,
        duration_ms=verified.duration_ms,
        byte_size=verified.byte_size,
        mp4_byte_size=verified.mp4_byte_size,
        mp4_height=verified.mp4_height,
        has_audio=probe.sound is not None,
        scan=scan.as_json(),
        remarks=remarks,
    )
    Rendition.objects.bulk_create(_rendition(package, variant) for variant in verified.variants)
    Clip.objects.filter(pk=clip.pk).update(current_package=package)
    custody.record(
        clip.footage,
        CustodyEvent.Kind.CUT,
        actor="newsroom",
        detail={"clip": clip.public_id, "package": public_id, "version": package.version},
    )
    queue.request("refresh_clip", clip.pk)


def _rendition(package: Package, variant: hls.Variant) -> Rendition:
    return Rendition(
        package=package,
        name=variant.name,
        width=variant.width,
        height=variant.height,
        codecs=variant.codecs,
        frame_rate=Decimal(f"{float(variant.frame_rate):.3f}"),
        peak_bps=variant.peak_bps,
        average_bps=variant.average_bps,
    )


def remove_orphans() -> None:
    """Delete package folders that no row knows: what a worker left that was killed."""
    known = set(Package.objects.values_list("public_id", flat=True))
    for name in stores.old_packages(ORPHAN_AGE):
        if name not in known:
            logger.info("package folder %s belongs to nobody and is removed", name)
            stores.remove_package(name)

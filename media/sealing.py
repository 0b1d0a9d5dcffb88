"""Sealing a package: measured, proved by decoding; then the clip's pointer is turned to it."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from django.db.models import Max

from media import custody, fixity, proving, queue, retiming
from media.core import custody_chain, hls, languages, mp4
from media.core.encode_args import MP4_NAME, POSTER_NAME, sound_folder
from media.core.ladder import Rung
from media.core.probe import Probe
from media.errors import EncodingFailed
from media.models import Clip, CustodyEvent, Package, Rendition
from media.planning import Plan

logger = logging.getLogger(__name__)

NOTABLE_MS = 500
"""How much a clip may be shorter than its footage promised before it is worth a remark."""
GARBAGE = "The picture cannot be decoded: nearly every frame is damaged. Ask for the file again."
DAMAGED = "The picture is damaged in places: look at the whole clip before you publish it."


@dataclass(frozen=True)
class Measured:
    """What the finished files are: sizes in bytes, times in milliseconds; and the SHA-256 of each
    by its name, when none of them will be written any more.
    """

    variants: tuple[hls.Variant, ...]
    sounds: tuple[hls.Sound, ...]
    duration_ms: int
    mp4_byte_size: int
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def tallest(self) -> hls.Variant:
        return max(self.variants, key=lambda variant: variant.width * variant.height)


def measure(folder: Path, plan: Plan, rungs: Sequence[Rung]) -> Measured:
    """Measure a finished folder, and prove that it plays. Raises EncodingFailed.

    Every rung has the same segments, and each file that a playlist names is there.
    """
    if not all(map(_is_plain, folder.rglob("*"))):
        raise EncodingFailed(proving.UNSOUND)
    try:
        variants = tuple(_variant(folder / rung.name, plan.probe) for rung in rungs)
        sounds = tuple(_sound(folder, number, plan.probe) for number in _sounds(folder, plan.probe))
        lengths = {tuple(_lengths(folder / rung.name)) for rung in rungs}
        mp4_byte_size = (folder / MP4_NAME).stat().st_size
    except (OSError, ValueError, KeyError) as error:
        logger.exception("the files cannot be measured")
        raise EncodingFailed(proving.UNSOUND) from error
    if len(lengths) != 1 or not (folder / POSTER_NAME).is_file():
        logger.error("there is no poster, or the rungs have %d lengths", len(lengths))
        raise EncodingFailed(proving.UNSOUND)
    names = [variant.name for variant in variants] + [sound.name for sound in sounds]
    # Sound may begin after the pictures and end before or after them: that is the source's own.
    proving.prove(folder, names, mp4=MP4_NAME, sound_tolerance_ms=plan.probe.duration_ms)
    return Measured(
        variants=variants,
        sounds=sounds,
        duration_ms=round(sum(lengths.pop()) / 1000),
        mp4_byte_size=mp4_byte_size,
    )


def _is_plain(path: Path) -> bool:
    """A file or a folder of its own: a link, made by a hostile source, would lead elsewhere."""
    return not path.is_symlink() and (path.is_file() or path.is_dir())


def _lengths(folder: Path) -> list[int]:
    return [segment.duration_us for segment in _segments(folder)]


def _segments(folder: Path) -> list[hls.Segment]:
    return hls.read_media_playlist((folder / hls.INDEX_NAME).read_text(encoding="utf-8"))


def _rates(folder: Path) -> hls.Rates:
    segments = _segments(folder)
    sizes = [(folder / segment.name).stat().st_size for segment in segments]
    if not all(sizes):
        raise hls.BrokenPlaylist("an empty segment")
    return hls.bit_rates(segments, sizes, target_s=hls.target_s(segments))


def _variant(folder: Path, probe: Probe) -> hls.Variant:
    track = mp4.read_track((folder / hls.INIT_NAME).read_bytes())
    frames = hls.read_iframe_playlist((folder / hls.IFRAMES_NAME).read_text(encoding="utf-8"))
    return hls.Variant(
        name=folder.name,
        width=track.width,
        height=track.height,
        codecs=track.codecs,
        frame_rate=probe.frame_rate,
        rates=_rates(folder),
        iframes=hls.iframe_rates(frames),
    )


def _sounds(folder: Path, probe: Probe) -> list[int]:
    """The numbers of the sound tracks that were made."""
    numbers = range(len(probe.sounds))
    return [number for number in numbers if (folder / sound_folder(number)).is_dir()]


def _sound(folder: Path, number: int, probe: Probe) -> hls.Sound:
    place = folder / sound_folder(number)
    track = mp4.read_track((place / hls.INIT_NAME).read_bytes())
    return sound_of(probe, number, track, _rates(place))


def sound_of(probe: Probe, number: int, track: mp4.Track, rates: hls.Rates) -> hls.Sound:
    """How a sound track stands in the multivariant playlist."""
    language = probe.sounds[number].language
    return hls.Sound(
        name=sound_folder(number),
        codecs=track.codecs,
        channels=track.channels,
        language=language,
        label=languages.language_name(language) if language else "Sound",
        rates=rates,
    )


def byte_size(folder: Path) -> int:
    """What a finished package takes on the disk."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def master(measured: Measured) -> str:
    return hls.master_playlist(measured.variants, measured.sounds)


def remarks(plan: Plan, measured: Measured, complaints: int) -> list[str]:
    """What an editor should know of a package that plays."""
    found = [DAMAGED] if complaints else []
    if plan.probe.sounds and not measured.sounds:
        found.append("The sound cannot be decoded, so the clip is silent: ask for the file again.")
    if abs(plan.length_ms - measured.duration_ms) > NOTABLE_MS:
        found.append(
            f"The clip lasts {measured.duration_ms / 1000:.1f} s, "
            f"the footage promised {plan.length_ms / 1000:.1f} s."
        )
    return found


def refuse_garbage(plan: Plan, measured: Measured, complaints: int) -> None:
    """A decoder that complains of every frame drew noise, whatever its return code says.

    Of a damaged frame it says two things or more.
    """
    frames = round(measured.duration_ms * plan.probe.frame_rate / 1000)
    if complaints > max(20, frames):
        raise EncodingFailed(GARBAGE)


def make_current(package: Package, measured: Measured) -> None:
    """Write what was measured into the package's row and turn the clip's pointer to it.

    The caller holds the lease and the transaction.
    """
    clip, tallest = package.clip, measured.tallest
    package.version = package.version or next_version(clip)
    package.width, package.height = tallest.width, tallest.height
    package.duration_ms = measured.duration_ms
    package.mp4_byte_size, package.has_audio = measured.mp4_byte_size, bool(measured.sounds)
    package.save()
    note_renditions(package, measured.variants)
    fixity.keep_manifest(package, measured.files)
    before = Clip.objects.select_related("current_package").get(pk=clip.pk).current_package
    Clip.objects.filter(pk=clip.pk).update(current_package=package)
    if before is not None:
        retiming.follow_cut(before, package)
    custody.record(
        clip.footage,
        CustodyEvent.Kind.CUT,
        actor="newsroom",
        detail={
            "clip": clip.public_id,
            "package": package.public_id,
            "version": package.version,
            "manifest": custody_chain.hash_of(measured.files),
        },
    )
    queue.request("refresh_clip", clip.pk)
    if package.is_whole and package.veils != clip.veils:
        # Warned, or warned otherwise, while it was made.
        queue.request("redraw_pictures", clip.pk, priority=queue.URGENT)


def note_renditions(package: Package, variants: Iterable[hls.Variant]) -> None:
    """The rows of a package's rungs, instead of those that it had."""
    package.renditions.all().delete()
    Rendition.objects.bulk_create(_row(package, variant) for variant in variants)


def next_version(clip: Clip) -> int:
    return (clip.packages.aggregate(newest=Max("version"))["newest"] or 0) + 1


def _row(package: Package, variant: hls.Variant) -> Rendition:
    return Rendition(
        package=package,
        name=variant.name,
        width=variant.width,
        height=variant.height,
        codecs=variant.codecs,
        frame_rate=Decimal(f"{float(variant.frame_rate):.3f}"),
        peak_bps=variant.rates.peak_bps,
        average_bps=variant.rates.average_bps,
    )

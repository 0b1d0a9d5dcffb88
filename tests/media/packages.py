"""Packages of real films, made for a test, and ways to look into them."""

from pathlib import Path

from media import intake, packaging, queue, stores
from media.core import hls
from media.intake import Arrival
from media.models import Clip, Footage, Job, Package

BY_HAND = Arrival(Footage.Arrival.COMMAND, "ana")


def a_clip_of(path: Path, **fields) -> Clip:
    """A clip of a real film, its package asked for."""
    footage = intake.receive_file(path, BY_HAND)
    assert footage.is_ready, footage.reason
    clip = Clip.objects.create(footage=footage, **fields)
    packaging.ask_for_package(clip)
    return clip


def work(clip: Clip) -> Job:
    """Make the clip's package, its first one before if there is none; the last job as it ended."""
    for kind in ("first_play", "package_clip"):
        job = Job.objects.about(kind, clip.pk).queued().first()
        if job is not None:
            queue.work(job.pk)
            job.refresh_from_db()
            last = job
    clip.refresh_from_db()
    return last


def first_played(path: Path, **fields) -> Package:
    """The first package of a clip of a real film."""
    clip = a_clip_of(path, **fields)
    queue.work(Job.objects.about("first_play", clip.pk).get().pk)
    clip.refresh_from_db()
    return clip.current_package


def packaged(path: Path, **fields) -> Package:
    clip = a_clip_of(path, **fields)
    job = work(clip)
    assert job.state == Job.State.DONE, job.reason
    return clip.current_package


def folder_of(package: Package) -> Path:
    with stores.localised("packages", package.public_id) as path:
        return path


def segments(package: Package, rung: str) -> list[hls.Segment]:
    return hls.read_media_playlist((folder_of(package) / rung / "index.m3u8").read_text())


def rungs(package: Package) -> list[str]:
    return list(package.renditions.values_list("name", flat=True))


def pieces(data_folder: Path) -> list[str]:
    """What lies in `packages` and in the working folder."""
    return sorted(
        path.name for place in ("packages", "work") for path in (data_folder / place).iterdir()
    )

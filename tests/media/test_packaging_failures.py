"""Clip out, when it goes wrong: damage, killed workers and hostile files leave no bad package."""

import os
import time
from datetime import timedelta

import pytest

from media import encoding, packaging, planning, queue, sealing
from media.errors import EncodingFailed
from media.models import Footage, Job
from tests.factories import a_clip, a_footage, a_package
from tests.media import studio
from tests.media.packages import a_clip_of, folder_of, packaged, pieces, work

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


# Damage and failure -------------------------------------------------------------------------


def test_a_damaged_film_is_shown_with_a_remark(tmp_path):
    film = studio.film(tmp_path, name="film.mkv", seconds=4, options=("-g", "25"))
    data = bytearray(film.read_bytes())
    for at in range(len(data) // 3, len(data) // 3 + 1200, 7):
        data[at] ^= 0xFF
    film.write_bytes(data)

    package = packaged(film)

    assert "The picture is damaged in places" in package.remarks[0]


def measured_again(package):
    """The files of a package, measured and proved once more."""
    plan = planning.plan_for(package.clip)
    return sealing.measure(folder_of(package), plan, plan.rungs)


def test_pictures_that_are_nearly_all_damaged_are_refused(tmp_path):
    package = packaged(studio.film(tmp_path, seconds=1))
    plan, measured = planning.plan_for(package.clip), measured_again(package)

    sealing.refuse_garbage(plan, measured, 25)
    with pytest.raises(EncodingFailed, match="nearly every frame is damaged"):
        sealing.refuse_garbage(plan, measured, 26)


def test_a_failed_encoding_keeps_the_old_package_and_leaves_nothing(tmp_path, data):
    clip = a_clip_of(studio.film(tmp_path))
    work(clip)
    old, before = clip.current_package, pieces(data)
    original = data / "originals" / clip.footage.store_name
    original.chmod(0o600)
    original.write_bytes(b"no longer a film")
    packaging.ask_for_package(clip)

    job = work(clip)

    assert (job.state, job.reason) == ("failed", encoding.FAILED)
    assert clip.current_package == old
    assert pieces(data) == before


def test_footage_that_turns_out_to_be_noise_fails_with_a_sentence(tmp_path, data):
    clip = a_clip_of(studio.film(tmp_path))
    original = data / "originals" / clip.footage.store_name
    original.chmod(0o600)
    original.write_bytes(bytes(range(256)) * 100)

    job = work(clip)

    assert (job.state, job.reason) == ("failed", encoding.FAILED)
    assert clip.current_package is None
    assert pieces(data) == []


def test_footage_that_is_not_ready_fails_with_a_sentence():
    clip = a_clip(footage=a_footage(state=Footage.State.RECEIVED, probe=None))
    packaging.ask_for_package(clip)

    assert work(clip).reason == "Its footage is not ready: see the reason on the footage."


def test_a_worker_whose_job_was_taken_away_leaves_no_trace(tmp_path, data):
    clip = a_clip_of(studio.film(tmp_path, seconds=1))
    job = Job.objects.get()
    Job.objects.claim(job.pk, "another")

    with pytest.raises(queue.LeaseLost):
        packaging.package_clip(clip.pk, queue.Lease(job.pk, "mine"))

    clip.refresh_from_db()
    assert clip.current_package is None
    assert pieces(data) == []


# What a killed worker leaves ----------------------------------------------------------------


def test_what_a_killed_worker_left_is_taken_away(data):
    known = a_package(a_clip()).public_id
    for name in (known, "leftbehind22", "atworknow222"):
        (data / "packages" / name / "v480").mkdir(parents=True)
    long_ago = time.time() - (packaging.ORPHAN_AGE + timedelta(minutes=1)).total_seconds()
    for name in (known, "leftbehind22"):
        os.utime(data / "packages" / name, (long_ago, long_ago))

    packaging.remove_orphans()

    assert pieces(data) == sorted([known, "atworknow222"])


# Hostile outputs ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["v240/00009.m4s", "poster.jpg", "extra"])
def test_a_link_among_the_encoded_files_is_refused(tmp_path, data, name):
    package = packaged(studio.film(tmp_path, seconds=1))
    folder, secret = folder_of(package), tmp_path / "secret"
    secret.write_text("tell nobody")
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(secret)

    with pytest.raises(EncodingFailed):
        measured_again(package)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: (folder / "poster.jpg").unlink(),
        lambda folder: (folder / "clip.mp4").write_bytes(b"not a film"),
        lambda folder: (folder / "v240/00000.m4s").write_bytes(b""),
        lambda folder: (folder / "v240/00000.m4s").unlink(),
        lambda folder: (folder / "v240/index.m3u8").write_text("#EXTM3U\n"),
        lambda folder: (folder / "v240/index.m3u8").unlink(),
        lambda folder: (folder / "v240/init.mp4").write_bytes(b"nonsense"),
        lambda folder: (folder / "audio/index.m3u8").unlink(),
    ],
    ids=[
        "no poster",
        "a broken MP4",
        "an empty segment",
        "a missing segment",
        "a broken playlist",
        "no playlist",
        "a broken head",
        "no sound",
    ],
)
def test_files_that_are_not_sound_are_refused(tmp_path, spoil):
    package = packaged(studio.film(tmp_path, seconds=1, channels=1))
    folder = folder_of(package)
    spoil(folder)

    with pytest.raises(EncodingFailed, match="not sound"):
        measured_again(package)


# Limits -------------------------------------------------------------------------------------


def test_the_slowest_machine_has_time_for_twelve_hours():
    limits = encoding.limits_for(12 * 3600 * 1000, nice=0)

    assert limits.cpu_s >= limits.wall_s > 12 * 3600

"""Clip out: real films go in; what comes out is whole, upright and tells nothing of its source."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest

from media import fixity, intake, packaging, queue, stores
from media.core import hls
from media.core.probe import read_probe
from media.models import CustodyEvent, Job
from tests import marked
from tests.media import studio
from tests.media.packages import a_clip_of, folder_of, packaged, pieces, rungs, segments, work

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NOWHERE = ["-f", "null", "-"]


# The whole ----------------------------------------------------------------------------------


def test_a_package_has_every_file_that_its_playlists_name(tmp_path):
    package = packaged(studio.film(tmp_path, size="640x480", channels=2, seconds=9))

    names = [name.partition("/")[2] for name in stores.files_below("packages", package.public_id)]
    segments_of_each = [f"{number:05d}.m4s" for number in range(4)]
    index = ["index.m3u8", "index.m3u8.gz", "init.mp4"]
    pictures = [*segments_of_each, "iframes.m3u8", "iframes.m3u8.gz", *index]
    assert names == sorted(
        [f"{rung}/{file}" for rung in ("v240", "v360", "v480") for file in pictures]
        + [f"audio/{file}" for file in (*segments_of_each, *index)]
        + [
            "clip.mp4",
            "master.m3u8",
            "master.m3u8.gz",
            "poster.jpg",
            "storyboard.jpg",
            "storyboard.vtt",
        ]
        + [f"stills/{size}0000{number}.jpg" for size in ("", "small-") for number in (0, 1)]
    )


def test_a_package_is_measured_and_its_clip_points_at_it(tmp_path):
    clip = a_clip_of(studio.film(tmp_path, size="640x480", channels=2))

    work(clip)

    package = clip.current_package
    assert (package.version, package.width, package.height, package.mp4_height) == (
        2,
        640,
        480,
        480,
    )
    assert (package.has_audio, package.remarks) == (True, [])
    assert abs(package.duration_ms - 2000) <= 50
    assert package.byte_size == sum(
        path.stat().st_size for path in folder_of(package).rglob("*") if path.is_file()
    )
    assert (package.scan["found"], package.scan["files"]) == (0, 31)
    assert rungs(package) == ["v480", "v360", "v240"]
    assert CustodyEvent.objects.last().detail["package"] == package.public_id
    assert len(package.manifest.files) == 31
    # The original, the first package, and this one.
    assert [finding.problem for finding in fixity.check(most=None, actor="ana")] == [""] * 3


def test_the_rates_of_the_rungs_are_those_of_their_files(tmp_path):
    package = packaged(studio.film(tmp_path, channels=1))

    for rendition in package.renditions.all():
        files = [
            folder_of(package) / rendition.name / segment.name
            for segment in segments(package, rendition.name)
        ]
        bits = sum(file.stat().st_size for file in files) * 8
        assert abs(rendition.average_bps - bits / (package.duration_ms / 1000)) < bits * 0.05
        assert rendition.peak_bps >= rendition.average_bps


def test_nothing_of_a_marked_clip_is_in_any_file(data, marked_clip):
    package = packaged(marked_clip.path)

    assert package.scan["found"] == 0
    assert package.scan["values"] > 40
    assert marked.search(data / "packages", marked_clip.marks) == {}


@pytest.mark.parametrize("container", ["mkv", "webm", "avi"])
def test_nothing_of_a_marked_clip_in_another_container_is_in_any_file(data, tmp_path, container):
    clip = marked.marked_clip(tmp_path, container=container)

    packaged(clip.path)

    assert marked.search(data / "packages", clip.marks) == {}


def test_the_original_is_as_it_was(tmp_path):
    film = studio.film(tmp_path)

    package = packaged(film)

    footage = package.clip.footage
    assert stores.sha256_of("originals", footage.store_name) == footage.sha256
    assert footage.byte_size == film.stat().st_size


def test_a_second_package_takes_the_place_of_the_first_and_keeps_it(tmp_path, data):
    clip = a_clip_of(studio.film(tmp_path, seconds=1))
    work(clip)
    earlier, before = clip.current_package, pieces(data)
    packaging.ask_for_package(clip)

    work(clip)

    assert (earlier.version, clip.current_package.version) == (2, 3)
    assert pieces(data) == sorted([*before, clip.current_package.public_id])


def test_progress_is_reported_while_it_is_made(tmp_path):
    clip = a_clip_of(studio.film(tmp_path, size="640x360", seconds=12))
    job = Job.objects.get()
    Job.objects.claim(job.pk, "mine")
    seen = []

    class Watched(queue.Lease):
        def report(self, percent):
            seen.append(percent)
            super().report(percent)

    packaging.package_clip(clip.pk, Watched(job.pk, "mine"))

    assert seen == sorted(seen)
    assert 0 < seen[-1] <= packaging.ENCODING_SHARE


# The picture --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("degrees", "size", "red"),
    [
        (0, (640, 480), (0.1, 0.1)),
        (90, (480, 640), (0.1, 0.9)),
        (180, (640, 480), (0.9, 0.9)),
        (270, (480, 640), (0.9, 0.1)),
    ],
)
def test_a_turned_film_comes_out_upright_in_every_rung(tmp_path, degrees, size, red):
    film = studio.film(tmp_path, size="640x480", seconds=1)

    package = packaged(studio.turned(film, degrees) if degrees else film)

    folder = folder_of(package)
    pictures = [folder / rung / "index.m3u8" for rung in rungs(package)]
    pictures += [folder / "clip.mp4"]
    blue = (1 - red[0], 1 - red[1])
    assert (package.width, package.height) == size
    assert [studio.colour(path, *red) for path in pictures] == ["red"] * len(pictures)
    assert [studio.colour(path, *blue) for path in pictures] == ["blue"] * len(pictures)
    assert studio.colour(folder / "poster.jpg", *red, at=0) == "red"


@pytest.mark.parametrize(
    ("size", "filters", "expected"),
    [
        ("322x242", "null", (322, 242)),
        ("180x320", "null", (180, 320)),
        ("64x48", "null", (64, 48)),
        ("10x8", "null", (10, 8)),
        ("360x288", "setsar=16/15", (384, 288)),
        ("1920x240", "null", (1920, 240)),
    ],
)
def test_every_shape_keeps_its_shape(tmp_path, size, filters, expected):
    package = packaged(studio.film(tmp_path, size=size, filters=filters, seconds=1))

    assert (package.width, package.height) == expected


def test_an_odd_size_becomes_even(tmp_path):
    film = tmp_path / "odd.webm"
    studio.ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=161x121:d=1", "-c:v", "libvpx-vp9"),
        *("-cpu-used", "8", "-deadline", "realtime", film),
    )

    package = packaged(film)

    assert (package.width, package.height) == (160, 120)


def test_an_interlaced_film_comes_out_progressive_at_its_rate(tmp_path):
    film = studio.film(tmp_path, rate="50", filters="interlace", options=("-flags", "+ilme+ildct"))

    package = packaged(film)

    probe = read_probe(intake.examine_file(folder_of(package) / "clip.mp4"))
    assert (probe.is_interlaced, probe.frame_rate) == (False, 25)


def test_a_film_whose_frames_come_when_they_like_keeps_its_length(tmp_path):
    film = studio.film(
        tmp_path,
        seconds=4,
        filters="select='not(mod(n,7))+lt(n,20)'",
        options=("-fps_mode", "vfr"),
    )

    package = packaged(film)

    promised = package.clip.footage.probe["duration_ms"]
    assert abs(package.duration_ms - promised) <= 100


# The sound ----------------------------------------------------------------------------------


def test_a_silent_film_has_no_sound_anywhere(tmp_path):
    package = packaged(studio.film(tmp_path))

    folder = folder_of(package)
    assert not package.has_audio
    assert not (folder / "audio").exists()
    assert "AUDIO" not in (folder / "master.m3u8").read_text()
    assert read_probe(intake.examine_file(folder / "clip.mp4")).sound is None


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_sound_comes_out_in_stereo_as_long_as_the_picture(tmp_path, channels):
    package = packaged(studio.film(tmp_path, name="film.mkv", channels=channels, seconds=3))

    sound = read_probe(intake.examine_file(folder_of(package) / "clip.mp4")).sound
    heard = hls.duration_us(segments(package, "audio")) / 1000
    assert (package.has_audio, sound.channels) == (True, 2)
    assert abs(heard - 3000) <= 60


def test_sound_that_starts_late_stays_with_the_picture(tmp_path):
    film, late = studio.film(tmp_path, seconds=3), tmp_path / "late.mkv"
    studio.ffmpeg(
        *("-i", film, "-itsoffset", "1", "-f", "lavfi", "-i", "sine=880:r=48000:d=2"),
        *("-map", "0:v", "-map", "1:a", "-c:v", "copy", "-c:a", "pcm_s16le", late),
    )

    package = packaged(late)

    levels = studio.loudness(folder_of(package) / "clip.mp4")
    assert [level > 500 for level in levels[:3] + levels[5:11]] == [False] * 3 + [True] * 6


# Cuts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cut", "length"),
    [
        ({"in_ms": 1500}, 2500),
        ({"in_ms": 1000, "out_ms": 2500}, 1500),
        ({"out_ms": 1200}, 1200),
        ({"in_ms": 1000, "out_ms": 99_000}, 3000),
    ],
)
def test_a_cut_has_the_length_that_was_asked_for(tmp_path, cut, length):
    package = packaged(studio.film(tmp_path, seconds=4, channels=1), **cut)

    assert abs(package.duration_ms - length) <= 100
    assert package.remarks == []


def test_a_cut_starts_with_the_picture_at_its_in_point(tmp_path):
    film = studio.film(
        tmp_path, seconds=4, filters="drawbox=color=green:t=fill:enable='gte(t,1.95)'"
    )

    package = packaged(film, in_ms=2000)

    assert studio.colour(folder_of(package) / "clip.mp4", 0.1, 0.1, at=0) == "green"


def test_a_cut_behind_the_end_is_refused_with_a_sentence(tmp_path, data):
    clip = a_clip_of(studio.film(tmp_path), in_ms=60_000)

    job = work(clip)

    assert job.reason == "The in point lies behind the footage's end: set an earlier one."
    assert pieces(data) == []


@pytest.mark.parametrize(("poster_ms", "colour"), [(500, "red"), (2500, "green"), (60_000, "red")])
def test_the_poster_is_its_moment_or_else_the_first_frame(tmp_path, poster_ms, colour):
    film = studio.film(
        tmp_path, seconds=3, filters="drawbox=color=green:t=fill:enable='gte(t,1.95)'"
    )

    package = packaged(film, poster_ms=poster_ms)

    assert studio.colour(folder_of(package) / "poster.jpg", 0.1, 0.1, at=0) == colour


# Segments -----------------------------------------------------------------------------------


def first_picture(track: Path, segment: str) -> str:
    """The kind of a segment's first picture: I, P or B."""
    joined = (track / "init.mp4").read_bytes() + (track / segment).read_bytes()
    shown = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-i", "-", "-vf", "showinfo,trim=end_frame=1", *NOWHERE],
        input=joined,
        capture_output=True,
        check=True,
    ).stderr.decode()
    return shown.partition(" type:")[2][:1] + shown.partition("iskey:")[2][:1]


@pytest.mark.parametrize("rate", ["25", "30000/1001", "11", "60"])
def test_every_segment_of_every_rung_starts_with_a_key_frame_at_the_same_moment(tmp_path, rate):
    package = packaged(studio.film(tmp_path, size="480x360", rate=rate, seconds=14, channels=1))

    lists = [segments(package, rung) for rung in rungs(package)]
    assert lists == [lists[0]] * 2
    assert len(lists[0]) == 5
    firsts = {
        first_picture(folder_of(package) / rung, segment.name)
        for rung in rungs(package)
        for segment in lists[0]
    }
    assert firsts == {"I1"}

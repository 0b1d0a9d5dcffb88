"""Web-ready footage copied into pieces: what is asked of ffmpeg, and what comes out of it."""

import subprocess
from fractions import Fraction
from functools import partial
from itertools import pairwise

import av
import imageio_ffmpeg
import pytest

from media import intake
from media.core import hls, leaks
from media.core.containers import CODEC_WHITELIST, FORMAT_WHITELIST
from media.core.probe import metadata_of, read_probe
from media.core.rewrap_args import poster_args, rewrap_args, target_s
from tests import marked
from tests.factories import a_probe
from tests.media import studio

SOURCE = "/vault/aa/aabbccdd"
RUNG = "v240"


def copying(probe=None):
    return rewrap_args(probe or a_probe(), "v1080", source=SOURCE)


def drawing(probe=None, *, poster_ms=1500, poster_exact=False):
    return poster_args(
        probe or a_probe(), source=SOURCE, poster_ms=poster_ms, poster_exact=poster_exact
    )


def values(args, option):
    """Every value that stands after an option."""
    return [value for name, value in pairwise(args) if name == option]


def written(args):
    """The files that the one output of a process is written to."""
    return [place.rpartition("]")[2] for place in args[-1].split("|")]


# What is asked of ffmpeg --------------------------------------------------------------------


def test_picture_sound_and_mp4_are_written_by_one_process():
    args = copying()

    assert written(args) == ["v1080/pieces.m3u8", "audio/pieces.m3u8", "clip.mp4"]
    assert values(args, "-map") == ["0:0", "0:1"]


def test_nothing_is_encoded_but_the_poster():
    assert values(copying(a_probe(has_clean_sound=True)), "-c:v") == ["copy"]
    assert values(copying(a_probe(has_clean_sound=True)), "-c:a") == ["copy"]
    assert values(drawing(), "-c:v") == ["mjpeg"]


def test_sound_in_which_an_encoder_left_its_name_is_encoded_anew_and_once():
    args = copying(a_probe(has_clean_sound=False))

    assert values(args, "-c:v") == ["copy"]
    assert values(args, "-c:a") == ["aac"]


def test_footage_without_sound_has_no_pieces_of_sound():
    args = copying(a_probe(sounds=()))

    assert values(args, "-map") == ["0:0"]
    assert written(args) == ["v1080/pieces.m3u8", "clip.mp4"]


@pytest.mark.parametrize("args", [copying(), drawing()])
def test_both_ways_into_the_source_have_the_allow_lists(args):
    assert values(args, "-i") == [f"file:{SOURCE}"]
    assert values(args, "-protocol_whitelist") == ["file"]
    assert values(args, "-format_whitelist") == [FORMAT_WHITELIST]
    assert values(args, "-codec_whitelist") == [CODEC_WHITELIST]


@pytest.mark.parametrize(
    ("container", "is_looked_into"), [("mov,mp4,m4a,3gp,3g2,mj2", False), ("matroska,webm", True)]
)
def test_only_a_container_without_both_times_is_looked_into_before(container, is_looked_into):
    probe = a_probe(container=container)

    assert ("-nofind_stream_info" not in copying(probe)) == is_looked_into
    assert ("-nofind_stream_info" not in drawing(probe)) == is_looked_into


@pytest.mark.parametrize("args", [copying(), drawing()])
def test_no_output_keeps_tags_or_chapters(args):
    assert values(args, "-map_metadata") == ["-1"]
    assert values(args, "-map_chapters") == ["-1"]


def test_no_copied_picture_keeps_messages():
    assert values(copying(), "-bsf:v") == ["filter_units=pass_types=1|5|7|8"]


@pytest.mark.parametrize(
    ("asked", "given"), [(0, "0.000"), (1500, "1.500"), (9_999, "9.933"), (60_000, "9.933")]
)
def test_a_poster_moment_behind_the_last_picture_is_the_last_picture(asked, given):
    assert values(drawing(poster_ms=asked), "-ss") == [given]


def test_only_a_poster_that_somebody_chose_is_decoded_up_to_its_moment():
    assert values(drawing(poster_exact=False), "-skip_frame:v") == ["nokey"]
    assert values(drawing(poster_exact=True), "-skip_frame:v") == []


@pytest.mark.parametrize(
    ("keyframe_most_ms", "longest_s"), [(0, 8), (1000, 9), (1001, 10), (10_000, 18)]
)
def test_a_segment_is_at_most_as_long_as_a_late_keyframe_makes_it(keyframe_most_ms, longest_s):
    assert target_s(a_probe(keyframe_most_ms=keyframe_most_ms)) == longest_s


# What comes out -----------------------------------------------------------------------------


def rewrapped(source, folder, *, poster_ms=0, poster_exact=False):
    """The folder with the pieces of a film."""
    probe = read_probe(intake.examine_file(source))
    for name in (RUNG, "audio") if probe.sound else (RUNG,):
        (folder / name).mkdir(parents=True)
    copy = rewrap_args(probe, RUNG, source=str(source))
    draw = poster_args(probe, source=str(source), poster_ms=poster_ms, poster_exact=poster_exact)
    for args in (copy, draw):
        command = [imageio_ffmpeg.get_ffmpeg_exe(), *args]
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
    return folder


def listed(folder):
    return hls.read_media_playlist((folder / "pieces.m3u8").read_text())


def whole(folder):
    """The pieces of one rendition as one file."""
    names = ["init.mp4", *(piece.name for piece in listed(folder))]
    path = folder.with_suffix(".mp4")
    path.write_bytes(b"".join((folder / name).read_bytes() for name in names))
    return path


def packets(path):
    """The bytes of each packet of sound."""
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


def frames(path):
    """A hash of each decoded picture, without its time."""
    text = studio.ffmpeg("-i", path, "-map", "0:v:0", "-f", "framemd5", "-").decode()
    lines = [line.split(",") for line in text.splitlines() if not line.startswith("#")]
    return [line[-1].strip() for line in lines]


def start(path, kind):
    """When the first picture or sound is shown, in seconds: what an edit list hides is not."""
    with av.open(str(path)) as container:
        stream = container.streams.get(**{kind: 0})[0]
        shown = [packet for packet in container.demux(stream) if not packet.is_discard]
        return min(packet.pts for packet in shown if packet.size) * stream.time_base


def a_web_film(folder, **fields):
    """Pictures out of order (B-frames), a keyframe each second, sound with its silence before."""
    options = ("-preset", "medium", "-g", 25, "-sc_threshold", 0, "-bf", 2, "-c:a", "aac")
    return studio.film(folder, **{"channels": 2, "seconds": 5, "options": options, **fields})


def test_a_test_film_says_which_program_made_its_sound(tmp_path):
    probe = read_probe(intake.examine_file(a_web_film(tmp_path, seconds=1)))

    assert (probe.web_ready, probe.has_clean_sound) == (True, False)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["film.mp4", "film.mov", "film.mkv"])
def test_pieces_and_mp4_have_every_picture_of_the_source(tmp_path, name):
    source = a_web_film(tmp_path, name=name)

    folder = rewrapped(source, tmp_path / "out")

    assert len(frames(source)) == 125
    assert frames(whole(folder / RUNG)) == frames(source)
    assert frames(folder / "clip.mp4") == frames(source)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["film.mp4", "film.mov", "film.mkv"])
def test_sound_and_picture_stay_together(tmp_path, name):
    source = a_web_film(tmp_path, name=name)
    clip = rewrapped(source, tmp_path / "out") / "clip.mp4"

    apart = start(source, "video") - start(source, "audio")
    pieces = [start(whole(tmp_path / "out" / part), "video") for part in (RUNG,)]
    pieces += [start(whole(tmp_path / "out" / "audio"), "audio")]

    assert abs(pieces[0] - pieces[1] - apart) < Fraction(24, 1000)
    assert abs(start(clip, "video") - start(clip, "audio") - apart) < Fraction(24, 1000)
    assert pieces[0] == 0 or name == "film.mkv"


@pytest.mark.slow
def test_sound_without_the_name_of_an_encoder_is_copied(tmp_path):
    source = a_web_film(tmp_path, options=("-flags:a", "+bitexact", "-g", 25))

    folder = rewrapped(source, tmp_path / "out")

    # The first packet is the encoder's silence before time zero.
    assert packets(source)[1:] == packets(folder / "clip.mp4") == packets(whole(folder / "audio"))
    (folder / "audio.mp4").unlink()
    assert scan(folder, intake.examine_file(source)) == {}


@pytest.mark.slow
def test_the_lists_are_as_long_as_the_film(tmp_path):
    folder = rewrapped(a_web_film(tmp_path), tmp_path / "out")

    assert [piece.duration_us for piece in listed(folder / RUNG)] == [2_000_000, 2_000_000, 1000000]
    assert abs(hls.duration_us(listed(folder / "audio")) - 5_000_000) < 30_000


@pytest.mark.slow
def test_pieces_start_with_the_keyframes_of_the_source(tmp_path):
    options = ("-g", 1000, "-sc_threshold", 0, "-force_key_frames", "0,0.8,2.4,3.2,4.8")
    source = studio.film(tmp_path, seconds=5, options=options)

    folder = rewrapped(source, tmp_path / "out")

    assert [piece.duration_us // 1000 for piece in listed(folder / RUNG)] == [2400, 2400, 200]


@pytest.mark.slow
@pytest.mark.parametrize("container", ["mov", "mp4", "mkv"])
def test_nothing_of_a_marked_clip_is_left(tmp_path, container):
    clip = marked.marked_clip(tmp_path, container=container)
    folder = rewrapped(clip.path, tmp_path / "out")

    findings = scan(folder, intake.examine_file(clip.path))

    assert marked.search(folder, clip.marks) == {}
    assert findings == {}


def scan(folder, facts):
    """The leak scan's findings in a package, its playlists written as they are for readers."""
    for part in (RUNG, "audio"):
        playlist = folder / part / "pieces.m3u8"
        pieces = hls.read_media_playlist(playlist.read_text())
        (folder / part / "index.m3u8").write_text(hls.media_playlist(pieces, target_s=9))
        playlist.unlink()
    texts = {entry["value"] for entry in metadata_of(facts)}
    names = ("audio", RUNG, "clip.mp4", "poster.jpg", "init.mp4", "index.m3u8")
    files = {
        path.relative_to(folder).as_posix(): partial(path.open, "rb")
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return leaks.scan_package(files, leaks.marks_from(texts, ignore=names))


@pytest.mark.slow
def test_the_poster_is_the_keyframe_before_its_moment_or_the_moment_itself(tmp_path):
    filters = "drawbox=color=green:t=fill:enable='gte(t,2.5)'"
    source = a_web_film(tmp_path, filters=filters, channels=0)

    near = rewrapped(source, tmp_path / "near", poster_ms=2800)
    exact = rewrapped(source, tmp_path / "exact", poster_ms=2800, poster_exact=True)

    assert studio.colour(near / "poster.jpg", 0.1, 0.1, at=0) == "red"
    assert studio.colour(exact / "poster.jpg", 0.1, 0.1, at=0) == "green"


@pytest.mark.slow
@pytest.mark.parametrize("exact", [True, False])
def test_a_poster_is_drawn_at_the_very_end(tmp_path, exact):
    source = a_web_film(tmp_path, seconds=2)

    folder = rewrapped(source, tmp_path / "out", poster_ms=2000, poster_exact=exact)

    assert studio.picture(folder / "poster.jpg", at=0)

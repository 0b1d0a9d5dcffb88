"""What ffmpeg makes of the arguments: pieces, sound and pictures of real encodes."""

import os
import re
import subprocess
import time
from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import imageio_ffmpeg
import pytest
from PIL import Image

from media.core.encode_args import (
    OPENING_PIECES,
    PIECES_NAME,
    encode_args,
    folders,
    opening_args,
    sound_folder,
)
from media.core.filters import LOUDNESS_LUFS, TRUE_PEAK_DBTP
from media.core.ladder import plan_av1, plan_ladder
from media.core.leaks import Marks, scan
from media.core.parts import Cut, Part, Pictures
from media.core.probe import Sound
from media.core.storyboard import plan_storyboard, stills_every_ms
from tests.factories import a_probe
from tests.media import studio

pytestmark = pytest.mark.slow


def probe_for(**fields):
    return replace(a_probe(width=640, height=360, duration_ms=4000, sounds=()), **fields)


def start(source, probe, part, target, cut=None):
    """ffmpeg at work on a part, in an empty folder."""
    for folder in folders(probe, part):
        (target / folder).mkdir(parents=True)
    args = encode_args(probe, part, source=str(source), cut=cut or Cut())
    return subprocess.Popen(
        [imageio_ffmpeg.get_ffmpeg_exe(), *args],
        cwd=target,
        env={**os.environ, "SVT_LOG": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def encode(source, probe, part, target, cut=None):
    process = start(source, probe, part, target, cut)
    _, complaints = process.communicate(timeout=120)
    assert (process.returncode, complaints) == (0, b"")


def told(*arguments):
    """What ffmpeg says of a file."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostats", *arguments, "-f", "null", "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr


def durations(folder):
    """The lengths of the pieces that a list holds, in seconds."""
    text = (folder / PIECES_NAME).read_text()
    return [float(length) for length in re.findall(r"#EXTINF:([\d.]+),", text)]


# Pieces -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "lengths"),
    [("25", [2.0, 2.0, 1.0]), ("30000/1001", [2.002, 2.002, 1.001]), ("100/9", [1.98, 1.98, 1.08])],
)
def test_pieces_are_cut_at_the_same_moments_in_every_rung_and_codec(tmp_path, rate, lengths):
    film = studio.film(tmp_path, size="640x360", rate=rate, seconds=5, options=("-t", "5"))
    probe = probe_for(frame_rate=Fraction(rate))
    part = Part(plan_ladder(360) + plan_av1(360))

    encode(film, probe, part, tmp_path / "out")

    found = [durations(tmp_path / "out" / rung.name) for rung in part.rungs]
    assert found[0] == pytest.approx(lengths, abs=0.1)
    assert found == [found[0]] * 3
    assert found[0][:2] == lengths[:2]


def test_each_piece_begins_with_its_only_keyframe(tmp_path):
    film = studio.film(tmp_path, size="640x360", seconds=4)
    part = Part(plan_ladder(360)[:1] + plan_av1(360))

    encode(film, probe_for(frame_rate=Fraction(25)), part, tmp_path / "out")

    assert [keyframes(tmp_path / "out" / rung.name) for rung in part.rungs] == [[0, 50]] * 2


def keyframes(folder):
    """The numbers of the key frames of a rendition."""
    whole = folder / "whole.mp4"
    parts = [folder / "init.mp4", *sorted(folder.glob("*.m4s"))]
    whole.write_bytes(b"".join(part.read_bytes() for part in parts))
    text = told("-i", whole, "-vf", "showinfo")
    rows = re.findall(r" n: *(\d+) .* iskey:(\d) ", text)
    return [int(number) for number, is_key in rows if is_key == "1"]


def test_the_list_grows_and_every_piece_in_it_is_whole(tmp_path):
    film = studio.film(tmp_path, size="640x360", rate="30", seconds=40)
    rung = replace(plan_ladder(360)[0], preset="medium")
    folder = tmp_path / "out" / rung.name
    process = start(film, probe_for(), Part((rung,)), tmp_path / "out")

    seen = {}
    while process.poll() is None:
        names = re.findall(r"^\d+\.m4s$", listed(folder), re.MULTILINE)
        seen |= {name: (folder / name).stat().st_size for name in names if name not in seen}
        seen.setdefault(f"after {len(names)}", len(names))
        time.sleep(0.01)

    steps = [size for name, size in seen.items() if name.startswith("after")]
    pieces = {name: size for name, size in seen.items() if not name.startswith("after")}
    assert process.returncode == 0
    assert len(steps) > 3
    assert pieces == {name: (folder / name).stat().st_size for name in pieces}


def listed(folder):
    try:
        return (folder / PIECES_NAME).read_text()
    except FileNotFoundError:
        return ""


# Sound --------------------------------------------------------------------------------------


def sounded(folder, source, *, seconds):
    """A film with the given sound is encoded: loudness and true peak of its MP4."""
    film = folder / "film.mkv"
    studio.ffmpeg(
        *("-f", "lavfi", "-i", f"testsrc2=s=64x48:r=5:d={seconds}"),
        *("-f", "lavfi", "-i", source, "-c:v", "libx264", "-c:a", "pcm_s16le", film),
    )
    probe = probe_for(width=64, height=48, frame_rate=Fraction(5), sounds=(Sound(1, "x", 2),))
    probe = replace(probe, duration_ms=seconds * 1000)
    rung = plan_ladder(48)[0]
    encode(film, probe, Part((rung,), mp4_of=rung), folder / "out")
    return measured(folder / "out" / "clip.mp4")


@pytest.mark.parametrize("cut", [Cut(), Cut(start_ms=1500)])
@pytest.mark.parametrize("late_s", [0, 0.7])
def test_a_sound_that_is_begun_ahead_is_the_same_to_the_byte(tmp_path, cut, late_s):
    film = tmp_path / "film.mp4"
    studio.ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=64x48:r=5:d=12", "-itsoffset", late_s),
        *("-f", "lavfi", "-i", "sine=440:r=44100:d=12,tremolo=f=3", "-shortest"),
        *("-c:v", "libx264", "-c:a", "aac", film),
    )
    sounds = (Sound(1, "aac", 1),)
    probe = probe_for(width=64, height=48, frame_rate=Fraction(5), sounds=sounds)
    probe = replace(probe, duration_ms=12_000)
    rung = plan_ladder(48)[0]

    encode(film, probe, Part((rung,), with_sound=True, mp4_of=rung), tmp_path / "whole", cut)
    (tmp_path / "ahead" / sound_folder(0)).mkdir(parents=True)
    subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), *opening_args(probe, source=str(film), cut=cut)],
        cwd=tmp_path / "ahead",
        check=True,
    )

    whole, ahead = (tmp_path / name / sound_folder(0) for name in ("whole", "ahead"))
    names = ["init.mp4", *(f"{number:05d}.m4s" for number in range(OPENING_PIECES))]
    assert [(whole / name).read_bytes() for name in names] == [
        (ahead / name).read_bytes() for name in names
    ]
    assert len(durations(ahead)) > OPENING_PIECES


def measured(path):
    text = told("-i", path, "-af", "ebur128=peak=true").rpartition("Summary:")[2]
    loudness, peak = re.search(r"I: *(\S+) LUFS.*Peak: *(\S+) dBFS", text, re.DOTALL).groups()
    return float(loudness), float(peak)


@pytest.mark.parametrize(
    ("sound", "seconds"),
    [
        ("sine=1000:r=48000:d=5,volume=-22dB", 5),
        ("sine=1000:r=48000:d=5,volume=15dB", 5),
        ("sine=1000:r=48000:d=1", 1),
        ("sine=1000:r=48000:d=4,aformat=channel_layouts=mono,pan=5.1|FC=c0", 4),
    ],
)
def test_every_sound_comes_out_equally_loud(tmp_path, sound, seconds):
    loudness, peak = sounded(tmp_path, sound, seconds=seconds)

    assert loudness == pytest.approx(LOUDNESS_LUFS, abs=1)
    assert peak <= TRUE_PEAK_DBTP + 0.5


@pytest.mark.parametrize("seconds", [1, 5])
def test_silence_stays_silent(tmp_path, seconds):
    assert sounded(tmp_path, f"anullsrc=r=48000:d={seconds}", seconds=seconds)[0] == -70


@pytest.mark.parametrize("seconds", [1, 5])
def test_the_hiss_of_an_empty_room_is_not_pumped_up(tmp_path, seconds):
    hiss = f"anoisesrc=a=0.0008:r=48000:d={seconds}"

    assert sounded(tmp_path, hiss, seconds=seconds)[0] < -48


@pytest.mark.parametrize(("seconds", "starts_s"), [(5, 2), (2, 0.5)])
def test_sound_stays_with_its_picture(tmp_path, seconds, starts_s):
    sound = f"sine=1000:r=48000:d={seconds},volume='gte(t,{starts_s})':eval=frame"

    sounded(tmp_path, f"{sound},asetnsamples=480", seconds=seconds)

    levels = studio.loudness(tmp_path / "out" / "clip.mp4", step_s=0.01)
    assert next(at for at, level in enumerate(levels) if level > 300) == pytest.approx(
        starts_s * 100, abs=3
    )
    assert len(levels) == pytest.approx(seconds * 100, abs=3)


def test_every_sound_track_gets_a_folder_of_its_own(tmp_path):
    film = tmp_path / "film.mkv"
    studio.ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=64x48:r=5:d=4"),
        *("-f", "lavfi", "-i", "sine=300:d=4", "-f", "lavfi", "-i", "sine=900:d=4"),
        *("-map", 0, "-map", 1, "-map", 2, "-c:v", "libx264", film),
    )
    probe = probe_for(
        width=64,
        height=48,
        frame_rate=Fraction(5),
        sounds=(Sound(2, "vorbis", 1), Sound(1, "vorbis", 1)),
    )

    encode(film, probe, Part((), with_sound=True), tmp_path / "out")

    names = [path.name for path in sorted((tmp_path / "out").iterdir())]
    lengths = [sum(durations(tmp_path / "out" / name)) for name in names]
    assert names == ["audio", "audio-2"]
    assert lengths == pytest.approx([4, 4], abs=0.05)


# Pictures -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "sheet", "small"),
    [("320x180", (640, 90), (214, 120)), ("180x320", (360, 160), (120, 214))],
)
def test_the_storyboard_is_one_sheet_of_upright_tiles(tmp_path, size, sheet, small):
    width, height = map(int, size.split("x"))
    film = studio.film(tmp_path, size=size, seconds=4)
    probe = probe_for(width=width, height=height, frame_rate=Fraction(25))
    pictures = Pictures(500, plan_storyboard(probe, 4000), stills_every_ms(4000))

    encode(film, probe, Part((), pictures=pictures), tmp_path / "out")

    found = {
        path.relative_to(tmp_path / "out").as_posix(): Image.open(path).size
        for path in sorted((tmp_path / "out").rglob("*.jpg"))
    }
    assert found == {
        "poster.jpg": (width, height),
        "stills/00000.jpg": (width, height),
        "stills/small-00000.jpg": small,
        "storyboard.jpg": sheet,
    }


def test_every_tile_shows_its_own_moment(tmp_path):
    film = tmp_path / "film.mp4"
    colours = "color=red:s=160x90:r=25:d=1[a];color=lime:s=160x90:r=25:d=1[b];[a][b]concat"
    studio.ffmpeg("-f", "lavfi", "-i", colours, "-c:v", "libx264", "-pix_fmt", "yuv420p", film)
    probe = probe_for(width=160, height=90, frame_rate=Fraction(25))
    pictures = Pictures(500, plan_storyboard(probe, 2000), stills_every_ms(2000))

    encode(film, probe, Part((), pictures=pictures), tmp_path / "out")

    sheet = Image.open(tmp_path / "out" / "storyboard.jpg").convert("RGB")
    strongest = [max(range(3), key=sheet.getpixel((x, 45)).__getitem__) for x in (80, 240)]
    assert (sheet.size, strongest) == ((320, 90), [0, 1])


def test_no_picture_says_anything_beside_itself(tmp_path):
    film = studio.film(tmp_path, size="320x180", seconds=2)
    probe = probe_for(width=320, height=180, frame_rate=Fraction(25))
    pictures = Pictures(500, plan_storyboard(probe, 2000), stills_every_ms(2000))

    encode(film, probe, Part((), pictures=pictures), tmp_path / "out")

    files = sorted((tmp_path / "out").rglob("*.jpg"))
    found = [list(scan(path.name, BytesIO(path.read_bytes()), Marks(()))) for path in files]
    assert found == [[], [], [], []]


def test_an_encode_in_av1_names_neither_tool_nor_source(tmp_path):
    film = studio.film(tmp_path, size="640x360", seconds=2, options=("-metadata", "title=Mosul"))
    (rung,) = plan_av1(360)

    encode(film, probe_for(frame_rate=Fraction(25)), Part((rung,)), tmp_path / "out")

    data = b"".join(path.read_bytes() for path in Path(tmp_path / "out").rglob("*.m*"))
    assert [word for word in (b"Lavc", b"SVT", b"Mosul") if word in data] == []
    init = tmp_path / "out" / rung.name / "init.mp4"
    assert list(scan("init.mp4", BytesIO(init.read_bytes()), Marks(()))) == []
    assert b"av01" in data
    assert b"nclx\x00\x01\x00\x01\x00\x01\x00" in data

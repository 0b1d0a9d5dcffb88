"""The marked clip really carries its marks, and whatever carries them on is refused."""

import gzip
import os
import re
import subprocess
from pathlib import Path

import brotli
import imageio_ffmpeg
import pytest

from media.core.leaks import marks_from, scan, text_values
from tests.marked import ffmpeg, marked_clip, search

FOOTAGE = Path(
    os.environ.get("NEWSROOM_FOOTAGE_CORPUS", Path(__file__).parents[2] / "shared" / "footage")
)

LEAST = {"mov": 80, "mp4": 80, "mkv": 60, "webm": 50, "avi": 25}


@pytest.fixture(scope="module")
def mov(tmp_path_factory):
    return marked_clip(tmp_path_factory.mktemp("marked"))


@pytest.mark.parametrize("container", LEAST)
def test_every_mark_is_in_the_clip(tmp_path, container):
    clip = marked_clip(tmp_path, container=container, seconds=1)

    found = search(clip.path, clip.marks)

    assert found.keys() == clip.marks.keys()
    assert len(set(clip.marks.values())) >= LEAST[container]
    assert min(map(len, clip.marks.values())) >= 8
    assert [path.name for path in tmp_path.iterdir()] == [clip.path.name]


@pytest.mark.parametrize("container", LEAST)
def test_a_marked_clip_decodes_without_an_error(tmp_path, container):
    clip = marked_clip(tmp_path, container=container, seconds=1)
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", clip.path, "-f", "null", "-"]

    run = subprocess.run(command, capture_output=True, text=True, timeout=60)

    assert (run.returncode, run.stderr) == (0, "")


def test_the_same_marks_are_planted_every_time(tmp_path, mov):
    again = marked_clip(tmp_path)

    assert again.marks == mov.marks


def test_a_search_looks_in_names_contents_and_packed_files(tmp_path):
    (tmp_path / "MARKname.txt").write_bytes("MARKtext".encode("utf-16-be"))
    (tmp_path / "a.html.gz").write_bytes(gzip.compress(b"MARKgzip"))
    (tmp_path / "b.html.br").write_bytes(brotli.compress(b"MARKbrotli " * 9))
    marks = {"1": "MARKname", "2": "MARKtext", "3": "MARKgzip", "4": "MARKbrotli", "5": "MARKno"}

    found = search(tmp_path, marks)

    assert found["1"] == ["MARKname.txt: its name (utf-8)"]
    assert found["2"] == ["MARKname.txt (utf-16-be)"]
    assert found["3"][-1] == "a.html.gz: unpacked (utf-8)"
    assert found["4"][-1] == "b.html.br: unpacked (utf-8)"
    assert "5" not in found


CHAPTERS = "moov/trak/mdia/minf/stbl/stsd/text"
MESSAGES = "NAL 6 (SEI) in sample 1"


@pytest.mark.parametrize(
    ("options", "place"),
    [
        (("-c", "copy"), CHAPTERS),
        ((), CHAPTERS),
        (("-map_metadata", "-1", "-c", "copy"), MESSAGES),
        (("-map_metadata", "-1"), MESSAGES),
    ],
    ids=["copy", "encoded anew", "copy without tags", "encoded anew without tags"],
)
def test_what_ffmpeg_makes_of_it_without_care_is_refused(tmp_path, mov, options, place):
    copy = tmp_path / "clip.mp4"
    ffmpeg("-i", mov.path, "-map", "0:v:0", "-map", "0:a:0", *options, copy)

    with copy.open("rb") as stream:
        found = scan("clip.mp4", stream, marks_from(mov.marks.values()))

    assert place in [finding.place for finding in found]


def test_what_ffmpeg_makes_of_it_with_care_is_clean(tmp_path, mov):
    clean = tmp_path / "clip.mp4"
    ffmpeg(
        *("-i", mov.path, "-map", "0:v:0", "-map", "0:a:0", "-map_metadata", "-1"),
        *("-map_chapters", "-1", "-fflags", "+bitexact", "-flags", "+bitexact", "-a53cc", 0),
        *("-preset", "ultrafast", "-bsf:v", "filter_units=remove_types=6", clean),
    )

    with clean.open("rb") as stream:
        found = scan("clip.mp4", stream, marks_from(mov.marks.values()))

    assert found == []
    assert search(clean, mov.marks) == {}


def test_the_marked_clip_itself_is_refused_for_its_words(mov):
    marks = marks_from(mov.marks.values())

    with mov.path.open("rb") as stream:
        found = scan("clip.mp4", stream, marks)

    said = "comes from the metadata of the original."
    assert sum(finding.what.endswith(said) for finding in found) > 80


@pytest.mark.parametrize("container", ["mov", "mp4"])
def test_the_words_of_an_original_are_gathered_from_its_boxes(tmp_path, container):
    clip = marked_clip(tmp_path, container=container, seconds=1)

    with clip.path.open("rb") as stream:
        words = set(text_values(stream))

    missing = {place for place, word in clip.marks.items() if word not in words}
    # Messages between the pictures are refused whatever they say; the name is not in the file;
    # the sample of telemetry is one text with the position in it.
    known = {"SEI: user data", "SEI: camera model (MDPM)", "SEI: registered T.35", "file name"}
    assert missing == {*known, "data track: sample"}
    assert f"GPS {clip.marks['data track: sample']}" in words


@pytest.mark.corpus
@pytest.mark.skipif(not FOOTAGE.is_dir(), reason="the folder of awkward real footage is not here")
@pytest.mark.parametrize("path", sorted(FOOTAGE.glob("*gps.m*")), ids=lambda path: path.name)
def test_the_position_a_real_phone_writes_is_gathered_and_its_file_refused(path):
    with path.open("rb") as stream:
        words = text_values(stream)
        found = scan("clip.mp4", stream, marks_from(words))

    positions = [word for word in words if re.match(r"[+-]\d\d\.\d+[+-]\d+\.\d+", word)]
    leaked = [finding for finding in found if finding.what.startswith(f'"{positions[0][:3]}')]
    assert leaked != []

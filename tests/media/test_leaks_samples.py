"""The pictures and sounds in MP4 files, segments and packages, and damage of any kind."""

import io
import struct
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.core.leaks import av1 as av1_rules
from media.core.leaks import h264, text_values, tracks_of
from media.core.leaks.scanning import MP4, RULES, TEXT_OF_OURS
from tests.marked import ffmpeg
from tests.media.films import (
    STBL,
    adding,
    box,
    edited,
    encoded,
    findings,
    hls_package,
    package_findings,
    places,
    setting,
)

# Samples -----------------------------------------------------------------------------------


def test_a_message_of_the_encoder_in_the_pictures_is_a_finding():
    data = encoded("-bsf:v", "null")

    found = findings("clip.mp4", data)

    assert [finding.place for finding in found] == ["NAL 6 (SEI) in sample 1"]
    assert "1 times" in found[0].what


@pytest.mark.parametrize(("kind", "name"), [(12, "NAL 12 (filler)"), (24, "NAL 24"), (0, "NAL 0")])
def test_a_unit_that_no_decoder_needs_is_a_finding(kind, name):
    data = encoded().replace(b"\x65\x88\x84", bytes([0x60 | kind]) + b"\x88\x84", 1)

    found = places("clip.mp4", data)

    assert found == [f"{name} in sample 1"]


@pytest.mark.parametrize(
    ("sample", "refused"),
    [
        (b"\0\0\0\2\x09\xf0" + b"\0\0\0\2\x65\x88", []),
        (b"\0\0\0\6\x09\xf0text", ["NAL 9 of 6 bytes"]),
        (b"\0\0\1\0\x67" + bytes(255), ["NAL 7 of 256 bytes"]),
    ],
)
def test_small_units_stay_small(sample, refused):
    found = list(h264.refused(io.BytesIO(sample), 0, len(sample), 4))

    assert found == refused


@pytest.mark.parametrize(
    ("sample", "refused"),
    [
        (b"\x12\0\x32\3abc", []),
        (b"\x12\0\x2a\4\4abc\x32\1a", ["OBU 5 (metadata)"]),
        (b"\x7a\3abc", ["OBU 15 (padding)"]),
        (b"\x12\3abc", ["OBU 2 of 3 bytes"]),
    ],
)
def test_metadata_in_av1_pictures_is_refused(sample, refused):
    found = list(av1_rules.refused(io.BytesIO(sample), 0, len(sample)))

    assert found == refused


def test_bytes_between_the_samples_are_a_finding():
    data = edited(encoded(), "mdat", adding(b"hidden"))

    found = findings("clip.mp4", data)

    assert [finding.what for finding in found] == [
        "Malformed: bytes of an mdat belong to no sample."
    ]


def test_a_sample_that_lies_elsewhere_is_a_finding():
    data = edited(encoded(), f"{STBL}/stco", setting(8, b"\0\0\0\x10"))

    found = places("clip.mp4", data)

    assert found == ["samples"]


def test_pictures_that_an_edit_list_hides_are_a_finding():
    with tempfile.TemporaryDirectory() as folder:
        source, cut = Path(folder) / "source.mp4", Path(folder) / "cut.mp4"
        source.write_bytes(encoded())
        ffmpeg("-ss", "0.6", "-i", source, "-an", "-c", "copy", "-fflags", "+bitexact", cut)
        data = cut.read_bytes()

    found = findings("clip.mp4", data)

    assert [(finding.place, finding.what) for finding in found] == [
        ("moov/trak/edts/elst", "The edit list hides 600 ms at the start of the track.")
    ]


def test_an_edit_list_of_many_edits_is_a_finding():
    pause = struct.pack(">IiI", 100, -1, 0x10000)
    start = struct.pack(">III", 2000, 0, 0x10000)
    edits = struct.pack(">II", 0, 3) + pause + pause + start
    data = edited(encoded("-an"), "moov/trak/edts/elst", lambda body: edits)

    found = findings("clip.mp4", data)

    assert [finding.what for finding in found] == [
        "The edit list does more than set the start of the track."
    ]


def test_an_edit_list_that_hides_the_end_is_a_finding():
    data = edited(encoded("-an"), "moov/trak/edts/elst", setting(8, struct.pack(">I", 500)))

    found = findings("clip.mp4", data)

    assert [finding.what for finding in found] == [
        "The edit list hides 1500 ms at the end of the track."
    ]


# Segments and packages ---------------------------------------------------------------------


def test_a_segment_without_its_init_segment_is_refused():
    segment = hls_package()["0_0.m4s"]

    found = findings("0_0.m4s", segment)

    assert [finding.what for finding in found] == [
        "Malformed: its init segment is not known, so its samples cannot be checked."
    ]


def test_a_segment_is_read_with_the_tracks_of_its_init_segment():
    files = hls_package()
    tracks = tracks_of(io.BytesIO(files["init_0.mp4"]))

    found = findings("0_0.m4s", files["0_0.m4s"], tracks=tracks)

    assert [track.codec for track in tracks.values()] == ["avc1"]
    assert found == []


def test_a_message_in_the_pictures_of_a_segment_is_a_finding():
    files = dict(hls_package())
    files["0_1.m4s"] = files["0_1.m4s"].replace(b"\x65\x88\x82", b"\x66\x88\x82", 1)

    found = package_findings(files)

    assert {name: [f.place for f in some] for name, some in found.items()} == {
        "0_1.m4s": ["NAL 6 (SEI) in sample 26"]
    }


@pytest.mark.parametrize("kind", ["emsg", "prft", "uuid", "mdat"])
def test_a_box_that_does_not_belong_in_a_segment_is_a_finding(kind):
    files = dict(hls_package())
    files["1_0.m4s"] += box(kind, b"2017-05-11T06:07:08Z")

    found = package_findings(files)

    assert list(found) == ["1_0.m4s"]


def test_a_segment_that_no_playlist_names_is_refused():
    files = dict(hls_package())
    files["stray.m4s"] = files["0_0.m4s"]

    found = package_findings(files)

    assert list(found) == ["stray.m4s"]


def test_a_segment_of_two_init_segments_is_refused():
    files = dict(hls_package())
    files["twin.m3u8"] = files["0.m3u8"].replace(b"init_0", b"init_1")

    found = package_findings(files)

    assert sorted(found) == ["0_0.m4s", "0_1.m4s"]


def test_playlists_in_folders_name_segments_beside_them():
    files = {f"v3/{name}": data for name, data in hls_package().items()}

    found = package_findings(files)

    assert found == {}


# Any bytes ---------------------------------------------------------------------------------


EXTENSIONS = sorted({*MP4, *RULES, *TEXT_OF_OURS, ".html.gz", ".mp4.br", ".jpg.gz"})


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(EXTENSIONS))
def test_no_bytes_make_the_scan_fail(data, extension):
    found = findings(f"file{extension}", data)

    assert isinstance(found, list)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_damage_to_a_film_makes_the_scan_fail(draw):
    clean = encoded("-movflags", "+faststart")
    end_of_boxes = clean.index(b"mdat") + 40
    data = bytearray(clean)
    for _ in range(draw.draw(st.integers(1, 4))):
        at = draw.draw(st.integers(0, end_of_boxes))
        data[at : at + 4] = draw.draw(st.binary(min_size=4, max_size=4))

    found = findings("clip.mp4", bytes(data))
    texts = text_values(io.BytesIO(bytes(data)))

    assert isinstance(found, list)
    assert isinstance(texts, list)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 3000))
def test_a_film_that_is_cut_off_is_never_clean(kept):
    clean = encoded()

    found = findings("clip.mp4", clean[: len(clean) - 1 - kept])

    assert found != []

"""The pictures and sounds in MP4 files, segments and packages, and damage of any kind."""

import io
import os
import struct
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.core.leaks import aac, h264, text_values, tracks_of
from media.core.leaks import av1 as av1_rules
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


@pytest.mark.parametrize(
    ("kind", "name"),
    [(14, "NAL 14 (prefix)"), (20, "NAL 20 (SVC or MVC slice)"), (24, "NAL 24"), (0, "NAL 0")],
)
def test_a_unit_that_no_decoder_needs_is_a_finding(kind, name):
    data = encoded().replace(b"\x65\x88\x84", bytes([0x60 | kind]) + b"\x88\x84", 1)

    found = places("clip.mp4", data)

    assert found == [f"{name} in sample 1"]


@pytest.mark.parametrize(
    ("sample", "refused"),
    [
        (b"\0\0\0\2\x09\xf0" + b"\0\0\0\2\x65\x88", []),
        (b"\0\0\0\1\x0a" + b"\0\0\0\1\x0b", []),
        (b"\0\0\0\5\x0c\xff\xff\xff\x80" + b"\0\0\0\2\x0c\x80", []),
        (b"\0\0\0\6\x09\xf0text", ["NAL 9 of 6 bytes"]),
        (b"\0\0\0\2\x09M", ["NAL 9: it is not empty,"]),
        (b"\0\0\0\2\x69\xf0", ["NAL 9: it is not empty,"]),
        (b"\0\0\0\2\x0aM", ["NAL 10 of 2 bytes"]),
        (b"\0\0\0\6\x0ctext\x80", ["NAL 12 (filler): it is not empty,"]),
        (b"\0\0\0\2\x0c\xff", ["NAL 12 (filler): it is not empty,"]),
        (b"\0\0\1\0\x67" + bytes(255), ["NAL 7 of 256 bytes"]),
        (
            b"\0\0\0\x0a\x68\xeb\xe3\xcb\x22\xc0text",
            ["NAL 8: it goes on after its last field,"],
        ),
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
        (b"\x3a\1a", ["OBU 7 (second frame header)"]),
        (b"\x42\3abc", ["OBU 8 (tile list)"]),
        (b"\x4a\3abc", ["OBU 9 (unknown)"]),
        (b"\x7a\3abc", ["OBU 15 (padding)"]),
        (b"\x0a\x19" + bytes(25), ["OBU 1 of 25 bytes"]),
        (b"\x1a\x81\1" + bytes(129), ["OBU 3 of 129 bytes"]),
        (b"\x12\3abc", ["OBU 2 of 3 bytes"]),
    ],
)
def test_metadata_in_av1_pictures_is_refused(sample, refused):
    found = list(av1_rules.refused(io.BytesIO(sample), 0, len(sample)))

    assert found == refused


def bits(*fields):
    """Bytes of numbers, each given with its width in bits; the last byte is filled with zeros."""
    text = "".join(f"{number:0{width}b}" for number, width in fields)
    return int(text.ljust(-len(text) // 8 * -8, "0"), 2).to_bytes(-(-len(text) // 8), "big")


def fill(content):
    """A fill element of AAC, and the start of a channel after it."""
    size = [(len(content), 4)] if len(content) < 15 else [(15, 4), (len(content) - 14, 8)]
    return bits((6, 3), *size, *((byte, 8) for byte in content), (1, 3), (0x155, 9))


@pytest.mark.parametrize(
    ("sample", "refused"),
    [
        (b"", []),
        (bits((0, 3), (0x155, 9)), []),
        (bits((7, 3)), []),
        (fill(b""), []),
        (fill(bytes(9)), []),
        (fill(b"\x10" + b"\xa5" * 40), []),
        (fill(b"\0Lavc61.3"), ["AAC element 6 (fill)"]),
        (fill(bytes(200) + b"Mosul"), ["AAC element 6 (fill)"]),
        (bits((6, 3), (1, 4), (0, 8), (6, 3)), ["AAC element 6 (fill)"]),
        (bits((6, 3), (0, 4), (4, 3)), ["AAC element 4 (data stream)"]),
        (bits((4, 3), (0, 4), (0, 1), (5, 8)) + b"Mosul", ["AAC element 4 (data stream)"]),
        (bits((5, 3)) + b"Mosul", ["AAC element 5 (program configuration)"]),
    ],
)
def test_words_before_the_sound_are_refused(sample, refused):
    found = list(aac.refused(io.BytesIO(b"x" + sample), 1, 1 + len(sample)))

    assert found == refused


def test_the_name_of_the_encoder_in_the_sound_is_a_finding():
    data = encoded("-vn", "-flags:a", "-bitexact")

    found = places("clip.mp4", data)

    assert found == ["AAC element 6 (fill) in sample 1"]


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


# Re-wrapped footage --------------------------------------------------------------------------

CORPUS = Path(
    os.environ.get("NEWSROOM_FOOTAGE_CORPUS", Path(__file__).parents[3] / "shared/footage")
)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the test footage is not here")
@pytest.mark.parametrize(
    "name",
    [
        "android-rot180-vfr-gps.mp4",
        "iphone4s-portrait-h264-gps.mov",
        "gopro-gpmd-telemetry-gps.mp4",
        "c2pa-signed-portrait.mp4",
    ],
)
def test_a_cameras_file_is_clean_once_its_pictures_are_copied_alone(tmp_path, name):
    source, target = CORPUS / name, tmp_path / "clip.mp4"
    ffmpeg(
        *("-i", source, "-map", "0:v:0", "-map", "0:a:0", "-c", "copy", "-fflags", "+bitexact"),
        *("-bsf:v", "filter_units=pass_types=1|5|7|8", "-map_metadata", -1),
        *("-map_chapters", -1, "-t", 3, target),
    )

    found = findings("clip.mp4", target.read_bytes())

    assert findings("clip.mp4", source.read_bytes()) != []
    assert found == []


# Segments and packages ---------------------------------------------------------------------


def test_a_segment_without_its_init_segment_is_refused():
    segment = hls_package()["v90/00000.m4s"]

    found = findings("00000.m4s", segment)

    assert [finding.what for finding in found] == [
        "Malformed: its init segment is not known, so its samples cannot be checked."
    ]


def test_a_segment_is_read_with_the_tracks_of_its_init_segment():
    files = hls_package()
    tracks = tracks_of(io.BytesIO(files["v90/init.mp4"]))

    found = findings("00000.m4s", files["v90/00000.m4s"], tracks=tracks)

    assert [track.codec for track in tracks.values()] == ["avc1"]
    assert found == []


def test_a_message_in_the_pictures_of_a_segment_is_a_finding():
    files = dict(hls_package())
    files["v90/00001.m4s"] = files["v90/00001.m4s"].replace(b"\x65\x88\x82", b"\x66\x88\x82", 1)

    found = package_findings(files)

    assert {name: [f.place for f in some] for name, some in found.items()} == {
        "v90/00001.m4s": ["NAL 6 (SEI) in sample 26"]
    }


def test_segments_joined_without_their_index_are_clean():
    files = dict(hls_package())
    first, second = files["v90/00000.m4s"], files.pop("v90/00001.m4s")
    joined = without(first, "sidx") + without(second, "styp", "sidx")
    files["v90/00000.m4s"] = joined
    files["v90/index.m3u8"] = files["v90/index.m3u8"].replace(
        b"#EXTINF:2.000000,\n00001.m4s\n", b""
    )

    found = package_findings(files)

    assert [joined.count(kind) for kind in (b"styp", b"sidx", b"moof")] == [1, 0, 2]
    assert found == {}


def without(data, *kinds):
    """A file without some of its outermost boxes."""
    at, kept = 0, b""
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        kept += b"" if kind.decode() in kinds else data[at : at + size]
        at += size
    return kept


def test_av1_as_our_encoder_writes_it_in_segments_is_clean():
    svt = ("-c:v", "libsvtav1", "-preset", "12", "-bsf:v", "null")
    files = hls_package(*svt)

    found = package_findings(files)

    assert b"av01" in files["v90/init.mp4"]
    assert found == {}


@pytest.mark.parametrize("kind", ["emsg", "prft", "uuid", "mdat"])
def test_a_box_that_does_not_belong_in_a_segment_is_a_finding(kind):
    files = dict(hls_package())
    files["audio/00000.m4s"] += box(kind, b"2017-05-11T06:07:08Z")

    found = package_findings(files)

    assert list(found) == ["audio/00000.m4s"]


def test_a_segment_that_no_playlist_names_is_refused():
    files = dict(hls_package())
    files["v90/00009.m4s"] = files["v90/00000.m4s"]

    found = package_findings(files)

    assert list(found) == ["v90/00009.m4s"]


def test_a_segment_of_two_init_segments_is_refused():
    files = dict(hls_package())
    files["v90/twin.m3u8"] = files["v90/index.m3u8"].replace(b"init", b"other")

    found = package_findings(files)

    assert sorted(found) == ["v90/00000.m4s", "v90/00001.m4s", "v90/twin.m3u8"]


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

"""The boxes of MP4 files, and what they hold, before they become public."""

import struct

import pytest

from media.core.leaks.boxes import CHILDREN
from media.core.leaks.fields import RULES as FIELD_RULES
from tests.media.films import (
    AVC1,
    ILST,
    MDIA,
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

# Clean files -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("-movflags", "+faststart"),
        ("-preset", "veryfast", "-bf", "2"),
        ("-c:v", "libsvtav1", "-preset", "12", "-bsf:v", "null"),
    ],
    ids=["plain", "fast start", "reordered pictures", "AV1"],
)
def test_a_clean_file_has_no_finding(options):
    data = encoded(*options)

    found = findings("clip.mp4", data)

    assert found == []


def test_a_clean_package_has_no_finding():
    files = hls_package()

    found = package_findings(files)

    folders = {"audio", "v90"}
    assert {name.partition("/")[0] for name in files} == folders
    assert found == {}


# Boxes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "extra", "place"),
    [
        ("moov/udta", box("©xyz", b"\0\x11\x15\xc7+36.34+043.13/"), "moov/udta/©xyz"),
        (ILST, box("©too", box("data", bytes(8) + b"Lavf62")), f"{ILST}/©too"),
        ("moov", box("meta", b"keys"), "moov/meta"),
        ("moov", box("uuid", bytes(16)), "moov/uuid"),
        ("moov/trak", box("udta", box("name", b"camera 2")), "moov/trak/udta"),
        ("moov/trak", box("tref", box("cdsc", b"\0\0\0\1")), "moov/trak/tref"),
        (f"{MDIA}/minf", box("gmhd"), f"{MDIA}/minf/gmhd"),
        (f"{STBL}/stsd", box("tmcd", bytes(34)), f"{STBL}/stsd/tmcd"),
        (AVC1, box("SA3D", bytes(8)), f"{AVC1}/SA3D"),
        ("moov", box("a/b\n"), "moov/b'a/b\\n'"),
    ],
)
def test_a_box_that_is_not_on_the_list_is_a_finding(path, extra, place):
    data = edited(encoded(), path, adding(extra))

    found = findings("clip.mp4", data)

    what = "This box is not on the list of what may be published."
    assert [(finding.place, finding.what) for finding in found] == [(place, what)]


@pytest.mark.parametrize(
    ("extra", "place"),
    [
        (box("uuid", b"\xbe\x7a\xcf\xcb" + bytes(12)), "uuid"),
        (box("mfra"), "mfra"),
        (box("wide"), "wide"),
        (box("free", b"Nikon"), "free"),
        (b"abc", "file"),
        (b"\0\0\0\0mdat", "file"),
        (b"\0\0\0\x07free", "file"),
        (b"\0\0\0\1free" + b"\xff" * 8, "file"),
        (b"\0\1\0\0free", "file"),
        (box("mdat", b"unused"), "samples"),
    ],
)
def test_whatever_follows_the_film_is_a_finding(extra, place):
    data = encoded() + extra

    found = places("clip.mp4", data)

    assert found == [place]


def test_free_boxes_of_zeros_are_allowed():
    data = encoded() + box("free", bytes(100)) + box("skip", bytes(9))

    found = places("clip.mp4", data)

    assert found == []


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("ftyp", setting(0, b"qt  ")),
        ("ftyp", setting(4, struct.pack(">I", 20170511))),
        ("ftyp", adding(b"niko")),
        ("moov/mvhd", setting(4, b"\xd5\x3a\x11\x22")),
        ("moov/mvhd", setting(8, b"\xd5\x3a\x11\x22")),
        ("moov/mvhd", setting(72, b"note")),
        ("moov/mvhd", setting(36, b"Mosu")),
        ("moov/mvhd", adding(b"\0")),
        ("moov/trak/tkhd", setting(4, b"\xd5\x3a\x11\x22")),
        ("moov/trak/tkhd", setting(24, b"note")),
        ("moov/trak/tkhd", setting(40, b"Mosu")),
        ("moov/trak/tkhd", setting(48, b"\0\0\0\1")),
        ("moov/trak/tkhd", setting(64, b"\0\1\0\1")),
        ("moov/trak/tkhd", setting(72, b"Mosu")),
        (f"{MDIA}/mdhd", setting(8, b"\xd5\x3a\x11\x22")),
        (f"{MDIA}/mdhd", setting(20, b"\x7f\xff")),
        (f"{MDIA}/hdlr", setting(8, b"text")),
        (f"{MDIA}/hdlr", setting(12, b"appl")),
        (f"{MDIA}/hdlr", lambda body: body[:24] + b"Core Media Video\0"),
        (f"{MDIA}/minf/vmhd", setting(6, b"\1")),
        (f"{MDIA}/minf/dinf/dref/url ", lambda body: b"\0\0\0\0http://example.org/\0"),
        (AVC1, setting(16, b"appl")),
        (AVC1, setting(42, b"\x04Mosu")),
        (AVC1, setting(42, b"\x0dLavc libx264\0x")),
        (f"{AVC1}/avcC", adding(b"\xfd\xf8\xf8\x01\0\x04Mosu")),
        (f"{AVC1}/avcC", setting(8, b"\x66")),
        (f"{AVC1}/avcC", setting(1, b"Mos")),
        (f"{AVC1}/pasp", adding(b"Mosul")),
        (f"{STBL}/stts", adding(b"Mosul")),
        (f"{STBL}/stsz", adding(b"Mosul")),
        (f"{STBL}/stco", adding(b"Mosul")),
        ("moov/udta/meta/hdlr", adding(b"Mosul")),
        ("moov/trak/edts/elst", adding(b"Mosul")),
    ],
)
def test_a_field_that_says_more_than_a_player_needs_is_a_finding(path, change):
    data = edited(encoded(), path, change)

    found = places("clip.mp4", data)

    assert path in found


def test_a_picture_may_be_turned_and_moved_by_whole_pixels():
    quarter = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 90 << 16, 0, 1 << 30)
    data = edited(encoded(), "moov/trak/tkhd", setting(40, quarter))

    found = places("clip.mp4", data)

    assert found == []


@pytest.mark.parametrize(
    ("colours", "expected"),
    [
        (b"nclx\0\1\0\1\0\1\0", []),
        (b"prof" + bytes(128) + b"Sony", [f"{AVC1}/colr"]),
        (b"nclx\0\1\0\1\0\1\0Sony", [f"{AVC1}/colr"]),
    ],
)
def test_colours_are_three_numbers_and_no_profile(colours, expected):
    data = edited(encoded(), AVC1, adding(box("colr", colours)))

    found = places("clip.mp4", data)

    assert found == expected


def test_an_audio_configuration_with_room_for_a_comment_is_a_finding():
    def longer(esds):
        at = esds.index(b"\5\x80\x80\x80\5") + 4
        mended = (
            esds[:at]
            + bytes([esds[at] + 9])
            + esds[at + 1 :].replace(b"\6\x80", b"RECORDER\0\6\x80")
        )
        return mended.replace(b"\3\x80\x80\x80\x25", b"\3\x80\x80\x80\x2e")

    sound = encoded("-vn")
    data = edited(sound, f"{STBL}/stsd/mp4a/esds", longer)

    found = findings("clip.mp4", data)

    assert findings("clip.mp4", sound) == []
    assert [finding.what for finding in found] == [
        "The audio configuration has room for a comment."
    ]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("sdtp", b"\0\0\0\0Mosul"),
        ("sgpd", b"\1\0\0\0roll\0\0\0\2\0\0\0\5Old bridge"),
        ("sgpd", b"\1\0\0\0note\0\0\0\2\0\0\0\1\0\1"),
        ("sbgp", b"\0\0\0\0note\0\0\0\0"),
    ],
)
def test_tables_about_samples_carry_no_text(kind, body):
    data = edited(encoded("-an"), STBL, adding(box(kind, body)))

    found = places("clip.mp4", data)

    assert found == [f"{STBL}/{kind}"]


def test_a_second_box_where_one_is_allowed_is_a_finding():
    clean = encoded()
    data = edited(clean, "moov/trak", lambda body: body + body[: struct.unpack(">I", body[:4])[0]])

    found = places("clip.mp4", data)

    assert found == ["moov/trak/tkhd"]


def test_a_second_track_of_a_kind_is_a_finding():
    data = encoded("-map", "0:v", "-map", "1:a", "-map", "1:a")

    found = places("clip.mp4", data)

    assert found == ["moov"]


def test_every_box_that_may_stand_somewhere_has_a_rule_for_its_content():
    paths = {f"{parent}/{kind}".strip("/") for parent, kinds in CHILDREN.items() for kind in kinds}
    leaves = paths - CHILDREN.keys() - {"mdat"}

    without = {path for path in leaves if not {path, path.rpartition("/")[2]} & FIELD_RULES.keys()}

    assert without == set()


def test_boxes_nested_without_end_are_refused_without_following_them():
    data = b""
    for _ in range(2000):
        data = box("moov", data)

    found = places("clip.mp4", data)

    assert found == ["moov/moov"]


def test_a_file_without_a_film_is_a_finding():
    found = places("clip.mp4", b"")

    assert found == ["file"]

"""What an initialisation segment of our own says of its track."""

import re
import struct

import pytest

from media.core.mp4 import NotOurs, Track, read_track, walk
from tests.media import studio


def box(kind, *parts):
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


HEADER = box(b"mdhd", struct.pack(">IIIIII", 0, 0, 0, 12800, 0, 0))


def described(entry, *, header=HEADER):
    """A file with one track whose sample description holds one entry."""
    stsd = box(b"stsd", struct.pack(">II", 0, 1), entry)
    inside = box(b"minf", box(b"stbl", stsd))
    return box(b"moov", box(b"trak", box(b"mdia", header, inside)))


def av1(*configuration, colours=b""):
    inside = box(b"av1C", bytes(configuration)) + (box(b"colr", colours) if colours else b"")
    return described(box(b"av01", bytes(78), inside))


def nclx(*numbers, full=False):
    return b"nclx" + struct.pack(">HHHB", *numbers, 0x80 * full)


def sound(config, *, object_type=0x40, flags=0, long_sizes=False):
    """An mp4a entry whose decoder is configured with the bytes given."""
    specific = descriptor(5, config, long=long_sizes)
    decoder = descriptor(4, bytes([object_type]) + bytes(12) + specific, long=long_sizes)
    stream = descriptor(3, bytes([0, 1, flags]) + decoder, long=long_sizes)
    return described(box(b"mp4a", bytes(28), box(b"esds", bytes(4) + stream)))


def descriptor(tag, content, *, long=False):
    size = bytes([0x80, 0x80, 0x80, len(content)]) if long else bytes([len(content)])
    return bytes([tag]) + size + content


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return studio.film(tmp_path_factory.mktemp("film"), size="322x240", seconds=1, fragmented=True)


def test_a_picture_that_ffmpeg_wrote_is_read_with_size_and_codec(film):
    track = read_track(film.read_bytes())

    assert (track.width, track.height, track.timescale) == (322, 240, 12800)
    assert re.fullmatch(r"avc1\.[0-9a-f]{6}", track.codecs)


def test_sound_that_ffmpeg_wrote_is_read_as_aac(tmp_path):
    sound = studio.sound_alone(tmp_path, seconds=1)

    assert read_track(sound.read_bytes()) == Track("mp4a.40.2", timescale=44100, channels=1)


def test_av1_that_ffmpeg_wrote_is_read_with_size_and_codec(tmp_path):
    options = ("-c:v", "libsvtav1", "-preset", "10")

    film = studio.film(tmp_path, size="320x240", seconds=0.2, fragmented=True, options=options)

    assert read_track(film.read_bytes()) == Track("av01.0.00M.08", 320, 240, 12800)


@pytest.mark.parametrize(
    ("configuration", "codecs"),
    [
        ((0x81, 0x08, 0x0C, 0), "av01.0.08M.08"),
        ((0x81, 0x0D, 0x8C, 0), "av01.0.13H.08"),
        ((0x81, 0x05, 0x4C, 0), "av01.0.05M.10"),
        ((0x81, 0x45, 0x6C, 0), "av01.2.05M.12"),
        ((0x81, 0x25, 0x00, 0), "av01.1.05M.08.0.000.01.01.01.0"),
        ((0x81, 0x05, 0x1C, 0), "av01.0.05M.08.1.110.01.01.01.0"),
        ((0x81, 0x05, 0x0D, 0), "av01.0.05M.08.0.111.01.01.01.0"),
    ],
)
def test_an_av1_codec_names_profile_level_tier_and_depth(configuration, codecs):
    assert read_track(av1(*configuration)).codecs == codecs


@pytest.mark.parametrize(
    ("colours", "codecs"),
    [
        (nclx(1, 1, 1), "av01.0.08M.08"),
        (nclx(9, 16, 9), "av01.0.08M.08.0.110.09.16.09.0"),
        (nclx(1, 1, 1, full=True), "av01.0.08M.08.0.110.01.01.01.1"),
        (b"prof" + bytes(8), "av01.0.08M.08"),
    ],
)
def test_an_av1_codec_names_its_colours_only_where_they_are_unusual(colours, codecs):
    assert read_track(av1(0x81, 8, 0x0C, 0, colours=colours)).codecs == codecs


def bits(text):
    digits = text.replace(" ", "")
    return int(digits.ljust(-(-len(digits) // 8) * 8, "0"), 2).to_bytes(-(-len(digits) // 8), "big")


PLAIN = "00010 0011 0010 000"
PLAIN_WITH_A_WRITTEN_RATE = "00010 1111" + "0" * 24 + "0010 000"


@pytest.mark.parametrize(
    ("config", "codecs"),
    [
        (PLAIN, "mp4a.40.2"),
        ("00101 0110 0010 0011 00010 000", "mp4a.40.5"),
        ("11101 0110 0001 0011 00010 000", "mp4a.40.29"),
        (f"{PLAIN} 01010110111 00101 1 0011", "mp4a.40.5"),
        (f"{PLAIN} 01010110111 00101 0", "mp4a.40.2"),
        (f"{PLAIN} 01010110111 00101 1 0011 10101001000 1", "mp4a.40.29"),
        (f"{PLAIN} 01010110111 00101 1 0011 10101001000 0", "mp4a.40.5"),
        (f"{PLAIN_WITH_A_WRITTEN_RATE} 01010110111 00101 1 0011", "mp4a.40.5"),
    ],
)
@pytest.mark.parametrize("long_sizes", [False, True])
def test_the_kind_of_aac_is_read_however_it_is_announced(config, codecs, long_sizes):
    assert read_track(sound(bits(config), long_sizes=long_sizes)).codecs == codecs


def test_times_of_64_bits_do_not_hide_the_timescale():
    header = box(b"mdhd", struct.pack(">IQQIQI", 1 << 24, 0, 0, 90000, 0, 0))

    assert read_track(
        described(box(b"avc1", bytes(78), box(b"avcC", bytes(7))), header=header)
    ) == (Track("avc1.000000", timescale=90000))


def test_boxes_are_walked_in_the_order_of_the_file(film):
    kinds = [kind for kind, _ in walk(film.read_bytes())]

    assert kinds[:3] == [b"ftyp", b"moov", b"mvhd"]
    assert kinds.count(b"stsd") == 1


def nested(levels):
    return b"".join(struct.pack(">I4s", 8 * left, b"moov") for left in range(levels, 0, -1))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 7,
        b"\0" * 64,
        b"not a video, but long enough to look like one",
        box(b"ftyp", b"isom"),
        struct.pack(">I4s", 7, b"moov"),
        struct.pack(">I4s", 9999, b"moov"),
        box(b"moov", box(b"trak")),
        described(b""),
        described(box(b"hvc1", bytes(86))),
        described(box(b"avc1", bytes(78))),
        described(box(b"avc1", bytes(78), box(b"pasp", bytes(8)))),
        described(box(b"avc1", bytes(78), box(b"avcC", b"\1d"))),
        av1(0x81, 8),
        described(box(b"mp4a", bytes(28))),
        sound(bits(PLAIN), object_type=0x6B),
        sound(bits(PLAIN), flags=0x80),
        sound(bits("00001 0011 0010 000")),
        sound(b""),
        described(box(b"mp4a", bytes(28), box(b"esds", bytes(4) + b"\3\x7f\0\1"))),
        described(box(b"mp4a", bytes(28), box(b"esds", bytes(4) + b"\3\xff\xff\xff\xff\xff"))),
        box(b"moov", *[described(box(b"avc1", bytes(78), box(b"avcC", bytes(7))))] * 2),
        described(box(b"avc1", bytes(78), box(b"avcC", bytes(7))), header=b""),
        described(box(b"avc1", bytes(78), box(b"avcC", bytes(7))), header=box(b"mdhd")),
        nested(2000),
    ],
    ids=[
        "empty",
        "too short",
        "zeros",
        "text",
        "no movie",
        "a size below eight",
        "a size beyond the file",
        "no description",
        "no entry",
        "a codec that we do not write",
        "no configuration",
        "another box for the configuration",
        "half a configuration",
        "half a configuration of AV1",
        "no configuration of sound",
        "MP3 in MP4",
        "sound that depends on another",
        "another kind of AAC",
        "no kind of AAC",
        "a descriptor longer than its box",
        "a descriptor whose size never ends",
        "two tracks",
        "no header",
        "no time units",
        "boxes nested without end",
    ],
)
def test_bytes_that_our_encoder_never_writes_are_refused(data):
    with pytest.raises(NotOurs):
        read_track(data)


def test_a_segment_that_is_cut_anywhere_is_refused_or_read_whole(film):
    head = film.read_bytes()
    head = head[: head.index(b"moof") - 4]
    whole = read_track(head)

    for length in range(len(head)):
        try:
            assert read_track(head[:length]) == whole
        except NotOurs:
            continue

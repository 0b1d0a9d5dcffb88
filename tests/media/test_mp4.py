"""What an initialisation segment of our own says of its track."""

import re
import struct

import pytest

from media.core.mp4 import NotOurs, Track, read_track, walk
from tests.media import studio


def box(kind, *parts):
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def described(entry):
    """A file with one track whose sample description holds one entry."""
    stsd = box(b"stsd", struct.pack(">II", 0, 1), entry)
    return box(b"moov", box(b"trak", box(b"mdia", box(b"minf", box(b"stbl", stsd)))))


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return studio.film(tmp_path_factory.mktemp("film"), size="322x240", seconds=1, fragmented=True)


def test_a_picture_that_ffmpeg_wrote_is_read_with_size_and_codec(film):
    track = read_track(film.read_bytes())

    assert (track.width, track.height) == (322, 240)
    assert re.fullmatch(r"avc1\.[0-9a-f]{6}", track.codecs)


def test_sound_that_ffmpeg_wrote_is_read_as_aac(tmp_path):
    sound = studio.sound_alone(tmp_path, seconds=1)

    assert read_track(sound.read_bytes()) == Track("mp4a.40.2")


def test_boxes_are_walked_in_the_order_of_the_file(film):
    kinds = [kind for kind, _ in walk(film.read_bytes())]

    assert kinds[:3] == [b"ftyp", b"moov", b"mvhd"]
    assert kinds.count(b"stsd") == 1


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

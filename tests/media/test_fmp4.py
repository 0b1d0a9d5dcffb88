"""Pieces become segments: renumbered, moved in time, their samples untouched."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core import fmp4
from media.core.fmp4 import KeyRange, NotOurs, Samples
from tests.media import studio
from tests.media.streams import PIECES, grouped

SECOND = 1_000_000
PICTURES = ("-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=5", "-g", "50", "-sc_threshold", "0")
SOUND = ("-f", "lavfi", "-i", "sine=440:r=48000:d=5", "-c:a", "aac")
CODECS = {
    "h264": (*PICTURES, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
    "av1": (*PICTURES, "-c:v", "libsvtav1", "-preset", "10", "-pix_fmt", "yuv420p"),
    "aac": SOUND,
}


# Pieces of ffmpeg ---------------------------------------------------------------------------


@pytest.fixture(scope="module", params=CODECS)
def encoded(request, tmp_path_factory) -> Path:
    """A folder with five seconds in pieces of two."""
    folder = tmp_path_factory.mktemp(request.param)
    studio.ffmpeg(
        *CODECS[request.param],
        *(*PIECES, "-hls_segment_filename", folder / "%05d.m4s", folder / "pieces.m3u8"),
    )
    return folder


def pieces_of(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.glob("0*.m4s"))]


def init_of(folder: Path) -> bytes:
    return (folder / "init.mp4").read_bytes()


def frames(folder: Path, *parts: bytes) -> list[bytes]:
    """Time, duration and checksum of each frame, decoded."""
    path = folder / "joined.mp4"
    path.write_bytes(b"".join(parts))
    lines = studio.ffmpeg("-i", path, "-f", "framemd5", "-").splitlines()
    return [line for line in lines if not line.startswith(b"#")]


def test_pieces_joined_decode_to_the_very_same_frames(encoded):
    init, pieces = init_of(encoded), pieces_of(encoded)

    joined = fmp4.join(pieces, first_sequence=1)

    assert len(pieces) == 3
    assert frames(encoded, init, joined) == frames(encoded, init, *pieces)


def test_a_segment_has_one_type_box_and_no_index(encoded):
    joined = fmp4.join(pieces_of(encoded), first_sequence=1)

    assert [kind for kind, _ in boxes(joined)] == [b"styp", *[b"moof", b"mdat"] * 3]


def test_the_times_of_pieces_follow_one_another(encoded):
    pieces = pieces_of(encoded)

    ends = [fmp4.base_time(piece) + fmp4.samples(piece).duration for piece in pieces]

    assert [fmp4.base_time(piece) for piece in pieces] == [0, *ends[:-1]]
    assert ends[-1] / fmp4.timescale(init_of(encoded)) == pytest.approx(5, abs=0.03)


def test_a_segment_counts_as_much_as_its_pieces(encoded):
    pieces = pieces_of(encoded)
    counted = [fmp4.samples(piece) for piece in pieces]

    joined = fmp4.join(pieces, first_sequence=1)

    assert fmp4.samples(joined) == Samples(
        sum(one.count for one in counted), sum(one.duration for one in counted)
    )


def test_a_chunk_that_starts_later_is_moved_as_a_whole(encoded):
    pieces = pieces_of(encoded)

    moved = fmp4.join(pieces, first_sequence=41, shift=9_000_000_000)

    assert numbers(moved) == [41, 42, 43]
    assert [key.start for key in fmp4.key_ranges(moved)] == [
        9_000_000_000 + fmp4.base_time(piece) for piece in pieces
    ]


def test_a_moved_segment_moved_back_is_the_same(encoded):
    plain = fmp4.join(pieces_of(encoded), first_sequence=1)

    moved = fmp4.join([plain], first_sequence=7, shift=12345)

    assert moved != plain
    assert fmp4.join([moved], first_sequence=1, shift=-12345) == plain


def test_each_keyframe_can_be_shown_from_its_range_alone(encoded):
    if encoded.name.startswith("aac"):
        pytest.skip("sound has no keyframes to show")
    init, joined = init_of(encoded), fmp4.join(pieces_of(encoded), first_sequence=1)
    every = pictures(encoded, init, joined)

    shown = [
        pictures(encoded, init, joined[key.offset : key.offset + key.length])[:1]
        for key in fmp4.key_ranges(joined)
    ]

    assert [every.index(picture) for (picture,) in shown] == [0, 50, 100]


def pictures(folder: Path, *parts: bytes) -> list[bytes]:
    return [line.split(b",")[-1] for line in frames(folder, *parts)]


def test_a_range_ends_with_the_first_sample_and_not_behind_it(encoded):
    joined = fmp4.join(pieces_of(encoded), first_sequence=1)

    sizes = [
        key.length - int.from_bytes(joined[key.offset : key.offset + 4], "big")
        for key in fmp4.key_ranges(joined)
    ]

    assert sizes == [8 + first_size(piece) for piece in pieces_of(encoded)]


def first_size(piece: bytes) -> int:
    """What the index of samples says, found without the code under test."""
    run = piece.index(b"trun") + 4
    flags = int.from_bytes(piece[run + 1 : run + 4], "big")
    at = run + 12 + 4 * bool(flags & 4) + 4 * bool(flags & 0x100)
    return int.from_bytes(piece[at : at + 4], "big")


# Pieces built by hand -----------------------------------------------------------------------


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), kind) + body


def boxes(data: bytes) -> list[tuple[bytes, bytes]]:
    found = []
    while data:
        size = int.from_bytes(data[:4], "big")
        found.append((data[4:8], data[8:size]))
        data = data[size:]
    return found


def numbers(segment: bytes) -> list[int]:
    moofs = [payload for kind, payload in boxes(segment) if kind == b"moof"]
    return [int.from_bytes(moof[12:16], "big") for moof in moofs]


def words(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)


HEADER = box(b"tfhd", words(0x20038, 1, 512, 10, 0x2000000))
TIME = box(b"tfdt", words(0x1000000, 0, 77))


def a_run(
    *, flags: int = 1, count: int = 3, table: tuple[int, ...] = (), offset: int = 96
) -> bytes:
    return box(b"trun", words(flags, count, *([offset] if flags & 1 else []), *table))


def a_moof(
    *tracks: bytes,
    header: bytes = HEADER,
    time: bytes = TIME,
    run: bytes | None = None,
    number: bytes = words(0, 1),
) -> bytes:
    track = box(b"traf", header, time, a_run() if run is None else run)
    return box(b"moof", box(b"mfhd", number), track, *tracks)


def a_piece(data: bytes = b"x" * 30, **fields) -> bytes:
    """Three samples of ten bytes and 512 units each, from the time 77 on."""
    run = fields.pop("run", None)
    # Behind the moof: the samples start eight bytes after its end.
    offset = len(a_moof(run=run, **fields)) + 8
    run = a_run(offset=offset) if run is None else run
    return box(b"styp", b"msdh") + a_moof(run=run, **fields) + box(b"mdat", data)


def test_a_piece_is_counted_by_the_defaults_of_its_header():
    assert fmp4.samples(a_piece()) == Samples(3, 1536)


def test_durations_of_their_own_count_before_the_default():
    run = a_run(flags=0x301, table=(5, 10, 6, 10, 7, 10))

    assert fmp4.samples(a_piece(run=run)) == Samples(3, 18)


def test_several_runs_of_a_fragment_are_counted_together():
    run = a_run() + a_run(count=2)

    assert fmp4.samples(a_piece(run=run)) == Samples(5, 2560)


def test_what_a_piece_leaves_out_is_asked_of_the_movie():
    bare = box(b"tfhd", words(0x20000, 1))
    init = box(b"moov", box(b"mvex", box(b"trex", words(0, 1, 1, 100, 10, 0))))
    piece = a_piece(header=bare)

    assert fmp4.samples(piece, init=init) == Samples(3, 300)
    assert fmp4.key_ranges(piece, init=init) == [KeyRange(12, len(piece) - 12 - 20, 77)]
    with pytest.raises(NotOurs, match="without a duration"):
        fmp4.samples(piece)
    with pytest.raises(NotOurs, match="keyframe"):
        fmp4.key_ranges(piece)


def test_a_description_in_front_of_the_defaults_is_stepped_over():
    described = box(b"tfhd", words(0x2003A, 1, 9, 512, 10, 0x2000000))

    assert fmp4.samples(a_piece(header=described)) == Samples(3, 1536)


@pytest.mark.parametrize(
    ("run", "header"),
    [
        (a_run(flags=0x5, table=(0x10000,)), HEADER),
        (a_run(flags=0x401, table=(0x10000, 0, 0)), HEADER),
        (a_run(), box(b"tfhd", words(0x20038, 1, 512, 10, 0x10000))),
    ],
    ids=["the first", "each", "by default"],
)
def test_a_fragment_that_starts_between_keyframes_has_no_range(run, header):
    with pytest.raises(NotOurs, match="keyframe"):
        fmp4.key_ranges(a_piece(run=run, header=header))


@pytest.mark.parametrize("offset", [-1, 0, 99, 110_000])
def test_a_sample_that_lies_outside_its_fragment_has_no_range(offset):
    run = box(b"trun", struct.pack(">IIi", 1, 3, offset))

    with pytest.raises(NotOurs, match="outside"):
        fmp4.key_ranges(a_piece(run=run))


@pytest.mark.parametrize("run", [a_run(flags=0), a_run(count=0)])
def test_a_run_that_names_no_sample_has_no_range(run):
    with pytest.raises(NotOurs, match="where its samples are"):
        fmp4.key_ranges(a_piece(run=run))


def test_a_time_before_the_start_is_refused():
    assert fmp4.base_time(fmp4.join([a_piece()], first_sequence=1, shift=-77)) == 0
    with pytest.raises(NotOurs, match="before the start"):
        fmp4.join([a_piece()], first_sequence=1, shift=-78)


BROKEN = {
    "nothing": b"",
    "text": b"not a video, but long enough to look like one",
    "a type alone": box(b"styp", b"msdh"),
    "samples alone": box(b"mdat", b"x"),
    "a fragment without samples": a_moof(),
    "two fragments in front of their samples": a_moof() + a_moof() + box(b"mdat"),
    "an index between": a_moof() + box(b"sidx") + box(b"mdat"),
    "a box that we do not write": box(b"emsg") + a_piece(),
    "a whole film": box(b"ftyp", b"isom") + box(b"moov") + a_piece(),
    "a size of 64 bits": struct.pack(">I4sQ", 1, b"mdat", 16),
    "a size to the end": struct.pack(">I4s", 0, b"mdat"),
    "a tail": a_piece() + b"\0\0\0",
    "no number": box(b"moof", box(b"traf", HEADER, TIME, a_run())) + box(b"mdat"),
    "a number that is too short": a_piece(number=b"\0"),
    "two tracks": a_moof(box(b"traf", HEADER, TIME, a_run())) + box(b"mdat"),
    "no header": a_piece(header=b""),
    "two headers": a_piece(header=HEADER * 2),
    "a header without content": a_piece(header=box(b"tfhd")),
    "an address in the file": a_piece(header=box(b"tfhd", words(0x20001, 1, 0, 0))),
    "addresses from the last fragment": a_piece(header=box(b"tfhd", words(0x38, 1, 1, 1, 0))),
    "no time": a_piece(time=b""),
    "two times": a_piece(time=TIME * 2),
    "a time without content": a_piece(time=box(b"tfdt")),
    "a time of 32 bits": a_piece(time=box(b"tfdt", words(0, 77))),
    "a time of 32 bits with a tail": a_piece(time=box(b"tfdt", words(0, 77, 0))),
    "a time cut short": a_piece(time=box(b"tfdt", words(0x1000000, 0))),
    "no run": a_piece(run=b""),
}


@pytest.mark.parametrize("piece", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize(
    "read",
    [
        lambda piece: fmp4.join([a_piece(), piece], first_sequence=1),
        fmp4.base_time,
        fmp4.samples,
        fmp4.key_ranges,
    ],
    ids=["join", "base_time", "samples", "key_ranges"],
)
def test_bytes_that_ffmpeg_does_not_write_are_refused(read, piece):
    with pytest.raises(NotOurs):
        read(piece)


def test_a_list_of_samples_that_promises_more_than_it_holds_is_refused():
    run = a_run(flags=0x301, count=0xFFFFFFFF, table=(5, 10))

    with pytest.raises(NotOurs, match="ends too early"):
        fmp4.samples(a_piece(run=run))


def test_no_pieces_make_no_segment():
    with pytest.raises(NotOurs, match="no pieces"):
        fmp4.join([], first_sequence=1)


@given(st.data())
def test_a_piece_damaged_in_any_byte_is_read_or_refused(data):
    piece = bytearray(a_piece())
    at = data.draw(st.integers(0, len(piece) - 1))
    piece[at] = data.draw(st.integers(0, 255))
    piece = bytes(piece[: data.draw(st.integers(0, len(piece)))])

    for read in (fmp4.base_time, fmp4.samples, fmp4.key_ranges):
        try:
            assert read(piece) is not None
        except NotOurs:
            continue


# Grouping -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("durations_s", "counts"),
    [
        ([], []),
        ([2], [1]),
        ([2, 2, 2], [1, 1, 1]),
        ([2, 2, 2, 1], [1, 1, 1, 1]),
        ([2] * 9, [1, 1, 1, 3, 3]),
        ([2] * 10, [1, 1, 1, 3, 3, 1]),
        ([4] * 7, [1, 1, 1, 2, 2]),
        ([10] * 5, [1, 1, 1, 1, 1]),
        ([2, 2, 2, 2, 10, 2], [1, 1, 1, 2, 1]),
        ([2.02, 2, 2, 1.9969, 1.9969, 1.9969, 1.9969], [1, 1, 1, 3, 1]),
        ([2.002] * 9, [1, 1, 1, 3, 3]),
    ],
)
def test_the_first_three_pieces_are_alone_and_the_others_make_six_seconds(durations_s, counts):
    full, rest = grouped([round(length * SECOND) for length in durations_s])

    assert full + [rest] * (rest > 0) == counts


@given(st.lists(st.integers(1, 12 * SECOND)))
def test_no_piece_is_lost_and_what_was_published_stays(durations_us):
    counts, rest = grouped(durations_us)

    assert sum(counts) + rest == len(durations_us)
    for length in range(len(durations_us)):
        grown, _ = grouped(durations_us[:length])
        assert grown == counts[: len(grown)]


@given(st.lists(st.integers(2 * SECOND - 50_000, 2 * SECOND + 50_000), min_size=6))
def test_segments_of_pieces_near_two_seconds_last_near_six(durations_us):
    counts, _ = grouped(durations_us)

    assert counts == [1, 1, 1] + [3] * ((len(durations_us) - 3) // 3)

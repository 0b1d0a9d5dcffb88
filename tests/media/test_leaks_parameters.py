"""H.264 parameter sets, read to their end: those of real encoders, and those that hide words."""

import io
import itertools

import pytest

from media.core.leaks import parameters
from media.core.leaks.boxes import parse
from tests.media.films import AVC1, encoded

NONE = ""
BEHIND = "it goes on after its last field"
NO_CURVE = "a scaling list in it is not a curve"
TOO_LARGE = "a number in it is larger than any that a player needs"

FLAT_START = "16" + ",16" * 15


def sets_of(data):
    """The parameter sets in the configuration of a film: one of each kind."""
    stream = io.BytesIO(data)
    box = parse(stream)[0].first(f"{AVC1}/avcC")
    body = data[box.body : box.end]
    size = int.from_bytes(body[6:8], "big")
    sequence, rest = body[8 : 8 + size], body[8 + size + 1 :]
    return [sequence, rest[2 : 2 + int.from_bytes(rest[:2], "big")]]


@pytest.mark.parametrize(
    "options",
    [
        ("-profile:v", "baseline"),
        ("-profile:v", "main", "-preset", "medium"),
        ("-profile:v", "high", "-vf", "crop=158:90,setsar=4/3", "-colorspace", "bt709"),
        ("-x264-params", "nal-hrd=cbr", "-b:v", "200k", "-maxrate", "200k", "-bufsize", "400k"),
        ("-preset", "medium", "-x264-params", "cqm=jvt:bframes=3:weightp=2"),
        ("-preset", "medium", "-x264-params", f"cqm4={FLAT_START}"),
    ],
    ids=["baseline", "main", "cropped", "buffers", "standard curves", "flat curves"],
)
def test_what_an_encoder_writes_is_read_to_its_very_end(options):
    sets = sets_of(encoded("-an", *options))

    found = [parameters.fault(unit) for unit in sets]

    assert [unit[0] & 31 for unit in sets] == [parameters.SEQUENCE, parameters.PICTURE]
    assert found == [NONE, NONE]


def test_words_in_the_curves_of_an_encoder_are_refused():
    words = ",".join(str(byte) for byte in b"Old bridge,Mosul")

    found = [
        parameters.fault(unit)
        for unit in sets_of(encoded("-an", "-preset", "medium", "-x264-params", f"cqm4={words}"))
    ]

    assert NO_CURVE in found


@pytest.mark.parametrize("tail", [b" Mosul", b"Mosul\x80"])
def test_words_behind_a_parameter_set_are_refused(tail):
    found = [parameters.fault(unit + tail) for unit in sets_of(encoded("-an"))]

    assert found == [BEHIND, BEHIND]


@pytest.mark.parametrize("tail", [b"\0", b"\0\0\3"])
def test_a_parameter_set_without_its_stop_bit_at_the_end_is_refused(tail):
    found = [parameters.fault(unit + tail) for unit in sets_of(encoded("-an"))]

    assert found == ["it does not end with its stop bit"] * 2


# Written bit by bit --------------------------------------------------------------------------


def unit(kind, *fields):
    """A unit of bits: texts of 0 and 1 as they are, numbers as Exp-Golomb; and the stop bit."""
    text = "".join(field if isinstance(field, str) else number(field) for field in fields) + "1"
    size = -(-len(text) // 8)
    return bytes([0x60 | kind]) + int(text.ljust(size * 8, "0"), 2).to_bytes(size, "big")


def number(value):
    text = f"{value + 1:b}"
    return "0" * (len(text) - 1) + text


def signed(value):
    return 2 * value - 1 if value > 0 else -2 * value


def sequence(*, profile=66, chroma=(), order=(2,), size=(9, 5), rest=("0",)):
    head = (f"{profile:08b}", f"{30:016b}", 0)
    return unit(7, *head, *chroma, 0, *order, 1, "0", *size, "1", "1", "0", *rest)


def curves(*weights):
    """What high profiles add, with the first scaling list given."""
    steps = [signed(after - before) for before, after in itertools.pairwise((8, *weights))]
    return (1, 0, 0, "0", "1", "1", *steps, "0" * 7)


ORDERED = (16, 17, 17, 20, 20, 20, 24, 24, 24, 24, 28, 28, 28, 30, 30, 40)


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({}, NONE),
        ({"order": (0, 4)}, NONE),
        ({"order": (1, "0", 3, 4, 2, 5, 6)}, NONE),
        ({"order": (1, "0", 3, 4, 5, 1, 1, 1, 1, 1)}, TOO_LARGE),
        ({"order": (1, "0", 3, 4, 1, 0x4D6F7375)}, TOO_LARGE),
        ({"order": (3,)}, TOO_LARGE),
        ({"size": (0x4D6F7375, 5)}, TOO_LARGE),
        ({"profile": 100, "chroma": curves(*ORDERED)}, NONE),
        ({"profile": 100, "chroma": curves(*ORDERED[:3], 0)}, NONE),
        ({"profile": 100, "chroma": curves(0)}, NONE),
        ({"profile": 100, "chroma": curves(*ORDERED[::-1])}, NO_CURVE),
        ({"profile": 100, "chroma": curves(*b"Old bridge,Mosul")}, NO_CURVE),
        ({"profile": 100, "chroma": curves(*b"aabbbccccdddeeff")}, NO_CURVE),
        ({"rest": ("1", "1", f"{255:08b}", f"{0x10001:032b}", "0" * 8)}, NONE),
        ({"rest": ("1", "0" * 8, "0" * 8)}, BEHIND),
        ({"rest": ("1",)}, "it ends in the middle of a field"),
        ({"rest": ("1", "00000", "1", 4, "0" * 8)}, TOO_LARGE),
        ({"size": ("0" * 40 + "1", 5)}, "a number in it is too long"),
    ],
)
def test_sequence_parameters_hold_only_numbers_within_their_limits(fields, fault):
    assert parameters.fault(sequence(**fields)) == fault


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ((0, 0, "00", 0, 0, 0, "000", 0, 0, 0, "000"), NONE),
        ((0, 0, "00", 0, 0, 0, "000", 0, 0, 0, "000", "1", "0", 0), NONE),
        ((0, 0, "00", 1, 0, 0, "000", 0, 0, 0, "000"), TOO_LARGE),
        ((0, 0, "00", 0, 0, 0, "000", 0x4D6F, 0, 0, "000"), TOO_LARGE),
        ((0, 0, "00", 0, 0, 0, "000", 0, 0, 0, "000", "1", "0", 0, "01001101"), BEHIND),
    ],
)
def test_picture_parameters_hold_only_numbers_within_their_limits(fields, fault):
    assert parameters.fault(unit(8, *fields)) == fault


@pytest.mark.parametrize("data", [b"", b"\x67", b"\x67\0\0"])
def test_a_parameter_set_without_content_is_refused(data):
    assert parameters.fault(data) == "it does not end with its stop bit"

"""Which sizes a clip is encoded in."""

from fractions import Fraction
from itertools import pairwise

import pytest

from media.core.ladder import AV1_STEPS, STEPS, middle_rung, plan_av1, plan_ladder


def sides(short_side):
    return [rung.short_side for rung in plan_ladder(short_side)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (2160, [1080, 720, 480, 360, 240]),
        (1386, [1080, 720, 480, 360, 240]),
        (1080, [1080, 720, 480, 360, 240]),
        (720, [720, 480, 360, 240]),
        (600, [600, 480, 360, 240]),
        (576, [576, 360, 240]),
        (480, [480, 360, 240]),
        (320, [320, 240]),
        (240, [240]),
        (108, [108]),
    ],
)
def test_a_source_gets_the_rungs_below_its_own_size(source, expected):
    assert sides(source) == expected


def test_no_rung_is_larger_than_the_tallest_that_is_wanted():
    assert [rung.short_side for rung in plan_ladder(1080, tallest=720)] == [720, 480, 360, 240]
    assert [rung.short_side for rung in plan_ladder(360, tallest=720)] == [360, 240]
    assert [rung.name for rung in plan_av1(1080, tallest=480)] == ["av1-480", "av1-360"]


def test_no_rung_is_larger_than_its_source():
    assert [size for size in range(2, 2200) if max(sides(size)) > size] == []


def test_every_rung_is_even():
    assert [size for size in range(1, 2200) if any(side % 2 for side in sides(size))] == []


def test_every_rung_is_well_below_the_one_before():
    close = [
        size
        for size in range(1, 2200)
        for high, low in pairwise(sides(size))
        if low > high * Fraction(4, 5)
    ]

    assert close == []


@pytest.mark.parametrize(("source", "top"), [(121, 120), (1079, 1078), (3, 2), (8, 8)])
def test_an_odd_size_loses_one_row_of_pixels(source, top):
    assert sides(source)[0] == top


def test_one_pixel_becomes_two_because_half_a_pixel_has_no_colour():
    assert sides(1) == [2]


@pytest.mark.parametrize("source", [0, -1080])
def test_a_picture_without_pixels_is_an_error(source):
    with pytest.raises(ValueError, match="at least one pixel"):
        plan_ladder(source)


def test_a_rung_between_two_steps_has_the_quality_of_the_larger_one():
    rung = plan_ladder(600)[0]

    assert (rung.crf, rung.cap_kbps) == (STEPS[1].crf, STEPS[1].cap_kbps)


def test_a_rung_takes_no_more_bits_than_the_one_above_it():
    caps = [rung.cap_kbps for rung in plan_ladder(1080)]

    assert caps == sorted(caps, reverse=True)


@pytest.mark.parametrize(
    ("source", "middle"), [(1080, 480), (720, 480), (576, 360), (480, 480), (432, 432), (10, 10)]
)
def test_the_plain_mp4_is_the_largest_rung_up_to_480(source, middle):
    assert middle_rung(plan_ladder(source)).short_side == middle


def test_folders_are_named_by_size_and_no_two_alike():
    names = [rung.name for rung in plan_ladder(1080)]

    assert names == ["v1080", "v720", "v480", "v360", "v240"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (2160, [1080, 720, 480, 360]),
        (720, [720, 480, 360]),
        (576, [576, 360]),
        (360, [360]),
        (358, []),
    ],
)
def test_av1_has_the_sizes_of_the_ladder_down_to_360(source, expected):
    assert [rung.short_side for rung in plan_av1(source)] == expected


def test_every_size_in_av1_is_one_of_the_ladder():
    odd = [
        size
        for size in range(1, 2200)
        if not {rung.short_side for rung in plan_av1(size)} <= set(sides(size))
    ]

    assert odd == []


def test_av1_takes_no_more_bits_than_the_ladder_does():
    pairs = zip(plan_av1(1080), plan_ladder(1080), strict=False)

    assert [av1.name for av1, h264 in pairs if av1.cap_kbps >= h264.cap_kbps] == []


def test_folders_in_av1_are_named_by_codec_and_size():
    names = [rung.name for rung in plan_av1(1080)]

    assert names == ["av1-1080", "av1-720", "av1-480", "av1-360"]


def test_every_rung_has_the_preset_of_its_step():
    h264 = {rung.short_side: rung.preset for rung in plan_ladder(1080)}
    av1 = {rung.short_side: rung.preset for rung in plan_av1(1080)}

    assert h264 == {step.short_side: step.preset for step in STEPS}
    assert av1 == {step.short_side: step.preset for step in AV1_STEPS}

"""The sheet of small pictures, and the WebVTT that says where each lies on it."""

import pytest

from media.core.storyboard import Storyboard, plan_storyboard, stills_every_ms, vtt
from tests.factories import a_probe


def a_sheet(length_ms, **fields):
    return plan_storyboard(a_probe(**fields), length_ms)


@pytest.mark.parametrize(
    ("length_ms", "sheet"),
    [
        (1, Storyboard(1000, 1, 1, 160, 90, 1)),
        (2000, Storyboard(1000, 2, 1, 160, 90, 2)),
        (10_001, Storyboard(1000, 10, 2, 160, 90, 11)),
        (100_000, Storyboard(1000, 10, 10, 160, 90, 100)),
        (100_001, Storyboard(1100, 10, 10, 160, 90, 91)),
        (3_600_000, Storyboard(36_000, 10, 10, 160, 90, 100)),
    ],
)
def test_a_tile_a_second_and_never_more_than_a_hundred(length_ms, sheet):
    assert a_sheet(length_ms) == sheet


def test_every_moment_of_any_clip_has_a_tile():
    wrong = [
        length_ms
        for length_ms in range(1, 2_000_000, 777)
        for sheet in [a_sheet(length_ms)]
        if not (sheet.count - 1) * sheet.every_ms < length_ms <= sheet.count * sheet.every_ms
        or not sheet.count <= min(100, sheet.columns * sheet.rows)
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("size", "tile"),
    [
        ((1920, 1080), (160, 90)),
        ((1080, 1920), (90, 160)),
        ((640, 480), (160, 120)),
        ((4000, 3), (160, 2)),
        ((10, 8), (10, 8)),
        ((161, 121), (160, 120)),
    ],
)
def test_a_tile_has_the_shape_of_the_picture_and_is_no_larger(size, tile):
    sheet = a_sheet(5000, width=size[0], height=size[1])

    assert (sheet.tile_width, sheet.tile_height) == tile


@pytest.mark.parametrize(
    ("length_ms", "every_ms"),
    [(1, 6000), (1_200_000, 6000), (1_200_001, 6100), (43_200_000, 216_000)],
)
def test_there_are_never_more_than_two_hundred_stills(length_ms, every_ms):
    assert stills_every_ms(length_ms) == every_ms


def test_the_cues_name_each_tile_row_by_row():
    text = vtt(Storyboard(2000, 2, 2, 160, 90, 3), 5250)

    assert text == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:02.000\nstoryboard.jpg#xywh=0,0,160,90\n\n"
        "00:00:02.000 --> 00:00:04.000\nstoryboard.jpg#xywh=160,0,160,90\n\n"
        "00:00:04.000 --> 00:00:05.250\nstoryboard.jpg#xywh=0,90,160,90\n"
    )


def test_a_clip_that_came_out_shorter_has_no_cue_behind_its_end():
    text = vtt(Storyboard(2000, 2, 2, 160, 90, 3), 3500)

    assert [line for line in text.splitlines() if "-->" in line] == [
        "00:00:00.000 --> 00:00:02.000",
        "00:00:02.000 --> 00:00:03.500",
    ]

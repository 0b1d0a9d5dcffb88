"""Boxes that move, as rectangles that cover them wherever they are."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core.tracks import (
    MOST_KEYS,
    STEP,
    Area,
    BadTrack,
    Box,
    Key,
    looks,
    pieces,
    read_area,
    read_box,
    require_few,
)

FRAME_MS = 40
fractions = st.floats(0, 0.7)
areas = st.builds(Area, fractions, fractions, st.floats(0.05, 0.3), st.floats(0.05, 0.3))
boxes = st.lists(
    st.tuples(st.integers(0, 5000), areas), min_size=1, max_size=5, unique_by=lambda k: k[0]
).map(lambda keys: Box(1000, 4000, tuple(Key(*key) for key in sorted(keys))))


def holds(outer, inner):
    slack = 1e-9
    return (
        outer.x <= inner.x + slack
        and outer.y <= inner.y + slack
        and outer.x + outer.width >= inner.x + inner.width - slack
        and outer.y + outer.height >= inner.y + inner.height - slack
    )


@given(box=boxes, at=st.integers(1000, 3999))
def test_at_every_moment_a_rectangle_covers_the_box_and_the_frame_before(box, at):
    found = [piece for piece in pieces(box, FRAME_MS) if piece.start_ms <= at < piece.end_ms]

    assert len(found) >= 1
    assert any(holds(piece.area, box.at(at)) for piece in found)
    assert any(holds(piece.area, box.at(at - FRAME_MS)) for piece in found)


@given(box=boxes)
def test_the_rectangles_begin_a_frame_early_and_leave_no_gap(box):
    found = pieces(box, FRAME_MS)

    assert (found[0].start_ms, found[-1].end_ms) == (960, 4000)
    assert all(one.end_ms == two.start_ms for one, two in pairwise(found))


def test_a_box_that_stands_still_is_one_rectangle():
    box = Box(0, 3_600_000, (Key(0, Area(0.1, 0.1, 0.2, 0.2)),))

    assert len(pieces(box, FRAME_MS)) == 1


def test_a_box_that_moves_is_little_larger_than_it_must_be():
    box = Box(0, 10_000, (Key(0, Area(0, 0, 0.1, 0.1)), Key(10_000, Area(0.9, 0, 0.1, 0.1))))

    found = pieces(box, FRAME_MS)

    assert len(found) == 45
    assert max(piece.area.width for piece in found) < 0.1 + 2 * STEP


def test_it_is_looked_at_where_it_begins_ends_turns_and_between():
    box = Box(0, 1000, (Key(0, Area(0, 0, 0.1, 0.1)), Key(600, Area(0.5, 0, 0.1, 0.1))))

    assert looks(box, FRAME_MS) == [0, 300, 600, 780, 960]


def test_a_part_inside_a_crop_is_counted_from_the_crop():
    crop = Area(0.5, 0.5, 0.5, 0.5)

    assert Area(0.25, 0.25, 0.5, 0.5).within(crop) == Area(0, 0, 0.5, 0.5)
    assert Area(0, 0, 0.5, 0.5).within(crop) is None
    assert Area(0.1, 0.2, 0.3, 0.4).within(None) == pytest.approx(Area(0.1, 0.2, 0.3, 0.4))


@pytest.mark.parametrize(
    ("keyframes", "sentence"),
    [
        ([], f"A box has at least one place and at most {MOST_KEYS}."),
        ("x" * 500, f"A box has at least one place and at most {MOST_KEYS}."),
        (["x"], "A place of a box cannot be read: load the page again."),
        ([{"at_ms": -1}], "A place of a box has no moment: load the page again."),
        ([{"at_ms": 0, "x": "0"}], "An area has no place or no size: load the page again."),
        (
            [{"at_ms": 0, "x": 0, "y": 0, "width": 0.5, "height": 0.5}] * 2,
            "A box is at two places at once: take one of them out.",
        ),
    ],
)
def test_a_box_that_cannot_be_drawn_is_refused(keyframes, sentence):
    with pytest.raises(BadTrack) as caught:
        read_box(0, 1000, keyframes)

    assert str(caught.value) == sentence


@pytest.mark.parametrize(
    "told",
    [
        {"x": 9, "y": 0, "width": 0.5, "height": 0.5},
        {"x": float("nan"), "y": 0, "width": 0.5, "height": 0.5},
        {"x": 0, "y": 0, "width": 0.001, "height": 0.5},
        {"x": 1.2, "y": 0, "width": 0.5, "height": 0.5},
    ],
)
def test_an_area_that_shows_nothing_is_refused(told):
    with pytest.raises(BadTrack):
        read_area(told)


def test_an_area_is_kept_inside_the_picture():
    told = {"x": -0.1, "y": 0.8, "width": 0.3, "height": 0.4}

    assert read_area(told) == pytest.approx(Area(0, 0.8, 0.2, 0.2))


def test_boxes_that_run_about_too_much_are_refused():
    there, back = Area(0, 0, 0.1, 0.1), Area(0.9, 0, 0.1, 0.1)
    keys = tuple(Key(n * 100, back if n % 2 else there) for n in range(30))

    with pytest.raises(BadTrack, match="cut it into two clips"):
        require_few([Box(0, 3000, keys)], FRAME_MS)

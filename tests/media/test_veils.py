"""Spans of a clip that nobody sees before they agree: sums with them."""

from hypothesis import given
from hypothesis import strategies as st

from media.core.veils import Veil, free_moment, merged, widened

LENGTH_MS = 10_000
spans = st.builds(
    lambda start, length: Veil(start, start + length),
    st.integers(0, LENGTH_MS - 1),
    st.integers(1, 3000),
)


def hides(veils, moment):
    return any(veil.touches(moment, moment + 1) for veil in veils)


@given(st.lists(spans, max_size=5), st.integers(0, LENGTH_MS - 1))
def test_a_moment_is_moved_out_of_every_span_if_there_is_room(veils, wanted):
    moment = free_moment(wanted, veils, LENGTH_MS)

    is_room = any(not hides(veils, ms) for ms in range(LENGTH_MS))
    assert hides(veils, moment) == (not is_room)
    assert 0 <= moment < LENGTH_MS


@given(st.lists(spans, max_size=5), st.integers(0, LENGTH_MS - 1))
def test_merging_changes_no_moment(veils, moment):
    assert hides(merged(veils), moment) == hides(veils, moment)


def test_a_moment_that_no_warning_is_about_stays():
    assert free_moment(60_000, [Veil(0, 5000)], LENGTH_MS) == 60_000


def test_a_frame_that_begins_before_a_span_is_seen_in_it():
    assert widened([Veil(1000, 2000), Veil(20, 30)], 40) == (Veil(0, 30), Veil(960, 2000))


def test_a_span_ends_before_its_last_millisecond():
    veil = Veil(1000, 2000)

    found = [veil.touches(*span) for span in ((0, 1000), (999, 1001), (1999, 2001), (2000, 3000))]

    assert found == [False, True, True, False]

"""What the clip editor sends is checked before it is kept."""

import pytest

from media.core.cut_rows import Hidden, Told, read_marks
from media.core.tracks import Area, BadTrack, Box, Key

CUT = {"type": "cut", "start": 0, "end": 10_000}
AREA = {"x": 0.1, "y": 0.1, "width": 0.5, "height": 0.5}
SPAN = {"start": 1000, "end": 2000}


def read(*marks):
    return read_marks(list(marks), length_ms=10_000, frame_ms=40, kinds=["death"])


def test_a_whole_clip_is_one_mark():
    marks = read(CUT)

    assert (marks.start_ms, marks.end_ms, marks.poster_ms, marks.crop) == (0, None, None, None)
    assert (marks.hidden, marks.warnings) == ((), ())


def test_every_mark_is_read():
    marks = read(
        {"type": "cut", "start": 500, "end": 9000},
        {"type": "poster", "start": 600},
        {"type": "crop", "area": AREA},
        {"type": "box", **SPAN, "keys": [{"at": 1000, "area": AREA}], "reason": " A face. "},
        {"type": "mute", **SPAN},
        {"type": "warning", **SPAN, "kind": "death", "wording": "A man dies.", "language": "ar"},
    )

    area = Area(0.1, 0.1, 0.5, 0.5)
    assert (marks.start_ms, marks.end_ms, marks.poster_ms) == (500, 9000, 600)
    assert marks.crop == pytest.approx(area)
    assert [one.reason for one in marks.hidden] == ["A face.", ""]
    assert marks.hidden[0].box == Box(1000, 2000, (Key(1000, marks.crop),))
    assert marks.hidden[1] == Hidden(1000, 2000, None, "")
    assert marks.warnings == (Told(1000, 2000, "death", "A man dies.", "ar"),)


@pytest.mark.parametrize(
    ("marks", "sentence"),
    [
        ([], "A clip has one start and one end: load the page again."),
        ([CUT, CUT], "A clip has one start and one end: load the page again."),
        (["x"], "A mark cannot be read: load the page again."),
        ([CUT] * 501, "A clip has at most 500 marks: take some out."),
        ([{**CUT, "end": 0}], "The clip ends before it starts: end it later."),
        (
            [{**CUT, "start": 10_000, "end": 20_000}],
            "The clip starts after the end of its footage: start it earlier.",
        ),
        (
            [CUT, {"type": "poster", "start": 10_000}],
            "The poster's moment lies outside the clip: choose one inside.",
        ),
        (
            [CUT, {"type": "crop", "area": {**AREA, "width": 0.05}}],
            "So little of the picture would be seen by nobody: leave a tenth of it.",
        ),
        ([CUT, {"type": "box", **SPAN}], "A box has at least one place and at most 200."),
        (
            [CUT, {"type": "mute", "start": 1.5, "end": 3}],
            "A muted span has no moment: write minutes, seconds and thousandths.",
        ),
        ([CUT, {"type": "warning", **SPAN, "kind": "x"}], "Say what a warning is about."),
        (
            [CUT, *[{"type": "warning", **SPAN, "kind": "death"}] * 2],
            "Two warnings of one kind begin at the same moment: make one of them.",
        ),
    ],
)
def test_a_mark_that_cannot_be_kept_is_refused_with_a_sentence(marks, sentence):
    with pytest.raises(BadTrack) as caught:
        read(*marks)

    assert str(caught.value) == sentence

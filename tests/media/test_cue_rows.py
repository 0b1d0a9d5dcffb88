"""What the transcript editor sends is checked before it is kept."""

import pytest

from media.core.cue_rows import BadRow, Row, read_rows


def a_row(**fields):
    return {"key": "a", "start": 0, "end": 1000, "speaker": "", "text": "They came.", **fields}


def test_rows_come_in_the_order_of_their_start_and_tidy():
    rows = read_rows(
        [a_row(start=2000, end=3000), a_row(key="b", speaker=" Omar\n", text=" a \n\n b ")],
        language="en",
    )

    assert rows == (Row("b", 0, 1000, "Omar", "a\nb"), Row("a", 2000, 3000, "", "They came."))


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ({}, "A transcript is a list of at most 20,000 lines: split it."),
        (["x"], "Line 1 cannot be read: load the page again."),
        ([a_row(), a_row()], "Two lines say that they are the same one: load the page again."),
        ([a_row(start=1000)], "Line 1 ends before it starts: end it later."),
        ([a_row(start=-1)], "Line 1 has no time: write minutes, seconds and thousandths."),
        ([a_row(end=True)], "Line 1 has no time: write minutes, seconds and thousandths."),
        ([a_row(end=2**31)], "Line 1 has no time: write minutes, seconds and thousandths."),
        ([a_row(key="<b>")], "Line 1 cannot be read: load the page again."),
        (
            [a_row(), a_row(key="b", text="x" * 2001)],
            "Line 2 has more than 2,000 characters in one field: split it.",
        ),
        (
            [a_row(text="I am [[Maryam")],
            "Line 1: Words are withheld by two brackets on each side, [[like this]]: "
            "close them in each line.",
        ),
    ],
)
def test_a_row_that_cannot_be_kept_is_refused_by_its_number(rows, sentence):
    with pytest.raises(BadRow) as caught:
        read_rows(rows, language="en")

    assert str(caught.value) == sentence

"""The words of an original: gathered from its bytes, and looked for in public files."""

import io
import struct
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.core.leaks import Marks, marks_from, reading, text_values
from media.core.leaks.findings import MOST_FINDINGS
from media.core.leaks.marks import search
from tests.media.films import findings, places

# Marks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form",
    [
        "Café d'Al & fils".encode(),
        "Café d'Al & fils".encode("utf-16-le"),
        "Café d'Al & fils".encode("utf-16-be"),
        "Café d'Al & fils".encode("latin-1"),
        "Café d&#x27;Al &amp; fils".encode(),
        rb"Caf\u00e9 d'Al & fils",
        quote("Café d'Al & fils").encode(),
    ],
)
def test_a_word_of_the_original_is_found_in_every_form(form):
    marks = marks_from(["  Café d'Al & fils "])

    found = findings("page.html", b"<p>" + form + b"</p>", marks=marks)

    assert [(finding.place, finding.what) for finding in found] == [
        ("byte 3", '"Caf…" (16 characters) comes from the metadata of the original.')
    ]


def test_a_word_that_lies_across_two_reads_is_found(monkeypatch):
    monkeypatch.setattr(reading, "CHUNK", 64)
    marks = marks_from(["Canon EOS R5", "another longer word of the original"])

    found = [
        places("page.html", bytes(before) + b"Canon EOS R5" + bytes(99), marks=marks)
        for before in range(130)
    ]

    assert found == [[f"byte {before}"] for before in range(130)]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_one_pass_finds_what_a_search_for_each_value_finds(draw):
    pieces = st.sampled_from([b"a", b"ab", b"b", b"a" * 31, b"ba", b"\0"])
    texts = st.lists(pieces, min_size=1, max_size=12).map(b"".join)
    values = tuple(draw.draw(st.lists(texts, max_size=8, unique=True)))
    parts = texts | st.sampled_from([*values, b"c"])
    data = draw.draw(st.lists(parts, max_size=12).map(b"".join))
    marks = Marks(values, tuple(map(str, range(len(values)))))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "CHUNK", draw.draw(st.sampled_from([1, 7, 64, 1 << 20])))
        found = [(finding.place, finding.what[1]) for finding in search(io.BytesIO(data), marks)]

    one_by_one = [
        (f"byte {data.find(value)}", str(number))
        for number, value in enumerate(values)
        if value in data
    ]
    assert sorted(found) == sorted(one_by_one)


def test_a_file_of_nothing_but_words_of_the_original_is_searched_in_bounded_time():
    marks = marks_from([f"{number:05}" for number in range(2000)])
    data = b"".join(b"%05d" % number for number in range(2000)) * 500

    found = findings("page.html", data, marks=marks)

    assert len(found) == MOST_FINDINGS


def test_the_numbers_of_a_position_are_looked_for_one_by_one():
    marks = marks_from(["+36.3400+043.1300/", "GPS 51.5932, -0.2431"])

    words = set(marks.words)

    assert words == {
        "+36.3400+043.1300/",
        "36.3400",
        "43.1300",
        "GPS 51.5932, -0.2431",
        "51.5932",
        "0.2431",
    }


@pytest.mark.parametrize(
    "value",
    ["und", "    ", "isom", "VideoHandler", "VideoHandle", "Lavc libx264", "Old bridge"],
)
def test_values_that_say_nothing_or_are_published_on_purpose_are_not_marks(value):
    marks = marks_from([value], ignore=["The Old bridge, Mosul"])

    assert marks == Marks(())


def test_a_word_in_the_name_of_a_public_file_is_a_finding():
    marks = marks_from(["IMG_9981.MOV", "IMG_9981"])

    found = findings("clips/img_9981-360.txt", b"", marks=marks)

    assert [(finding.place, finding.what) for finding in found] == [
        ("file name", '"IMG…" (8 characters) comes from the metadata of the original.')
    ]


# Words of an original ------------------------------------------------------------------------


def test_a_file_of_another_kind_has_no_boxes_to_read():
    found = text_values(io.BytesIO(b"\x1aE\xdf\xa3 a Matroska file with words"))

    assert found == []


def test_a_free_box_and_the_bytes_after_the_last_box_are_read():
    free = struct.pack(">I4s", 24, b"free") + b"\0\1Kept by camera"
    data = struct.pack(">I4s", 16, b"ftyp") + b"qt  \0\0\0\0" + free + b"\xff\xffadded later"

    found = text_values(io.BytesIO(data))

    assert found == ["Kept by camera", "added later"]

"""Lines of text as pixels: joined where letters join, and in the order in which they are read."""

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageDraw, ImageFont, features

from articles import lettering


def drawn(text, *, rtl=False, size=60):
    """A line in black on white, cut to its ink."""
    image = Image.new("L", (1600, 160), 255)
    lettering.draw(image, lettering.set_line(text, size, rtl=rtl), 100, 100, "black")
    return image.crop(ImageChops.invert(image).getbbox())


def ink(image):
    """How much of each column is black, from left to right."""
    columns = image.convert("L").resize((image.width, 1), Image.Resampling.BOX)
    return [255 - value for value in columns.tobytes()]


def by_pillow(text, face, *, rtl, size=60):
    """The same line by another way: Pillow's own, where it finds the system's FriBidi."""
    if not features.check("raqm"):
        pytest.skip("Pillow finds no FriBidi on this machine")
    scale = lettering.FACES[face]
    font = ImageFont.truetype(
        lettering.FOLDER / face, round(size * scale), layout_engine=ImageFont.Layout.RAQM
    )
    image = Image.new("L", (1600, 160), 255)
    ImageDraw.Draw(image).text(
        (100, 100), text, font=font, fill="black", anchor="ls", direction="rtl" if rtl else "ltr"
    )
    return image.crop(ImageChops.invert(image).getbbox())


def likeness(one, other):
    """The share of ink that two pictures of the same size have in common."""
    one, other = (ImageChops.invert(image.convert("L").resize(one.size)) for image in (one, other))
    both = ImageChops.darker(one, other)
    either = ImageChops.lighter(one, other)
    return sum(ink(ImageChops.invert(both))) / sum(ink(ImageChops.invert(either)))


@pytest.mark.parametrize(
    ("text", "face", "rtl"),
    [
        ("They came at night: AVATAR, fi", "OpenSans-SemiBold.ttf", False),
        ("جاؤوا ليلًا إلى الطاحونة", "Vazirmatn-SemiBold.ttf", True),
        ("لا إله، ٢٠١٦", "Vazirmatn-SemiBold.ttf", True),
        ("הם באו בלילה", "OpenSans-SemiBold.ttf", True),
    ],
)
def test_a_line_looks_as_another_shaper_draws_it(text, face, rtl):
    ours, theirs = drawn(text, rtl=rtl), by_pillow(text, face, rtl=rtl)

    assert abs(ours.width - theirs.width) <= 4
    assert likeness(ours, theirs) > 0.8


def test_arabic_letters_are_joined():
    joined = drawn("بيت", rtl=True)
    alone = drawn("ب ي ت", rtl=True)

    assert 0 not in ink(joined)
    assert 0 in ink(alone)


def test_arabic_runs_from_right_to_left():
    word, other = drawn("جديد", rtl=True), drawn("بيت جديد", rtl=True)

    # The second word stands at the left.
    assert likeness(other.crop((0, 0, *word.size)), word) > 0.8


@pytest.mark.parametrize(
    ("text", "rtl", "seen"),
    [
        ("قال John: نعم", True, ["نعم", " :", "John", "قال "]),
        ("He said نعم twice", False, ["He said ", "نعم", " twice"]),
        ("عام 2016 (Mosul)", True, ["(", "Mosul", ") ", "2016", "عام "]),
    ],
)
def test_mixed_lines_stand_in_the_order_of_the_eye(text, rtl, seen):
    runs = lettering._in_order_of_sight(lettering._runs(text, rtl=rtl))

    def told(parts):
        return re.sub(r"[\s:()]", "", "|".join(parts))

    assert [w for w in told(run.text for run in runs).split("|") if w] == [
        w for w in told(seen).split("|") if w
    ]


def test_brackets_open_towards_their_words_in_both_directions():
    assert likeness(drawn("(", rtl=True), drawn(")", rtl=False)) > 0.95


def test_what_no_face_has_is_left_out():
    assert lettering.set_line("A🔥B", 40, rtl=False) == lettering.set_line("AB", 40, rtl=False)


@given(
    text=st.text(alphabet=st.sampled_from("a1 .(«ابلاَש\u202b\u202c\u2067\u2069\u2029\u200d\n🔥東"))
)
def test_whatever_stands_in_a_line_it_can_be_set(text):
    line = lettering.set_line(text, 40, rtl=True)

    lettering.draw(Image.new("L", (10, 10)), line, 0, 10, "black")


def test_no_line_is_wider_than_its_room():
    text = "They came at night and took the men of the house to the mill. " * 3

    lines_of = lettering.wrap(text, 40, 500, rtl=False)

    assert " ".join(lines_of).split() == text.split()
    assert max(lettering.set_line(line, 40, rtl=False).width for line in lines_of) <= 500
    assert lettering.set_line(lettering.cut(text, 40, 500, rtl=False), 40, rtl=False).width <= 500


def test_the_faces_are_those_that_their_list_names():
    listed = dict(
        re.findall(r"`([\w.-]+)`.*`([0-9a-f]{64})`", (lettering.FOLDER / "README.md").read_text())
    )

    found = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in lettering.FOLDER.iterdir()
        if path.name != "README.md"
    }
    assert found == listed
    assert set(lettering.FACES) < set(listed)

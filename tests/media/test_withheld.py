"""Words withheld: taken out of the public form, put back at the desk, found where they stayed."""

import pytest

from media.core.withheld import SIGN, reveal, said_openly, sign_of, withhold


@pytest.mark.parametrize(
    ("written", "public", "words"),
    [
        ("I am [[Maryam]].", "I am [name withheld].", ("Maryam",)),
        ("[[Omar]] and [[Ali\nHassan]]", f"{SIGN} and {SIGN}", ("Omar", "Ali\nHassan")),
        ("No names.", "No names.", ()),
        ("[a dog barks] [[x]]", f"[a dog barks] {SIGN}", ("x",)),
        (f"{SIGN} or [[Omar]]", f"{SIGN} or {SIGN}", ("", "Omar")),
        ("[[]]", SIGN, ("",)),
    ],
)
def test_words_in_double_brackets_leave_a_sign(written, public, words):
    assert withhold(written, "en") == (public, words)


@pytest.mark.parametrize("written", ["I am [[Maryam", "I am Maryam]]", "[[a [[b]]", "]] [["])
def test_brackets_without_a_partner_are_refused(written):
    with pytest.raises(ValueError, match="two brackets on each side"):
        withhold(written, "en")


@pytest.mark.parametrize("written", ["I am [[Maryam]].", "[[a]][[b]] c", f"{SIGN}, [[b]]", "c"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_was_written_comes_back(written, language):
    text, words = withhold(written, language)

    assert reveal(text, words, language) == written


def test_readers_of_arabic_see_the_sign_in_arabic():
    assert withhold("أنا [[مريم]]", "ar-IQ").text == f"أنا {sign_of('ar')}"
    assert sign_of("ar") != SIGN


@pytest.mark.parametrize(
    ("text", "is_said"),
    [
        ("Maryam came.", True),
        ("They called MARYAM.", True),
        ("Maryamville", False),
        ("أين مريم؟", True),
        ("Nobody.", False),
    ],
)
def test_a_withheld_name_is_found_where_it_is_said_openly(text, is_said):
    assert bool(list(said_openly([text], ["Maryam", "مريم", ""]))) is is_said


def test_without_withheld_words_nothing_is_looked_for():
    assert list(said_openly(["Maryam"], [""])) == []

"""Words as search compares them, what a reader asks for, and the excerpts that answer it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.core import folding
from articles.core.excerpts import GAP, Piece, excerpt, found_spans
from articles.core.folding import tokens, words
from articles.core.query import LONGEST, MOST_TERMS, parse

SPELLED_ALIKE = [
    ("São Paulo", "sao paulo"),
    ("Łódź", "lodz"),
    ("STRASSE", "straße"),
    ("Mosul’s", "Mosul's"),
    ("İstanbul", "istanbul"),
    ("ﬁre", "fire"),
    ("Ｆｉｒｅ", "fire"),
    ("أحمد", "احمد"),
    ("إحسان", "احسان"),
    ("آمال", "امال"),
    ("ٱلسجن", "السجن"),
    ("مدرسة", "مدرسه"),
    ("موسى", "موسي"),
    ("مسؤول", "مسوول"),
    ("سائل", "سايل"),
    ("السَّجْنُ", "السجن"),
    ("الســـجن", "السجن"),
    ("ﻻ", "لا"),
    ("۲۰۱۴", "٢٠١٤"),
    ("٢٠١٤", "2014"),
    ("می‌خواهم", "میخواهم"),
    ("کتاب", "كتاب"),
    ("שָׁלוֹם", "שלום"),
    ("か\u3099", "が"),
]


@pytest.mark.parametrize(("one", "other"), SPELLED_ALIKE)
def test_spellings_of_one_word_are_one_word(one, other):
    assert words(one) == words(other) != []


@pytest.mark.parametrize(
    ("one", "other"), [("سجن", "سجين"), ("cell", "sell"), ("कि", "की"), ("fire", "fir")]
)
def test_different_words_stay_different(one, other):
    assert words(one) != words(other)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (" -- … 。", []),
        ("so-called “cells”", ["so", "called", "cells"]),
        ("1,000 m²", ["1", "000", "m2"]),
        ("東京タワー", ["東", "京", "タ", "ワ", "ー"]),
        ("\u200e\u2066Ann\u2069", ["ann"]),
    ],
)
def test_a_text_is_taken_apart_into_words(text, expected):
    assert words(text) == expected


def test_a_word_is_found_where_it_was_written():
    text = "«السَّجْنُ», the Cell"

    assert [text[token.start : token.end] for token in tokens(text)] == ["السَّجْنُ", "the", "Cell"]


def test_a_word_without_end_is_cut():
    assert words("a" * 5000) == ["a" * folding.LONGEST_WORD]


@given(st.text())
def test_words_of_any_text_are_safe_to_be_quoted_and_stay_as_they_are(text):
    found = words(text)

    assert [word for word in found if not word or set(word) & set(" '\"\\\0*:")] == []
    assert words(" ".join(found)) == found


@given(st.text())
def test_words_stand_in_order_where_they_say(text):
    found = tokens(text)

    places = [(token.start, token.end) for token in found]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)


# What a reader asks ------------------------------------------------------------------------------


def forms(text):
    return [term.forms[0] for term in parse(text).terms]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  *:^ ", []),
        ("hidden cells", [("hidden",), ("cells",)]),
        ('"hidden cells" mosul', [("hidden", "cells"), ("mosul",)]),
        ("«السجن الكبير»", [("السجن", "الكبير")]),
        ("“hidden cells”", [("hidden", "cells")]),
        ('"hidden cells', [("hidden",), ("cells",)]),
        ('""', []),
        ('C++ "x', [("c",), ("x",)]),
        ("fire AND NOT near(house)", [("fire",), ("and",), ("not",), ("near", "house")]),
        ("fire fire", [("fire",)]),
    ],
)
def test_a_question_is_read_as_it_was_meant(text, expected):
    assert forms(text) == expected


@pytest.mark.parametrize(
    ("text", "is_open"),
    [("hidden cell", [False, True]), ('mosul "cell"', [False, False]), ("a", [False])],
)
def test_only_the_last_word_may_go_on(text, is_open):
    assert [term.is_open for term in parse(text).terms] == is_open


def test_a_question_without_end_is_cut_and_says_so():
    many = parse(" ".join(f"word{number}" for number in range(MOST_TERMS + 1)))
    long = parse("x" * (LONGEST + 1))

    assert (len(many.terms), many.is_cut, long.is_cut) == (MOST_TERMS, True, True)
    assert not parse("word").is_cut


@pytest.mark.parametrize("written", ["سجن", "السجن", "والسجن", "بالسجن", "للسجن", "وسجن"])
@pytest.mark.parametrize("asked", ["سجن", "السجن", "للسجن"])
def test_an_arabic_word_is_found_with_and_without_what_is_written_into_it(asked, written):
    assert found_spans(written, parse(asked)) == [(0, len(written))]


def test_an_arabic_word_is_not_torn_apart_where_its_own_letters_look_like_an_article():
    assert found_spans("دته", parse("والد")) == []
    assert found_spans("والده", parse("والد")) == [(0, 5)]


# Excerpts ----------------------------------------------------------------------------------------

LONG = "The first of many words. " * 20 + "Here is the hidden cell of Mosul. " + "More words. " * 30


def shown(pieces):
    return "".join(piece.text for piece in pieces)


def test_what_was_found_is_marked_as_it_was_written():
    pieces = excerpt("In Łódź, the “CELLS”.", parse("lodz cell"))

    assert pieces == (
        Piece("In "),
        Piece("Łódź", is_found=True),
        Piece(", the “"),
        Piece("CELLS", is_found=True),
        Piece("”."),
    )


def test_a_phrase_is_one_mark():
    pieces = excerpt("The hidden, hidden cells", parse('"hidden cells"'))

    assert [piece.text for piece in pieces if piece.is_found] == ["hidden cells"]


def test_a_long_text_is_cut_around_what_was_found():
    pieces = excerpt(LONG, parse("hidden cell"))

    assert [piece.text for piece in pieces if piece.is_found] == ["hidden", "cell"]
    assert (pieces[0].text, pieces[-1].text) == (GAP, GAP)
    assert 100 < len(shown(pieces)) <= 242


def test_a_text_in_which_nothing_is_found_is_shown_from_its_beginning():
    assert shown(excerpt(LONG, parse("nothing"))).startswith("The first of many words.")


@given(st.text(max_size=400), st.text(max_size=30), st.integers(20, 100))
def test_an_excerpt_is_a_part_of_the_text_whatever_was_asked(text, asked, longest):
    pieces = excerpt(text, parse(asked), longest=longest)

    inner = pieces[1:] if pieces and pieces[0].text == GAP else pieces
    inner = inner[:-1] if inner and inner[-1].text == GAP else inner
    assert shown(inner) in text
    assert all(piece.text for piece in pieces)


@given(st.text(max_size=300))
def test_a_text_is_found_by_each_of_its_words(text):
    for token in tokens(text):
        spans = found_spans(text, parse(f'"{token.word}"'))

        assert any(start <= token.start and token.end <= end for start, end in spans)

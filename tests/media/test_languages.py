"""Languages: which way they run, and what they call themselves."""

import pytest

from media.core.languages import (
    LONG_CODES,
    OWN_NAMES,
    SHORT_CODES,
    direction,
    language_name,
    primary,
    valid_tag,
)


@pytest.mark.parametrize(
    "tag", ["ar", "AR", "ar-IQ", "ar_IQ", "ckb", "fa", "he", "ps", "ur", "ku-Arab", "az-Arab-IR"]
)
def test_a_language_in_arabic_or_hebrew_letters_runs_right_to_left(tag):
    assert direction(tag) == "rtl"


@pytest.mark.parametrize("tag", ["en", "ku", "ku-Latn", "ar-Latn", "tr", "ja", "zh-Hant", "", "xx"])
def test_every_other_language_runs_left_to_right(tag):
    assert direction(tag) == "ltr"


def test_a_region_does_not_change_the_name():
    assert [language_name(tag) for tag in ("pt", "pt-BR", "PT_br")] == ["Português"] * 3


def test_an_unknown_language_is_called_by_its_tag():
    assert language_name("tlh-Latn") == "tlh-Latn"


def test_every_known_language_has_a_primary_tag_as_its_key():
    assert [tag for tag in OWN_NAMES if primary(tag) != tag] == []


@pytest.mark.parametrize(
    ("code", "tag"),
    [
        ("ara", "ar"),
        ("eng", "en"),
        ("fre", "fr"),
        ("fra", "fr"),
        ("ger", "de"),
        ("per", "fa"),
        ("kur", "ku"),
        ("ckb", "ckb"),
        ("acm", "acm"),
        ("en", "en"),
        (" ENG ", "en"),
        ("pt_br", "pt-BR"),
        ("zho-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("en-Mosul-cell", "en"),
    ],
)
def test_a_code_of_a_file_becomes_the_short_tag(code, tag):
    assert valid_tag(code) == tag


@pytest.mark.parametrize(
    "code", ["", "und", "mis", "zxx", "mul", "qaa", "xxx", "english", "`", "\x7f\x7f\x7f", "-", "e"]
)
def test_a_code_that_names_no_language_is_none(code):
    assert valid_tag(code) == ""


def test_no_language_has_both_a_long_and_a_short_code():
    assert LONG_CODES & SHORT_CODES.keys() == set()
    assert [code for code in LONG_CODES if len(code) != 3] == []
    assert [pair for pair in SHORT_CODES.items() if list(map(len, pair)) != [3, 2]] == []


def test_every_language_that_has_a_name_here_is_known():
    assert [tag for tag in OWN_NAMES if valid_tag(tag) != tag] == []

"""Languages: which way they run, and what they call themselves."""

import pytest

from media.core.languages import OWN_NAMES, direction, language_name, primary


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

"""The Arabic edition says in Arabic whatever the templates say in English."""

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation
from django.utils.translation.template import templatize

from media.models import Warning

TEMPLATES = Path(settings.BASE_DIR) / "templates"
ARABIC = Path(settings.BASE_DIR) / "locale" / "ar" / "LC_MESSAGES"
# What Django's own extraction turns the template tags into.
KEYWORDS = {
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}

Key = tuple[str | None, str | tuple[str, ...]]
Translation = str | tuple[str, ...]


def said_in(template: Path) -> set[Key]:
    """Every text that a template asks to have translated, with its context."""
    code = templatize(template.read_text(encoding="utf-8"), origin=str(template))
    # The rest of the page stands in it as filler, whose indentation means nothing.
    lines = "\n".join(line.strip() for line in code.splitlines())
    found = extract("python", io.BytesIO(lines.encode()), keywords=KEYWORDS)
    return {(context, message) for _, message, _, context in found}


def readers_templates() -> list[Path]:
    """All templates but those of the newsroom's own desk, which speaks English."""
    return [path for path in sorted(TEMPLATES.rglob("*.html")) if "admin" not in path.parts]


def written() -> Catalog:
    with (ARABIC / "django.po").open("rb") as file:
        return read_po(file, locale="ar")


def arabic() -> dict[Key, Translation]:
    return {
        (message.context, message.id): message.string
        for message in written()
        if message.id and not message.fuzzy
    }


def forms_of(text: Translation) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else text


def places_in(text: str) -> set[str]:
    return set(re.findall(r"%\((\w+)\)s", text))


def test_every_text_of_the_templates_is_translated_into_arabic():
    said = set().union(*(said_in(path) for path in readers_templates()))

    translated = {key for key, text in arabic().items() if all(forms_of(text))}

    assert sorted(said - translated, key=str) == []


def test_every_kind_of_warning_is_worded_in_arabic():
    with translation.override("ar"):
        unchanged = [label for label in map(str, Warning.Kind.labels) if label.isascii()]

    assert unchanged == []


def test_each_arabic_text_has_the_places_that_its_english_has():
    wrong = [
        (key, form)
        for key, text in arabic().items()
        for form in forms_of(text)
        if not places_in(form) <= places_in(forms_of(key[1])[-1])
    ]

    assert wrong == []


def test_the_compiled_file_was_made_from_the_written_one():
    compiled = io.BytesIO()

    write_mo(compiled, written())

    assert compiled.getvalue() == (ARABIC / "django.mo").read_bytes()


@pytest.mark.parametrize(
    ("clips", "form"), [(1, "مقطع واحد"), (2, "مقطعان"), (3, "3 مقاطع"), (11, "11 مقطعًا")]
)
def test_arabic_counts_clips_in_its_own_plurals(clips: int, form: str):
    with translation.override("ar"):
        counted = translation.ngettext("%(clips)s clip", "%(clips)s clips", clips)

    assert counted % {"clips": clips} == form

"""The guide for editors names only what is there."""

import html
import re
from pathlib import Path

import pytest
from django.conf import settings

DOCS = Path(settings.BASE_DIR) / "docs"
GUIDE = DOCS / "editors.md"
SOURCES = (("templates/admin", "*.html"), ("static/js/admin", "*.js"), ("articles", "*.py"))


def said_at_the_desk() -> str:
    """All that templates, scripts, forms and models of the desk say, as one text."""
    root = Path(settings.BASE_DIR)
    files = [path for folder, names in SOURCES for path in sorted((root / folder).rglob(names))]
    return html.unescape("\n".join(path.read_text(encoding="utf-8") for path in files)).lower()


def bold() -> list[str]:
    found = re.findall(r"\*\*(.+?)\*\*", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    return sorted({" ".join(words.split()) for words in found})


@pytest.mark.parametrize("words", bold())
def test_every_button_and_field_that_the_guide_names_is_there(words):
    assert words.lower() in said_at_the_desk()


def test_its_pictures_are_there():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", GUIDE.read_text(encoding="utf-8"))

    assert len(pictures) == 5
    assert [name for name in pictures if not (DOCS / name).is_file()] == []

"""The style sheet that readers get, and where it comes from."""

import json
from pathlib import Path

import pytest

from newsroom.static import WHOLE_SHEET, whole_sheet

SOURCES = Path(__file__).resolve().parent.parent / "static" / "css"


def test_readers_get_one_sheet_that_imports_nothing(static_root):
    manifest = json.loads((static_root / "staticfiles.json").read_text())

    for name in (WHOLE_SHEET, manifest["paths"][WHOLE_SHEET]):
        text = (static_root / name).read_text(encoding="utf-8")
        assert ("@import" in text, "--paper:" in text, ".veil {" in text) == (False, True, True)


def test_the_sheets_stand_in_the_order_in_which_they_are_imported():
    text = whole_sheet(WHOLE_SHEET)

    places = [
        text.index((SOURCES / name).read_text(encoding="utf-8"))
        for name in ("tokens.css", "clips.css")
    ]
    assert places == sorted(places)
    assert places[-1] < text.index("/* --- Ground")


def test_a_sheet_that_is_not_there_is_named():
    with pytest.raises(FileNotFoundError, match="nothing"):
        whole_sheet("css/nothing.css")

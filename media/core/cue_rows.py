"""What the transcript editor sends: rows of lines, checked one by one like any other input."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from media.core.cues import LONGEST_SPEAKER, LONGEST_TEXT, tidy_speaker, tidy_text
from media.core.withheld import withhold

MOST_ROWS = 20_000
# What the integer column of every database holds.
LATEST_MS = 2**31 - 1
_KEY = re.compile(r"[A-Za-z0-9_-]{1,32}")


class BadRow(ValueError):
    """A row that cannot be kept: one sentence, which names the line."""


@dataclass(frozen=True)
class Row:
    """One line as it was written: ``key`` is its own through every version.

    Times in milliseconds; words to be withheld stand in double brackets, of a speaker too.
    """

    key: str
    start_ms: int
    end_ms: int
    speaker: str
    text: str


def read_rows(told: object, *, language: str) -> tuple[Row, ...]:
    """The rows in order of their start. Raises BadRow for the first one that cannot be kept."""
    if not isinstance(told, list) or len(told) > MOST_ROWS:
        raise BadRow(f"A transcript is a list of at most {MOST_ROWS:,} lines: split it.")
    rows = [_read(number, row, language) for number, row in enumerate(told, 1)]
    keys = [row.key for row in rows]
    if len(set(keys)) < len(keys):
        raise BadRow("Two lines say that they are the same one: load the page again.")
    return tuple(sorted(rows, key=lambda row: row.start_ms))


def _read(number: int, told: object, language: str) -> Row:
    if not isinstance(told, Mapping):
        raise BadRow(f"Line {number} cannot be read: load the page again.")
    start, end = (_time(number, told.get(name)) for name in ("start", "end"))
    if end <= start:
        raise BadRow(f"Line {number} ends before it starts: end it later.")
    key, speaker, text = (str(told.get(name, "")) for name in ("key", "speaker", "text"))
    if not _KEY.fullmatch(key):
        raise BadRow(f"Line {number} cannot be read: load the page again.")
    speaker, text = tidy_speaker(speaker), tidy_text(text)
    for written, most in ((speaker, LONGEST_SPEAKER), (text, LONGEST_TEXT)):
        if len(written) > most:
            raise BadRow(f"Line {number} has more than {most:,} characters in one field: split it.")
        try:
            withhold(written, language)
        except ValueError as error:
            raise BadRow(f"Line {number}: {error}") from error
    return Row(key, start, end, speaker, text)


def _time(number: int, told: object) -> int:
    if isinstance(told, bool) or not isinstance(told, int) or not 0 <= told <= LATEST_MS:
        raise BadRow(f"Line {number} has no time: write minutes, seconds and thousandths.")
    return told

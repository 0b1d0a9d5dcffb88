"""Facts beside footage: a table (CSV) or a list (JSON) that says what is known of each file.

One column, or one key, is ``file``: a name, or a path below the folder in which the table lies. The
others are the names of facts. Whatever is wrong with a row is one sentence with its line; rows that
are right are not held up by it.
"""

import csv
import io
import json
import posixpath
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

FILE = "file"
# Tables that are looked for in a folder, the first before the second.
NAMES = ("facts.csv", "facts.json")
MOST_BYTES = 4 << 20
ENDING_JSON = ".json"
# What stands in a row after its last column, and would shift all facts before it.
BEYOND = "beyond"
# What people paste from office programs: commas, semicolons or tabs.
DELIMITERS = ",;\t"

NO_COLUMNS = "The first line names the columns, and one of them must be “file”."

Check = Callable[[dict[str, str]], dict[str, str]]


class Unreadable(Exception):
    """The table as a whole says nothing; ``str(error)`` says what to do."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row, and the file that it is about, where it says that."""

    line: int
    sentence: str
    file: str = ""

    def __str__(self) -> str:
        return f"Line {self.line}: {self.sentence}"


@dataclass
class Facts:
    """What a table says: facts by file, the line that says so, and what is wrong."""

    of: dict[str, dict[str, str]] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read(text: str, *, name: str, known: Collection[str], check: Check) -> Facts:
    """Read a table. ``known`` are the names that facts may have; ``check`` answers the facts of
    one row as they are kept, or raises ValueError with a sentence. Raises Unreadable.

    >>> read("file;tags\\ngate.mov;gate", name="facts.csv", known=["tags"], check=dict).of
    {'gate.mov': {'tags': 'gate'}}
    """
    rows = _json_rows(text) if name.lower().endswith(ENDING_JSON) else _csv_rows(text)
    facts = Facts()
    for line, row in rows:
        try:
            file = _file(row)
            if file in facts.of:
                raise ValueError(f"“{file}” stands in line {facts.lines[file]} already: keep one.")
            told = {_known(key, known): value for key, value in row.items() if key != FILE}
            facts.of[file] = check(told)
            facts.lines[file] = line
        except ValueError as error:
            facts.problems.append(Problem(line, str(error), row.get(FILE, "").strip()))
    return facts


def _file(row: dict[str, str]) -> str:
    """The path of a row's file, below the folder of the table."""
    path = row.get(FILE, "").strip().replace("\\", "/")
    if not path:
        raise ValueError("It names no file: write one in the column “file”, or take the line out.")
    path = posixpath.normpath(path)
    if path.startswith(("/", "../")) or path in (".", ".."):
        raise ValueError(f"“{path}” is not below the folder of this table: move it there.")
    return path


def _known(key: str, known: Collection[str]) -> str:
    if key == BEYOND:
        raise ValueError(
            "It has more cells than the first line: put facts with a comma in quotation marks."
        )
    if key not in known:
        raise ValueError(f"“{key}” is no fact: write one of {', '.join(known)}, or take it out.")
    return key


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows with the lines that they begin on; the first one names the columns."""
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    head = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: list[str] = []
    line = 1
    try:
        for row in reader:
            if columns and any(cell.strip() for cell in row):
                yield line, _named(columns, row)
            elif not columns:
                columns = _columns(row)
            line = reader.line_num + 1
        if not columns:
            raise Unreadable(NO_COLUMNS)
    except csv.Error as error:
        raise Unreadable(
            f"Line {reader.line_num} is no line of a table ({error}): save it as CSV again."
        ) from error


def _columns(row: list[str]) -> list[str]:
    columns = [name_of(cell) for cell in row]
    if FILE not in columns:
        raise Unreadable(NO_COLUMNS)
    double = sorted({name for name in columns if name and columns.count(name) > 1})
    if double:
        raise Unreadable(f"The column “{double[0]}” is there twice: take one out.")
    return columns


def _named(columns: list[str], row: list[str]) -> dict[str, str]:
    if any(cell.strip() for cell in row[len(columns) :]):
        return {FILE: row[columns.index(FILE)], BEYOND: ""}
    pairs = zip(columns, row, strict=False)
    return {name: cell.strip() for name, cell in pairs if name or cell.strip()}


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The objects of a list, or of an object by file name; with the lines that they begin on."""
    try:
        content = json.loads(text)
    except ValueError as error:
        raise Unreadable(f"This is no JSON ({error}): mend it, or write a CSV.") from error
    if isinstance(content, dict):
        if not all(isinstance(facts, dict) for facts in content.values()):
            raise Unreadable("Write an object for each file name, or a list of objects.")
        content = [{FILE: file, **facts} for file, facts in content.items()]
    if not isinstance(content, list) or not all(isinstance(row, dict) for row in content):
        raise Unreadable("Write a list of objects, each with “file” and its facts.")
    for row in content:
        told = {name_of(key): _text(value) for key, value in row.items()}
        yield _line_of(text, row.get(FILE)), told


def _line_of(text: str, file: object) -> int:
    """Where a file is named in a JSON text; JSON itself knows no lines."""
    at = text.find(json.dumps(file, ensure_ascii=False)) if isinstance(file, str) else -1
    at = at if at >= 0 else text.find(json.dumps(file))
    return text.count("\n", 0, max(at, 0)) + 1


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return "" if value is None else str(value)


def name_of(cell: str) -> str:
    """A column as a fact is named, however a person wrote it.

    >>> name_of(" Source alias "), name_of("Recorded-When")
    ('source_alias', 'recorded_when')
    """
    return re.sub(r"[\s-]+", "_", cell.strip().lower())

"""Tables of facts beside footage, as people write them."""

import pytest

from media.core import facts
from media.core.facts import Problem, Unreadable

KNOWN = ("source_alias", "tags", "consent")


def check(told):
    if told.get("consent") == "perhaps":
        raise ValueError("consent: “perhaps” is not known.")
    return {name: text for name, text in told.items() if text}


def read(text, name="facts.csv"):
    return facts.read(text, name=name, known=KNOWN, check=check)


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_table_says_what_is_known_of_each_file(mark):
    lines = ["File;Source alias;tags", "gate.mov;Heron;gate", "day 2/yard.mov;;", ";;"]

    found = read("\N{ZERO WIDTH NO-BREAK SPACE}" + "\r\n".join(lines).replace(";", mark))

    assert found.of == {
        "gate.mov": {"source_alias": "Heron", "tags": "gate"},
        "day 2/yard.mov": {},
    }
    assert found.problems == []


def test_a_cell_may_hold_commas_and_lines_and_the_next_line_is_counted_right():
    text = 'file,tags\ngate.mov,"gate, night\nrain"\nyard.mov,a,b\n'

    found = read(text)

    assert found.of == {"gate.mov": {"tags": "gate, night\nrain"}}
    assert [str(problem) for problem in found.problems] == [
        "Line 4: It has more cells than the first line: put facts with a comma in quotation marks."
    ]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        (",Heron,", "It names no file: write one in the column “file”, or take the line out."),
        ("../a.mov,,", "“../a.mov” is not below the folder of this table: move it there."),
        ("/etc/a.mov,,", "“/etc/a.mov” is not below the folder of this table: move it there."),
        ("gate.mov,,", "“gate.mov” stands in line 2 already: keep one."),
        ("a.mov,,perhaps", "consent: “perhaps” is not known."),
    ],
)
def test_a_wrong_row_is_one_sentence_and_the_others_count(line, sentence):
    found = read(f"file,source alias,consent\ngate.mov,Heron,\n{line}\nlast.mov,Crane,\n")

    assert found.problems == [Problem(3, sentence, line.split(",")[0])]
    assert str(found.problems[0]) == f"Line 3: {sentence}"
    assert sorted(found.of) == ["gate.mov", "last.mov"]


def test_a_column_that_nobody_knows_is_named():
    found = read("file,colour\ngate.mov,red\n")

    assert [str(problem) for problem in found.problems] == [
        "Line 2: “colour” is no fact: write one of source_alias, tags, consent, or take it out."
    ]


@pytest.mark.parametrize(
    "text",
    [
        '[{"file": "gate.mov", "tags": ["gate", "night"], "consent": null}]',
        '{"gate.mov": {"tags": "gate, night"}}',
    ],
)
def test_json_says_the_same(text):
    assert read(text, "facts.JSON").of == {"gate.mov": {"tags": "gate, night"}}


def test_a_wrong_row_of_json_is_told_with_the_line_that_names_its_file():
    text = '[\n {"file": "a.mov"},\n {"file": "بوابة.mov", "consent": "perhaps"}\n]'

    found = read(text, "facts.json")

    assert [problem.line for problem in found.problems] == [3]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("facts.csv", ""),
        ("facts.csv", "name,tags\na.mov,x\n"),
        ("facts.csv", "file,tags,Tags\na.mov,x,y\n"),
        ("facts.csv", 'file\n"a.mov\n'),
        ("facts.json", "no json"),
        ("facts.json", "[1]"),
        ("facts.json", '{"a.mov": 1}'),
        ("facts.json", "3"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(name, text):
    with pytest.raises(Unreadable) as refused:
        read(text, name)

    assert str(refused.value).endswith(".")

"""A story in plain text: a headline, then paragraphs, in any of the ways people part them."""

import re
from collections.abc import Iterable
from html import escape
from itertools import pairwise

from articles.core.flow import VISIBLE
from articles.core.story_parts import (
    Block,
    StoryText,
    checked_story,
    language_of,
    same_words,
    without_by,
    without_site,
)

LINE_ENDS = re.compile("\r\n|[\r\n\v\f\x85\u2028]")
RULE = re.compile(r"[-=_*–—~]{3,}|(?:[-*_] ){2,}[-*_]")
DASHES = re.compile("[-–—_]{3,}")
LABEL = re.compile(r"(headline|title|standfirst|intro|byline|author|by)\s*:\s*(.*)", re.I)
BYLINE = re.compile(r"By\s+[^.!?]{3,80}")
# "Ends" and its cousins close a wire story and are no part of it.
END_MARK = re.compile(r"[-–—#*( ]*(?:ends?|30)[-–—#*) ]*|#{3,}", re.I)
STARTS_ANEW = re.compile(r"#{1,6} |>|[-*•] |\d{1,2}[.)] ")
ITEM = re.compile(r"(?:[-*•]|\d{1,2}[.)])\s+(?=\S)")
SENTENCE_END = re.compile("[.!?…؟۔:][\"”»’')\\]]*$")
QUOTES = ("“”", '""', "«»", "„“", "„”", "””", "»«", "「」")
# Nobody wraps lines wider than this by hand or by mail program.
WRAP_COLUMNS = 90


def read_plain(text: str) -> StoryText:
    """Return the story of a plain text; its first line is the headline.

    Raises StoryTextError if there is no headline or nothing below it.
    """
    lines = _lines(text)
    headline, lines = _headline(lines)
    standfirst, byline, lines = _opening(headline, lines)
    paragraphs = _paragraphs(lines)
    if paragraphs and END_MARK.fullmatch(paragraphs[-1]):
        paragraphs.pop()
    return checked_story(
        StoryText(
            headline=headline,
            standfirst=standfirst,
            blocks=tuple(_blocks(paragraphs)),
            language=language_of(" ".join((headline, *paragraphs))),
            byline=byline,
        )
    )


def _lines(text: str) -> list[str]:
    """Lines without trailing space; one that shows nothing is empty."""
    lines = LINE_ENDS.split(text.replace("\u2029", "\n\n"))
    tidied = (re.sub(r"[^\S\n]+", " ", line.replace("\ufeff", "")).rstrip() for line in lines)
    return [line if VISIBLE.search(line) else "" for line in tidied]


def _headline(lines: list[str]) -> tuple[str, list[str]]:
    start = next((i for i, line in enumerate(lines) if line and not _is_rule(line)), len(lines))
    first = "".join(lines[start : start + 1]).strip()
    label = LABEL.fullmatch(first)
    if label and label[1].lower() in ("headline", "title"):
        first = label[2]
    headline = re.sub(r"^#{1,6}\s+|\s+#+$", "", first)
    if headline.startswith("**") and headline.endswith("**"):
        headline = headline.strip("*")
    rest = lines[start + 1 :]
    if rest and re.fullmatch("=+|-{3,}", rest[0]):
        rest = rest[1:]
    return without_site(headline, "|").strip(), rest


def _is_rule(line: str) -> bool:
    return bool(RULE.fullmatch(line.strip()))


def _opening(headline: str, lines: list[str]) -> tuple[str, str, list[str]]:
    """Take the repeated title, the marked standfirst and the byline off the beginning."""
    standfirst = byline = ""
    while lines:
        line = lines[0].strip()
        label = LABEL.fullmatch(line)
        if label and label[1].lower() in ("standfirst", "intro"):
            standfirst = label[2]
        elif label or (not byline and BYLINE.fullmatch(line)):
            byline = without_by(label[2] if label else line)
        elif line and not _is_rule(line) and not same_words(line.lstrip("# "), headline):
            break
        lines = lines[1:]
    ruled, after = _before_rule(lines)
    return (standfirst or ruled), byline, (lines if standfirst else after)


def _before_rule(lines: list[str]) -> tuple[str, list[str]]:
    """A single paragraph above a line of dashes is a standfirst."""
    rule = next((i for i, line in enumerate(lines) if DASHES.fullmatch(line.strip())), 0)
    above = "\n".join(lines[:rule]).strip()
    if not above or "\n\n" in above:
        return "", lines
    return above.replace("\n", " "), lines[rule + 1 :]


def _paragraphs(lines: list[str]) -> list[str]:
    """Part lines at blank lines and rules; join those that only a margin has parted."""
    lines = ["" if _is_rule(line) else line for line in lines]
    width = _wrap_width(lines)
    has_blanks = "" in "\n".join(lines).strip("\n").split("\n")
    paragraphs: list[str] = []
    previous = ""
    for line in lines:
        joins = width and previous and line and not STARTS_ANEW.match(line.lstrip())
        if joins and (has_blanks or _is_full(previous, line, width)):
            paragraphs[-1] += " " + line.strip()
        elif previous.startswith(">") and line.startswith(">"):
            paragraphs[-1] += " " + line.lstrip("> ")
        elif line:
            paragraphs.append(line.strip())
        previous = line
    return paragraphs


def _wrap_width(lines: list[str]) -> int:
    """Return the column at which lines were wrapped by hand, 0 if each is a paragraph."""
    width = max((len(line) for line in lines if " " in line.strip()), default=0)
    broken = [line for line, after in pairwise(lines) if line and after]
    broken = [line for line in broken if not STARTS_ANEW.match(line)]
    ended = sum(bool(SENTENCE_END.search(line)) for line in broken)
    return width if broken and width <= WRAP_COLUMNS and ended * 2 < len(broken) else 0


def _is_full(line: str, after: str, width: int) -> bool:
    """Whether the next line's first word had no room, so that the paragraph goes on there."""
    return len(line) + 1 + len(after.split()[0]) > width - 8


def _blocks(paragraphs: list[str]) -> Iterable[Block]:
    """The paragraphs as blocks; a sign that nothing follows is none."""
    return (block for block in _marked(paragraphs) if block.html)


def _marked(paragraphs: list[str]) -> Iterable[Block]:
    for i, text in enumerate(paragraphs):
        neighbours = (*paragraphs[max(0, i - 1) : i], *paragraphs[i + 1 : i + 2])
        if text.startswith(">"):
            yield _block("quotation", text.lstrip("> "))
        elif re.match("#{1,6} ", text):
            yield _block("heading", text.strip("# "))
        elif ITEM.match(text) and any(map(ITEM.match, neighbours)):
            # One such line alone may be speech, as dashes open it in many languages.
            yield _block("list", ITEM.sub("", text, count=1))
        else:
            yield _block("quotation" if _is_quoted(text) else "paragraph", text)


def _block(kind: str, text: str) -> Block:
    return Block(kind, escape(text, quote=False))


def _is_quoted(text: str) -> bool:
    """Whether one pair of quotation marks holds the whole paragraph.

    >>> _is_quoted("“They do not know.”"), _is_quoted("“They do,” he said, “not know.”")
    (True, False)
    """
    inner = text[1:-1]
    pairs = (pair for pair in QUOTES if len(text) > 2 and text[0] + text[-1] == pair)
    return any(pair[0] not in inner and pair[1] not in inner for pair in pairs)

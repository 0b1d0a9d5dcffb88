"""What a reader asks for, as terms that every database can be asked for, and matched in Python.

Words are terms; words in quotation marks are one term, in that order and exactly. The last word
may go on: who asks for "cell" finds "cells".
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from articles.core import folding

LONGEST = 200
MOST_TERMS = 10
MOST_WORDS = 12
# A single letter begins too many words.
SHORTEST_BEGINNING = 2

QUOTED = re.compile('"([^"]*)"|“([^”]*)”|«([^»]*)»|„([^“”]*)[“”]')

# Arabic writes the article, "and", "in", "for" and "like" into the word that follows.
ARABIC = re.compile("[\u0620-\u064a]+")
ARTICLE = re.compile("(?:[وف]?[بك]?ال|[وف]?لل)(?=.{3})")
BEFORE_A_WORD = (
    "ال", "وال", "فال", "بال", "كال", "لل", "وبال", "ولل", "و", "ف", "ب", "ك", "ل", "وب", "ول",
)  # fmt: skip
SHORTEST_STEM = 3


@dataclass(frozen=True)
class Term:
    """One thing to be found: any of its forms, each some words in a row, folded.

    ``is_open``: the last word of a form may be the beginning of a longer one.
    """

    forms: tuple[tuple[str, ...], ...]
    is_open: bool = False

    def is_in(self, words: Sequence[str]) -> bool:
        """Whether it stands anywhere among folded words."""
        if any(len(form) > 1 for form in self.forms):
            return any(self.length_at(words, at) for at in range(len(words)))
        wanted = tuple(form[0] for form in self.forms)
        if self.is_open:
            return any(word.startswith(wanted) for word in words)
        return any(word in words for word in wanted)

    def length_at(self, words: Sequence[str], at: int) -> int:
        """How many of the words, from ``at`` on, are this term; 0 if they are not."""
        return max((len(form) for form in self.forms if self._is_at(form, words, at)), default=0)

    def _is_at(self, form: tuple[str, ...], words: Sequence[str], at: int) -> bool:
        found = words[at : at + len(form)]
        if len(found) < len(form) or tuple(found[:-1]) != form[:-1]:
            return False
        return found[-1].startswith(form[-1]) if self.is_open else found[-1] == form[-1]


@dataclass(frozen=True)
class Query:
    """Terms that are all to be found. ``is_cut``: the reader asked for more than is looked for."""

    terms: tuple[Term, ...]
    is_cut: bool = False

    def spans(self, words: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Where terms stand among folded words, as ``[first, end)``; they may overlap."""
        for at in range(len(words)):
            length = max((term.length_at(words, at) for term in self.terms), default=0)
            if length:
                yield at, at + length

    def count_in(self, words: Sequence[str]) -> int:
        """How many of the terms stand among folded words."""
        return sum(term.is_in(words) for term in self.terms)

    def found_in(self, words: Sequence[str], own: int) -> tuple[int, bool]:
        """How many terms the first ``own`` words hold, and whether it takes the others for that.

        The others are those of the next passage. They count where both hold more together than
        either holds alone: what stands in the next one only is found there.

        >>> parse('red house').found_in(["a", "red", "house"], 2)
        (2, True)
        >>> parse('red house').found_in(["red", "red", "house"], 1)
        (1, False)
        """
        alone, together = self.count_in(words[:own]), self.count_in(words)
        goes_on = together > max(alone, self.count_in(words[own:]))
        return (together if goes_on else alone), goes_on

    def closed(self) -> "Query":
        """The same, with whole words only."""
        return replace(self, terms=tuple(replace(term, is_open=False) for term in self.terms))


def parse(text: str) -> Query:
    """Read what a reader typed, whatever it is; without a word in it there are no terms.

    >>> [term.forms for term in parse('mosul "Hidden Cells" so-called').terms]
    [(('mosul',),), (('hidden', 'cells'),), (('so', 'called'),)]
    """
    terms, end = [], 0
    asked = text[:LONGEST]
    for match in QUOTED.finditer(asked):
        terms += _loose(asked[end : match.start()])
        terms += _exact(next(filter(None, match.groups()), ""))
        end = match.end()
    tail = _loose(asked[end:])
    terms = list(dict.fromkeys([*terms, *tail]))
    is_cut = len(text.strip()) > LONGEST or len(terms) > MOST_TERMS
    terms = terms[:MOST_TERMS]
    if tail and terms[-1] == tail[-1] and len(tail[-1].forms[0][-1]) >= SHORTEST_BEGINNING:
        terms[-1] = replace(terms[-1], is_open=True)
    return Query(tuple(terms), is_cut)


def _loose(text: str) -> list[Term]:
    """A term for each word; one that folding takes apart ("so-called") is a row of words."""
    found = (tuple(folding.words(word)[:MOST_WORDS]) for word in text.split())
    return [Term(_forms(form)) for form in found if form]


def _exact(text: str) -> list[Term]:
    form = tuple(folding.words(text)[:MOST_WORDS])
    return [Term((form,))] if form else []


def _forms(form: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The word, and for an Arabic one also with and without what is written into its beginning."""
    if len(form) != 1 or not ARABIC.fullmatch(form[0]):
        return (form,)
    stem = ARTICLE.sub("", form[0], count=1) if ARTICLE.match(form[0]) else form[0]
    if len(stem) < SHORTEST_STEM:
        return (form,)
    spelled = (form[0], stem, *(before + stem for before in BEFORE_A_WORD))
    return tuple((word,) for word in dict.fromkeys(spelled))

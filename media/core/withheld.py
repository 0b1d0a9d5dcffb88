"""Words withheld: what is written in double brackets at the desk is never said in public.

    written                            public                       kept apart
    "I am [[Maryam]], from the mill."  "I am [name withheld], …"    ("Maryam",)

The public form is what a cue's text holds, so whoever reads it (pages, captions, the index, a
feed) gets that and cannot forget. The words behind the signs are kept beside it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from media.core.languages import primary

SIGN = "[name withheld]"
SIGNS = {"ar": "[حُجب الاسم]"}
UNPAIRED = (
    "Words are withheld by two brackets on each side, [[like this]]: close them in each line."
)
_WRITTEN = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_HALF = re.compile(r"\[\[|\]\]")


class Withheld(NamedTuple):
    """``text`` is the public form; ``words`` stand behind its signs, in order.

    "" is a sign that somebody wrote as it is: nothing is known of what it stands for.
    """

    text: str
    words: tuple[str, ...]


def sign_of(language: str) -> str:
    """What readers see instead, in the language of what they read.

    >>> sign_of("en-GB"), sign_of("ckb")
    ('[name withheld]', '[name withheld]')
    """
    return SIGNS.get(primary(language), SIGN)


def withhold(written: str, language: str) -> Withheld:
    """Take the words in double brackets out. Raises ValueError where brackets have no partner.

    >>> withhold("I am [[Maryam]].", "en")
    Withheld(text='I am [name withheld].', words=('Maryam',))
    """
    sign = sign_of(language)
    if _HALF.search(_WRITTEN.sub("", written)) or any(map(_HALF.search, _WRITTEN.findall(written))):
        raise ValueError(UNPAIRED)
    places = re.finditer(rf"{_WRITTEN.pattern}|{re.escape(sign)}", written, re.DOTALL)
    words = tuple((place[1] or "").strip() for place in places)
    return Withheld(_WRITTEN.sub(sign, written), words)


def reveal(text: str, words: Iterable[str], language: str) -> str:
    """As it was written: the words in double brackets again.

    >>> reveal("I am [name withheld].", ["Maryam"], "en")
    'I am [[Maryam]].'
    """
    sign, left = sign_of(language), iter(words)
    return re.sub(re.escape(sign), lambda _: _written(next(left, ""), sign), text)


def _written(words: str, sign: str) -> str:
    return f"[[{words}]]" if words else sign


def count_of(text: str, language: str) -> int:
    """How many signs stand in a public form."""
    return text.count(sign_of(language))


def said_openly(texts: Sequence[str], words: Iterable[str]) -> Iterator[int]:
    """The numbers, from 0, of the public texts that say a word which is withheld elsewhere.

    Whole words, in any case: "Ali" is not said by "quality".

    >>> list(said_openly(["They took maryam.", "A quality mill."], ["Maryam", "Ali"]))
    [0]
    """
    named = "|".join(re.escape(word) for word in sorted(set(words)) if word)
    if named:
        pattern = re.compile(rf"(?<!\w)(?:{named})(?!\w)", re.IGNORECASE)
        yield from (number for number, text in enumerate(texts) if pattern.search(text))

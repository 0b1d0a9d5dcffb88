"""Text as search compares it: words without case, accents, vowel signs and variants of letters.

A reader types what a keyboard gives: "Sao Paulo" for "São Paulo", "احمد" for "أحمدُ". Both sides go
through the same folding, so what is found does not depend on which of them was careful.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

# Whatever changes the words of any text changes this too: then every story is indexed anew.
VERSION = 1
# A longer "word" is no word; databases limit what they take as one.
LONGEST_WORD = 64

# Accents and vowel signs that careful writers set and others leave out. Signs of other scripts
# (the vowels of Hindi) are no ornament, and stay.
_MARKS = (
    *range(0x0300, 0x0370),  # Latin, Greek, Cyrillic
    *range(0x0591, 0x05BE), 0x05BF, 0x05C1, 0x05C2, 0x05C4, 0x05C5, 0x05C7,  # Hebrew
    *range(0x0610, 0x061B), *range(0x064B, 0x0660), 0x0670,  # Arabic
    *range(0x06D6, 0x06DD), *range(0x06DF, 0x06E9), *range(0x06EA, 0x06EE),  # of the Quran
    *range(0x08D3, 0x08E2), *range(0x08E3, 0x0900),
    *range(0x1AB0, 0x1B00), *range(0x1DC0, 0x1E00), *range(0x20D0, 0x2100), *range(0xFE00, 0xFE10),
)  # fmt: skip
# Signs without a width that steer how letters join and which way they run, and the tatweel, which
# only draws a word out.
_UNSEEN = (
    0x00AD, 0x034F, 0x0640, 0x061C, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060,
    *range(0x2066, 0x206A), 0xFEFF,
)  # fmt: skip
# Letters that Unicode holds for letters of their own, and readers for variants.
_VARIANTS = {
    "ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ے": "ي", "ة": "ه", "ۀ": "ه", "ہ": "ه", "ھ": "ه",
    "ە": "ه", "ک": "ك", "ڪ": "ك", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d",
    "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "ŋ": "n", "ŧ": "t",
}  # fmt: skip
_ZEROS = "٠۰०০"
_FOLDED: dict[int, str | None] = {
    **dict.fromkeys((*_MARKS, *_UNSEEN)),
    **{ord(letter): plain for letter, plain in _VARIANTS.items()},
    **{ord(zero) + number: str(number) for zero in _ZEROS for number in range(10)},
}
# Scripts that write no spaces between words: each letter is a word, a word is some in a row.
_WITHOUT_SPACES = (
    range(0x0E00, 0x0F00), range(0x1000, 0x10A0), range(0x1780, 0x1800), range(0x3005, 0x3008),
    range(0x3041, 0x3100), range(0x31F0, 0x3200), range(0x3400, 0xA000), range(0xF900, 0xFB00),
    range(0x20000, 0x32000),
)  # fmt: skip


@dataclass(frozen=True)
class Token:
    """A word, folded, and where it stands in the text as it was written: ``[start, end)``."""

    start: int
    end: int
    word: str


def tokens(text: str) -> list[Token]:
    """The words of a text in order. A sign that stands for several words gives them all.

    >>> [token.word for token in tokens("L’Été à Łódź, 2014: السَّجْنُ")]
    ['l', 'ete', 'a', 'lodz', '2014', 'السجن']
    """
    return [
        Token(start, end, word)
        for start, end in _runs(text)
        for word in _split(_fold(text[start:end]))
    ]


def words(text: str) -> list[str]:
    return [token.word for token in tokens(text)]


def _fold(run: str) -> str:
    # Twice: what is taken apart may have another case, and another case may come apart again.
    for _round in range(2):
        run = unicodedata.normalize("NFKD", run).casefold()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKD", run).translate(_FOLDED))


def _split(folded: str) -> Iterator[str]:
    """The words in what one run was folded to, which may hold spaces and signs by now."""
    for start, end in _runs(folded):
        yield folded[start:end][:LONGEST_WORD]


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Where the words of a text begin and end."""
    for kind, group in groupby(enumerate(text), key=lambda place: _kind(place[1])):
        places = [at for at, _letter in group]
        if kind == "letter":
            yield from _letters(text, places)
        elif kind == "word":
            yield places[0], places[-1] + 1


def _letters(text: str, places: list[int]) -> Iterator[tuple[int, int]]:
    """Each letter on its own, with the signs that are set on it."""
    starts = [at for at in places if at == places[0] or not unicodedata.combining(text[at])]
    yield from zip(starts, [*starts[1:], places[-1] + 1], strict=True)


@lru_cache(maxsize=8192)
def _kind(letter: str) -> str:
    """``word`` for what goes on with its neighbours, ``letter`` for a word of its own, else ""."""
    code = ord(letter)
    if code in _UNSEEN:
        return "word"
    if unicodedata.category(letter)[0] not in "LNM":
        return ""
    return "letter" if any(code in script for script in _WITHOUT_SPACES) else "word"

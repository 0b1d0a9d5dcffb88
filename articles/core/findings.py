"""What a careful reader would stumble over in a text: dates that cannot be, names spelled twice.

English dates alone; names are words that begin with a capital in the middle of a sentence.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import combinations

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAY, _MONTH = "|".join(DAYS), "|".join(MONTHS)
DATE = re.compile(
    rf"\b(?:(?P<day>{_DAY}),? )?(?:the )?"
    rf"(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th)? (?:of )?(?P<m1>{_MONTH})|"
    rf"(?P<m2>{_MONTH}) (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?),? (?P<year>\d{{4}})\b"
)
# Before a name stands a word of the same sentence.
NAME = re.compile(r"(?<=[\w,;] )[^\W\d_]{5,}(?:['’-][^\W\d_]+)*")
POSSESSIVE = re.compile(r"['’]s?$")


def wrong_dates(text: str) -> tuple[str, ...]:
    """One sentence for each date of the text that is no day, or another day of the week.

    >>> wrong_dates("On Monday, 3 March 2015, and on 31 April 2015.")
    ('3 March 2015 was a Tuesday, not a Monday.', 'There is no 31 April 2015.')
    """
    return tuple(dict.fromkeys(_wrong_dates(text)))


def _wrong_dates(text: str) -> Iterator[str]:
    for found in DATE.finditer(text):
        month, day = found["m1"] or found["m2"], int(found["d1"] or found["d2"])
        spelled = f"{day} {month} {found['year']}"
        try:
            real = DAYS[date(int(found["year"]), MONTHS.index(month) + 1, day).weekday()]
        except ValueError:
            yield f"There is no {spelled}."
            continue
        if found["day"] and found["day"] != real:
            yield f"{spelled} was a {real}, not a {found['day']}."


def names_spelled_twice(text: str) -> tuple[tuple[str, str], ...]:
    """Pairs of names that one letter tells apart, the more frequent of both first.

    >>> names_spelled_twice("Said Nujaifi, that is Nujaifi of Mosul, not Nujafi. The Iraqi of Iraq")
    (('Nujaifi', 'Nujafi'),)
    """
    said = Counter(POSSESSIVE.sub("", name) for name in NAME.findall(text) if name[0].isupper())
    pairs = (
        (one, other) if said[one] >= said[other] else (other, one)
        for one, other in combinations(said, 2)
        if _is_slip(one, other)
    )
    return tuple(pairs)


def _is_slip(one: str, other: str) -> bool:
    """Whether one letter was changed, left out, put in, or two beside each other were swapped.

    A word and the same with an ending are two words: Syria and Syrian.
    """
    if one.startswith(other) or other.startswith(one) or abs(len(one) - len(other)) > 1:
        return False
    start = next(i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    rest, other_rest = one[start:], other[start:]
    swapped = rest[1::-1] + rest[2:] if len(rest) > 1 else rest
    return (
        rest[1:] == other_rest[1:]
        or rest[1:] == other_rest
        or rest == other_rest[1:]
        or swapped == other_rest
    )

"""What a scan reports."""

from dataclasses import dataclass

MOST_FINDINGS = 100
"""A file with this many faults is refused anyway; more lines would help nobody."""


@dataclass(frozen=True)
class Finding:
    """One reason why a file may not become public.

    ``place`` says where in the file ("moov/udta/©xyz", "NAL 6 (SEI) in sample 3"); ``what`` is
    one plain sentence, which never repeats a leaked value in full, because findings are logged.
    """

    place: str
    what: str


def listed(names: str) -> frozenset[str]:
    """Return the names of a list that is written as one text, to be read as one.

    >>> sorted(listed("stts ctts"))
    ['ctts', 'stts']
    """
    return frozenset(names.split())


def shown(value: str) -> str:
    """Name a leaked value without repeating it: its first three characters and its length.

    >>> shown("Canon EOS R5")
    '"Can…" (12 characters)'
    """
    return f'"{value[:3]}…" ({len(value)} characters)'

"""Where rights hold: countries as ISO 3166 writes them, in two letters; none means everywhere."""

import re

SEPARATOR = re.compile(r"[\s,;]+")
CODE = re.compile(r"[A-Z]{2}")


def countries(text: str) -> frozenset[str]:
    """The countries that a person wrote. Raises ValueError with a sentence.

    >>> sorted(countries("de, AT ch")), countries(" ")
    (['AT', 'CH', 'DE'], frozenset())
    """
    codes = frozenset(filter(None, SEPARATOR.split(text.upper())))
    wrong = sorted(code for code in codes if not CODE.fullmatch(code))
    if wrong:
        raise ValueError(
            f"“{wrong[0]}” is no country: write each in two letters, like DE, AT, or nothing for "
            "everywhere."
        )
    return codes


def reaches(rights: frozenset[str], site: frozenset[str]) -> bool:
    """Whether rights hold wherever a site is read.

    >>> germany, both = frozenset({"DE"}), frozenset({"AT", "DE"})
    >>> reaches(frozenset(), both), reaches(both, germany), reaches(germany, frozenset())
    (True, True, False)
    """
    return not rights or (bool(site) and site <= rights)

"""Quotations as text: in the marks of their language, and no longer than there is room for."""

from media.core.languages import primary

DEFAULT_MARKS = ("“", "”")
ANGLED = ("«", "»")
MARKS = {
    **dict.fromkeys(("ar", "fa", "ckb", "ku", "ps", "ur", "ru", "uk", "be", "el", "hy"), ANGLED),
    **dict.fromkeys(("es", "it", "pt", "nb", "no"), ANGLED),
    "fr": ("«\N{NO-BREAK SPACE}", "\N{NO-BREAK SPACE}»"),
    **dict.fromkeys(("de", "cs", "sk", "sl", "bg"), ("„", "“")),
    **dict.fromkeys(("pl", "ro", "hu", "hr"), ("„", "”")),
    **dict.fromkeys(("sv", "fi"), ("”", "”")),
}


def quoted(text: str, language: str) -> str:
    """
    >>> quoted("Get down!", "en-GB"), quoted("انزل!", "ar")
    ('“Get down!”', '«انزل!»')
    """
    first, last = MARKS.get(primary(language), DEFAULT_MARKS)
    return f"{first}{text}{last}"


def shortened(text: str, most: int) -> str:
    """One line of at most ``most`` characters, cut between words if it must be.

    >>> shortened("They went  down to the mill", 12), shortened("A mill", 12)
    ('They went…', 'A mill')
    """
    line = " ".join(text.split())
    if len(line) <= most:
        return line
    whole, _, _ = line[:most].rpartition(" ")
    return (whole or line[: most - 1]) + "…"

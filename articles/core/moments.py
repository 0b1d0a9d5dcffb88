"""Moments of a clip in addresses: ``?t=SECONDS``."""

LATEST_S = 24 * 60 * 60
LONGEST = 12


def read_seconds(text: str) -> float | None:
    """A number of seconds from an address; None for anything else.

    >>> read_seconds("61.5"), read_seconds("61"), read_seconds("-1"), read_seconds("1e3")
    (61.5, 61.0, None, None)
    """
    whole, _, part = text.partition(".")
    if not whole.isascii() or not whole.isdigit() or len(text) > LONGEST:
        return None
    if part and not (part.isascii() and part.isdigit()):
        return None
    seconds = float(text)
    return seconds if seconds <= LATEST_S else None


def at_second(url: str, seconds: float) -> str:
    """A clip's page at a moment.

    >>> at_second("/stories/cells/fire/", 61.50)
    '/stories/cells/fire/?t=61.5'
    """
    return f"{url}?t={seconds:.10g}"

"""What a cue is, and the rules that the words of every cue obey.

Times are integer milliseconds from the start of the video.
"""

from dataclasses import dataclass

LONGEST_TEXT = 2_000
LONGEST_SPEAKER = 120


class CaptionsError(ValueError):
    """A caption file that cannot be used. One sentence: what is wrong, what to do next."""


@dataclass(frozen=True)
class CueText:
    """Words on the screen from ``start_ms`` until ``end_ms``.

    ``text`` is plain: no markup, entities decoded once, lines parted by a newline, none of them
    blank. ``speaker`` is empty where nobody is named.
    """

    start_ms: int
    end_ms: int
    speaker: str
    text: str


# The marks and isolates of mixed Arabic and Latin text must stay. The two overrides show letters
# in another order than they are stored, so a name could read as a different one.
_OVERRIDES = (0x202D, 0x202E)
_BYTE_ORDER_MARK = 0xFEFF
_LINE_BREAKS = (0x0B, 0x0C, 0x0D, 0x85, 0x2028, 0x2029)
_SURROGATES = range(0xD800, 0xE000)
_CONTROLS = (*range(0x20), *range(0x7F, 0xA0))
_REPLACED: dict[int, str | None] = {
    **dict.fromkeys((*_CONTROLS, *_OVERRIDES, _BYTE_ORDER_MARK, *_SURROGATES)),
    **dict.fromkeys((ord("\n"), *_LINE_BREAKS), "\n"),
    ord("\t"): " ",
}


def tidy_text(text: str) -> str:
    """Return the text without control characters, blank lines and space around its lines.

    >>> tidy_text(" Good \\r\\n\\r\\n morning\\x07 ")
    'Good\\nmorning'
    """
    lines = (line.strip() for line in text.translate(_REPLACED).split("\n"))
    return "\n".join(line for line in lines if line)


def tidy_speaker(name: str) -> str:
    """Return a speaker's name on one line, with single spaces."""
    return " ".join(tidy_text(name).split())

"""Take the markup out of a cue, and learn from it who speaks."""

import re
from collections.abc import Iterator
from html import unescape
from itertools import groupby
from operator import itemgetter

from media.core.cues import tidy_speaker, tidy_text

# Tags of WebVTT and SubRip, the time stamps of single words, and the {\an8} codes that converters
# carry over from SubStation. "a < b" and "2<3,5>1" are words, not markup.
_MARKUP = re.compile(r"</?[A-Za-z][^<>]*>|<\d+:[\d:.]+>|\{\\[^{}]*\}")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?(?:\s+([^>]*))?>", re.IGNORECASE)
_END_OF_VOICE = re.compile(r"</v\s*>", re.IGNORECASE)
_LINE_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
# Only with the semicolon: "AT&T" and "&copy that" are what somebody typed.
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def read_voices(payload: str) -> list[tuple[str, str]]:
    """Return (speaker, plain text) for each voice of a cue, in the order of speech.

    Always at least one pair; a cue without words gives ``[("", "")]``.

    >>> read_voices("<v Amal>Who is <i>there</i>?</v> <v Guard>R&amp;B")
    [('Amal', 'Who is there?'), ('Guard', 'R&B')]
    """
    voices = [
        (speaker, tidy_text("".join(text for _, text in pieces)))
        for speaker, pieces in groupby(_pieces(payload), key=itemgetter(0))
    ]
    return [(speaker, text) for speaker, text in voices if text] or [("", "")]


def _pieces(payload: str) -> Iterator[tuple[str, str]]:
    """Yield the text between the tags, each piece with the voice it is spoken in."""
    speakers = [""]
    latest = ""
    for text, tag in _text_and_tags(payload):
        # The space between two voices is nobody's: it must not cut one speaker's words in two.
        latest = speakers[-1] if text.strip() else latest
        yield latest, decode_entities(text)
        if _LINE_BREAK.fullmatch(tag):
            yield latest, "\n"
        elif voice := _VOICE.fullmatch(tag):
            speakers.append(tidy_speaker(decode_entities(voice[1] or "")))
        elif _END_OF_VOICE.fullmatch(tag) and len(speakers) > 1:
            speakers.pop()


def _text_and_tags(payload: str) -> Iterator[tuple[str, str]]:
    at = 0
    for tag in _MARKUP.finditer(payload):
        yield payload[at : tag.start()], tag[0]
        at = tag.end()
    yield payload[at:], ""


def decode_entities(text: str) -> str:
    """Decode each complete character reference once.

    >>> decode_entities("&amp;lt; &am&amp;")
    '&lt; &am&'
    """
    return _ENTITY.sub(lambda entity: unescape(entity[0]), text)

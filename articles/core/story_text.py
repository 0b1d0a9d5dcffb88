"""A story file, plain text or HTML in any encoding, as headline, standfirst and paragraphs."""

import re

from articles.core.charset import decode
from articles.core.markup import UNSTORABLE
from articles.core.plain_story import read_plain
from articles.core.story_parts import Block, StoryText, StoryTextError
from articles.core.web_story import read_web

__all__ = ["MAX_BYTES", "Block", "StoryText", "StoryTextError", "read_story"]

MAX_BYTES = 5_000_000
HTML_START = re.compile(
    r"\s*<(?:!doctype|!--|\?xml|/?(?:html|head|body|meta|title|article|main|section|div|p|h[1-6]|"
    r"table|center|font|span|b|strong|br|blockquote|ul|ol|link|style|script|header)\b)",
    re.IGNORECASE,
)
HTML_LINE = re.compile(r"</(?:p|div|h[1-6]|body|article)>\s*$", re.IGNORECASE | re.MULTILINE)


def read_story(data: bytes) -> StoryText:
    """Return the story in a file's bytes.

    Raises StoryTextError, with one sentence for the person who imports, if the file is too large,
    is no text, or has no headline or no story.
    """
    if len(data) > MAX_BYTES:
        raise StoryTextError(
            f"The file has {len(data) / 1_000_000:.1f} MB, more than the {MAX_BYTES // 1_000_000} "
            "MB a story may have: import the text alone."
        )
    text = decode(data)
    if HTML_START.match(text) or HTML_LINE.search(text):
        return read_web(text)
    return read_plain(UNSTORABLE.sub("", text.replace("\x85", "\n").replace("\v", "\n")))

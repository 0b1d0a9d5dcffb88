"""What a story file is read into, whatever its kind."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby

# A longer "headline" is the first paragraph of a file that has none.
MAX_HEADLINE = 300
SITE_NAME_WORDS = 4


class StoryTextError(ValueError):
    """A file that cannot be imported; the message is one sentence for the person importing."""


@dataclass(frozen=True)
class Block:
    """One block: ``kind`` is paragraph, heading, quotation or list (one item of it).

    ``html`` is safe inline HTML: escaped text with strong, em, br and links to http and https.
    """

    kind: str
    html: str


@dataclass(frozen=True)
class StoryText:
    """A story as a file told it; ``language`` is a BCP 47 tag."""

    headline: str
    standfirst: str
    blocks: tuple[Block, ...]
    language: str
    byline: str = ""

    @property
    def body_html(self) -> str:
        return "".join(_body_parts(self.blocks))


def _body_parts(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Write blocks as HTML; items that follow one another share a list."""
    wraps = {
        "paragraph": "<p>{}</p>",
        "heading": "<h2>{}</h2>",
        "quotation": "<blockquote><p>{}</p></blockquote>",
        "list": "<li>{}</li>",
    }
    for kind, group in groupby(blocks, key=lambda block: block.kind):
        written = "".join(wraps[kind].format(block.html) for block in group)
        yield f"<ul>{written}</ul>" if kind == "list" else written


def checked_story(story: StoryText) -> StoryText:
    """Return the story; raises StoryTextError if it lacks a headline or a text."""
    if not story.headline:
        raise StoryTextError(
            "The file holds no text: write a headline in its first line and the story below it."
        )
    if len(story.headline) > MAX_HEADLINE:
        raise StoryTextError(
            f"The first line has {len(story.headline)} characters, too many for a headline: put a "
            f"headline of at most {MAX_HEADLINE} characters above the story."
        )
    if not story.blocks:
        raise StoryTextError(
            f"The file holds a headline ({escape(story.headline[:60], quote=False)}) and no story "
            "below it: add at least one paragraph."
        )
    return story


def same_words(one: str, other: str) -> bool:
    """Whether two lines are one title: case, spaces, punctuation and a site's name aside.

    >>> same_words("Mosul's hidden cells", "MOSUL’S HIDDEN CELLS | The Daily News")
    True
    """
    ones = {_letters(one), _letters(without_site(one))} - {""}
    return not ones.isdisjoint({_letters(other), _letters(without_site(other))})


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def without_site(title: str, separators: str = "|·»«–—-") -> str:
    """Return a page's title without the name of the site at its end.

    >>> without_site("Mosul's hidden cells - The Daily News")
    "Mosul's hidden cells"
    >>> without_site("Mosul falls - and nobody came")
    'Mosul falls - and nobody came'
    """
    found = re.fullmatch(rf"(.+?)\s+[{re.escape(separators)}]{{1,2}}\s+([^{separators}]+)", title)
    if not found:
        return title
    words = found[2].split()
    is_name = len(words) <= SITE_NAME_WORDS and not any(word[0].islower() for word in words[::-1])
    return found[1].strip() if is_name and len(found[2]) <= len(found[1]) else title


def without_by(byline: str) -> str:
    """
    >>> without_by("By Ann Example and Bo Sample")
    'Ann Example and Bo Sample'
    """
    return re.sub(r"^by\b[\s:]*", "", byline, flags=re.IGNORECASE).strip(" ,")


RTL_SCRIPT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
RTL_LANGUAGES = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})
LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def language_of(text: str, declared: str = "") -> str:
    """Return the declared language, unless it is none or runs against the script of the text.

    >>> language_of("سلام", declared="en"), language_of("Salut", declared="fr")
    ('ar', 'fr')
    """
    guess = _language_by_script(text)
    is_tag = LANGUAGE_TAG.fullmatch(declared)
    if is_tag and (declared.split("-")[0].lower() in RTL_LANGUAGES) == (guess != "en"):
        return declared
    return guess


def _language_by_script(text: str) -> str:
    rtl = len(RTL_SCRIPT.findall(text))
    if rtl * 2 < sum(map(str.isalpha, text)) or not rtl:
        return "en"
    if len(re.findall("[\u0590-\u05ff]", text)) * 2 > rtl:
        return "he"
    # Letters that Persian has and Arabic has not: pe, che, zhe, gaf, and its own kaf and yeh.
    return "fa" if len(re.findall("[پچژگکی]", text)) * 20 > rtl else "ar"

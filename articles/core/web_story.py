"""A story in HTML: a saved web page, an export of a word processor, or a bare fragment."""

import re
from dataclasses import dataclass, replace

from articles.core import flow
from articles.core.flow import Leaf, Run
from articles.core.markup import Element, names, parse
from articles.core.story_parts import (
    Block,
    StoryText,
    checked_story,
    language_of,
    same_words,
    without_by,
    without_site,
)

SCHEMES = frozenset({"http", "https"})
HTML_LANG = re.compile(r"<html\b[^>]*?\s(?:xml:)?lang\s*=\s*[\"']?([A-Za-z0-9-]+)", re.IGNORECASE)
FURNITURE_TAGS = names(
    "nav footer aside form button select option label figure figcaption caption menu meta "
    "title fieldset"
)
FURNITURE_WORDS = names(
    "ad ads advert advertisement advertising banner breadcrumb breadcrumbs caption comment "
    "comments cookie cookies consent footer menu modal nav navbar navigation newsletter "
    "outbrain paywall popular popup promo recirc recommended related share sharing sidebar "
    "signup skip social sponsor sponsored subscribe taboola tags toolbar trending"
)
STANDFIRST_WORDS = names(
    "standfirst intro lede dek deck summary subheadline subhead subtitle subtitulo chapo"
)
BYLINE_WORDS = frozenset({"byline", "author", "authors"})
DATE_WORDS = frozenset({"date", "dateline", "datetime", "published", "timestamp", "updated"})
TITLE_WORDS = frozenset({"headline", "title"})
FURNITURE_LINE = re.compile(
    r"(?:advertisement|related(?: (?:stories|articles|topics|content))?|share(?: this.*)?|"
    r"more on this story|read more|sponsored|copyright\b.*|©.*|.*\ball rights reserved\.?)",
    re.IGNORECASE,
)
POINTER = re.compile(r"(?:read more|related|also read|see also|more on this story)\s*:", re.I)
BYLINE_LINE = re.compile(r"By\s+[^.!?]{3,80}")
# Layout hints of web pages: zero-width space, soft hyphen, byte order mark.
HINTS = str.maketrans({"\xa0": " ", "\u200b": None, "\xad": None, "\ufeff": None})


@dataclass(frozen=True)
class _Titles:
    """What the page says of itself, out of its readers' sight."""

    og_title: str
    title: str
    author: str


def read_web(html: str) -> StoryText:
    """Return the story of a page: its main content without what surrounds it.

    Raises StoryTextError if there is no headline or nothing below it.
    """
    page = parse(html, schemes=SCHEMES, relative_links=False)
    titles = _titles(page)
    _prune(page, len(page.text()))
    scope, root = _content(page)
    headline, found = _headline(
        titles, [leaf for leaf in map(_plainer, flow.leaves(scope)) if leaf]
    )
    standfirst, byline, story = _parts(headline, found, root)
    declared = HTML_LANG.search(html[:20_000])
    return checked_story(
        StoryText(
            headline=headline,
            standfirst=standfirst,
            blocks=tuple(map(_block, story)),
            language=language_of(
                " ".join((headline, *(leaf.text for leaf in story))),
                declared[1] if declared else "",
            ),
            byline=byline or titles.author,
        )
    )


def _titles(page: Element) -> _Titles:
    metas = [element.attrs for element in page.walk() if element.tag == "meta"]
    named = {meta.get("property") or meta.get("name"): meta.get("content", "") for meta in metas}
    title = next((element.text() for element in page.walk() if element.tag == "title"), "")
    author = " ".join(named.get("author", "").split())
    return _Titles(
        og_title=without_site(" ".join(named.get("og:title", "").split()), "|"),
        title=without_site(title),
        author="" if "://" in author else without_by(author),
    )


def _words_of(element: Element) -> set[str]:
    """The words of an element's class, id, rel and itemprop: articleBody is article and body."""
    names = " ".join(element.attrs.get(name, "") for name in ("class", "id", "rel", "itemprop"))
    apart = re.sub(r"([a-z])([A-Z])", r"\1 \2", names)
    return set(re.split(r"[\s_:-]+", apart.lower()))


def _prune(element: Element, page_letters: int) -> None:
    """Take menus, adverts, captions and their like out of the tree."""
    element.children = [
        child
        for child in element.children
        if isinstance(child, str) or not _is_furniture(child, element, page_letters)
    ]
    for child in element.children:
        if isinstance(child, Element):
            _prune(child, page_letters)


def _is_furniture(element: Element, parent: Element, page_letters: int) -> bool:
    if element.tag in FURNITURE_TAGS:
        return True
    if element.tag == "time":
        # A time in a sentence has words beside it.
        return not any(isinstance(beside, str) and beside.strip() for beside in parent.children)
    hidden = "hidden" in element.attrs or element.attrs.get("aria-hidden") == "true"
    unseen = re.search(r"display\s*:\s*none", element.attrs.get("style", ""))
    suspect = hidden or unseen or _words_of(element) & FURNITURE_WORDS
    # A wrapper called "with-sidebar" holds the story: what is most of the page stays.
    return bool(suspect) and len(element.text()) * 2 < page_letters and not _has_story(element)


def _has_story(element: Element) -> bool:
    return any(part.tag == "h1" or _is_article_body(part) for part in element.walk())


def _is_article_body(element: Element) -> bool:
    return "articlebody" in element.attrs.get("itemprop", "").lower().split()


def _content(page: Element) -> tuple[Element, Element]:
    """Return the element that holds headline and story, and within it that of the story."""
    articles = [part for part in page.walk() if part.tag == "article"]
    mains = [part for part in page.walk() if "main" in (part.tag, part.attrs.get("role"))]
    bodies = [part for part in page.walk() if _is_article_body(part)]
    main = _longest(mains) or page
    article = _longest(articles)
    if article and len(article.text()) * 2 >= len(main.text()):
        main = article
    elif main is not page or articles:
        # Articles that are a small part of the page are teasers of other stories.
        _remove(main, articles)
    body = _longest(bodies)
    if body is None:
        return main, main
    return (main if body in list(main.walk()) else page), body


def _longest(elements: list[Element]) -> Element | None:
    return max(
        (part for part in elements if part.text()), key=lambda p: len(p.text()), default=None
    )


def _remove(element: Element, unwanted: list[Element]) -> None:
    element.children = [child for child in element.children if child not in unwanted]
    for child in element.children:
        if isinstance(child, Element):
            _remove(child, unwanted)


def _plainer(leaf: Leaf) -> Leaf | None:
    """The leaf with plain spaces; None where it is a line of furniture."""
    runs = [Run(run.text.translate(HINTS), run.marks) for run in leaf.runs]
    tidied = next(flow.paragraphs(runs), ())
    leaf = replace(leaf, runs=tidied)
    return None if not tidied or _is_furniture_line(leaf) else leaf


def _is_furniture_line(leaf: Leaf) -> bool:
    links = {dict(run.marks).get("a") for run in leaf.runs if any(map(str.isalnum, run.text))}
    only_links = None not in links
    in_list = any(tag == "li" for tag, _ in leaf.path)
    if FURNITURE_LINE.fullmatch(leaf.text) or (POINTER.match(leaf.text) and links - {None}):
        return True
    return bool(links) and only_links and (in_list or len(links) > 1)


def _headline(titles: _Titles, found: list[Leaf]) -> tuple[str, list[Leaf]]:
    """Return the headline, and the leaves after it (all, where it is not to be seen)."""
    named = [titles.og_title, titles.title]
    tops = [leaf for leaf in found if leaf.tag == "h1"]
    seen = [leaf for leaf in tops if any(same_words(leaf.text, name) for name in named if name)]
    seen += tops or [leaf for leaf in found[:3] if _has_words(leaf, TITLE_WORDS)][:1]
    if not seen and any(named):
        headline = next(filter(None, named))
        seen = [leaf for leaf in found if same_words(leaf.text, headline)][:1]
        return headline, found[found.index(seen[0]) + 1 :] if seen else found
    if not found:
        return "", []
    first = (seen or found)[0]
    return _line(first), found[found.index(first) + 1 :]


def _line(leaf: Leaf) -> str:
    return " ".join(leaf.text.split())


def _has_words(leaf: Leaf, words: frozenset[str]) -> bool:
    near = leaf.chain[-3:]
    return any(_words_of(element) & words for element in near if element.tag != "article")


def _parts(headline: str, found: list[Leaf], root: Element) -> tuple[str, str, list[Leaf]]:
    """Sort the leaves after the headline into standfirst, byline and story."""
    standfirst = byline = ""
    story: list[Leaf] = []
    for i, leaf in enumerate(found):
        if _has_words(leaf, DATE_WORDS) or (not story and same_words(leaf.text, headline)):
            continue
        if _is_byline(leaf, bool(story)):
            byline = byline or without_by(_line(leaf))
        elif not story and not standfirst and _is_standfirst(leaf, i, found):
            standfirst = _line(leaf)
        elif root in leaf.chain and (story or not same_words(leaf.text, standfirst)):
            story.append(leaf)
    return standfirst, byline, story


def _is_byline(leaf: Leaf, has_begun: bool) -> bool:
    if _has_words(leaf, BYLINE_WORDS):
        return True
    return not has_begun and bool(BYLINE_LINE.fullmatch(leaf.text))


def _is_standfirst(leaf: Leaf, place: int, found: list[Leaf]) -> bool:
    """Marked by its class, or a second heading between the headline and the first paragraph."""
    if any(_is_marked_standfirst(element) for element in leaf.chain[-2:]):
        return True
    after = found[place + 1 : place + 2]
    return leaf.tag == "h2" and place == 0 and bool(after) and after[0].tag in ("p", "")


def _is_marked_standfirst(element: Element) -> bool:
    words = _words_of(element)
    return bool(words & STANDFIRST_WORDS) or {"article", "sub"} <= words


def _block(leaf: Leaf) -> Block:
    containers = [tag for tag, _ in leaf.path]
    if leaf.tag in flow.HEADINGS:
        return Block("heading", leaf.inline_html())
    if "li" in containers:
        return Block("list", leaf.inline_html())
    return Block("quotation" if "blockquote" in containers else "paragraph", leaf.inline_html())

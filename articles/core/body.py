"""The body of an article: sanitised HTML in which a clip or a picture is an element of its own.

``<figure data-clip="CLIP-ID"></figure>`` marks the place of a clip, and ``articles.core.figures``
says how a picture is written; an id is twelve characters of a to z and 0 to 9. Everything else is
p, h2, h3, ul, ol, li, blockquote, a, strong, em and br.
"""

import re
from dataclasses import dataclass
from html import escape, unescape
from itertools import groupby
from urllib.parse import urlsplit

import nh3

from articles.core import figures, flow, markup
from articles.core.figures import ClipRef, Figure, PictureRef

SCHEMES = frozenset({"http", "https", "mailto"})
# As ``clean_body`` writes it.
LONE_LINK = re.compile(r'<p>(?P<link><a href="(?P<href>[^"]*)">(?:(?!</a>|</p>).)*</a>)</p>')
TAGS = markup.names("p h2 h3 ul ol li blockquote a strong em br figure")


@dataclass(frozen=True)
class Text:
    """A piece of valid HTML between two figures."""

    html: str


def clean_body(html: str) -> str:
    """Return the body in its one canonical form: safe, valid, without blank paragraphs.

    >>> clean_body('<div onclick="x()">The <b>sentry</b></div><p>&nbsp;</p>')
    '<p>The <strong>sentry</strong></p>'
    """
    return _sanitised(leaves(html))


def split_body(html: str) -> tuple[Text | Figure, ...]:
    """Return texts and figures in order. A figure inside a paragraph or a list splits it.

    >>> split_body('<p>Before<figure data-clip="abcdef012345"></figure>after</p>')
    (Text(html='<p>Before</p>'), ClipRef(clip_id='abcdef012345'), Text(html='<p>after</p>'))
    """
    pieces: list[Text | Figure] = []
    for figure, group in groupby(leaves(html), key=lambda leaf: leaf.figure):
        if figure:
            pieces += [figure for _ in group]
        else:
            pieces.append(Text(_sanitised(list(group))))
    return tuple(pieces)


def figures_of(html: str) -> tuple[Figure, ...]:
    """Return the clips and pictures of a body, each once, as they stand at their first place."""
    found: dict[str, Figure] = {}
    for leaf in leaves(html):
        if leaf.figure:
            found.setdefault(_key(leaf.figure), leaf.figure)
    return tuple(found.values())


def _key(figure: Figure) -> str:
    return figure.clip_id if isinstance(figure, ClipRef) else f"picture {figure.picture_id}"


def clip_ids(html: str) -> tuple[str, ...]:
    """Return the clips of a body, each once, in the order of their first place."""
    return tuple(one.clip_id for one in figures_of(html) if isinstance(one, ClipRef))


def picture_refs(html: str) -> tuple[PictureRef, ...]:
    """Return every place of a picture, in order."""
    found = (leaf.figure for leaf in leaves(html))
    return tuple(figure for figure in found if isinstance(figure, PictureRef))


def hrefs(html: str) -> tuple[str, ...]:
    """Return where the links of a body lead, each address once, in order.

    >>> hrefs('<p><a href="/a/">one</a> <a href="mailto:a@b.example">two</a></p>')
    ('/a/', 'mailto:a@b.example')
    """
    tree = markup.parse(html, schemes=SCHEMES, relative_links=True)
    links = (one.attrs.get("href", "") for one in tree.walk() if one.tag == "a")
    return tuple(dict.fromkeys(filter(None, links)))


def append_clip(html: str, clip_id: str) -> str:
    """Return the clean body with the clip at its end; one that stands in it already stays there.

    Raises ValueError if ``clip_id`` is not the id of a clip.
    """
    if not figures.ID.fullmatch(clip_id):
        raise ValueError(f"{clip_id!r} is not the id of a clip: twelve characters, a-z and 0-9.")
    found = leaves(html)
    if all(leaf.figure != ClipRef(clip_id) for leaf in found):
        found.append(flow.Leaf("figure", figure=ClipRef(clip_id)))
    return _sanitised(found)


def plain_text(html: str) -> str:
    """Return the words of a body, one line for each paragraph, heading and list item.

    >>> plain_text("<h2>Cells</h2><p>They <em>do not</em><br>know.</p>")
    'Cells\\nThey do not know.'
    """
    lines = (" ".join(leaf.text.split()) for leaf in leaves(html) if not leaf.figure)
    return "\n".join(lines)


def word_count(html: str) -> int:
    """Return how many words stand in a body, as white space parts them.

    >>> word_count("<p>They do not know.</p><p>—</p>")
    4
    """
    return sum(any(map(str.isalnum, word)) for word in plain_text(html).split())


def with_link_cards(html: str) -> str:
    """Return a clean body in which a link that stands alone in its paragraph is a card: it says
    where it leads, and asks nobody for anything.

    >>> with_link_cards('<p><a href="https://example.org/">A</a></p>')
    '<p class="link-card"><a href="https://example.org/">A</a> <span>example.org</span></p>'
    """
    return LONE_LINK.sub(_card, html)


def _card(found: re.Match[str]) -> str:
    host = urlsplit(unescape(found["href"])).hostname or ""
    place = f" <span>{escape(host.removeprefix('www.'))}</span>" if host else ""
    return f'<p class="link-card">{found["link"]}{place}</p>'


def blocks(html: str) -> tuple[str, ...]:
    """Return the body in parts that may be moved alone: a paragraph, a whole list, a figure.

    >>> blocks("<p>A</p><ul><li>B</li><li>C</li></ul>")
    ('<p>A</p>', '<ul><li>B</li><li>C</li></ul>')
    """
    parted: list[list[flow.Leaf]] = []
    for leaf in leaves(html):
        is_in_same = parted and leaf.path and parted[-1][-1].path[:1] == leaf.path[:1]
        parted[-1].append(leaf) if is_in_same else parted.append([leaf])
    return tuple(_sanitised(part) for part in parted)


def leaves(html: str) -> list[flow.Leaf]:
    """Return the paragraphs, headings, list items and figures of a body, in order."""
    return flow.leaves(markup.parse(html, schemes=SCHEMES, relative_links=True))


def _sanitised(found: list[flow.Leaf]) -> str:
    """Write leaves as HTML. A sanitiser that knows nothing of us has the last word."""
    return nh3.clean(
        flow.block_html(found),
        tags=set(TAGS),
        attributes={"a": {"href"}, "figure": set(figures.ATTRIBUTES)},
        url_schemes=set(SCHEMES),
        link_rel=None,
    )

"""What stands in a body beside its text: clips, and pictures with the words that belong to them.

A clip is ``<figure data-clip="ID"></figure>``. A picture carries what its story says of it:
``<figure data-picture="ID" data-alt="…" data-caption="…" data-credit="…"></figure>``, with
``data-decorative`` in place of a description where somebody decided that it needs none, and
``data-warning`` where readers are to be told something before they see it. So these words are part
of the text: they are kept, compared, merged and brought back with it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

ID = re.compile(r"[a-z0-9]{12}")
DECORATIVE = "data-decorative"
# By the names of the attributes, in the order in which they are written.
WORDS = {
    "data-alt": "alt",
    "data-caption": "caption",
    "data-credit": "credit",
    "data-warning": "warning",
}
ATTRIBUTES = frozenset({"data-clip", "data-picture", DECORATIVE, *WORDS})


@dataclass(frozen=True)
class ClipRef:
    """The place of a clip."""

    clip_id: str

    @property
    def html(self) -> str:
        return f'<figure data-clip="{self.clip_id}"></figure>'


@dataclass(frozen=True)
class PictureRef:
    """The place of a picture, and its words there."""

    picture_id: str
    alt: str = ""
    caption: str = ""
    credit: str = ""
    warning: str = ""
    is_decorative: bool = False

    @property
    def html(self) -> str:
        """
        >>> PictureRef("abcdef012345", caption="The <gate>").html
        '<figure data-picture="abcdef012345" data-caption="The &lt;gate&gt;"></figure>'
        """
        said = {name: str(getattr(self, field)) for name, field in WORDS.items()}
        words = [f' {name}="{escape(text)}"' for name, text in said.items() if text]
        mark = [f' {DECORATIVE}=""'] if self.is_decorative else []
        return f'<figure data-picture="{self.picture_id}"{"".join(words + mark)}></figure>'

    @property
    def is_described(self) -> bool:
        """Whether somebody wrote what is seen, or decided that nobody need know."""
        return bool(self.alt) or self.is_decorative


Figure = ClipRef | PictureRef


def figure_of(attrs: Mapping[str, str]) -> Figure | None:
    """What the attributes of a figure name, if it is anything of ours.

    >>> figure_of({"data-picture": "abcdef012345", "data-alt": " A  gate. "}).alt
    'A gate.'
    """
    if ID.fullmatch(attrs.get("data-clip", "")):
        return ClipRef(attrs["data-clip"])
    if not ID.fullmatch(attrs.get("data-picture", "")):
        return None
    words = {field: " ".join(attrs.get(name, "").split()) for name, field in WORDS.items()}
    if DECORATIVE in attrs:
        words["alt"] = ""
    return PictureRef(attrs["data-picture"], **words, is_decorative=DECORATIVE in attrs)

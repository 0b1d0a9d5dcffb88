"""The picture of a quotation for those who share it: its words, who said them, and where.

A clip that is warned of gives no picture to it. The words of a warned span stand on no card: there
the warning does.
"""

import io
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from articles import lettering
from articles.core.quotations import quoted, shortened
from articles.quoting import QuoteView
from articles.reading import StoryView
from media import stores

SIZE = WIDTH, HEIGHT = 1200, 630
QUALITY = 88
MARGIN = 64
PICTURE_WIDTH = 380
# What a card says at the most: more would be set too small to be read on a phone.
MOST_CHARACTERS = 420
MOST_IN_A_LINE = 120
SIZES = (60, 54, 48, 42, 37, 33)
NAME_SIZE, FACT_SIZE = 28, 27
LEADING = 1.36
GAP = 20
# Of a still as the package has it, with room to spare.
MOST_PIXELS = 4_000_000

PAPER, INK, MUTED, ACCENT = "#fbfaf7", "#1d1b19", "#5d5850", "#8c1d18"
SITE = "Newsroom"


@dataclass(frozen=True)
class Words:
    """A text, and whether its sentence runs from right to left."""

    text: str
    rtl: bool


@dataclass(frozen=True)
class Card:
    """What a card says: ``lead`` large, ``facts`` below it, above it a ``notice`` or none."""

    lead: Words
    facts: tuple[Words, ...]
    notice: Words | None

    @property
    def text(self) -> str:
        notice = self.notice.text if self.notice else ""
        return " ".join([self.lead.text, *(fact.text for fact in self.facts), notice])


def can_be_drawn(story: StoryView, quote: QuoteView) -> bool:
    """Whether the faces have all letters of it: a card with holes in its words is none."""
    return lettering.can_be_drawn(_card(story, quote).text)


def draw_card(story: StoryView, quote: QuoteView) -> bytes:
    """The card as a JPEG of 1200 by 630 pixels; the same bytes for the same words."""
    image = Image.new("RGB", SIZE, PAPER)
    card = _card(story, quote)
    picture = _picture(quote)
    rtl = card.lead.rtl
    left = right = MARGIN
    if picture is not None:
        # At the end of the lines, wherever that is.
        image.paste(picture, (0 if rtl else WIDTH - PICTURE_WIDTH, 0))
        left, right = (MARGIN + PICTURE_WIDTH, MARGIN) if rtl else (MARGIN, MARGIN + PICTURE_WIDTH)
    image.paste(ACCENT, (WIDTH - 12, 0, WIDTH, HEIGHT) if rtl else (0, 0, 12, HEIGHT))
    _write(image, card, left, WIDTH - right)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=QUALITY, subsampling=0, optimize=True)
    return out.getvalue()


def _card(story: StoryView, quote: QuoteView) -> Card:
    rtl = story.direction == "rtl"
    told = quote.warnings or tuple(w for w in quote.clip.warnings if w.veil is None)
    with translation.override(story.language):
        label = _("Before you watch")
    notice = f"{label}: {' · '.join(w.words for w in told)}" if told else ""
    lead = Words(shortened(quote.clip.title or story.headline, MOST_CHARACTERS), rtl)
    where = [story.headline, quote.span]
    if not quote.warnings:
        language, direction = quote.transcript.language, quote.transcript.direction
        words = shortened(quote.words, MOST_CHARACTERS)
        lead = Words(quoted(words, language), direction == "rtl")
        where = [", ".join(quote.speakers), quote.clip.title, story.headline]
    facts = tuple(Words(shortened(text, MOST_IN_A_LINE), rtl) for text in where if text)
    return Card(lead, facts, Words(shortened(notice, MOST_IN_A_LINE), rtl) if notice else None)


def _picture(quote: QuoteView) -> Image.Image | None:
    """The still of the quotation, if it lies in `public`, cut to its column."""
    content = stores.read_public(quote.still.file) if quote.still else None
    if content is None:
        return None
    with Image.open(io.BytesIO(content), formats=["JPEG"]) as still:
        if still.width * still.height > MOST_PIXELS:
            return None
        return ImageOps.fit(still.convert("RGB"), (PICTURE_WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _write(image: Image.Image, card: Card, left: int, right: int) -> None:
    top = MARGIN + NAME_SIZE
    start = Words(SITE, card.lead.rtl)
    _line(image, start, NAME_SIZE, (left, right, top), ACCENT)
    if card.notice:
        top += round(FACT_SIZE * LEADING * 1.3)
        _line(image, card.notice, FACT_SIZE, (left, right, top), ACCENT)
    bottom = HEIGHT - MARGIN - round((len(card.facts) - 1) * FACT_SIZE * LEADING)
    _lead(image, card.lead, (left, right), top + GAP, bottom - FACT_SIZE - GAP)
    for number, fact in enumerate(card.facts):
        baseline = bottom + round(number * FACT_SIZE * LEADING)
        _line(image, fact, FACT_SIZE, (left, right, baseline), MUTED if number else INK, card.lead)


def _lead(image: Image.Image, lead: Words, sides: tuple[int, int], top: int, bottom: int) -> None:
    """The words as large as there is room for, in the middle between top and bottom."""
    width, height = sides[1] - sides[0], bottom - top
    for size in SIZES:
        lines = lettering.wrap(lead.text, size, width, rtl=lead.rtl)
        room = int(height // (size * LEADING))
        if len(lines) <= room:
            break
    else:
        lines = [*lines[: room - 1], lines[room - 1] + lettering.ELLIPSIS]
    free = height - len(lines) * size * LEADING
    for number, line in enumerate(lines):
        baseline = round(top + free / 2 + (number + 0.78) * size * LEADING)
        _line(image, Words(line, lead.rtl), size, (*sides, baseline), INK)


def _line(
    image: Image.Image,
    words: Words,
    size: int,
    place: tuple[int, int, int],
    colour: str,
    beside: Words | None = None,
) -> None:
    """One line between two sides, at the side where ``beside`` begins; cut if it is too long."""
    left, right, baseline = place
    text = lettering.cut(words.text, size, right - left, rtl=words.rtl)
    line = lettering.set_line(text, size, rtl=words.rtl)
    x = right - line.width if (beside or words).rtl else left
    lettering.draw(image, line, x, baseline, colour)

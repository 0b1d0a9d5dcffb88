"""Cards: what a list shows of each story."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from articles.models import Article, Embed, Illustration
from articles.pictures import read_image
from articles.posters import ImageView, read_poster
from media import release
from media.core.captions import media_time


@dataclass(frozen=True)
class CardView:
    """A story in a list. ``picture`` is None where readers would have to be warned first."""

    url: str
    headline: str
    standfirst: str
    section: str
    language: str
    direction: str
    published_at: datetime | None
    clip_count: int
    duration: str
    author_names: tuple[str, ...]
    picture: ImageView | None = None
    picture_alt: str = ""


def read_cards(articles: Iterable[Article]) -> tuple[CardView, ...]:
    """Stories for a list; give them ``for_lists()``."""
    return tuple(_card(article) for article in articles)


def _card(article: Article) -> CardView:
    shown = [embed for embed in article.embeds.all() if embed.clip.is_playable]
    packages = [embed.clip.current_package for embed in shown]
    pictured = _standing_for_it([*shown, *article.illustrations.all()])
    return CardView(
        url=article.get_absolute_url(),
        headline=article.headline,
        standfirst=article.standfirst,
        section=article.section,
        language=article.language,
        direction=article.direction,
        published_at=article.published_at,
        clip_count=len(packages),
        duration=media_time(sum(package.duration_ms for package in packages if package)),
        author_names=tuple(byline.author.name for byline in article.bylines.all()),
        picture=_picture(pictured),
        picture_alt=_alt(pictured),
    )


def _standing_for_it(figures: Iterable[Embed | Illustration]) -> Embed | Illustration | None:
    """The first in the text whose picture may be shown to anybody."""
    fit = [one for one in figures if _may_stand_for_it(one)]
    return min(fit, key=lambda one: one.position, default=None)


def _may_stand_for_it(figure: Embed | Illustration) -> bool:
    """Whether nothing in it is warned of."""
    if isinstance(figure, Illustration):
        return figure.may_stand_for_story
    package = figure.clip.current_package
    return package is not None and not package.is_growing and not figure.clip.warnings.all()


def _picture(figure: Embed | Illustration | None) -> ImageView | None:
    if isinstance(figure, Illustration):
        return read_image(figure.picture, release.address)
    package = figure.clip.current_package if figure else None
    return read_poster(package, release.address) if package else None


def _alt(figure: Embed | Illustration | None) -> str:
    if isinstance(figure, Embed):
        return figure.alt or figure.clip.alt
    return figure.alt if figure else ""

"""Cards: what a list shows of each story."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from articles.models import Article, Embed
from articles.posters import PosterView, read_poster
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
    picture: PosterView | None = None
    picture_alt: str = ""


def read_cards(articles: Iterable[Article]) -> tuple[CardView, ...]:
    """Stories for a list; give them ``for_lists()``."""
    return tuple(_card(article) for article in articles)


def _card(article: Article) -> CardView:
    shown = [embed for embed in article.embeds.all() if embed.clip.is_playable]
    packages = [embed.clip.current_package for embed in shown]
    pictured = next((embed for embed in shown if _may_stand_for_it(embed)), None)
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
        picture_alt=(pictured.alt or pictured.clip.alt) if pictured else "",
    )


def _may_stand_for_it(embed: Embed) -> bool:
    """Whether the clip's picture may be shown to anybody: nothing in the clip is warned of."""
    package = embed.clip.current_package
    return package is not None and not package.is_growing and not embed.clip.warnings.all()


def _picture(embed: Embed | None) -> PosterView | None:
    package = embed.clip.current_package if embed else None
    return read_poster(package, release.address) if package else None

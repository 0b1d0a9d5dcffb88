"""Stories as feeds and sitemaps tell of them: plain values, no body and no transcripts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation

from articles.models import Article, Author, Correction, Topic
from articles.pictures import PictureView, read_picture
from articles.reading import ClipView, read_clip, updated_at
from media import release


@dataclass(frozen=True)
class Entry:
    """A story in a feed or a sitemap; ``updated_at`` only where it was corrected.

    ``is_original``: it was not translated from another one.
    """

    url: str
    headline: str
    standfirst: str
    section: str
    language: str
    published_at: datetime | None
    updated_at: datetime | None
    authors: tuple[Author, ...]
    topics: tuple[Topic, ...]
    clips: tuple[ClipView, ...]
    pictures: tuple[PictureView, ...]
    corrections: tuple[Correction, ...]
    is_original: bool

    @property
    def changed_at(self) -> datetime | None:
        return self.updated_at or self.published_at


def read_entries(articles: Iterable[Article]) -> list[Entry]:
    """Give them ``for_machines()``."""
    return [_entry(article) for article in articles]


def _entry(article: Article) -> Entry:
    with translation.override(article.language):
        clips = tuple(read_clip(embed, article, with_words=False) for embed in article.embeds.all())
    corrections = tuple(article.corrections.all())
    return Entry(
        url=article.get_absolute_url(),
        headline=article.headline,
        standfirst=article.standfirst,
        section=article.section,
        language=article.language,
        published_at=article.published_at,
        updated_at=updated_at(article, corrections),
        authors=tuple(byline.author for byline in article.bylines.all()),
        topics=tuple(article.topics.all()),
        clips=clips,
        pictures=tuple(
            read_picture(one.picture, one, release.address) for one in article.illustrations.all()
        ),
        corrections=corrections,
        is_original=article.translation_of_id is None,
    )

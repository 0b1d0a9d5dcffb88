"""Sitemaps: what search engines are told to look at, and what is news."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse

from articles import structured_data
from articles.entries import Entry, read_entries
from articles.models import Article
from articles.reading import ClipView, absolute
from media.core.languages import primary

FIXED = ("home", "archive", "corrections")
ROBOTS = ("/sitemap.xml", "/sitemap-news.xml", "/sitemap-video.xml")
# What a sitemap for films takes at most: characters, words, and seconds.
LONGEST_TITLE = 100
LONGEST_DESCRIPTION = 2048
MOST_TAGS = 32
LONGEST_FILM_S = 28_800
CHINESE = {"zh-hant": "zh-tw", "zh-tw": "zh-tw", "zh-hk": "zh-tw"}


def draw_sitemap(articles: list[Article]) -> str:
    """Every story and, of every clip, the page to watch and the page to read it, with the moment
    of the last change.
    """
    entries = read_entries(articles)
    places: list[dict[str, Any]] = [{"url": absolute(reverse(name))} for name in FIXED]
    places += [
        {"url": absolute(url), "changed_at": entry.changed_at}
        for entry in entries
        for url in (entry.url, *_pages_of(entry.clips))
    ]
    return render_to_string("articles/sitemap.xml", {"places": places})


def _pages_of(clips: Iterable[ClipView]) -> Iterator[str]:
    for clip in clips:
        yield clip.watch_url
        yield clip.read_url


def draw_index(names: Iterable[str]) -> str:
    """Where the sitemaps of these file names lie."""
    urls = [absolute(f"/{name}") for name in names]
    return render_to_string("articles/sitemap_index.xml", {"urls": urls})


def draw_news_sitemap(articles: list[Article]) -> str:
    stories = [
        {
            "url": absolute(entry.url),
            "language": news_language(entry.language),
            "published_at": entry.published_at,
            "title": entry.headline,
        }
        for entry in read_entries(articles)
    ]
    return render_to_string(
        "articles/sitemap_news.xml", {"stories": stories, "site_name": structured_data.SITE_NAME}
    )


def draw_video_sitemap(articles: list[Article]) -> str:
    """The page of each clip; one that readers are warned of is named without picture or film."""
    videos = [_video(entry, clip) for entry in read_entries(articles) for clip in entry.clips]
    return render_to_string("articles/sitemap_video.xml", {"videos": videos})


def draw_robots() -> str:
    sitemaps = [absolute(path) for path in ROBOTS]
    return render_to_string("articles/robots.txt", {"sitemaps": sitemaps})


def news_language(tag: str) -> str:
    """A language as news sitemaps write it: the language alone, but for Chinese.

    >>> [news_language(tag) for tag in ("ar-IQ", "en", "zh", "zh-Hant", "pt-BR")]
    ['ar', 'en', 'zh-cn', 'zh-tw', 'pt']
    """
    if primary(tag) == "zh":
        return CHINESE.get("-".join(tag.lower().split("-")[:2]), "zh-cn")
    return primary(tag)


def _video(entry: Entry, clip: ClipView) -> dict[str, Any]:
    seconds = max(1, round(clip.duration_ms / 1000))
    return {
        "url": absolute(clip.watch_url),
        "changed_at": entry.changed_at,
        "picture_url": structured_data.picture_of(clip).url,
        "title": structured_data.clip_name(clip, entry)[:LONGEST_TITLE],
        "description": structured_data.clip_description(clip, entry)[:LONGEST_DESCRIPTION],
        "film_url": structured_data.film_url(clip),
        "player_url": absolute(clip.embed_url),
        "seconds": seconds if seconds <= LONGEST_FILM_S else 0,
        "published_at": entry.published_at,
        "is_family_friendly": not clip.warnings,
        "tags": [topic.name for topic in entry.topics[:MOST_TAGS]],
    }

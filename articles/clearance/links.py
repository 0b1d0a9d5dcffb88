"""Checks of links: our own always, those to elsewhere as they were found when somebody asked."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, resolve, reverse

from articles.core.body import hrefs
from articles.models import Article, Author, Topic
from media.clearance import Check, Weight, judge

# The key of the check of links to elsewhere.
LINKS = "links"
OF_STORIES = ("story", "watch", "read", "find", "quote")


def own_and_foreign(article: Article) -> tuple[list[str], list[str]]:
    """The links of a story: paths within this site, and addresses elsewhere, each once."""
    own, foreign = [], []
    base = urlsplit(settings.BASE_URL).netloc
    for href in hrefs(article.body):
        try:
            parts = urlsplit(href)
        except ValueError:
            own.append(href)
            continue
        if parts.scheme in ("http", "https") and parts.netloc != base:
            foreign.append(href)
        elif parts.path and parts.scheme in ("", "http", "https"):
            own.append(parts.path)
    return own, foreign


def checks(article: Article) -> Iterator[Check]:
    own, foreign = own_and_foreign(article)
    body = f"{reverse('admin:articles_article_change', args=[article.pk])}#id_body"
    here = f"{reverse('admin:articles_article_publish', args=[article.pk])}#links"
    dead = [path for path in own if not leads_somewhere(article, path)]
    if own:
        reason = f"These links lead nowhere on this site: {', '.join(dead)}." if dead else ""
        yield judge("own links", "Story", "Links within the site", reason, body, weight=Weight.ASKS)
    if foreign:
        yield judge(
            LINKS,
            "Story",
            "Links to elsewhere",
            _trouble(article, foreign),
            here,
            weight=Weight.ASKS,
        )


def leads_somewhere(article: Article, path: str) -> bool:
    """Whether a reader finds something there, once the story is public."""
    try:
        match = resolve(path)
    except Resolver404:
        return False
    slug = match.kwargs.get("slug", "")
    if match.url_name in OF_STORIES:
        return slug == article.slug or Article.objects.published().filter(slug=slug).exists()
    return _is_there(match, slug)


def _is_there(match: ResolverMatch, slug: str) -> bool:
    if match.url_name == "topic":
        return Topic.objects.filter(slug=slug).exists()
    if match.url_name == "author":
        return Author.objects.filter(slug=slug).exists()
    return match.app_name != "admin"


def _trouble(article: Article, foreign: list[str]) -> str:
    newest = article.acts.link_checks().first()
    found = newest.detail["links"] if newest is not None else {}
    unknown = [url for url in foreign if url not in found]
    if newest is None or unknown:
        return f"Nobody has looked whether these links are alive: {', '.join(unknown)}."
    dead = [f"{url} ({found[url]['says']})" for url in foreign if not found[url]["alive"]]
    return f"These links were dead on {newest.at:%Y-%m-%d}: {', '.join(dead)}." if dead else ""

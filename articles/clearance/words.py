"""Checks of what is written: headline, text, language, dates, names, and what machines are told."""

from collections.abc import Iterator

from django.urls import reverse

from articles.core.body import picture_refs, plain_text
from articles.core.findings import names_spelled_twice, wrong_dates
from articles.models import Article
from media.clearance import Check, Weight, judge
from media.core.languages import OWN_NAMES, primary

SUBJECT = "Story"
# What is longer is cut off in lists of search engines, in feeds and on cards.
LONGEST_HEADLINE = 110


def checks(article: Article) -> Iterator[Check]:
    yield _check(
        article,
        "Headline",
        "" if article.headline.strip() else "The story has no headline.",
        "headline",
    )
    yield _check(
        article,
        "Headline length",
        _too_long(article),
        "headline",
        Weight.ASKS,
        article.headline,
    )
    text = plain_text(article.body)
    yield _check(article, "Text", "" if text.strip() else "The story has no text.", "body")
    yield _check(article, "Language", _unknown(article), "language", Weight.ASKS)
    said = [words for one in picture_refs(article.body) for words in (one.caption, one.alt)]
    written = "\n".join([article.headline, article.standfirst, text, *said])
    yield _check(article, "Dates", " ".join(wrong_dates(written)), "body", Weight.ASKS)
    yield _check(article, "Names", " ".join(_slips(written)), "body", Weight.ASKS)
    yield _check(
        article, "What search engines are told", _untold(article), "standfirst", Weight.ASKS
    )


def _check(
    article: Article,
    name: str,
    reason: str,
    field: str,
    weight: Weight = Weight.NEVER,
    *facts: object,
) -> Check:
    url = f"{reverse('admin:articles_article_change', args=[article.pk])}#id_{field}"
    return judge(name, SUBJECT, name, reason, url, weight=weight, facts=facts)


def _too_long(article: Article) -> str:
    length = len(article.headline)
    if length <= LONGEST_HEADLINE:
        return ""
    return f"The headline has {length} characters, and lists cut it after {LONGEST_HEADLINE}."


def _unknown(article: Article) -> str:
    if primary(article.language) in {primary(tag) for tag in OWN_NAMES}:
        return ""
    return f"“{article.language}” is no language that we know: write its tag, like en or ar."


def _slips(written: str) -> Iterator[str]:
    for often, seldom in names_spelled_twice(written):
        yield f"“{often}” is also written “{seldom}”: is it one name?"


def _untold(article: Article) -> str:
    if article.standfirst.strip():
        return ""
    return "Without a standfirst, search engines, feeds and cards have no description of the story."

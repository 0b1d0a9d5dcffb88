"""Checks of when a story goes out, and when it leaves."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse

from articles.models import Article
from media.clearance import Check, judge


def goes_out_at(article: Article, at: datetime | None) -> datetime:
    """When readers see it next if it is published for a moment, or for now: the embargo wins."""
    is_scheduled = article.status == Article.Status.SCHEDULED
    wanted = at or (article.published_at if is_scheduled else None)
    return max(filter(None, (wanted, article.embargo_until, Article.objects.moment())))


def checks(article: Article, at: datetime) -> Iterator[Check]:
    """``at`` is when the story goes out."""
    url = reverse("admin:articles_article_publish", args=[article.pk])
    embargo, expiry = article.embargo_until, article.expires_at
    if embargo is not None:
        # Green always: nothing goes out before it ends, whatever the schedule says.
        yield Check("embargo", "Story", f"Embargo: nothing before {spelled(embargo)}")
    if expiry is not None:
        late = expiry <= at
        yield judge(
            "expiry",
            "Story",
            f"Expiry: gone from {spelled(expiry)}",
            f"The story expires on {spelled(expiry)}, before it goes out." if late else "",
            f"{url}#times",
        )


def spelled(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"

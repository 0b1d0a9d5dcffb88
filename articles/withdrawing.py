"""Withdrawing stories, with what could not be recalled, and with all that came from one source."""

import time
from collections.abc import Iterable

from django.contrib.auth.models import User

from articles import acts, publishing
from articles.models import Act, Article
from media import withdrawing
from media.models import Clip
from media.withdrawing import Withdrawn


def withdraw_story(article: Article, *, by: User | None, reason: str) -> Withdrawn:
    """Take a story back, and write down how long that took and what stays in others' hands.

    Raises NotCleared when there is no reason, or nothing to withdraw.
    """
    began = time.monotonic()
    left = cannot_be_recalled([article], article.clips.all())
    pages = article.pages.count()
    article = publishing.withdraw(article, by=by, reason=reason)
    left += withdrawing.not_forgotten()
    seconds = time.monotonic() - began
    acts.record(
        article,
        Act.Kind.TAKEN_AWAY,
        actor=acts.actor_of(by),
        seconds=round(seconds, 2),
        pages=pages,
        left=left,
    )
    return Withdrawn(f"“{article}” is withdrawn.", seconds, left)


def withdraw_source(
    alias: str, *, stories: Iterable[Article], by: User, reason: str
) -> list[Withdrawn]:
    """Take everything of one source away, and these stories with it. Raises NotCleared."""
    # The films first: they are what endangers somebody.
    done = [withdrawing.withdraw_source(alias, by=by.get_username(), reason=reason)]
    return done + [withdraw_story(story, by=by, reason=reason) for story in stories]


def cannot_be_recalled(articles: Iterable[Article], clips: Iterable[Clip]) -> tuple[str, ...]:
    """One sentence for each place from which stories and clips cannot be recalled."""
    had = [article for article in articles if article.is_public]
    if not had:
        return ()
    since = min(article.published_at for article in had if article.published_at)
    return (
        f"Feeds, sitemaps and data: whoever fetched them since {since:%Y-%m-%d %H:%M} UTC has the "
        "headline, the standfirst, the captions and the addresses of the clips.",
        "Social cards: where somebody shared an address, the headline and its picture may go on "
        "being shown; of clips with a warning there was no picture.",
        "Search engines and archives of the web may keep copies of the pages: ask them.",
        *withdrawing.left_of_clips(clips),
    )

"""Presence: who has a story open, and what was saved meanwhile."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from articles.models import Article, Presence, Revision

# Somebody who wrote so lately is writing.
WRITING_FOR = timedelta(seconds=20)


@dataclass(frozen=True)
class Present:
    name: str
    since: datetime
    is_writing: bool


@dataclass(frozen=True)
class Around:
    """``others`` are other people; ``is_elsewhere``: this person has it open in another page too.

    ``saved`` is the newest save since the page was opened, if there was one.
    """

    others: tuple[Present, ...]
    is_elsewhere: bool
    saved: Revision | None


def look_in(
    article: Article, person: User, *, tab: str, began_from: int, is_writing: bool
) -> Around:
    """Note that somebody has a story open, and answer who else has."""
    now = timezone.now()
    seen: dict[str, object] = {"article": article, "person": person, "seen_at": now}
    Presence.objects.update_or_create(
        tab=tab, defaults=seen | ({"wrote_at": now} if is_writing else {})
    )
    Presence.objects.gone().delete()
    others: dict[str, Present] = {}
    beside = list(article.presences.present().beside(tab).select_related("person"))
    for page in beside:
        if page.person_id != person.pk:
            others[page.person.get_username()] = _present(page, now)
    return Around(
        tuple(others.values()),
        any(page.person_id == person.pk for page in beside),
        _saved_since(article, began_from),
    )


def leave(person: User, tab: str) -> None:
    """The page was closed."""
    Presence.objects.filter(person=person, tab=tab).delete()


def _present(page: Presence, now: datetime) -> Present:
    wrote = page.wrote_at
    is_writing = wrote is not None and now - wrote < WRITING_FOR
    return Present(page.person.get_username(), page.since, is_writing)


def _saved_since(article: Article, began_from: int) -> Revision | None:
    found = article.revisions.since(began_from).without_words().newest_first()
    return found.first()

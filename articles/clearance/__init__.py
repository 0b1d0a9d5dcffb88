"""Clearance: the list of checks between a story and its public."""

from collections.abc import Collection
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from articles import acts
from articles.clearance import clips, links, pictures, times, words
from articles.models import Act, Article
from media.clearance import Answer, Check, Weight
from media.errors import NotCleared

__all__ = ["Answer", "Check", "Weight", "answer", "answer_unasked", "checks", "require"]

UNASKED = "Published from the command line, where nobody is asked."


def checks(article: Article, *, at: datetime | None = None) -> list[Check]:
    """Every check of a story that goes out at a moment, in the order in which one would mend it.

    None: now, or when an embargo ends.
    """
    at = times.goes_out_at(article, at)
    answers = _answers(article)
    found = [
        *words.checks(article),
        *links.checks(article),
        *times.checks(article, at),
        *pictures.checks(article),
        *clips.checks(article, on=at.date()),
    ]
    return [
        check.answered(answers.get((check.key, check.about))) if check.can_be_answered else check
        for check in found
    ]


def require(article: Article, *, at: datetime | None = None) -> None:
    """Raise NotCleared with the reasons of all red checks that nobody answered for."""
    red = [check.reason for check in checks(article, at=at) if check.stops]
    if red:
        raise NotCleared(" ".join(red))


def answer(article: Article, keys: Collection[str], *, by: User, reason: str) -> Act:
    """Answer for red checks of a story, with a reason that stays on its record.

    Raises NotCleared without a reason, or for a check that nobody may pass over.
    """
    if not reason.strip():
        raise NotCleared("Write why these may be passed over: it stays on the story's record.")
    with transaction.atomic():
        chosen = [check for check in checks(article) if check.key in keys]
        if not chosen or not all(check.can_be_answered for check in chosen):
            raise NotCleared("Choose red checks that may be passed over: the others are mended.")
        return _write_down(article, chosen, actor=by.get_username(), reason=reason.strip())


def answer_unasked(article: Article, *, at: datetime | None = None) -> None:
    """Write down what nobody decided about a story that the command line publishes."""
    asks = [
        check for check in checks(article, at=at) if check.stops and check.weight is Weight.ASKS
    ]
    if asks:
        _write_down(article, asks, actor=acts.COMMAND, reason=UNASKED)


def _write_down(article: Article, chosen: list[Check], *, actor: str, reason: str) -> Act:
    told = {check.key: {"about": check.about, "says": check.reason} for check in chosen}
    article.try_again()
    return acts.record(article, Act.Kind.ANSWERED, actor=actor, reason=reason, checks=told)


def _answers(article: Article) -> dict[tuple[str, str], Answer]:
    """The newest answer to each check, by its key and by what it was about."""
    return {
        (key, told["about"]): Answer(act.reason, act.actor, act.at)
        for act in article.acts.answers()
        for key, told in act.detail["checks"].items()
    }

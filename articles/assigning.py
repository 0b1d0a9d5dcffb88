"""Assigning: whose task a story is."""

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from articles import notifying
from articles.models import Article, Assignment, Notice
from media.errors import NewsroomError


class NotOnTheStaff(NewsroomError):
    """Somebody who cannot sign in to the desk."""


def staff() -> QuerySet[User]:
    """Who can be asked."""
    return User.objects.filter(is_staff=True, is_active=True).order_by("username")


def assign(article: Article, person: User, *, by: User, note: str = "") -> Assignment:
    """Give a story to somebody, or say anew what is to be done; they are told.

    Raises NotOnTheStaff.
    """
    if not (person.is_active and person.is_staff):
        raise NotOnTheStaff(f"{person.get_username()} cannot sign in here: choose somebody else.")
    note = note.strip()[:300]
    with transaction.atomic():
        task, is_new = Assignment.objects.get_or_create(
            article=article, person=person, done_at=None, defaults={"by": by, "note": note}
        )
        if not is_new:
            task.by, task.note = by, note
            task.save(update_fields=["by", "note"])
        notifying.tell([person], article, by=by, kind=Notice.Kind.ASSIGNED, text=note)
    return task


def finish(task: Assignment) -> None:
    """It is done, or somebody else's now."""
    if task.done_at is None:
        task.done_at = timezone.now()
        task.save(update_fields=["done_at"])

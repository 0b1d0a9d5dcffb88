"""Commenting: what people say to one another of a story's passages; readers never see it."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from articles import notifying
from articles.models import Article, Comment, Notice
from media.errors import NewsroomError

LONGEST_PASSAGE = 500


class NothingSaid(NewsroomError):
    """A comment without words."""


class Answered(NewsroomError):
    """Something was asked of an answer that only its thread can do."""


def comment(article: Article, text: str, *, by: User, passage: str = "") -> Comment:
    """Say something of a passage, or of the whole story. Raises NothingSaid."""
    with transaction.atomic():
        made = Comment.objects.create(
            article=article, by=by, text=_words(text), passage=_passage(passage)
        )
        notifying.tell(_concerned(article), article, by=by, kind=Notice.Kind.COMMENTED)
    return made


def answer(thread: Comment, text: str, *, by: User) -> Comment:
    """Answer in a thread; one that was resolved is open again. Raises NothingSaid."""
    thread = thread.answers or thread
    with transaction.atomic():
        made = Comment.objects.create(
            article=thread.article, answers=thread, by=by, text=_words(text)
        )
        reopen(thread)
        notifying.tell(_speakers(thread), thread.article, by=by, kind=Notice.Kind.ANSWERED)
    return made


def resolve(thread: Comment, *, by: User) -> None:
    """Nothing more is to be done about it; it stays readable. Raises Answered."""
    if thread.answers is not None:
        raise Answered("An answer is resolved with its comment: resolve that one.")
    if thread.resolved_at is not None:
        return
    with transaction.atomic():
        thread.resolved_at, thread.resolved_by = timezone.now(), by
        thread.save(update_fields=["resolved_at", "resolved_by"])
        notifying.tell(_speakers(thread), thread.article, by=by, kind=Notice.Kind.RESOLVED)


def reopen(thread: Comment) -> None:
    thread.resolved_at, thread.resolved_by = None, None
    thread.save(update_fields=["resolved_at", "resolved_by"])


def _words(text: str) -> str:
    if not text.strip():
        raise NothingSaid("A comment has words: write some.")
    return text.strip()


def _passage(text: str) -> str:
    return " ".join(text.split())[:LONGEST_PASSAGE]


def _concerned(article: Article) -> Iterable[User]:
    """Whose task the story is, and who wrote it last."""
    found = [task.person for task in article.assignments.open().select_related("person")]
    return [*found, article.updated_by] if article.updated_by else found


def _speakers(thread: Comment) -> Iterable[User]:
    said = [thread, *thread.replies.select_related("by")]
    return [one.by for one in said if one.by is not None]

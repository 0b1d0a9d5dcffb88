"""People around a story: who has it open, what they say of its passages, whose task it is."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.article import Article

# Somebody of whose page nothing was heard for so long has gone.
PRESENT_FOR = timedelta(seconds=50)
Person = settings.AUTH_USER_MODEL


class PresenceQuerySet(models.QuerySet["Presence"]):
    def present(self) -> "PresenceQuerySet":
        """Whose pages were heard of lately."""
        return self.filter(seen_at__gt=timezone.now() - PRESENT_FOR)

    def gone(self) -> "PresenceQuerySet":
        return self.filter(seen_at__lte=timezone.now() - PRESENT_FOR)

    def beside(self, tab: str) -> "PresenceQuerySet":
        """Other pages than this one."""
        return self.exclude(tab=tab)


class Presence(models.Model):
    """One page in which somebody has a story open."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="presences")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    tab = models.CharField(_("page"), max_length=36, unique=True)
    since = models.DateTimeField(_("since"), default=timezone.now)
    seen_at = models.DateTimeField(_("seen"), default=timezone.now)
    wrote_at = models.DateTimeField(_("wrote"), null=True, blank=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("open page")
        verbose_name_plural = _("open pages")
        ordering = ["since", "pk"]

    def __str__(self) -> str:
        return f"{self.person}: {self.article_id}"


class CommentQuerySet(models.QuerySet["Comment"]):
    def open(self) -> "CommentQuerySet":
        return self.filter(resolved_at=None)

    def threads(self) -> "CommentQuerySet":
        """Comments that begin a thread, with their answers and those who wrote them."""
        return (
            self.filter(answers=None)
            .select_related("by", "resolved_by")
            .prefetch_related("replies__by")
        )


class Comment(models.Model):
    """What somebody says of a passage of a story, to those who write it; readers never see it."""

    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="comments", verbose_name=_("story")
    )
    answers = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies"
    )
    by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("at"), default=timezone.now)
    # The words it is about, as they were; empty: the whole story.
    passage = models.CharField(_("passage"), max_length=500, blank=True)
    text = models.TextField(_("comment"))
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    resolved_by = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answers=None) | Q(resolved_at=None), name="comment_threads_are_resolved"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.by}: {self.text[:40]}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def open(self) -> "AssignmentQuerySet":
        return self.filter(done_at=None)

    def for_person(self, person: object) -> "AssignmentQuerySet":
        """What somebody was asked to do, the newest first."""
        return self.filter(person=person).select_related("article", "by").order_by("-at")


class Assignment(models.Model):
    """A story that somebody was asked to take care of."""

    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="assignments", verbose_name=_("story")
    )
    person = models.ForeignKey(
        Person, on_delete=models.CASCADE, related_name="assignments", verbose_name=_("person")
    )
    by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(_("at"), default=timezone.now)
    note = models.CharField(_("what is to be done"), max_length=300, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "person"],
                condition=Q(done_at=None),
                name="one_open_assignment_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.article_id}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)

    def newest_first(self) -> "NoticeQuerySet":
        return self.select_related("article", "by").order_by("-at", "-pk")

    def older_than(self, moment: datetime) -> "NoticeQuerySet":
        return self.filter(at__lt=moment)


class Notice(models.Model):
    """What somebody is told of a story: they were asked to do something, or were answered."""

    class Kind(models.TextChoices):
        ASSIGNED = "assigned", _("gave you this story")
        COMMENTED = "commented", _("commented on this story")
        ANSWERED = "answered", _("answered a comment")
        RESOLVED = "resolved", _("resolved your comment")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="notices")
    by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    text = models.CharField(_("text"), max_length=300, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_kind_display()}"

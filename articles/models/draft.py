"""Drafts: what somebody has written and not saved, kept while they write."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.snapshots import Snapshot
from articles.models.article import Article


class DraftQuerySet(models.QuerySet["Draft"]):
    def of(self, person: settings.AUTH_USER_MODEL, article: Article | None) -> "DraftQuerySet":  # type: ignore[name-defined]
        """What a person has not saved of a story, or of a new one; the newest first."""
        return self.filter(person=person, article=article).order_by("-kept_at")

    def in_page(self, tab: str) -> "DraftQuerySet":
        return self.filter(tab=tab)

    def older_than(self, moment: datetime) -> "DraftQuerySet":
        return self.filter(kept_at__lt=moment)


class Draft(models.Model):
    """The words in one open page: each tab has its own, so that two never overwrite another."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts"
    )
    # A story that was never saved has none.
    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, null=True, related_name="drafts", verbose_name=_("story")
    )
    tab = models.CharField(_("page"), max_length=36)
    began_from = models.PositiveIntegerField(_("began from revision"), default=0)
    kept_at = models.DateTimeField(_("kept"), default=timezone.now)
    words = models.JSONField(_("words"))

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("words not saved")
        verbose_name_plural = _("words not saved")
        ordering = ["-kept_at"]
        constraints = [
            models.UniqueConstraint(fields=["person", "tab"], name="one_draft_a_page"),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.article_id}"

    @property
    def snapshot(self) -> Snapshot:
        return Snapshot.from_json(self.words)

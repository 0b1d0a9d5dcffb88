"""Revisions: a story as it was after each save, and what of it was public when."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.core.snapshots import Snapshot
from articles.models.article import Article


class RevisionQuerySet(models.QuerySet["Revision"]):
    def newest_first(self) -> "RevisionQuerySet":
        return self.order_by("-number")

    def without_words(self) -> "RevisionQuerySet":
        """For lists: who, when and what kind, without the whole story in each row."""
        return self.defer("words").select_related("by")

    def numbered(self, number: int) -> "RevisionQuerySet":
        return self.filter(number=number)

    def since(self, number: int) -> "RevisionQuerySet":
        """Saved after that one by somebody; not those that only tell how clips changed."""
        return self.filter(number__gt=number).exclude(kind=Revision.Kind.PLACED)

    def public(self) -> "RevisionQuerySet":
        """What readers see now."""
        return self.filter(public_from__isnull=False, public_until=None)

    def public_at(self, moment: datetime) -> "RevisionQuerySet":
        """What readers saw at a moment: one revision, or none."""
        return self.filter(
            Q(public_until=None) | Q(public_until__gt=moment), public_from__lte=moment
        )

    def ever_public(self) -> "RevisionQuerySet":
        return self.filter(public_from__isnull=False)


class Revision(models.Model):
    """A story after one save. Its words are never changed; only its public time is noted."""

    class Kind(models.TextChoices):
        FOUND = "found", _("as it was found")
        SAVED = "saved", _("saved")
        IMPORTED = "imported", _("imported")
        CLIP = "clip", _("clip put in")
        MERGED = "merged", _("put together")
        RESTORED = "restored", _("restored")
        PLACED = "placed", _("as readers saw it")

    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="revisions", verbose_name=_("story")
    )
    number = models.PositiveIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.SAVED)
    at = models.DateTimeField(_("at"), default=timezone.now)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    restored_from = models.PositiveIntegerField(_("restored from"), null=True, blank=True)
    # What changed since the one before, in a few words.
    changes = models.CharField(_("changes"), max_length=200, blank=True)
    words = models.JSONField(_("words"))
    public_from = models.DateTimeField(_("public from"), null=True, blank=True)
    public_until = models.DateTimeField(_("public until"), null=True, blank=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["article", "number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="one_revision_a_number"),
            models.UniqueConstraint(
                fields=["article"],
                condition=Q(public_from__isnull=False, public_until=None),
                name="one_revision_is_public",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id}: {self.number}"

    @property
    def snapshot(self) -> Snapshot:
        return Snapshot.from_json(self.words)

"""Acts: who did what to a story, when and why. Only ever added to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.article import Article
from media.models.append_only import AppendOnlyQuerySet, Record


class ActQuerySet(AppendOnlyQuerySet["Act"]):
    def approvals(self) -> "ActQuerySet":
        return self.filter(kind=Act.Kind.APPROVED)

    def answers(self) -> "ActQuerySet":
        """Red checks that somebody answered for, the oldest first."""
        return self.filter(kind=Act.Kind.ANSWERED).order_by("pk")

    def expiries(self) -> "ActQuerySet":
        return self.filter(kind=Act.Kind.EXPIRED)

    def link_checks(self) -> "ActQuerySet":
        return self.filter(kind=Act.Kind.LINKS_CHECKED)


class Act(Record):
    class Kind(models.TextChoices):
        SUBMITTED = "submitted", _("submitted for review")
        APPROVED = "approved", _("approved")
        SENT_BACK = "sent back", _("sent back")
        CHANGED = "changed", _("changed after it was approved")
        ANSWERED = "answered", _("answered for red checks")
        LINKS_CHECKED = "links", _("links checked")
        TIMED = "timed", _("embargo or expiry changed")
        SCHEDULED = "scheduled", _("scheduled")
        HELD = "held", _("held back at its moment")
        PUBLISHED = "published", _("published")
        CORRECTED = "corrected", _("corrected")
        EXPIRED = "expired", _("expired")
        WITHDRAWN = "withdrawn", _("withdrawn")
        TAKEN_AWAY = "taken away", _("taken out of what readers get")

    article = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="acts",
        editable=False,
        verbose_name=_("story"),
    )
    kind = models.CharField(_("act"), max_length=12, choices=Kind, editable=False)
    at = models.DateTimeField(_("at"), editable=False)
    actor = models.CharField(_("by"), max_length=150, editable=False)
    reason = models.TextField(_("reason"), blank=True, editable=False)
    # What it was about, by kind: see articles.acts and articles.clearance.
    detail = models.JSONField(_("detail"), default=dict, editable=False)

    objects = ActQuerySet.as_manager()

    class Meta:
        verbose_name = _("act")
        verbose_name_plural = _("acts")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.at:%Y-%m-%d}"

"""Relations: what one footage is to another."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from media.models.footage import Footage


class Relation(models.Model):
    """``footage`` stands in this relation to ``other``; the page of each names both."""

    class Kind(models.TextChoices):
        EVENT = "event", _("same event")
        ANGLE = "angle", _("other angle of the same moment")
        REUPLOAD = "reupload", _("re-upload of the same recording")

    footage = models.ForeignKey(
        Footage, on_delete=models.CASCADE, related_name="relations", verbose_name=_("footage")
    )
    other = models.ForeignKey(
        Footage,
        on_delete=models.CASCADE,
        related_name="relations_to_it",
        verbose_name=_("other footage"),
    )
    kind = models.CharField(_("relation"), max_length=10, choices=Kind)

    class Meta:
        verbose_name = _("relation")
        verbose_name_plural = _("relations")
        constraints = [
            models.UniqueConstraint(
                fields=["footage", "other", "kind"], name="one_relation_of_a_kind"
            ),
            models.CheckConstraint(
                condition=~Q(footage=F("other")), name="footage_is_related_to_others"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.other}"

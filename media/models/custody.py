"""Custody: the append-only, hash-chained log of what happened to footage."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from media.models.append_only import AppendOnlyQuerySet, Record
from media.models.footage import Footage


class CustodyQuerySet(AppendOnlyQuerySet["CustodyEvent"]):
    pass


class CustodyEvent(Record):
    class Kind(models.TextChoices):
        RECEIVED = "received", _("received")
        RECEIVED_AGAIN = "received_again", _("received again")
        EXAMINED = "examined", _("examined")
        REJECTED = "rejected", _("rejected")
        VIEWED = "viewed", _("viewed")
        CUT = "cut", _("cut")
        RELEASED = "released", _("released")
        WITHDRAWN = "withdrawn", _("withdrawn")
        FIXITY_CHECKED = "fixity_checked", _("fixity checked")

    # Counted by us and not by the database, so that a gap is proof of a deletion.
    number = models.PositiveBigIntegerField(_("number"), unique=True, editable=False)
    footage = models.ForeignKey(
        Footage,
        on_delete=models.PROTECT,
        related_name="custody",
        editable=False,
        verbose_name=_("footage"),
    )
    kind = models.CharField(_("event"), max_length=20, choices=Kind, editable=False)
    at = models.DateTimeField(_("at"), editable=False)
    actor = models.CharField(_("by"), max_length=150, editable=False)
    detail = models.JSONField(_("detail"), default=dict, editable=False)
    previous_hash = models.CharField(max_length=64, unique=True, editable=False)
    hash = models.CharField(max_length=64, unique=True, editable=False)

    objects = CustodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("custody event")
        verbose_name_plural = _("custody events")
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.number} {self.get_kind_display()}"

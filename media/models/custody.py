"""Custody: the append-only, hash-chained log of what happened to footage."""

from datetime import UTC
from typing import Any

from django.db import models
from django.db.models import Exists, Min, OuterRef
from django.utils.translation import gettext_lazy as _

from media.models.append_only import AppendOnlyQuerySet, Record
from media.models.footage import Footage


class CustodyQuerySet(AppendOnlyQuerySet["CustodyEvent"]):
    def in_order(self) -> "CustodyQuerySet":
        return self.order_by("number", "pk")

    def arrivals(self) -> "CustodyQuerySet":
        """What was written down when footage came for the first time: its hash among it."""
        return self.filter(kind=CustodyEvent.Kind.RECEIVED)

    def makings(self) -> "CustodyQuerySet":
        """What was written down when the files of packages were hashed, the newest first."""
        kinds = (CustodyEvent.Kind.CUT, CustodyEvent.Kind.HASHED)
        return self.filter(kind__in=kinds).order_by("-number")

    def without_footage(self) -> list[int]:
        """The number of one event of each footage that the archive has no more."""
        gone = self.filter(~Exists(Footage.objects.filter(pk=OuterRef("footage_id"))))
        firsts = gone.order_by().values("footage_id").annotate(first=Min("number"))
        return sorted(row["first"] for row in firsts)

    def of_footage(self, public_id: str) -> "CustodyQuerySet":
        return self.filter(footage__public_id=public_id)


class CustodyEvent(Record):
    """Its table has walls around it: see ``media.walls``. Whoever makes the table anew in a
    migration, which on SQLite every change of a column does, builds them again.
    """

    class Kind(models.TextChoices):
        RECEIVED = "received", _("received")
        RECEIVED_AGAIN = "received_again", _("received again")
        EXAMINED = "examined", _("examined")
        REJECTED = "rejected", _("rejected")
        VIEWED = "viewed", _("viewed")
        DOWNLOADED = "downloaded", _("downloaded")
        CUT = "cut", _("cut")
        HASHED = "hashed", _("hashed")
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

    @property
    def premis(self) -> str:
        """What other archives call it; "" for what is no event of ours."""
        return PREMIS.get(self.kind, "")

    @property
    def record(self) -> dict[str, Any]:
        """What is hashed of it; the hash of the event before it is part of that."""
        return {
            "number": self.number,
            "footage": self.footage_id,
            "kind": self.kind,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": self.actor,
            "detail": self.detail,
            "previous_hash": self.previous_hash,
        }


# Labels of the controlled list of PREMIS event types that the Library of Congress keeps,
# https://id.loc.gov/vocabulary/preservation/eventType.
PREMIS: dict[str, str] = {
    CustodyEvent.Kind.RECEIVED: "ingestion",
    CustodyEvent.Kind.RECEIVED_AGAIN: "ingestion",
    CustodyEvent.Kind.EXAMINED: "metadata extraction",
    CustodyEvent.Kind.REJECTED: "quarantine",
    CustodyEvent.Kind.VIEWED: "displaying",
    CustodyEvent.Kind.DOWNLOADED: "exporting",
    CustodyEvent.Kind.CUT: "information package creation",
    CustodyEvent.Kind.HASHED: "message digest calculation",
    CustodyEvent.Kind.RELEASED: "dissemination",
    # The list has no word for what is taken back from readers; its nearest is a new policy.
    CustodyEvent.Kind.WITHDRAWN: "policy assignment",
    CustodyEvent.Kind.FIXITY_CHECKED: "fixity check",
}

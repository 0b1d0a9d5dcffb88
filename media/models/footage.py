"""Footage: one original as received, with what the archive knows of it."""

import re

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from media.core.ids import LENGTH, new_id
from media.core.territories import countries
from media.models.checked import CheckedQuerySet


def are_countries(text: str) -> None:
    """Raises ValidationError for what is no list of countries."""
    try:
        countries(text)
    except ValueError as error:
        raise ValidationError(str(error)) from error


class FootageQuerySet(CheckedQuerySet["Footage"]):
    there_since = "received_at"

    def ready(self) -> "FootageQuerySet":
        """Footage that was examined and can be cut into clips."""
        return self.filter(state=Footage.State.READY)

    def newest_first(self) -> "FootageQuerySet":
        return self.order_by("-pk")

    def from_source(self, alias: str) -> "FootageQuerySet":
        return self.filter(source_alias=alias)

    def tagged(self, tag: str) -> "FootageQuerySet":
        """With this tag among its tags, whatever stands around it."""
        return self.filter(tags__iregex=rf"(^|,)\s*{re.escape(tag)}\s*(,|$)")

    def known_tags(self) -> list[str]:
        """All tags, each once, in the order of the alphabet."""
        told = self.exclude(tags="").values_list("tags", flat=True).distinct()
        return sorted({tag.strip() for tags in told for tag in tags.split(",")} - {""})

    def came_again(self) -> "FootageQuerySet":
        """Footage whose bytes were brought more than once."""
        again = Footage.objects.filter(custody__kind="received_again")
        return self.filter(pk__in=again.values("pk"))

    def alike(self) -> "FootageQuerySet":
        """Footage that looks like other footage."""
        return self.filter(Q(like__isnull=False) | Q(likened__isnull=False)).distinct()

    def same_bytes(self, sha256: str) -> "FootageQuerySet":
        """The one row, if any, that holds these bytes already."""
        return self.filter(sha256=sha256)


class Footage(models.Model):
    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        READY = "ready", _("ready")
        REJECTED = "rejected", _("rejected")

    class Arrival(models.TextChoices):
        COMMAND = "command", _("command line")
        UPLOAD = "upload", _("upload in the browser")
        FOLDER = "folder", _("watched folder")

    class Risk(models.TextChoices):
        UNKNOWN = "unknown", _("not weighed yet")
        LOW = "low", _("low")
        RAISED = "raised", _("raised")
        GRAVE = "grave", _("life or liberty")

    class Consent(models.TextChoices):
        UNKNOWN = "unknown", _("not asked yet")
        NONE = "none", _("none")
        ANONYMOUS = "anonymous", _("only without the source's name")
        NAMED = "named", _("with the source's name")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Verification(models.TextChoices):
        UNVERIFIED = "unverified", _("not verified")
        PARTLY = "partly", _("partly verified")
        VERIFIED = "verified", _("verified")
        REFUTED = "refuted", _("refuted")

    class DatePrecision(models.TextChoices):
        MINUTE = "minute", _("to the minute")
        HOUR = "hour", _("to the hour")
        DAY = "day", _("to the day")
        MONTH = "month", _("to the month")
        YEAR = "year", _("to the year")

    class PlacePrecision(models.TextChoices):
        SPOT = "spot", _("the very spot")
        STREET = "street", _("street or block")
        TOWN = "town", _("town or village")
        REGION = "region", _("region")
        COUNTRY = "country", _("country")

    public_id = models.CharField(
        _("id"), max_length=LENGTH, unique=True, default=new_id, editable=False
    )
    state = models.CharField(
        _("state"), max_length=10, choices=State, default=State.RECEIVED, editable=False
    )
    reason = models.CharField(
        _("reason"), max_length=300, blank=True, editable=False, help_text=_("Why it was rejected.")
    )
    remarks = models.JSONField(_("remarks"), default=list, blank=True, editable=False)

    sha256 = models.CharField("SHA-256", max_length=64, unique=True, editable=False)
    byte_size = models.PositiveBigIntegerField(_("size in bytes"), editable=False)
    store_name = models.CharField(max_length=100, unique=True, editable=False)
    original_name = models.CharField(_("file name as received"), max_length=255, editable=False)
    arrival = models.CharField(_("how it came"), max_length=10, choices=Arrival, editable=False)
    received_at = models.DateTimeField(_("received"), auto_now_add=True)

    source_alias = models.CharField(
        _("source"),
        max_length=80,
        blank=True,
        help_text=_("An alias. The real name does not belong in this system."),
    )
    source_reached = models.CharField(
        _("how the source is reached"),
        max_length=200,
        blank=True,
        help_text=_("Through whom or what, in words that help nobody else: no number, no address."),
    )
    source_risk = models.CharField(
        _("risk to the source"), max_length=10, choices=Risk, default=Risk.UNKNOWN
    )
    risk_note = models.TextField(
        _("note on the risk"), blank=True, help_text=_("What could give the source away.")
    )
    obtained_how = models.CharField(_("how it was obtained"), max_length=200, blank=True)
    obtained_on = models.DateField(_("obtained on"), null=True, blank=True)
    recorded_by = models.CharField(
        _("recorded by"), max_length=80, blank=True, help_text=_("An alias, like the source's.")
    )
    recorded_when = models.CharField(
        _("recorded when"), max_length=120, blank=True, help_text=_("As claimed.")
    )
    recorded_where = models.CharField(
        _("recorded where"), max_length=200, blank=True, help_text=_("As claimed.")
    )
    verified_when = models.CharField(_("verified: when"), max_length=120, blank=True)
    verified_when_precision = models.CharField(
        _("how exactly"), max_length=10, choices=DatePrecision, blank=True
    )
    verified_where = models.CharField(_("verified: where"), max_length=200, blank=True)
    verified_where_precision = models.CharField(
        _("how exactly"), max_length=10, choices=PlacePrecision, blank=True
    )
    rights_holder = models.CharField(_("rights holder"), max_length=120, blank=True)
    rights_from = models.DateField(_("rights from"), null=True, blank=True)
    rights_until = models.DateField(
        _("rights until"), null=True, blank=True, help_text=_("The last day on which they hold.")
    )
    rights_territory = models.CharField(
        _("where the rights hold"),
        max_length=120,
        blank=True,
        validators=[are_countries],
        help_text=_("Countries in two letters, like DE, AT; empty: everywhere."),
    )
    consent = models.CharField(
        _("consent"), max_length=10, choices=Consent, default=Consent.UNKNOWN
    )
    consent_scope = models.TextField(
        _("what the consent covers"), blank=True, help_text=_("For what, where and how long.")
    )
    consent_on = models.DateField(_("consent given on"), null=True, blank=True)
    restrictions = models.TextField(_("restrictions"), blank=True)
    verification = models.CharField(
        _("verification"), max_length=10, choices=Verification, default=Verification.UNVERIFIED
    )
    verification_steps = models.TextField(
        _("steps of verification"),
        blank=True,
        help_text=_("What was compared with what, and what it showed."),
    )
    verified_by = models.CharField(_("by"), max_length=150, blank=True, editable=False)
    verified_at = models.DateTimeField(_("at"), null=True, blank=True, editable=False)
    tags = models.CharField(
        _("tags"), max_length=300, blank=True, help_text=_("Separated by commas.")
    )

    probe = models.JSONField(_("technical facts"), null=True, blank=True, editable=False)
    metadata = models.JSONField(
        _("metadata found in the file"), default=list, blank=True, editable=False
    )

    objects = FootageQuerySet.as_manager()

    class Meta:
        verbose_name = _("footage")
        verbose_name_plural = _("footage")
        ordering = ["-received_at", "-pk"]
        permissions = [("open_footage", "Can open and download originals")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="rejected") | ~Q(reason=""), name="footage_rejected_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(probe__isnull=False),
                name="footage_ready_was_examined",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.get_state_display()})"

    @property
    def is_ready(self) -> bool:
        return self.state == self.State.READY

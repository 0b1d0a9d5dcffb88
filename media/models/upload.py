"""Uploads: files that are on their way in, part by part, and what is known of them."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media.core.ids import LENGTH, new_id
from media.models.footage import Footage

# Counted from the last byte that came.
KEPT = timedelta(days=7)


class UploadQuerySet(models.QuerySet["Upload"]):
    def of(self, person: AbstractBaseUser | AnonymousUser) -> "UploadQuerySet":
        """Those that this person began: nobody sees anybody else's."""
        return self.filter(owner_id=person.pk)

    def named(self, public_ids: Iterable[str]) -> "UploadQuerySet":
        return self.select_related("footage").filter(public_id__in=list(public_ids))

    def still_coming(self) -> "UploadQuerySet":
        """Uploads that want more bytes."""
        return self.filter(state=Upload.State.COMING, expires_at__gt=timezone.now())

    def expired(self) -> "UploadQuerySet":
        """Those that nobody went on with, and those that were answered so long ago."""
        return self.exclude(state=Upload.State.WHOLE).filter(expires_at__lte=timezone.now())

    def bytes_promised(self) -> int:
        """How many bytes there will be on the disk when all that is coming is here."""
        return self.exclude(state=Upload.State.TAKEN).aggregate(n=Sum("byte_size"))["n"] or 0

    def bytes_awaited(self) -> int:
        """How many of them are still to come."""
        left = self.still_coming().aggregate(n=Sum(F("byte_size") - F("reached")))
        return left["n"] or 0

    def newest_first(self) -> "UploadQuerySet":
        return self.select_related("footage").order_by("-pk")


def when_forgotten(kept: timedelta = KEPT) -> datetime:
    return timezone.now() + kept


class Upload(models.Model):
    """One file that somebody sends. Its bytes lie in a staged part: see media.staging."""

    class State(models.TextChoices):
        COMING = "coming", _("on its way")
        WHOLE = "whole", _("whole, and being taken in")
        TAKEN = "taken", _("taken in")

    public_id = models.CharField(
        _("id"), max_length=LENGTH, unique=True, default=new_id, editable=False
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", editable=False
    )
    state = models.CharField(
        _("state"), max_length=6, choices=State, default=State.COMING, editable=False
    )
    name = models.CharField(_("file name"), max_length=255, editable=False)
    # What the browser knows the file by when it is chosen again: a hash of some of its bytes.
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    byte_size = models.PositiveBigIntegerField(_("size in bytes"), editable=False)
    # So many bytes are on the disk for good: no more is ever acknowledged.
    reached = models.PositiveBigIntegerField(_("bytes received"), default=0, editable=False)
    # Of all bytes, as they arrived; empty where that was interrupted by a restart.
    sha256 = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    facts = models.JSONField(_("facts"), default=dict, editable=False)
    footage = models.ForeignKey(
        Footage, on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )
    was_here = models.BooleanField(_("was here already"), default=False, editable=False)
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    expires_at = models.DateTimeField(_("kept until"), default=when_forgotten, editable=False)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(reached__lte=F("byte_size")), name="upload_reached_at_most_all"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.get_state_display()})"

    @property
    def is_expired(self) -> bool:
        return self.state == self.State.COMING and self.expires_at <= timezone.now()

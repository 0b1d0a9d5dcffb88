"""Pictures: what somebody handed in for the text of a story, and the forms that readers get."""

from collections.abc import Iterable

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from media.core.ids import LENGTH, new_id


class PictureQuerySet(models.QuerySet["Picture"]):
    def named(self, public_ids: Iterable[str]) -> "PictureQuerySet":
        """Those with these ids."""
        return self.filter(public_id__in=set(public_ids))

    def same_bytes(self, sha256: str) -> "PictureQuerySet":
        """The one row, if any, whose original holds these bytes."""
        return self.filter(sha256=sha256)

    def placed(self) -> "PictureQuerySet":
        """Those of which files may lie in `public`."""
        return self.filter(is_placed=True)

    def newest_first(self) -> "PictureQuerySet":
        return self.order_by("-pk")


class Picture(models.Model):
    """One original, byte for byte as received, and its drawn forms, which do not change."""

    public_id = models.CharField(
        _("id"), max_length=LENGTH, unique=True, default=new_id, editable=False
    )
    sha256 = models.CharField("SHA-256", max_length=64, unique=True, editable=False)
    byte_size = models.PositiveBigIntegerField(_("size in bytes"), editable=False)
    store_name = models.CharField(max_length=100, unique=True, editable=False)
    original_name = models.CharField(_("file name as received"), max_length=255, editable=False)
    received_at = models.DateTimeField(_("received"), auto_now_add=True)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("received by"),
    )
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    metadata = models.JSONField(_("metadata found in the file"), default=list, editable=False)
    # One for each size, the narrowest first: {"width": 400, "height": 300, "names": {"avif": …}}.
    forms = models.JSONField(_("forms"), editable=False)
    # Said before its first file is public, and taken back after the last one has left.
    is_placed = models.BooleanField(default=False, editable=False)

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-received_at", "-pk"]
        indexes = [
            # Asked whenever a story is placed or leaves.
            models.Index(
                fields=["is_placed"], name="picture_placed", condition=models.Q(is_placed=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} ({self.width} × {self.height})"

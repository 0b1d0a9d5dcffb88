"""Likenesses: footage that shows the same pictures as other footage, as far as hashes can tell."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from media.models.footage import Footage


class Frames(models.Model):
    """Hashes of some frames of a footage: see media.core.likeness."""

    footage = models.OneToOneField(
        Footage, on_delete=models.CASCADE, primary_key=True, related_name="frames"
    )
    hashes = models.JSONField(_("hashes"), default=list)

    def __str__(self) -> str:
        return f"{self.footage_id}: {len(self.hashes)}"


class Likeness(models.Model):
    """Two that look alike; ``footage`` is the one that was compared later."""

    footage = models.ForeignKey(Footage, on_delete=models.CASCADE, related_name="like")
    other = models.ForeignKey(Footage, on_delete=models.CASCADE, related_name="likened")
    frames = models.PositiveIntegerField(_("frames alike"))

    class Meta:
        verbose_name = _("likeness")
        verbose_name_plural = _("likenesses")
        ordering = ["-frames"]
        constraints = [
            models.UniqueConstraint(fields=["footage", "other"], name="one_likeness_a_pair"),
            models.CheckConstraint(condition=~Q(footage=F("other")), name="footage_is_like_others"),
        ]

    def __str__(self) -> str:
        return f"{self.footage} / {self.other}"

"""Waveforms: how loud a package is, moment by moment. For the desk alone."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from media.models.package import Package


class Waveform(models.Model):
    package = models.OneToOneField(
        Package, on_delete=models.CASCADE, related_name="waveform", verbose_name=_("package")
    )
    # One byte for each step: see media.core.waveform. Empty where there is no sound.
    peaks = models.BinaryField(_("peaks"))

    class Meta:
        verbose_name = _("waveform")
        verbose_name_plural = _("waveforms")

    def __str__(self) -> str:
        return f"{self.package}: {len(self.peaks)} steps"

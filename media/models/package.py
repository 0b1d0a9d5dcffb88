"""Packages: the immutable, versioned sets of files made from clips."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from media.core.ids import LENGTH, new_id
from media.models.clip import Clip


class Package(models.Model):
    """One verified, scanned set of files of a clip. A row exists only for a finished set."""

    public_id = models.CharField(
        _("id"), max_length=LENGTH, unique=True, default=new_id, editable=False
    )
    clip = models.ForeignKey(
        Clip, on_delete=models.CASCADE, related_name="packages", verbose_name=_("clip")
    )
    version = models.PositiveIntegerField(_("version"))
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    duration_ms = models.PositiveIntegerField(_("duration (ms)"))
    byte_size = models.PositiveBigIntegerField(_("size in bytes"))
    mp4_byte_size = models.PositiveBigIntegerField(_("size of the MP4 in bytes"))
    mp4_height = models.PositiveIntegerField(_("height of the MP4"))
    has_audio = models.BooleanField(_("has sound"))
    # The leak scan: {"files": 31, "values": 47, "found": 0}
    scan = models.JSONField(_("leak scan"))
    remarks = models.JSONField(_("remarks"), default=list, blank=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("packages")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["clip", "version"], name="one_package_a_version"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} v{self.version}"


class Rendition(models.Model):
    """One encoded rung of the ladder."""

    package = models.ForeignKey(
        Package, on_delete=models.CASCADE, related_name="renditions", verbose_name=_("package")
    )
    name = models.CharField(_("folder"), max_length=20)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    codecs = models.CharField(_("codecs"), max_length=60)
    frame_rate = models.DecimalField(_("frames per second"), max_digits=6, decimal_places=3)
    peak_bps = models.PositiveIntegerField(_("peak bits per second"))
    average_bps = models.PositiveIntegerField(_("average bits per second"))

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        ordering = ["-height", "-average_bps"]
        constraints = [
            models.UniqueConstraint(fields=["package", "name"], name="one_rendition_a_rung"),
        ]

    def __str__(self) -> str:
        return f"{self.width}x{self.height} {self.codecs}"

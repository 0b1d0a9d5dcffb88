"""Packages: the immutable, versioned sets of files made from clips."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from media.core import poster_forms
from media.core.ids import LENGTH, new_id
from media.core.veils import Veil
from media.models.checked import CheckedQuerySet
from media.models.clip import Clip


class PackageQuerySet(CheckedQuerySet["Package"]):
    def finished(self) -> "PackageQuerySet":
        """Packages whose files do not change any more."""
        return self.exclude(state=Package.State.GROWING)

    def growing(self) -> "PackageQuerySet":
        """Packages that are being made, or whose worker has died."""
        return self.filter(state=Package.State.GROWING)

    def with_frames_to_compare(self) -> "PackageQuerySet":
        """Current packages with a storyboard, of footage whose frames nobody has compared yet."""
        current = self.filter(current_for__isnull=False, pictures__storyboard__isnull=False)
        return current.filter(clip__footage__frames=None).select_related("clip__footage")

    def stepping_stones(self, before: datetime) -> "PackageQuerySet":
        """First packages that a whole one has replaced since before a moment."""
        first = self.filter(state=Package.State.FIRST, current_for=None)
        return first.filter(clip__current_package__created_at__lt=before)


class Package(models.Model):
    """One versioned set of files of a clip, every file of it scanned before a row names it.

    Only a growing package changes: its playlist names more and more segments until its end.
    """

    class State(models.TextChoices):
        GROWING = "growing", _("can be watched while it is made")
        FIRST = "first", _("first rung")
        WHOLE = "whole", _("whole ladder")

    public_id = models.CharField(
        _("id"), max_length=LENGTH, unique=True, default=new_id, editable=False
    )
    clip = models.ForeignKey(
        Clip, on_delete=models.CASCADE, related_name="packages", verbose_name=_("clip")
    )
    version = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WHOLE)
    # What it was made from and with: packages of the same recipe may share files.
    recipe = models.CharField(max_length=64, blank=True, editable=False)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    duration_ms = models.PositiveIntegerField(_("duration (ms)"))
    byte_size = models.PositiveBigIntegerField(_("size in bytes"))
    mp4_byte_size = models.PositiveBigIntegerField(_("size of the MP4 in bytes"))
    mp4_height = models.PositiveIntegerField(_("height of the MP4"))
    has_audio = models.BooleanField(_("has sound"))
    # The storyboard and the stills: see media.core.storyboard; empty where there are none. The
    # widths of the poster's light forms: see media.core.poster_forms. And the warned spans that are
    # covered in all of them, in milliseconds.
    pictures = models.JSONField(_("pictures"), default=dict, blank=True)
    # The leak scan: {"files": 31, "values": 47, "found": 0}
    scan = models.JSONField(_("leak scan"))
    # What was hidden in it: see Clip.hides. And the proof of it, by decoding: see media.hiding.
    hides = models.CharField(max_length=64, blank=True, editable=False)
    proof = models.JSONField(_("proof of what is hidden"), default=dict, blank=True, editable=False)
    crop = models.JSONField(_("crop"), default=dict, blank=True, editable=False)
    # Where it starts in the footage: the times of its words and warnings count from there.
    start_ms = models.PositiveIntegerField(_("start in the footage (ms)"), default=0)
    end_ms = models.PositiveIntegerField(_("end in the footage (ms)"), null=True, blank=True)
    remarks = models.JSONField(_("remarks"), default=list, blank=True)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    objects = PackageQuerySet.as_manager()

    class Meta:
        verbose_name = _("package")
        verbose_name_plural = _("packages")
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(fields=["clip", "version"], name="one_package_a_version"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} v{self.version}"

    @property
    def span(self) -> Veil:
        """What of the footage it was to show, or does show where nobody wrote that down."""
        end = self.start_ms + self.duration_ms if self.end_ms is None else self.end_ms
        return Veil(self.start_ms, end)

    @property
    def is_growing(self) -> bool:
        return self.state == self.State.GROWING

    @property
    def is_current(self) -> bool:
        """Whether its clip is shown by it, and by no newer one."""
        return self.clip.current_package_id == self.pk

    @property
    def is_whole(self) -> bool:
        return self.state == self.State.WHOLE

    @property
    def veils(self) -> tuple[Veil, ...]:
        """The spans that are covered in its poster, storyboard and stills."""
        return tuple(Veil(*span) for span in self.pictures.get("veils", []))

    def leaves_out(self, veils: Iterable[Veil]) -> bool:
        """Whether no picture of the package, its poster included, shows a moment of the spans."""
        return all(any(cover.covers(veil) for cover in self.veils) for veil in veils)

    @property
    def lacks_posters(self) -> bool:
        """Whether its poster is still to be drawn in the sizes and formats that pages ask for."""
        is_drawn = poster_forms.FOLDER in self.pictures
        return not is_drawn and self.width >= poster_forms.WIDTHS[0]

    @property
    def has_av1(self) -> bool:
        return self.renditions.filter(codecs__startswith="av01").exists()

    @property
    def has_mp4(self) -> bool:
        """A growing package has none yet: an MP4's index is written last."""
        return self.mp4_byte_size > 0


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

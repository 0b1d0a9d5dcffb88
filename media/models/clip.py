"""Clips, what stands in front of them, and what is to be hidden in them."""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from media.core.ids import LENGTH, new_id
from media.core.veils import Veil, merged
from media.models.clock import DatabaseNow
from media.models.footage import Footage


class ClipQuerySet(models.QuerySet["Clip"]):
    def cleared(self) -> "ClipQuerySet":
        """Clips that an editor has signed off as safe for the source, and not taken back."""
        return self.filter(cleared_at__isnull=False, withdrawn_at=None).exclude(
            footage__consent=Footage.Consent.WITHDRAWN
        )

    def packaged(self) -> "ClipQuerySet":
        """Clips with a finished, verified, scanned package."""
        return self.filter(current_package__isnull=False)

    def hidden_well(self) -> "ClipQuerySet":
        """Clips whose package hides what is to be hidden today."""
        return self.filter(current_package__hides=F("hides"))

    def readable(self) -> "ClipQuerySet":
        """Clips whose words a reader may have, also where the rights to the film ended."""
        return self.cleared().packaged().hidden_well()

    def playable(self) -> "ClipQuerySet":
        """Clips that a reader may see: the one gate for footage."""
        return self.readable().filter(lapsed_at=None)

    def lapsed(self) -> "ClipQuerySet":
        """Clips of which readers have the words alone, because the rights to the film ended."""
        return self.readable().filter(lapsed_at__isnull=False)

    def past_their_term(self) -> "ClipQuerySet":
        """Clips whose rights ended before today, by the clock of the database."""
        return self.filter(footage__rights_until__lt=TruncDate(DatabaseNow()))

    def ending_by(self, day: date) -> "ClipQuerySet":
        """Clips that readers see until that day at the longest, those that end first first."""
        ending = self.playable().filter(footage__rights_until__lte=day, answered_end=None)
        return ending.select_related("footage").order_by("footage__rights_until", "pk")

    def overstaying(self) -> "ClipQuerySet":
        """Clips that are to be seen no more, as their rights ended and nobody answered for that."""
        answered = Q(answered_end=F("footage__rights_until"))
        return self.cleared().filter(lapsed_at=None).past_their_term().exclude(answered)

    def for_placement(self) -> "ClipQuerySet":
        """Clips with all that is asked of them before their files become public."""
        return self.select_related("footage__fixity", "current_package__fixity", "cleared_by")

    def from_source(self, alias: str) -> "ClipQuerySet":
        """What readers could get of one source's footage: clips that nobody took back yet."""
        return self.filter(footage__source_alias=alias, withdrawn_at=None)

    def with_facts(self, public_ids: Iterable[str]) -> "ClipQuerySet":
        """These clips, with what decides whether readers may see them."""
        found = self.filter(public_id__in=public_ids)
        return found.select_related("footage", "current_package")


class Clip(models.Model):
    """An editorial cut of footage for publication."""

    public_id = models.CharField(
        _("id"), max_length=LENGTH, unique=True, default=new_id, editable=False
    )
    slug = models.SlugField(
        _("address"),
        max_length=80,
        unique=True,
        default=new_id,
        help_text=_("The last part of the clip's address. Nothing of the source belongs in it."),
    )
    footage = models.ForeignKey(
        Footage, on_delete=models.PROTECT, related_name="clips", verbose_name=_("footage")
    )
    title = models.CharField(_("title"), max_length=160, blank=True)
    caption = models.TextField(_("caption"), blank=True)
    alt = models.CharField(_("description for those who cannot see it"), max_length=300, blank=True)
    credit = models.CharField(_("credit"), max_length=120, blank=True)
    in_ms = models.PositiveIntegerField(_("in point (ms)"), default=0)
    out_ms = models.PositiveIntegerField(_("out point (ms)"), null=True, blank=True)
    poster_ms = models.PositiveIntegerField(
        _("poster moment (ms)"), null=True, blank=True, help_text=_("Counted from the in point.")
    )
    # What of the upright picture is shown, in fractions of it; empty is all of it.
    crop = models.JSONField(_("crop"), default=dict, blank=True, editable=False)
    # A hash of all that is to be hidden; empty where nothing is. No package that was made to hide
    # anything else is shown to readers.
    hides = models.CharField(max_length=64, blank=True, editable=False)
    # Who last said what is to be hidden, by name: somebody else looks whether it is.
    hidden_by = models.CharField(max_length=150, blank=True, editable=False)
    # Warnings of spans that do not lie whole in the cut, in milliseconds of the footage.
    laid_aside = models.JSONField(_("warnings outside the cut"), default=list, editable=False)
    needs_no_warning = models.BooleanField(
        _("nothing in it needs a warning"),
        default=False,
        help_text=_("Say so when you have seen all of it. Warnings are written below."),
    )
    has_no_speech = models.BooleanField(
        _("nobody speaks in it"), default=False, help_text=_("Then it needs no captions.")
    )
    is_urgent = models.BooleanField(
        _("urgent"), default=False, help_text=_("Goes ahead of the clips that wait.")
    )
    current_package = models.OneToOneField(
        "media.Package",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="current_for",
        editable=False,
        verbose_name=_("current package"),
    )
    cleared_at = models.DateTimeField(_("cleared"), null=True, blank=True, editable=False)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("cleared by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    # When the rights to it had ended; its film is gone since, and its words stay.
    lapsed_at = models.DateTimeField(_("rights ended"), null=True, blank=True, editable=False)
    # The end of its rights that lay behind it when it was signed off: somebody answered for that.
    answered_end = models.DateField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = ClipQuerySet.as_manager()

    class Meta:
        verbose_name = _("clip")
        verbose_name_plural = _("clips")
        ordering = ["-created_at", "-pk"]
        permissions = [("clear_clip", "Can sign off and withdraw clips")]
        constraints = [
            models.CheckConstraint(
                condition=Q(out_ms=None) | Q(out_ms__gt=F("in_ms")),
                name="clip_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.public_id

    def get_admin_url(self) -> str:
        return reverse("admin:media_clip_change", args=[self.pk])

    @property
    def is_vertical(self) -> bool:
        package = self.current_package
        return package is not None and package.height > package.width

    @property
    def base_ms(self) -> int:
        """Where in the footage the times of its words and warnings count from."""
        return self.current_package.start_ms if self.current_package else self.in_ms

    def spanned_warnings(self) -> "models.QuerySet[Warning]":
        """Its warnings about a span, and not about the whole clip."""
        return self.warnings.filter(start_ms__isnull=False)

    @property
    def warned_spans(self) -> tuple[Veil, ...]:
        """The spans that a warning is about, in milliseconds of the footage, cut off or not."""
        moved = (Veil(a + self.base_ms, b + self.base_ms) for a, b in self.veils)
        return merged([*moved, *(Veil(one["start_ms"], one["end_ms"]) for one in self.laid_aside)])

    @property
    def veils(self) -> tuple[Veil, ...]:
        """The spans that a warning is about; prefetch ``warnings`` to read them of many clips."""
        return merged(
            Veil(warning.start_ms, warning.end_ms)
            for warning in self.warnings.all()
            if warning.start_ms is not None and warning.end_ms is not None
        )

    @property
    def is_playable(self) -> bool:
        return (
            self.cleared_at is not None
            and self.withdrawn_at is None
            and self.lapsed_at is None
            and self.current_package is not None
            and self.current_package.hides == self.hides
            and self.footage.consent != Footage.Consent.WITHDRAWN
        )


class Warning(models.Model):
    """What a reader is told before they decide to see a clip, or a span of it."""

    class Kind(models.TextChoices):
        DEATH = "death", _("A person is killed")
        VIOLENCE = "violence", _("Violence")
        INJURY = "injury", _("Injury or blood")
        WEAPONS = "weapons", _("Weapons fired")
        FIRE = "fire", _("Fire or explosion")
        DISTRESS = "distress", _("People in distress")
        FLASHING = "flashing", _("Flashing light")
        LANGUAGE = "language", _("Strong language")

    clip = models.ForeignKey(
        Clip, on_delete=models.CASCADE, related_name="warnings", verbose_name=_("clip")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    wording = models.CharField(_("wording"), max_length=200, blank=True)
    language = models.CharField(_("language of the wording"), max_length=35, default="en")
    start_ms = models.PositiveIntegerField(_("from (ms)"), null=True, blank=True)
    end_ms = models.PositiveIntegerField(_("to (ms)"), null=True, blank=True)

    class Meta:
        verbose_name = _("content warning")
        verbose_name_plural = _("content warnings")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["clip", "kind", "language", "start_ms"], name="one_warning_of_a_kind"
            ),
            models.CheckConstraint(
                condition=Q(start_ms=None, end_ms=None) | Q(end_ms__gt=F("start_ms")),
                name="warning_span_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.wording or self.get_kind_display()


class Redaction(models.Model):
    """What is hidden when a package is made: data here, never a change to the original."""

    class Kind(models.TextChoices):
        BOX = "box", _("black box")
        MUTE = "mute", _("sound muted")

    clip = models.ForeignKey(
        Clip, on_delete=models.CASCADE, related_name="redactions", verbose_name=_("clip")
    )
    kind = models.CharField(_("kind"), max_length=5, choices=Kind)
    start_ms = models.PositiveIntegerField(_("from (ms)"))
    end_ms = models.PositiveIntegerField(_("to (ms)"))
    # Times are those of the footage, so that a new in point moves nothing. A box is where it is at
    # keyframes, on straight lines between them: [{"at_ms": 0, "x": 0.1, "y": 0.2, "width": 0.3,
    # "height": 0.2}, ...], in fractions of the whole upright picture.
    keyframes = models.JSONField(_("boxes"), default=list, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("redaction")
        verbose_name_plural = _("redactions")
        ordering = ["start_ms", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(end_ms__gt=F("start_ms")), name="redaction_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=~Q(kind="box") | ~Q(keyframes=[]), name="redaction_box_has_keyframes"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.start_ms}-{self.end_ms}"

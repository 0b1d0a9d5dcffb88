"""Fixity: which bytes a package has, and what the last look at bytes in the stores found."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from media.models.footage import Footage
from media.models.package import Package


class Manifest(models.Model):
    """The files of a finished package. Its own hash stands in the custody log, so that a changed
    manifest is found out as well as a changed file.
    """

    package = models.OneToOneField(
        Package, on_delete=models.CASCADE, related_name="manifest", verbose_name=_("package")
    )
    # SHA-256 of each file, by its name in the package.
    files = models.JSONField(_("files"), editable=False)

    class Meta:
        verbose_name = _("manifest")
        verbose_name_plural = _("manifests")

    def __str__(self) -> str:
        return f"{self.package_id}: {len(self.files)}"


class FixityQuerySet(models.QuerySet["FixityCheck"]):
    def damaged(self) -> "FixityQuerySet":
        return self.exclude(problem="").with_subjects().order_by("-checked_at")

    def whole(self) -> "FixityQuerySet":
        return self.filter(problem="")

    def with_subjects(self) -> "FixityQuerySet":
        return self.select_related("footage", "package__clip")


class FixityCheck(models.Model):
    """The last look at one original, or at one package. What is not damaged has no problem."""

    footage = models.OneToOneField(
        Footage,
        on_delete=models.CASCADE,
        null=True,
        related_name="fixity",
        editable=False,
        verbose_name=_("original"),
    )
    package = models.OneToOneField(
        Package,
        on_delete=models.CASCADE,
        null=True,
        related_name="fixity",
        editable=False,
        verbose_name=_("package"),
    )
    checked_at = models.DateTimeField(_("checked"), editable=False, db_index=True)
    problem = models.CharField(_("problem"), max_length=300, blank=True, editable=False)

    objects = FixityQuerySet.as_manager()

    class Meta:
        verbose_name = _("fixity check")
        verbose_name_plural = _("fixity checks")
        ordering = ["-problem", "checked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(footage=None, package__isnull=False)
                | Q(footage__isnull=False, package=None),
                name="fixity_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        if self.footage is not None:
            return f"Original {self.footage.public_id}"
        replaced = (
            "" if self.package is None or self.package.is_current else ", replaced by a newer"
        )
        return f"Package {self.package}{replaced}"

    @property
    def is_whole(self) -> bool:
        return not self.problem

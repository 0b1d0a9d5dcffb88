"""Looks: somebody watched a clip's package and saw that its redactions hide what they are to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from media.models.append_only import AppendOnlyQuerySet, Record
from media.models.clip import Clip


class LookQuerySet(AppendOnlyQuerySet["Look"]):
    pass


class Look(Record):
    clip = models.ForeignKey(
        Clip,
        on_delete=models.CASCADE,
        related_name="looks",
        editable=False,
        verbose_name=_("clip"),
    )
    actor = models.CharField(_("by"), max_length=150, editable=False)
    at = models.DateTimeField(_("at"), auto_now_add=True)
    # What was hidden in the package that was looked at: see Clip.hides.
    hides = models.CharField(max_length=64, editable=False)

    objects = LookQuerySet.as_manager()

    class Meta:
        verbose_name = _("look at redactions")
        verbose_name_plural = _("looks at redactions")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.actor}, {self.at:%Y-%m-%d}"

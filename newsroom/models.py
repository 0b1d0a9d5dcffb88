"""Sign-ins: who came to the desk, who was refused, and what changed about how they come in."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from media.models.append_only import AppendOnlyQuerySet, Record


class SignInQuerySet(AppendOnlyQuerySet["SignIn"]):
    def of(self, name: str) -> "SignInQuerySet":
        return self.filter(person=name)


class SignIn(Record):
    class Kind(models.TextChoices):
        CAME = "came", _("signed in")
        LEFT = "left", _("signed out")
        WRONG_PASSWORD = "password", _("wrong name or password")
        WRONG_FACTOR = "factor", _("wrong second factor")
        LOCKED_OUT = "locked", _("locked out for a while")
        FACTOR_ADDED = "added", _("second factor added")
        FACTOR_REMOVED = "removed", _("second factor removed")
        ENDED = "ended", _("sessions ended")

    at = models.DateTimeField(_("at"), auto_now_add=True)
    # Empty where nobody of that name works here: somebody may have typed a password there.
    person = models.CharField(_("who"), max_length=150, blank=True)
    kind = models.CharField(_("what"), max_length=10, choices=Kind)
    how = models.CharField(_("how"), max_length=60, blank=True)

    objects = SignInQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.person or '?'} {self.get_kind_display()}"

"""Saved filters: questions to the archive that somebody asks again and again."""

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

LONGEST_QUERY = 1000


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def of(self, person: AbstractBaseUser | AnonymousUser) -> "SavedFilterQuerySet":
        return self.filter(owner_id=person.pk)


class SavedFilter(models.Model):
    """A search of the list of footage with its filters, under a name of one person's."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", editable=False
    )
    name = models.CharField(_("name"), max_length=60)
    # As it stands in an address, without the question mark.
    query = models.CharField(_("query"), max_length=LONGEST_QUERY, blank=True)

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="one_filter_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

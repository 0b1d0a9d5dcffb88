"""Purges: public files that changed or went, of which a cache in front may still have the old."""

from django.db import models


class Purge(models.Model):
    # A name in the store `public`.
    name = models.CharField(max_length=500, unique=True)
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

"""Rows that are only ever added: what was done stays written down."""

from typing import Any, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


class AppendOnly(Exception):
    """Somebody tried to change or delete what was written down."""

    def __init__(self) -> None:
        super().__init__("This log is only ever added to: write down what happened next instead.")


class AppendOnlyQuerySet(models.QuerySet[Row]):
    def update(self, **fields: object) -> int:
        raise AppendOnly

    def delete(self) -> tuple[int, dict[str, int]]:
        raise AppendOnly


class Record(models.Model):
    """One thing that happened."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> tuple[int, dict[str, int]]:
        raise AppendOnly

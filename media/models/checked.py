"""What lies in a store, and when its bytes were last looked at."""

from datetime import timedelta
from typing import TypeVar

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

Row = TypeVar("Row", bound=models.Model)
DAMAGED = Q(fixity__problem__gt="")

# Everything is hashed again so often,
EVERY = timedelta(days=30)
# for the first time after so long: then it is read from the disk, and no longer from memory,
FIRST = timedelta(days=1)
# and what is damaged so often, since somebody may have put it back.
AGAIN = timedelta(hours=1)


class CheckedQuerySet(models.QuerySet[Row]):
    # The field that says since when it is there.
    there_since = "created_at"

    def longest_unchecked(self) -> "CheckedQuerySet[Row]":
        """What is damaged first, then what was never looked at, then the longest ago."""
        return self.select_related("fixity").order_by(
            Case(When(DAMAGED, then=Value(0)), default=Value(1)),
            F("fixity__checked_at").asc(nulls_first=True),
            "pk",
        )

    def due_for_a_check(self) -> "CheckedQuerySet[Row]":
        now = timezone.now()
        never = Q(fixity=None, **{f"{self.there_since}__lt": now - FIRST})
        long_ago = Q(fixity__checked_at__lt=now - EVERY)
        again = DAMAGED & Q(fixity__checked_at__lt=now - AGAIN)
        return self.filter(never | long_ago | again).longest_unchecked()

    def checked_in_time(self) -> "CheckedQuerySet[Row]":
        return self.filter(fixity__checked_at__gte=timezone.now() - EVERY)

    def never_checked(self) -> "CheckedQuerySet[Row]":
        return self.filter(fixity=None)

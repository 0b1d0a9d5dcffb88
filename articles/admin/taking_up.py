"""Taking up words that were not saved: the form of a story, filled with what somebody had written.

The form is only filled; it is saved, or not, by the person who looks at it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.forms.models import BaseInlineFormSet

from articles.core.form_words import MOMENTS
from articles.core.snapshots import Snapshot

Rows = Mapping[Any, Mapping[str, Any]]


class TakenRows(BaseInlineFormSet):
    """Rows of a table that start with what somebody had written. ``taken`` is by ``key_of``."""

    def __init__(self, *args: Any, taken: Rows | None = None, **kwargs: Any) -> None:
        self.taken = taken
        # Rows that somebody had added are there again; otherwise a row is added by a button.
        self.extra = len(kwargs.get("initial") or ())
        super().__init__(*args, **kwargs)

    def key_of(self, row: Any) -> Any:
        return row.pk

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        kwargs = super().get_form_kwargs(index)
        if self.taken is not None and index is not None and index < self.initial_form_count():
            row = self.get_queryset()[index]
            # Who is not there any more was taken out.
            kwargs["initial"] = self.taken.get(self.key_of(row), {"DELETE": True})
        return kwargs


class TakenBylines(TakenRows):
    def key_of(self, row: Any) -> Any:
        return row.author_id


class TakenEmbeds(TakenRows):
    def key_of(self, row: Any) -> Any:
        return row.clip.public_id


def form_with(form: type[forms.ModelForm], words: Snapshot) -> type[forms.ModelForm]:
    """The form class, starting with these words."""
    initial = _initial(words)

    class TakenUp(form):  # type: ignore[valid-type, misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs["initial"] = {**(kwargs.get("initial") or {}), **initial}
            super().__init__(*args, **kwargs)

    return TakenUp


def _initial(words: Snapshot) -> dict[str, Any]:
    original = words.named.get("translation_of", ())
    return {
        **words.texts,
        **{name: _value(name, text) for name, text in words.settings.items()},
        "topics": [one.id for one in words.named.get("topics", ())],
        "translation_of": original[0].id if original else None,
    }


def _value(name: str, text: str) -> object:
    try:
        return datetime.fromisoformat(text) if name in MOMENTS and text else text
    except ValueError:
        return text


def byline_rows(words: Snapshot, known: set[int]) -> tuple[Rows, list[dict[str, Any]]]:
    """What stands in the rows that there are, and in those that are to be added."""
    named = [one.id for one in words.named.get("bylines", ())]
    places = {pk: {"author": pk, "position": place} for place, pk in enumerate(named)}
    return places, [row for pk, row in places.items() if pk not in known]


def correction_rows(words: Snapshot, told: set[str]) -> list[dict[str, Any]]:
    """Corrections that somebody wrote and did not save."""
    return [
        {"at": _value("embargo_until", one.at), "text": one.text}
        for one in words.corrections
        if one.text not in told
    ]


def clip_rows(words: Snapshot) -> Rows:
    return {clip.id: {**clip.words, "of": clip.id} for clip in words.clips}

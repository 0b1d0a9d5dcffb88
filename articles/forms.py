"""What editors write, checked, with one sentence for what is wrong."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse

from articles import picture_cards
from articles.clip_cards import cards
from articles.models import Article
from articles.writing import UnknownFigure, clips_of, pictures_of
from media.core.languages import OWN_NAMES


class MomentInput(forms.DateTimeInput):
    """The browser's own way to choose a date and a time, both in UTC."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class ArticleForm(forms.ModelForm):
    class Meta:
        model = Article
        fields = "__all__"
        widgets = {
            "headline": forms.TextInput(attrs={"class": "vLargeTextField", "dir": "auto"}),
            "standfirst": forms.Textarea(
                attrs={"class": "vLargeTextField", "dir": "auto", "rows": 3}
            ),
            "language": forms.TextInput(attrs={"size": 12, "list": "languages"}),
        }
        help_texts = {"embargo_until": "In UTC. Readers see nothing before."}

    languages = tuple(OWN_NAMES.items())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "body" in self.fields:
            self.fields["body"].widget.attrs |= {
                "data-clips-url": reverse("admin:articles_article_clips"),
                "data-clips": json.dumps(self._clips_shown()),
                "data-pictures-url": reverse("admin:articles_article_pictures"),
                "data-pictures": json.dumps(self._pictures_shown()),
                **self._passages(),
            }

    def _passages(self) -> dict[str, str]:
        """A story that was never saved has no comments yet."""
        if self.instance.pk is None:
            return {}
        address = reverse("admin:articles_article_passages", args=[self.instance.pk])
        return {"data-passages-url": address}

    def _clips_shown(self) -> list[dict[str, object]]:
        """Cards for the clips of the body as it is shown; unknown ones are told apart there."""
        try:
            return cards(clips_of(self["body"].value() or ""))
        except UnknownFigure:
            return []

    def _pictures_shown(self) -> list[dict[str, object]]:
        try:
            return picture_cards.cards(pictures_of(self["body"].value() or ""))
        except UnknownFigure:
            return []

    def clean_body(self) -> str:
        body = self.cleaned_data["body"]
        try:
            clips_of(body)
            pictures_of(body)
        except UnknownFigure as error:
            raise ValidationError(str(error)) from error
        return body


class EmbedForm(forms.ModelForm):
    """What a story says of a clip; ``of`` is the clip, for words that are not saved yet."""

    of = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["of"] = self.instance.clip.public_id


def reason_field(label: str, help_text: str, *, required: str = "") -> forms.CharField:
    """A line of text that says why; ``required`` is what is said where it is missing."""
    return forms.CharField(
        label=label,
        required=bool(required),
        max_length=300,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60, "dir": "auto"}),
        error_messages={"required": required},
    )


def moment_field(label: str, help_text: str) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        required=False,
        help_text=help_text,
        widget=MomentInput(),
        error_messages={"invalid": "Write a date and a time, like 2026-03-31T18:00."},
    )


class PublishForm(forms.Form):
    at = moment_field("Publish later, at (UTC)", "Empty: now.")

    def clean_at(self) -> datetime | None:
        at = self.cleaned_data["at"]
        if at is not None and at <= Article.objects.moment():
            raise ValidationError("That moment is past: leave it empty to publish now.")
        return at


class StepForm(forms.Form):
    """What goes with a step of the workflow; whether it is needed, the step says."""

    reason = reason_field("Why", "Whoever opens the story reads it.")


class AnswerForm(forms.Form):
    """Red checks that somebody answers for; ``keys`` are those that may be chosen."""

    checks = forms.MultipleChoiceField(
        error_messages={
            "required": "Tick the red checks that you answer for.",
            "invalid_choice": "One of them is not red any more, or nobody may pass over it.",
        }
    )
    reason = reason_field(
        "Why they may be passed over",
        "It stays on the story's record, with your name. It counts for what is there now: what is "
        "changed later is asked again.",
        required="Write why these may be passed over: it stays on the story's record.",
    )

    def __init__(self, *args: Any, keys: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["checks"].choices = [(key, key) for key in keys]  # type: ignore[attr-defined]


class TimesForm(forms.Form):
    embargo_until = moment_field("Embargo until (UTC)", "Readers see nothing before. Empty: none.")
    expires_at = moment_field("Expires at (UTC)", "From then on its address says that it is gone.")
    why = reason_field(
        "Why",
        "For the record: whose embargo it is, or whose right that ends.",
        required="Write why: an embargo is somebody's word, and an expiry somebody's right.",
    )


class SourceForm(forms.Form):
    """Why everything of a source goes, and which of these stories go with it."""

    reason = reason_field(
        "Reason",
        "It stays in this house, in the log of each footage.",
        required="Everything of a source is withdrawn with a reason: write one.",
    )

    def __init__(self, *args: Any, stories: Iterable[Article], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keys = [story.pk for story in stories]
        self.fields["stories"] = forms.ModelMultipleChoiceField(
            Article.objects.filter(pk__in=keys), required=False, initial=keys
        )


class WithdrawForm(forms.Form):
    reason = reason_field(
        "Reason",
        "It stays in this house: readers are told only that the story was withdrawn.",
        required="A story is withdrawn with a reason: write one.",
    )

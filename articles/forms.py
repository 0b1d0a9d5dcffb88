"""What editors write, checked, with one sentence for what is wrong."""

import json
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from articles.clip_cards import cards
from articles.models import Article
from articles.writing import UnknownClip, clips_of
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
        except UnknownClip:
            return []

    def clean_body(self) -> str:
        body = self.cleaned_data["body"]
        try:
            clips_of(body)
        except UnknownClip as error:
            raise ValidationError(str(error)) from error
        return body


class EmbedForm(forms.ModelForm):
    """What a story says of a clip; ``of`` is the clip, for words that are not saved yet."""

    of = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["of"] = self.instance.clip.public_id


class PublishForm(forms.Form):
    at = forms.DateTimeField(
        label="Publish later, at (UTC)",
        required=False,
        help_text="Empty: now.",
        widget=MomentInput(),
        error_messages={"invalid": "Write a date and a time, like 2026-03-31T18:00."},
    )

    def clean_at(self) -> datetime | None:
        at = self.cleaned_data["at"]
        if at is not None and at <= timezone.now():
            raise ValidationError("That moment is past: leave it empty to publish now.")
        return at


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label="Reason",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text="It stays in this house: readers are told only that the story was withdrawn.",
        error_messages={"required": "A story is withdrawn with a reason: write one."},
    )

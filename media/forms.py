"""What staff write about footage and clips, checked, with one sentence for what is wrong."""

import re
from typing import Any

from django import forms

from media import describing
from media.models import Clip, Footage, Transcript, Warning
from media.opening import LONGEST_REASON, How

# Hours and minutes may be left out: 1:02:03.500, 2:03.5, 3.
TIME = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,3}):)?(\d{1,5})(?:[.,](\d{1,3}))?")
BAD_TIME = "Write a time as minutes, seconds and thousandths, like 0:12.500."
LANGUAGE_TAG = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"


def spelled(ms: int) -> str:
    """A time in milliseconds as a person writes it.

    >>> spelled(12500), spelled(3_723_004)
    ('0:12.500', '1:02:03.004')
    """
    minutes, rest = divmod(ms, 60_000)
    hours, minutes = divmod(minutes, 60)
    before = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{before}:{rest // 1000:02}.{rest % 1000:03}"


def milliseconds(text: str) -> int:
    """A time as a person writes it, in milliseconds. Raises ValueError with a sentence.

    >>> milliseconds("0:12.5"), milliseconds("1:02:03,004"), milliseconds("90")
    (12500, 3723004, 90000)
    """
    match = TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError(BAD_TIME)
    hours, minutes, seconds, part = match.groups(default="0")
    whole = (int(hours) * 60 + int(minutes)) * 60 + int(seconds)
    return whole * 1000 + int(part.ljust(3, "0"))


class TimeField(forms.CharField):
    """Integer milliseconds, shown and read as 0:12.500; None where nothing is written."""

    def prepare_value(self, value: Any) -> Any:
        return spelled(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]
        if isinstance(value, int) or value in self.empty_values:
            return value if isinstance(value, int) else None
        try:
            return milliseconds(str(value))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


def time_field(label: str, help_text: str = "") -> TimeField:
    widget = forms.TextInput(attrs={"size": 12, "placeholder": "0:12.500", "aria-label": label})
    return TimeField(label=label, help_text=help_text, required=False, widget=widget)


DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
WRITTEN_AT_LENGTH = ("risk_note", "consent_scope", "restrictions")
ASKED_FIRST = (
    *("source_alias", "source_risk", "obtained_how", "obtained_on"),
    *("consent", "restrictions"),
)


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """One or several files; an empty one comes through, so that it gets its own answer."""

    widget = ManyFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(ManyFilesField, self).clean(file, initial) for file in data or [None]]


class ReceiveForm(forms.ModelForm):
    """Files, and what is known of all of them."""

    videos = ManyFilesField(
        label="Video files",
        allow_empty_file=True,
        help_text="One or several. Each is kept byte for byte as it is.",
    )

    class Meta:
        model = Footage
        fields = describing.FACTS
        widgets = {
            **dict.fromkeys(("obtained_on", "consent_on", "rights_from", "rights_until"), DAY),
            **{name: forms.Textarea({"rows": 3}) for name in WRITTEN_AT_LENGTH},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in describing.FACTS:
            self.fields[name].required = False

    @property
    def first(self) -> list[forms.BoundField]:
        """What is asked of all footage."""
        return [self[name] for name in ASKED_FIRST]

    @property
    def more(self) -> list[forms.BoundField]:
        return [self[name] for name in describing.FACTS if name not in ASKED_FIRST]


class ClipForm(forms.ModelForm):
    """A clip's words and cut, and optionally a file with its transcript."""

    in_ms = time_field("In point", "Where the clip starts in the footage; empty: at its start.")
    out_ms = time_field("Out point", "Where it ends in the footage; empty: at its end.")
    poster_ms = time_field(
        "Poster moment", "Counted from the in point; empty: a moment near the start."
    )
    transcript_file = forms.FileField(
        label="Transcript file",
        required=False,
        help_text="WebVTT or SRT. It takes the place of an earlier one of its language and kind.",
    )
    transcript_language = forms.RegexField(
        LANGUAGE_TAG,
        label="Its language",
        required=False,
        max_length=35,
        widget=forms.TextInput(attrs={"size": 12, "list": "languages", "placeholder": "ar"}),
        error_messages={"invalid": "Write the language's tag, like en, ar or ckb."},
    )
    transcript_kind = forms.ChoiceField(
        label="Its kind", required=False, choices=Transcript.Kind.choices
    )
    transcript_is_machine_made = forms.BooleanField(
        label="Made by a machine: readers are told", required=False
    )
    transcript_checked_by = forms.CharField(
        label="Checked by",
        required=False,
        max_length=80,
        help_text="A name or a role that readers may see, or nothing.",
    )
    transcript_approve = forms.BooleanField(label="Approved: readers may read it", required=False)

    class Meta:
        model = Clip
        fields = "__all__"

    def clean_in_ms(self) -> int:
        return self.cleaned_data["in_ms"] or 0

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        self._check_cut()
        if values.get("transcript_file") and not values.get("transcript_language"):
            self._complain("transcript_language", "Say in which language the transcript is.")
        return values

    def _check_cut(self) -> None:
        start, end = self.cleaned_data.get("in_ms"), self.cleaned_data.get("out_ms")
        length = self._footage_ms()
        if start is None:
            return
        if length is not None and start >= length:
            self._complain("in_ms", f"The footage ends at {spelled(length)}: start earlier.")
        if length is not None and end is not None and end > length:
            self._complain(
                "out_ms", f"The footage ends at {spelled(length)}: end there or earlier."
            )
        if end is not None and end <= start:
            self._complain("out_ms", "The out point lies before the in point: end later.")
        self._check_poster(start, end if end is not None else length)

    def _check_poster(self, start: int, end: int | None) -> None:
        poster = self.cleaned_data.get("poster_ms")
        if poster is not None and end is not None and 0 < end - start <= poster:
            self._complain(
                "poster_ms", f"The clip lasts {spelled(end - start)}: choose an earlier moment."
            )

    def _footage_ms(self) -> int | None:
        footage = self.cleaned_data.get("footage") or (self.instance.pk and self.instance.footage)
        return footage.probe["duration_ms"] if footage and footage.probe else None

    def _complain(self, name: str, sentence: str) -> None:
        if name in self.fields and name not in self.errors:
            self.add_error(name, sentence)


class NewTranscriptForm(forms.Form):
    """In which language words are to be written, and of which kind."""

    language = forms.RegexField(
        LANGUAGE_TAG,
        max_length=35,
        error_messages={
            "required": "Say in which language the words are, like en, ar or ckb.",
            "invalid": "Write the language's tag, like en, ar or ckb.",
        },
    )
    kind = forms.ChoiceField(choices=Transcript.Kind.choices)

    def sentences(self) -> list[str]:
        return [str(error) for errors in self.errors.values() for error in errors]


class WarningForm(forms.ModelForm):
    start_ms = time_field("From")
    end_ms = time_field("To", "Both empty: for the whole clip.")

    class Meta:
        model = Warning
        fields = ("kind", "wording", "language", "start_ms", "end_ms")

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        start, end = values.get("start_ms"), values.get("end_ms")
        if {"start_ms", "end_ms"} & set(self.errors):
            return values
        if (start is None) != (end is None):
            self.add_error("end_ms", "Write both times, or neither for the whole clip.")
        elif start is not None and end is not None and end <= start:
            self.add_error("end_ms", "The warning ends before it starts: end it later.")
        return values


class OpeningForm(forms.Form):
    """What is asked before an original is opened."""

    how = forms.TypedChoiceField(
        label="How", choices=How.choices, coerce=How, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label="Why",
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text="Whoever reads the log in ten years is to understand it.",
    )
    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, can_be_watched: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not can_be_watched:
            self.fields["how"].choices = [(How.COPY.value, How.COPY.label)]  # type: ignore[attr-defined]
            self.fields["how"].help_text = "Browsers do not play this kind of file."
        self.fields["how"].initial = How.WATCH if can_be_watched else How.COPY

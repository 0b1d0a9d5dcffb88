"""Transcripts: the words of a clip, in one language and of one kind, made of cues."""

from datetime import datetime

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from media.core.ids import LENGTH, new_id
from media.core.languages import direction, language_name
from media.models.clip import Clip


class TranscriptQuerySet(models.QuerySet["Transcript"]):
    def standing(self) -> "TranscriptQuerySet":
        """Versions that none has taken the place of: of each transcript one, or the one that
        readers have and a draft beside it."""
        return self.filter(superseded=False)

    def live(self) -> "TranscriptQuerySet":
        """The newest version of each transcript, approved or not."""
        drafts = Transcript.objects.standing().filter(
            clip=OuterRef("clip"),
            language=OuterRef("language"),
            kind=OuterRef("kind"),
            state=Transcript.State.DRAFT,
        )
        return self.standing().exclude(Exists(drafts), state=Transcript.State.APPROVED)

    def approved(self) -> "TranscriptQuerySet":
        """Transcripts that a reader may read."""
        return self.standing().filter(state=Transcript.State.APPROVED)

    def same_as(self, other: "Transcript") -> "TranscriptQuerySet":
        """All versions of a transcript."""
        return self.filter(clip=other.clip_id, language=other.language, kind=other.kind)

    def unread(self) -> "TranscriptQuerySet":
        """Versions that readers have no more, or not yet."""
        return self.exclude(superseded=False, state=Transcript.State.APPROVED)

    def replaced(self, before: datetime) -> "TranscriptQuerySet":
        """Versions that a newer one took the place of before a moment."""
        newer = Transcript.objects.approved().filter(
            clip=OuterRef("clip"),
            language=OuterRef("language"),
            kind=OuterRef("kind"),
            created_at__lt=before,
        )
        return self.filter(Exists(newer), superseded=True)


class Transcript(models.Model):
    class Kind(models.TextChoices):
        CAPTIONS = "captions", _("captions")
        SUBTITLES = "subtitles", _("subtitles")
        DESCRIPTIONS = "descriptions", _("descriptions")
        CHAPTERS = "chapters", _("chapters")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("approved")

    class Origin(models.TextChoices):
        PERSON = "person", _("written by a person")
        MACHINE = "machine", _("made by a machine")

    # A new version gets a new id, so that its caption file gets a new address.
    public_id = models.CharField(
        _("id"), max_length=LENGTH, unique=True, default=new_id, editable=False
    )
    clip = models.ForeignKey(
        Clip, on_delete=models.CASCADE, related_name="transcripts", verbose_name=_("clip")
    )
    language = models.CharField(_("language"), max_length=35)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.CAPTIONS)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT)
    origin = models.CharField(_("origin"), max_length=7, choices=Origin, default=Origin.PERSON)
    checked_by = models.CharField(
        _("checked by"), max_length=80, blank=True, help_text=_("A name that readers may see.")
    )
    made_by = models.CharField(_("saved by"), max_length=150, blank=True, editable=False)
    # Lines that do not lie whole in the cut, in milliseconds of the footage: see media.core.trim.
    laid_aside = models.JSONField(_("lines outside the cut"), default=list, editable=False)
    superseded = models.BooleanField(_("superseded"), default=False, editable=False)
    remarks = models.JSONField(_("remarks"), default=list, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = TranscriptQuerySet.as_manager()

    class Meta:
        verbose_name = _("transcript")
        verbose_name_plural = _("transcripts")
        ordering = ["language", "kind", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["clip", "language", "kind", "state"],
                condition=Q(superseded=False),
                name="one_standing_transcript",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clip}: {self.get_kind_display()} ({self.language})"

    @property
    def direction(self) -> str:
        return direction(self.language)

    @property
    def language_name(self) -> str:
        return language_name(self.language)

    @property
    def is_machine_made(self) -> bool:
        return self.origin == self.Origin.MACHINE


class Cue(models.Model):
    transcript = models.ForeignKey(
        Transcript, on_delete=models.CASCADE, related_name="cues", verbose_name=_("transcript")
    )
    position = models.PositiveIntegerField(_("number"))
    # The same line in every version has the same key; empty in versions from before there were any.
    key = models.CharField(_("key"), max_length=32, blank=True, editable=False)
    start_ms = models.PositiveIntegerField(_("from (ms)"))
    end_ms = models.PositiveIntegerField(_("to (ms)"))
    speaker = models.CharField(_("speaker"), max_length=120, blank=True)
    text = models.TextField(_("words"), blank=True)
    # Speaker and text are what readers get: the words behind each sign in them, in order, stand
    # here alone. See media.core.withheld.
    withheld = models.JSONField(_("words withheld"), default=list, blank=True, editable=False)
    # When its words were last put right after readers may have seen them, and why.
    corrected_at = models.DateTimeField(_("corrected"), null=True, blank=True)
    correction = models.CharField(_("what was wrong"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("cue")
        verbose_name_plural = _("cues")
        ordering = ["transcript", "position"]
        constraints = [
            models.UniqueConstraint(fields=["transcript", "position"], name="one_cue_a_number"),
            models.CheckConstraint(
                condition=Q(end_ms__gt=F("start_ms")), name="cue_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(corrected_at=None) | ~Q(correction=""),
                name="cue_correction_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.start_ms}-{self.end_ms}"

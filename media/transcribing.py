"""Transcripts: importing caption files, and the WebVTT that readers get."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from media import queue
from media.core.captions import CaptionsError, CueText, read_captions, write_webvtt
from media.errors import NewsroomError
from media.models import Clip, Cue, Transcript


class TranscriptRefused(NewsroomError):
    """The file cannot become a transcript; the sentence says why and what to do."""


def import_transcript(
    clip: Clip,
    data: bytes,
    *,
    language: str,
    kind: str = Transcript.Kind.CAPTIONS,
    approve: bool = False,
    origin: str = Transcript.Origin.PERSON,
    checked_by: str = "",
    reason: str = "",
) -> Transcript:
    """Make a caption file the clip's transcript in one language, in place of an earlier one.

    ``checked_by`` is a name that readers see. So is ``reason``: what was wrong in the words that
    differ from those of an approved earlier version. They are marked as corrected.
    What had to be left out stands in the answer's ``remarks``. Raises TranscriptRefused.
    """
    try:
        file = read_captions(data)
    except CaptionsError as error:
        raise TranscriptRefused(str(error)) from error
    if file.is_telemetry:
        raise TranscriptRefused(
            "This file records where a camera was, not what was said: it is never published. "
            "Choose the file with the words."
        )
    if file.kind == "metadata":
        raise TranscriptRefused(
            "This file holds data for a player, not words for a reader: "
            "choose the file with the captions."
        )
    with transaction.atomic():
        before = _known_words(clip, language, kind)
        transcript = _replace(clip, language, kind, approve=approve)
        transcript.origin, transcript.checked_by = origin, checked_by
        transcript.remarks = [*file.problems, *_late_cues(clip, file.cues)]
        transcript.save()
        Cue.objects.bulk_create(
            Cue(
                transcript=transcript,
                position=position,
                start_ms=cue.start_ms,
                end_ms=cue.end_ms,
                speaker=cue.speaker,
                text=cue.text,
                **_mark(cue, before, reason),
            )
            for position, cue in enumerate(file.cues, 1)
        )
        queue.request("refresh_clip", clip.pk)
    return transcript


def _replace(clip: Clip, language: str, kind: str, *, approve: bool) -> Transcript:
    """A new, empty version. The old one stays for the record, and readers keep it no longer."""
    live = clip.transcripts.filter(language=language, kind=kind).live()
    live.update(superseded=True)
    state = Transcript.State.APPROVED if approve else Transcript.State.DRAFT
    return Transcript.objects.create(clip=clip, language=language, kind=kind, state=state)


@dataclass(frozen=True)
class _Known:
    """What readers knew as one line, and the mark of an earlier correction of it."""

    speaker: str
    text: str
    mark: Mapping[str, Any]


def _known_words(clip: Clip, language: str, kind: str) -> dict[int, _Known]:
    """The lines of the approved version by their beginning in milliseconds; none of a draft."""
    live = clip.transcripts.filter(language=language, kind=kind).approved()
    cues = Cue.objects.filter(transcript__in=live)
    return {cue.start_ms: _Known(cue.speaker, cue.text, _mark_of(cue)) for cue in cues}


def _mark_of(cue: Cue) -> Mapping[str, Any]:
    return {"corrected_at": cue.corrected_at, "correction": cue.correction}


def _mark(cue: CueText, before: Mapping[int, _Known], reason: str) -> Mapping[str, Any]:
    """The mark of a line in a new version: an old one if it is the same, else that of today."""
    known = before.get(cue.start_ms)
    if known is not None and (known.speaker, known.text) == (cue.speaker, cue.text):
        return known.mark
    if before and reason:
        return {"corrected_at": timezone.now(), "correction": reason}
    return {}


def correct_cue(transcript: Transcript, number: int, text: str, *, reason: str) -> Transcript:
    """Put the words of one line right, in a new version; readers see that it was, when and why.

    ``number`` counts from one. Raises TranscriptRefused where there is nothing to correct.
    """
    text, reason = text.strip(), reason.strip()
    if not reason:
        raise TranscriptRefused("Say what was wrong: readers see it beside the line.")
    with transaction.atomic():
        live = Transcript.objects.approved().select_for_update().filter(pk=transcript.pk).first()
        cues = list(transcript.cues.all())
        if live is None or not 1 <= number <= len(cues):
            raise TranscriptRefused(
                "Readers do not have this line any more: correct it in the newest version."
            )
        if not text or text == cues[number - 1].text:
            raise TranscriptRefused("Change the words of the line, or leave it as it is.")
        version = _replace(live.clip, live.language, live.kind, approve=True)
        version.origin, version.checked_by = live.origin, live.checked_by
        version.remarks = live.remarks
        version.save()
        corrected = cues[number - 1]
        corrected.text, corrected.correction = text, reason
        corrected.corrected_at = timezone.now()
        for cue in cues:
            cue.pk, cue.transcript = None, version
        Cue.objects.bulk_create(cues)
        queue.request("refresh_clip", live.clip_id)
    return version


def _late_cues(clip: Clip, cues: tuple[CueText, ...]) -> list[str]:
    package = clip.current_package
    if package is None:
        return []
    late = sum(cue.start_ms >= package.duration_ms for cue in cues)
    return [f"{late} cues start after the clip's end: is it the right file?"] if late else []


def approve(transcript: Transcript) -> None:
    """Let readers see a transcript."""
    with transaction.atomic():
        Transcript.objects.filter(pk=transcript.pk).update(state=Transcript.State.APPROVED)
        queue.request("refresh_clip", transcript.clip_id)


def webvtt(transcript: Transcript) -> str:
    """The transcript as readers' players get it."""
    cues = (
        CueText(cue.start_ms, cue.end_ms, cue.speaker, cue.text) for cue in transcript.cues.all()
    )
    return write_webvtt(cues)

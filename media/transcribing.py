"""Transcripts: importing caption files, and the WebVTT that readers get."""

from django.db import transaction

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
) -> Transcript:
    """Make a caption file the clip's transcript in one language, in place of an earlier one.

    ``checked_by`` is a name that readers see.
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

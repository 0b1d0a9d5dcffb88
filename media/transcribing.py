"""Transcripts: importing caption files, keeping versions, and the WebVTT that readers get.

A transcript in one language and of one kind has versions. One of them readers may read; beside it
a newer draft may be in work, which takes its place when it is approved.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from media import queue, withholding
from media.core.captions import CaptionsError, CueText, read_captions, write_webvtt
from media.core.cue_rows import Row
from media.core.ids import new_id
from media.core.plain_words import read_text
from media.core.withheld import count_of, reveal, withhold
from media.errors import NewsroomError
from media.models import Clip, Cue, Transcript
from media.models.job import URGENT

UNKNOWN_MS = 60_000
"""For so long words without times are spread over a clip of which no length is known."""


class TranscriptRefused(NewsroomError):
    """The file cannot become a transcript; the sentence says why and what to do."""


class StaleSave(NewsroomError):
    """Somebody else saved meanwhile: ``newest`` is theirs. Nothing was written."""

    def __init__(self, newest: Transcript):
        who = newest.made_by or "Somebody else"
        super().__init__(
            f"{who} saved a newer version meanwhile, at {newest.created_at:%H:%M} UTC. Yours is "
            "not saved, and still here: take over what changed, or save yours over it."
        )
        self.newest = newest


# Whole files ------------------------------------------------------------------------------------


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
    by: str = "",
) -> Transcript:
    """Make a caption file the clip's transcript in one language, in place of an earlier one.

    ``checked_by`` is a name that readers see. So is ``reason``: what was wrong in the words that
    differ from those of an approved earlier version. They are marked as corrected. ``by`` is who
    did it. Words in double brackets are withheld, and so are those that were in the version
    before. What had to be left out stands in the answer's ``remarks``. Raises TranscriptRefused.
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
    return _import(
        clip,
        file.cues,
        [*file.problems, *_late_cues(clip, file.cues)],
        _Version(language, kind, approve, origin, checked_by, by, reason),
    )


def import_text(
    clip: Clip, data: bytes, *, language: str, kind: str = Transcript.Kind.CAPTIONS, by: str = ""
) -> Transcript:
    """Make plain words a draft of the clip's transcript, a line each, their times only guessed.

    Raises TranscriptRefused.
    """
    package = clip.current_package
    duration_ms = package.duration_ms if package else UNKNOWN_MS
    try:
        cues = read_text(data.decode("utf-8-sig"), duration_ms=duration_ms)
    except UnicodeDecodeError as error:
        raise TranscriptRefused("This text is not UTF-8: save it as UTF-8 first.") from error
    except CaptionsError as error:
        raise TranscriptRefused(str(error)) from error
    remark = "The times are guessed from the lengths of the lines: set each by ear."
    version = _Version(language, kind, False, Transcript.Origin.PERSON, "", by, "")
    return _import(clip, cues, [remark], version)


@dataclass(frozen=True)
class _Version:
    """What is said of a version beside its lines."""

    language: str
    kind: str
    approve: bool
    origin: str
    checked_by: str
    by: str
    reason: str


def _import(
    clip: Clip, cues: Sequence[CueText], remarks: list[str], version: _Version
) -> Transcript:
    with transaction.atomic():
        newest = clip.transcripts.live().filter(language=version.language, kind=version.kind)
        known = {cue.start_ms: cue for cue in Cue.objects.filter(transcript__in=newest)}
        rows = []
        for cue in cues:
            before = known.pop(cue.start_ms, None)
            key = before.key if before is not None and before.key else new_id()
            words = before.withheld if before is not None else []
            rows.append(_row(key, cue, words, version.language))
        return _write(clip, rows, version, remarks)


def _row(key: str, cue: CueText, withheld: Sequence[str], language: str) -> Row:
    """A line of a file. Where it has as many signs as the line before it had, the words behind
    them are known."""
    if count_of(cue.speaker + cue.text, language) != len(withheld):
        withheld = ()
    speaker, text = _revealed(cue.speaker, cue.text, withheld, language)
    return Row(key, cue.start_ms, cue.end_ms, speaker, text)


def _revealed(speaker: str, text: str, withheld: Sequence[str], language: str) -> tuple[str, str]:
    named = count_of(speaker, language)
    return (
        reveal(speaker, withheld[:named], language),
        reveal(text, withheld[named:], language),
    )


# Versions ---------------------------------------------------------------------------------------


def begin(clip: Clip, *, language: str, kind: str, by: str) -> Transcript:
    """An empty draft to write in, or the version that there is."""
    with transaction.atomic():
        there = clip.transcripts.live().filter(language=language, kind=kind).first()
        if there is not None:
            return there
        return Transcript.objects.create(clip=clip, language=language, kind=kind, made_by=by)


def fill(draft: Transcript, rows: Sequence[Row]) -> None:
    """Put what a machine made into an empty draft. Where somebody wrote meanwhile, theirs stays."""
    with transaction.atomic():
        Clip.objects.select_for_update().get(pk=draft.clip_id)
        newest = Transcript.objects.live().same_as(draft).get()
        if newest.pk == draft.pk and not draft.cues.exists():
            machine = Transcript.Origin.MACHINE
            version = _Version(draft.language, draft.kind, False, machine, "", "", "")
            _write(draft.clip, rows, version, [])


def save_version(
    began_from: Transcript,
    rows: Sequence[Row],
    *,
    by: str,
    checked_by: str,
    approve: bool = False,
    reason: str = "",
    over: bool = False,
) -> Transcript:
    """Keep lines as a new version of the one that the editor began from. ``by`` is who saves.

    ``reason`` is what readers are told of the words that differ from those they have. With
    ``over`` it is kept although somebody else saved a version meanwhile. Raises StaleSave, and
    LeakFound where what is approved says in one line what it withholds in another.
    """
    with transaction.atomic():
        # Held, so that of two who save at once one is first.
        Clip.objects.select_for_update().get(pk=began_from.clip_id)
        newest = Transcript.objects.live().same_as(began_from).get()
        if newest.pk != began_from.pk and not over:
            raise StaleSave(newest)
        version = _Version(
            began_from.language,
            began_from.kind,
            approve,
            began_from.origin,
            checked_by,
            by,
            reason.strip(),
        )
        return _write(began_from.clip, rows, version, newest.remarks)


def _write(clip: Clip, rows: Iterable[Row], version: _Version, remarks: list[str]) -> Transcript:
    """A new version with these lines."""
    before = _known_words(clip, version.language, version.kind)
    newest = clip.transcripts.live().filter(language=version.language, kind=version.kind).first()
    transcript = _replace(clip, version)
    transcript.remarks = remarks
    transcript.laid_aside = newest.laid_aside if newest else []
    transcript.save()
    cues = [_cue(row, version.language) for row in rows]
    for position, cue in enumerate(cues, 1):
        cue.transcript, cue.position = transcript, position
        _mark(cue, before, version.reason)
    Cue.objects.bulk_create(cues)
    if version.approve:
        _guard(transcript)
    queue.request("refresh_clip", clip.pk, priority=URGENT)
    return transcript


def _guard(approved: Transcript) -> None:
    """See that what a new version withholds is said by none that readers have.

    Raises LeakFound if it is the version itself. Others are drafts again until it is withheld in
    them, too: a name is withheld because somebody may be killed for it.
    """
    withholding.require_in(approved)
    for other in withholding.others_that_say(approved):
        if other.state != Transcript.State.APPROVED:
            continue
        if Transcript.objects.live().same_as(other).exclude(pk=other.pk).exists():
            Transcript.objects.filter(pk=other.pk).update(superseded=True)
        else:
            Transcript.objects.filter(pk=other.pk).update(state=Transcript.State.DRAFT)


def retime(version: Transcript, rows: Sequence[Row], *, laid_aside: Sequence[Row]) -> None:
    """Keep the lines of a version for a clip that was cut anew, as a draft or approved as it is."""
    is_approved = version.state == Transcript.State.APPROVED
    told = _Version(
        version.language,
        version.kind,
        is_approved,
        version.origin,
        version.checked_by,
        version.made_by,
        "",
    )
    retimed = _write(version.clip, rows, told, version.remarks)
    retimed.laid_aside = [asdict(row) for row in laid_aside]
    retimed.save(update_fields=["laid_aside"])


def laid_aside(version: Transcript) -> list[Row]:
    """The lines of a version that do not lie whole in the cut, in milliseconds of the footage."""
    return [Row(**told) for told in version.laid_aside]


def _cue(row: Row, language: str) -> Cue:
    speaker, text = withhold(row.speaker, language), withhold(row.text, language)
    return Cue(
        key=row.key,
        start_ms=row.start_ms,
        end_ms=row.end_ms,
        speaker=speaker.text,
        text=text.text,
        withheld=[*speaker.words, *text.words],
    )


def _replace(clip: Clip, version: _Version) -> Transcript:
    """A new, empty version. The old ones stay for the record; readers keep the approved one until
    another is approved."""
    old = clip.transcripts.standing().filter(language=version.language, kind=version.kind)
    if not version.approve:
        old = old.filter(state=Transcript.State.DRAFT)
    old.update(superseded=True)
    return Transcript(
        clip=clip,
        language=version.language,
        kind=version.kind,
        state=Transcript.State.APPROVED if version.approve else Transcript.State.DRAFT,
        origin=version.origin,
        checked_by=version.checked_by,
        made_by=version.by,
    )


@dataclass(frozen=True)
class _Known:
    """What readers knew as one line, and the mark of an earlier correction of it."""

    speaker: str
    text: str
    corrected_at: datetime | None
    correction: str


def _known_words(clip: Clip, language: str, kind: str) -> Mapping[object, _Known]:
    """The lines of the approved version by their keys and their beginnings; none of a draft."""
    approved = clip.transcripts.approved().filter(language=language, kind=kind)
    known: dict[object, _Known] = {}
    for cue in Cue.objects.filter(transcript__in=approved):
        line = _Known(cue.speaker, cue.text, cue.corrected_at, cue.correction)
        known[cue.start_ms] = line
        if cue.key:
            known[cue.key] = line
    return known


def _mark(cue: Cue, before: Mapping[object, _Known], reason: str) -> None:
    """Mark a line of a new version: as before if it is the same, else as corrected today."""
    known = before.get(cue.key) or before.get(cue.start_ms)
    if known is not None and (known.speaker, known.text) == (cue.speaker, cue.text):
        cue.corrected_at, cue.correction = known.corrected_at, known.correction
    elif before and reason:
        cue.corrected_at, cue.correction = timezone.now(), reason


def correct_cue(
    transcript: Transcript, number: int, text: str, *, reason: str, by: str = ""
) -> Transcript:
    """Put the words of one line right, in a new version; readers see that it was, when and why.

    ``number`` counts from one. Raises TranscriptRefused where there is nothing to correct.
    """
    text, reason = text.strip(), reason.strip()
    if not reason:
        raise TranscriptRefused("Say what was wrong: readers see it beside the line.")
    with transaction.atomic():
        live = Transcript.objects.approved().select_for_update().filter(pk=transcript.pk).first()
        rows = rows_of(transcript)
        if live is None or not 1 <= number <= len(rows):
            raise TranscriptRefused(
                "Readers do not have this line any more: correct it in the newest version."
            )
        if Transcript.objects.live().same_as(live).exclude(pk=live.pk).exists():
            raise TranscriptRefused("A newer draft is in work: correct the line there.")
        if not text or text == rows[number - 1].text:
            raise TranscriptRefused("Change the words of the line, or leave it as it is.")
        rows[number - 1] = replace(rows[number - 1], text=text)
        version = _Version(live.language, live.kind, True, live.origin, live.checked_by, by, reason)
        return _write(live.clip, rows, version, live.remarks)


def approve(transcript: Transcript) -> None:
    """Let readers see a draft as it is, in place of the version that they have. Safe to repeat.

    Nothing is done with a version that was replaced meanwhile. Raises LeakFound where one of its
    lines says what another withholds.
    """
    with transaction.atomic():
        Clip.objects.select_for_update().get(pk=transcript.clip_id)
        drafts = Transcript.objects.live().filter(state=Transcript.State.DRAFT)
        if drafts.filter(pk=transcript.pk).exists():
            Transcript.objects.approved().same_as(transcript).update(superseded=True)
            drafts.filter(pk=transcript.pk).update(state=Transcript.State.APPROVED)
            _guard(transcript)
        queue.request("refresh_clip", transcript.clip_id, priority=URGENT)


# What there is ----------------------------------------------------------------------------------


def rows_of(transcript: Transcript) -> list[Row]:
    """The lines of a version as they were written, withheld words in double brackets."""
    return [row_of(cue, transcript.language) for cue in transcript.cues.all()]


def row_of(cue: Cue, language: str) -> Row:
    """One line as it was written. A line of before lines had keys goes by its number."""
    speaker, text = _revealed(cue.speaker, cue.text, cue.withheld, language)
    return Row(cue.key or f"line-{cue.position}", cue.start_ms, cue.end_ms, speaker, text)


@dataclass(frozen=True)
class Revision:
    """What one line was from a version on."""

    at: datetime
    by: str
    row: Row


def history_of(transcript: Transcript, key: str) -> list[Revision]:
    """Every form that one line had in the versions of a transcript, the newest first."""
    versions = Transcript.objects.same_as(transcript)
    cues = Cue.objects.filter(transcript__in=versions, key=key).select_related("transcript")
    found: list[Revision] = []
    for cue in cues.order_by("transcript__created_at", "transcript"):
        row = row_of(cue, transcript.language)
        if not found or found[-1].row != row:
            found.append(Revision(cue.transcript.created_at, cue.transcript.made_by, row))
    return found[::-1]


def texts_of(transcript: Transcript) -> list[CueText]:
    """The lines of a version as readers get them."""
    return [
        CueText(cue.start_ms, cue.end_ms, cue.speaker, cue.text) for cue in transcript.cues.all()
    ]


def webvtt(transcript: Transcript) -> str:
    """The transcript as readers' players get it."""
    return write_webvtt(texts_of(transcript))


def _late_cues(clip: Clip, cues: Sequence[CueText]) -> list[str]:
    package = clip.current_package
    if package is None:
        return []
    late = sum(cue.start_ms >= package.duration_ms for cue in cues)
    return [f"{late} cues start after the clip's end: is it the right file?"] if late else []

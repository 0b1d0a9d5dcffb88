"""The transcript editor: a page of its own, and the doors that its scripts knock at."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST, require_safe

from media import listening, transcribing, withholding
from media.core import cue_checks
from media.core.captions import CueText
from media.core.cue_rows import BadRow, Row, read_rows
from media.core.encode_args import MP4_NAME, POSTER_NAME
from media.core.plain_words import write_srt, write_text
from media.core.withheld import said_openly, sign_of, withhold
from media.desk import page_context, view_of
from media.errors import NewsroomError
from media.forms import NewTranscriptForm
from media.models import Clip, Transcript
from media.transcribing import StaleSave

TOO_MUCH = "This is more than can be saved at once: split the transcript."
UNREADABLE = "What was sent cannot be read: load the page again."
OPEN_HERE = "Says words that are withheld in another line: withhold them here too."
EXPORTS = {
    "vtt": ("text/vtt", transcribing.webvtt),
    "srt": ("application/x-subrip", lambda version: write_srt(transcribing.texts_of(version))),
    "txt": ("text/plain", lambda version: write_text(transcribing.texts_of(version))),
}
VERSIONS_SHOWN = 20


class EditorPages:
    """What the admin of transcripts answers for the editor."""

    def editor_urls(self) -> list[URLPattern]:
        doors = {
            "<int:pk>/edit/": (self.edit_view, "edit"),
            "<int:pk>/check/": (self.check_view, "check"),
            "<int:pk>/revisions/": (self.revisions_view, "revisions"),
            "<int:pk>/export/<slug:form>/": (self.export_view, "export"),
            "<int:pk>/import/": (self.import_view, "import"),
            "new/<int:clip>/": (self.new_view, "new"),
        }
        return [
            path(address, view_of(self, view), name=f"media_transcript_{name}")  # type: ignore[arg-type]
            for address, (view, name) in doors.items()
        ]

    def _transcript(self, request: HttpRequest, pk: int) -> Transcript:
        """The version that somebody wants to edit. Raises PermissionDenied."""
        if not request.user.has_perm("media.change_transcript"):
            raise PermissionDenied
        found = Transcript.objects.select_related("clip__current_package")
        return get_object_or_404(found, pk=pk)

    def edit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page; posted to it, lines as JSON are kept as a new version."""
        transcript = self._transcript(request, pk)
        if request.method == "POST":
            return _saved(request, transcript)
        newest = Transcript.objects.live().same_as(transcript).get()
        if newest.pk != transcript.pk:
            return redirect("admin:media_transcript_edit", newest.pk)
        context = page_context(self, request, original=transcript, title=f"Words: {transcript}")  # type: ignore[arg-type]
        return TemplateResponse(
            request, "admin/media/transcript/edit.html", {**context, **_page(transcript)}
        )

    @method_decorator(require_POST)
    def check_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        transcript = self._transcript(request, pk)
        try:
            rows = _rows(request, transcript)
        except BadRow as error:
            return JsonResponse({"sentence": str(error)}, status=400)
        return JsonResponse({"findings": _findings(transcript, rows)})

    @method_decorator(require_safe)
    def revisions_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What the line named by ``?key=`` was, who changed it and when."""
        transcript = self._transcript(request, pk)
        history = transcribing.history_of(transcript, request.GET.get("key", ""))
        told = [
            {"at": f"{one.at:%Y-%m-%d %H:%M} UTC", "by": one.by, "row": _told(one.row)}
            for one in history
        ]
        return JsonResponse({"revisions": told})

    @method_decorator(require_safe)
    def export_view(self, request: HttpRequest, pk: int, form: str) -> HttpResponse:
        """The version as readers get it, to take away: withheld words are not in it."""
        transcript = self._transcript(request, pk)
        media_type, write = EXPORTS.get(form, EXPORTS["vtt"])
        response = HttpResponse(write(transcript), content_type=f"{media_type}; charset=utf-8")
        name = f"{transcript.clip.slug}.{transcript.language}.{form}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    @method_decorator(require_POST)
    def import_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A file takes the place of the lines, as a new draft."""
        transcript = self._transcript(request, pk)
        file = request.FILES.get("file")
        if file is None:
            self._say(request, "Choose a file: WebVTT, SRT or plain text.", good=False)
            return redirect("admin:media_transcript_edit", pk)
        take = transcribing.import_text if str(file.name).lower().endswith(".txt") else _import
        try:
            version = take(
                transcript.clip,
                file.read(),
                language=transcript.language,
                kind=transcript.kind,
                by=request.user.get_username(),
            )
        except NewsroomError as error:
            self._say(request, f"Nothing was changed. {error}", good=False)
            return redirect("admin:media_transcript_edit", pk)
        self._say(request, "The file’s lines are here, as a draft.")
        return redirect("admin:media_transcript_edit", version.pk)

    @method_decorator(require_POST)
    def new_view(self, request: HttpRequest, clip: int) -> HttpResponse:
        """A new transcript of a clip: empty, or a draft that a machine is asked for."""
        if not request.user.has_perm("media.change_transcript"):
            raise PermissionDenied
        about = get_object_or_404(Clip.objects.select_related("current_package"), pk=clip)
        form = NewTranscriptForm(request.POST)
        if not form.is_valid():
            for sentence in form.sentences():
                self._say(request, sentence, good=False)
            return redirect("admin:media_clip_change", clip)
        language, by = form.cleaned_data["language"], request.user.get_username()
        try:
            if "_listen" in request.POST:
                version = listening.ask_to_listen(about, language=language, by=by)
                self._say(request, "A machine listens: its draft will be here when it is done.")
            else:
                kind = form.cleaned_data["kind"]
                version = transcribing.begin(about, language=language, kind=kind, by=by)
        except NewsroomError as error:
            self._say(request, str(error), good=False)
            return redirect("admin:media_clip_change", clip)
        return redirect("admin:media_transcript_edit", version.pk)

    def _say(self, request: HttpRequest, sentence: str, *, good: bool = True) -> None:
        level = "success" if good else "error"
        self.message_user(request, sentence, level)  # type: ignore[attr-defined]


def _import(clip: Clip, data: bytes, **fields: Any) -> Transcript:
    return transcribing.import_transcript(clip, data, **fields)


def _page(transcript: Transcript) -> dict[str, Any]:
    """What the page shows of a version."""
    clip, package = transcript.clip, transcript.clip.current_package
    versions = Transcript.objects.same_as(transcript).order_by("-created_at", "-pk")
    file = (
        (lambda name: reverse("package_file", args=[package.public_id, name])) if package else None
    )
    return {
        "transcript": transcript,
        "clip": clip,
        "package": package,
        "film": file(MP4_NAME) if file and package and package.has_mp4 else "",
        "poster": file(POSTER_NAME) if file else "",
        "rows": [_told(row) for row in transcribing.rows_of(transcript)],
        "wave": reverse("admin:media_clip_waveform", args=[clip.pk]),
        "sign": sign_of(transcript.language),
        "guide": cue_checks.GUIDE,
        "versions": versions[:VERSIONS_SHOWN],
        "readers_have_one": Transcript.objects.approved().same_as(transcript).exists(),
        "is_listening": listening.is_at_work(transcript),
        "exports": EXPORTS,
    }


def _told(row: Row) -> dict[str, object]:
    """A line as scripts know it."""
    told = asdict(row)
    return {
        "key": told["key"],
        "start": told["start_ms"],
        "end": told["end_ms"],
        "speaker": told["speaker"],
        "text": told["text"],
    }


def _sent(request: HttpRequest) -> dict[str, Any]:
    try:
        told = json.loads(request.body)
    except RequestDataTooBig as error:
        raise BadRow(TOO_MUCH) from error
    except ValueError as error:
        raise BadRow(UNREADABLE) from error
    if not isinstance(told, dict):
        raise BadRow(UNREADABLE)
    return told


def _rows(request: HttpRequest, transcript: Transcript) -> tuple[Row, ...]:
    return read_rows(_sent(request).get("rows"), language=transcript.language)


def _saved(request: HttpRequest, transcript: Transcript) -> HttpResponse:
    """The answer to lines that were sent: where the new version is, or why there is none."""
    try:
        told = _sent(request)
        version = transcribing.save_version(
            transcript,
            read_rows(told.get("rows"), language=transcript.language),
            by=request.user.get_username(),
            checked_by=str(told.get("checked_by", ""))[:80],
            approve=told.get("approve") is True,
            reason=str(told.get("reason", ""))[:300],
            over=told.get("over") is True,
        )
    except StaleSave as error:
        return JsonResponse(_clash(error), status=409)
    except (BadRow, NewsroomError) as error:
        return JsonResponse({"sentence": f"Not saved. {error}"}, status=400)
    is_approved = version.state == Transcript.State.APPROVED
    what = "Saved and approved: readers get it." if is_approved else "Saved as a draft."
    if others := withholding.others_that_say(version):
        names = ", ".join(f"{other.language_name} ({other.get_kind_display()})" for other in others)
        what += f" What it withholds is still said in: {names}. Readers get those when it is not."
    return JsonResponse(
        {
            "sentence": what,
            "address": reverse("admin:media_transcript_edit", args=[version.pk]),
            "state": version.get_state_display(),
            "is_approved": is_approved,
        }
    )


def _clash(error: StaleSave) -> dict[str, Any]:
    return {
        "sentence": str(error),
        "address": reverse("admin:media_transcript_edit", args=[error.newest.pk]),
        "rows": [_told(row) for row in transcribing.rows_of(error.newest)],
    }


def _findings(transcript: Transcript, rows: Sequence[Row]) -> dict[str, dict[str, object]]:
    """For each line, by its key, its reading speed and the sentences about it."""
    package = transcript.clip.current_package
    cues = [_public(row, transcript.language) for row in rows]
    length_ms = package.duration_ms if package else None
    told = cue_checks.findings(cues, duration_ms=length_ms)
    is_open = set(
        said_openly([f"{c.speaker}: {c.text}" for c in cues], _withheld(transcript, rows))
    )
    return {
        row.key: {
            "rate": round(cue_checks.per_second(cue)),
            "sentences": [*sentences, *([OPEN_HERE] if number in is_open else [])],
        }
        for number, (row, cue, sentences) in enumerate(zip(rows, cues, told, strict=True))
    }


def _public(row: Row, language: str) -> CueText:
    speaker, text = withhold(row.speaker, language).text, withhold(row.text, language).text
    return CueText(row.start_ms, row.end_ms, speaker, text)


def _withheld(transcript: Transcript, rows: Iterable[Row]) -> set[str]:
    """What is withheld in these lines, and in the clip's other transcripts."""
    others = transcript.clip.transcripts.live().exclude(pk=transcript.pk).prefetch_related("cues")
    written = (text for row in rows for text in (row.speaker, row.text))
    words = {w for text in written for w in withhold(text, transcript.language).words if w}
    return words | withholding.withheld_in(others)

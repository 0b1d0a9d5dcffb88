"""Transcripts at the desk: read, approved, corrected."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from media import transcribing
from media.admin.transcript_editor import EditorPages
from media.desk import ReadOnly, page_context, view_of
from media.errors import NewsroomError
from media.forms import spelled
from media.models import Transcript


@admin.register(Transcript)
class TranscriptAdmin(EditorPages, ReadOnly, admin.ModelAdmin):
    list_display = ("clip", "language", "kind", "state", "superseded", "made_by", "created_at")
    list_filter = ("state", "kind", "language")
    list_select_related = ("clip",)
    fields = (
        *("clip", "language", "kind", "state", "origin", "checked_by"),
        *("superseded", "made_by", "created_at"),
    )

    def get_urls(self) -> list[URLPattern]:
        approve = path(
            "<int:pk>/approve/", view_of(self, self.approve_view), name="media_transcript_approve"
        )
        correct = path(
            "<int:pk>/correct/<int:number>/",
            view_of(self, self.correct_view),
            name="media_transcript_correct",
        )
        return [approve, correct, *self.editor_urls(), *super().get_urls()]

    def may_approve(self, request: HttpRequest) -> bool:
        return request.user.has_perm("media.change_transcript")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponse:
        transcript = kwargs["obj"]
        context["cues"] = [
            (spelled(cue.start_ms), spelled(cue.end_ms), cue) for cue in transcript.cues.all()
        ]
        is_draft = transcript.state == Transcript.State.DRAFT and not transcript.superseded
        context["can_approve"] = is_draft and self.may_approve(request)
        is_read = transcript.state == Transcript.State.APPROVED and not transcript.superseded
        context["can_correct"] = is_read and self.may_approve(request)
        context["can_edit"] = self.may_approve(request)
        return super().render_change_form(request, context, **kwargs)

    @method_decorator(require_POST)
    def approve_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.may_approve(request):
            raise PermissionDenied
        transcript = get_object_or_404(Transcript, pk=pk)
        try:
            transcribing.approve(transcript)
        except NewsroomError as error:
            self.message_user(request, f"Not approved. {error}", messages.ERROR)
        else:
            self.message_user(request, "Approved: readers may read it.", messages.SUCCESS)
        return redirect("admin:media_transcript_change", pk)

    def correct_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Asks for the right words of one line, and for what was wrong: readers see both."""
        if not self.may_approve(request):
            raise PermissionDenied
        transcript = get_object_or_404(Transcript, pk=pk)
        rows = transcribing.rows_of(transcript)
        if not 1 <= number <= len(rows):
            raise Http404
        row = rows[number - 1]
        words, reason = request.POST.get("text", row.text), request.POST.get("reason", "")
        if request.method == "POST":
            try:
                by = request.user.get_username()
                version = transcribing.correct_cue(transcript, number, words, reason=reason, by=by)
            except NewsroomError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(request, "Corrected: readers see when and why.", messages.SUCCESS)
                return redirect("admin:media_transcript_change", version.pk)
        context = page_context(self, request, transcript=transcript, title="Correct a line")
        context |= {"at": spelled(row.start_ms), "words": words, "reason": reason}
        return TemplateResponse(request, "admin/media/transcript/correct.html", context)

"""Footage at the desk: received, looked at, never deleted."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from media import clips, consent, intake
from media.core.probe import read_probe
from media.desk import (
    PROGRESS_SCRIPT,
    SMALL_TEXT,
    NothingDeleted,
    page_context,
    poster,
    progress_mark,
)
from media.forms import UploadForm, spelled
from media.models import Clip, Footage
from media.progress import badge, progress_of


@admin.register(Footage)
class FootageAdmin(NothingDeleted, admin.ModelAdmin):
    list_display = (
        "public_id",
        "state_badge",
        "source_alias",
        "length",
        "received_at",
        "clips_made",
    )
    list_filter = ("state", "consent", "verification")
    search_fields = ("public_id", "source_alias", "original_name", "sha256")
    formfield_overrides = SMALL_TEXT

    class Media:
        js = (PROGRESS_SCRIPT,)

    readonly_fields = (
        *("public_id", "state_badge", "arrival", "received_at", "original_name"),
        *("size", "sha256", "left_out"),
    )
    fieldsets = (
        (
            "What the archive knows",
            {
                "fields": (
                    "source_alias",
                    ("recorded_when", "recorded_where"),
                    "rights_holder",
                    ("rights_from", "rights_until", "rights_territory"),
                    ("consent", "verification"),
                    "restrictions",
                )
            },
        ),
        ("As it came", {"fields": readonly_fields}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Footage]:
        return super().get_queryset(request).annotate(clip_count=Count("clips"))

    @admin.display(description="state", ordering="state")
    def state_badge(self, footage: Footage) -> SafeString:
        text = footage.get_state_display()
        return badge(footage.state, f"{text}: {footage.reason}" if footage.reason else text)

    @admin.display(description="length")
    def length(self, footage: Footage) -> str:
        return spelled(footage.probe["duration_ms"]) if footage.probe else "-"

    @admin.display(description="clips", ordering="clip_count")
    def clips_made(self, footage: Footage) -> int:
        return footage.clip_count  # type: ignore[attr-defined]

    @admin.display(description="size")
    def size(self, footage: Footage) -> str:
        return f"{filesizeformat(footage.byte_size)} ({footage.byte_size:,} bytes)"

    @admin.display(description="remarks")
    def left_out(self, footage: Footage) -> SafeString | str:
        return format_html_join("\n", "<p>{}</p>", ((remark,) for remark in footage.remarks)) or "-"

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Footage is not written but received: one or several files, and who they came from."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            return self._receive(request, form)
        context = page_context(self, request, form=form, title="Add footage")
        return TemplateResponse(request, "admin/media/footage/upload.html", context)

    def _receive(self, request: HttpRequest, form: Form) -> HttpResponse:
        arrival = intake.Arrival(
            how=Footage.Arrival.UPLOAD,
            actor=request.user.get_username(),
            source=form.cleaned_data["source"],
        )
        taken = [self._take(request, file, arrival) for file in form.cleaned_data["videos"]]
        if len(taken) == 1 and taken[0] is not None:
            return redirect("admin:media_footage_change", taken[0].pk)
        return redirect("admin:media_footage_changelist")

    def _take(
        self, request: HttpRequest, file: UploadedFile, arrival: intake.Arrival
    ) -> Footage | None:
        began = timezone.now()
        try:
            footage = intake.receive_upload(file, arrival)
        except OSError:
            text = "“{}” could not be stored: look at the disk's free space, then send it again."
            self.message_user(request, text.format(file.name), messages.ERROR)
            return None
        if footage.is_ready:
            clips.make_clip(footage)
        self._tell(request, str(file.name), footage, was_here=footage.received_at < began)
        return footage

    def _tell(self, request: HttpRequest, name: str, footage: Footage, *, was_here: bool) -> None:
        address = reverse("admin:media_footage_change", args=[footage.pk])
        if footage.state == Footage.State.REJECTED:
            text, level = "“{}” was rejected (<a href='{}'>{}</a>). {}", messages.ERROR
        elif was_here:
            text, level = "“{}” was here already, as <a href='{}'>{}</a>. {}", messages.WARNING
        else:
            text, level = "“{}” is here, as <a href='{}'>{}</a>. {}", messages.SUCCESS
        more = footage.reason or ("Its clip is being made." if not was_here else "")
        self.message_user(request, format_html(text, name, address, footage.public_id, more), level)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponse:
        footage = kwargs.get("obj")
        if footage is not None:
            context |= {
                "facts": _facts(footage),
                "custody": footage.custody.all(),
                "clips": _with_progress(footage.clips.select_related("current_package")),
            }
        return super().render_change_form(request, context, **kwargs)

    def save_model(self, request: HttpRequest, obj: Footage, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if consent.DECIDES & set(form.changed_data):
            transaction.on_commit(lambda: consent.changed(obj))


def _facts(footage: Footage) -> list[tuple[str, object]]:
    """Technical facts of footage for a table."""
    if footage.probe is None:
        return []
    probe = read_probe(footage.probe)
    return [
        ("Container", probe.container),
        ("Picture", f"{probe.codec}, {probe.width} × {probe.height} ({probe.pixel_format})"),
        ("Frames per second", f"{float(probe.frame_rate):.3f}"),
        ("Length", spelled(probe.duration_ms)),
        ("Sound", f"{probe.sound.codec}, {probe.sound.channels} channels" if probe.sound else "-"),
        ("High dynamic range", probe.hdr_transfer or "no"),
        ("Interlaced", "yes" if probe.is_interlaced else "no"),
    ]


def _with_progress(found: QuerySet[Clip]) -> list[dict[str, object]]:
    states = progress_of(found)
    return [
        {"clip": clip, "poster": poster(clip), "mark": progress_mark(clip, states[clip.pk])}
        for clip in found
    ]

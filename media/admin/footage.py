"""Footage at the desk: received, looked at, never deleted."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from media import comparing, consent, describing
from media.admin.finding import FILTERS, SEARCHED, FindPages
from media.admin.known import KNOWN, RelationInline, place_of, related, signed
from media.admin.originals import OriginalPages
from media.admin.receiving import ReceivePages
from media.core import dangers
from media.core.probe import read_probe
from media.desk import (
    PROGRESS_SCRIPT,
    SMALL_TEXT,
    NothingDeleted,
    poster,
    progress_mark,
)
from media.forms import spelled
from media.models import Clip, Footage
from media.progress import badge, progress_of


@admin.register(Footage)
class FootageAdmin(OriginalPages, ReceivePages, FindPages, NothingDeleted, admin.ModelAdmin):
    list_display = (
        "public_id",
        "state_badge",
        "source_alias",
        "place",
        "tags",
        "length",
        "received",
        "clips_made",
    )
    list_filter = FILTERS
    search_fields = SEARCHED
    inlines = (RelationInline,)
    formfield_overrides = SMALL_TEXT

    class Media:
        js = (PROGRESS_SCRIPT,)

    readonly_fields = (
        *("public_id", "state_badge", "arrival", "received_at", "original_name"),
        *("size", "sha256", "left_out"),
    )
    fieldsets = (*KNOWN, ("As it came", {"fields": readonly_fields}))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*self.readonly_fields, "signed")

    @admin.display(description="said by")
    def signed(self, footage: Footage) -> str:
        return signed(footage)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Footage]:
        return super().get_queryset(request).annotate(clip_count=Count("clips"))

    @admin.display(description="state", ordering="state")
    def state_badge(self, footage: Footage) -> SafeString:
        text = footage.get_state_display()
        return badge(footage.state, f"{text}: {footage.reason}" if footage.reason else text)

    @admin.display(description="where")
    def place(self, footage: Footage) -> str:
        return place_of(footage)

    @admin.display(description="received", ordering="received_at")
    def received(self, footage: Footage) -> str:
        return f"{footage.received_at:%Y-%m-%d %H:%M}"

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

    def get_urls(self) -> list[URLPattern]:
        ours = [*self.receive_urls(), *self.find_urls(), *self.original_urls()]
        return [*ours, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponse:
        footage = kwargs.get("obj")
        if footage is not None:
            context |= {
                "facts": _facts(footage),
                "told": dangers.report(footage.metadata),
                "custody": footage.custody.all(),
                "related": related(footage),
                "like": comparing.like(footage),
                "clips": _with_progress(footage.clips.select_related("current_package")),
            }
        return super().render_change_form(request, context, **kwargs)

    def save_model(self, request: HttpRequest, obj: Footage, form: Any, change: bool) -> None:
        if describing.VERIFIES & set(form.changed_data):
            describing.sign_verification(obj, by=request.user.get_username())
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

"""The archive's desk: footage and its custody, clips and their transcripts."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.db.models import Count, QuerySet
from django.forms import Form, Textarea
from django.forms.widgets import Script
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from media import (
    clips,
    consent,
    intake,
    job_list,
    packaging,
    queue,
    redrawing,
    transcribing,
)
from media.core.encode_args import MP4_NAME, POSTER_NAME
from media.core.languages import OWN_NAMES
from media.core.probe import read_probe
from media.desk import NothingDeleted, ReadOnly, page_context, poster, progress_mark, view_of
from media.errors import NewsroomError
from media.forms import ClipForm, UploadForm, WarningForm, spelled
from media.models import Clip, CustodyEvent, Footage, Job, Transcript, Warning
from media.progress import badge, progress_of

admin.site.site_header = "Newsroom"
admin.site.site_title = "Newsroom"
admin.site.index_title = "The desk"
admin.site.register(Job, job_list.JobAdmin)

SMALL_TEXT = {models.TextField: {"widget": Textarea(attrs={"rows": 3, "cols": 60})}}
PROGRESS_SCRIPT = Script("js/admin/progress.js", type="module")
NEEDS_A_PACKAGE = {"in_ms", "out_ms", "poster_ms"}


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
        if "consent" in form.changed_data:
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


@admin.register(CustodyEvent)
class CustodyAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("number", "at", "kind", "footage", "actor")
    list_filter = ("kind",)
    list_select_related = ("footage",)
    search_fields = ("footage__public_id", "actor")
    ordering = ("-number",)


class WarningInline(admin.StackedInline):
    model = Warning
    form = WarningForm
    fields = (("kind", "wording", "language"), ("start_ms", "end_ms"))
    extra = 0


class ClipList(ChangeList):
    """One page of clips, each with its progress, in a number of queries that does not grow."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        states = progress_of(self.result_list)
        for clip in self.result_list:
            clip.progress = states[clip.pk]


@admin.register(Clip)
class ClipAdmin(NothingDeleted, admin.ModelAdmin):
    form = ClipForm
    list_display = ("picture", "name", "state", "is_urgent", "length", "used_in")
    list_display_links = ("picture", "name")
    list_select_related = ("current_package",)
    search_fields = ("title", "public_id", "slug", "caption")
    formfield_overrides = SMALL_TEXT
    inlines = (WarningInline,)
    actions = ("make_again", "stop_work", "withdraw")
    fieldsets = (
        (None, {"fields": ("title", "slug", "caption", "alt", "credit", "is_urgent")}),
        ("Cut", {"fields": ("footage", ("in_ms", "out_ms"), "poster_ms")}),
    )
    add_a_transcript = (
        "Add a transcript",
        {
            "fields": (
                "transcript_file",
                ("transcript_language", "transcript_kind"),
                ("transcript_is_machine_made", "transcript_checked_by"),
                "transcript_approve",
            )
        },
    )

    class Media:
        js = (PROGRESS_SCRIPT,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Clip]:
        return super().get_queryset(request).prefetch_related("articles")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ClipList

    def get_fieldsets(self, request: HttpRequest, obj: Clip | None = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        may_add = obj is not None and self.has_change_permission(request, obj)
        return (*fieldsets, self.add_a_transcript) if may_add else fieldsets

    def get_readonly_fields(self, request: HttpRequest, obj: Clip | None = None) -> tuple[str, ...]:
        """The footage stays what it was, and the address of a clip that readers had."""
        if obj is None:
            return ()
        return ("footage", "slug") if obj.cleared_at is not None else ("footage",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "footage":
            kwargs["queryset"] = Footage.objects.ready()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        return [
            path("progress.json", view_of(self, self.progress_view), name="media_clip_progress"),
            path("withdraw/", view_of(self, self.withdraw_view), name="media_clip_withdraw"),
            *super().get_urls(),
        ]

    @admin.display(description="picture")
    def picture(self, clip: Clip) -> SafeString | str:
        return poster(clip)

    @admin.display(description="title", ordering="title")
    def name(self, clip: Clip) -> str:
        return str(clip)

    @admin.display(description="state")
    def state(self, clip: Clip) -> SafeString:
        return progress_mark(clip, clip.progress)  # type: ignore[attr-defined]

    @admin.display(description="length")
    def length(self, clip: Clip) -> str:
        return spelled(clip.current_package.duration_ms) if clip.current_package else "-"

    @admin.display(description="stands in")
    def used_in(self, clip: Clip) -> SafeString | str:
        stories = clip.articles.all()
        rows = ((reverse("admin:articles_article_change", args=[s.pk]), s) for s in stories)
        return format_html_join(", ", '<a href="{}">{}</a>', rows) or "-"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponse:
        clip = kwargs.get("obj")
        context["languages"] = OWN_NAMES.items()
        context["can_clear"] = self.has_clear_permission(request)
        if clip is not None:
            context |= {
                "mark": progress_mark(clip, progress_of([clip])[clip.pk]),
                "package": clip.current_package,
                "mp4_name": MP4_NAME,
                "poster_name": POSTER_NAME,
                "transcripts": clip.transcripts.live(),
                "used_in": self.used_in(clip),
            }
        return super().render_change_form(request, context, **kwargs)

    def save_model(self, request: HttpRequest, obj: Clip, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        is_cut_anew = NEEDS_A_PACKAGE & set(form.changed_data)
        if not change or is_cut_anew or "_make_package" in request.POST:
            packaging.ask_for_package(obj)
            self.message_user(request, "Its package is being made.", messages.INFO)
        if obj.is_urgent:
            # Saved again, it goes ahead with what was asked for meanwhile.
            queue.hurry_all(Job.objects.of_clips([obj.pk]))

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if form.cleaned_data.get("transcript_file"):
            self._import_transcript(request, form)
        redrawing.ask_for_pictures(form.instance)
        queue.request("refresh_clip", form.instance.pk)

    def _import_transcript(self, request: HttpRequest, form: Any) -> None:
        values = form.cleaned_data
        try:
            transcript = transcribing.import_transcript(
                form.instance,
                values["transcript_file"].read(),
                language=values["transcript_language"],
                kind=values["transcript_kind"],
                approve=values["transcript_approve"],
                origin=Transcript.Origin.MACHINE
                if values["transcript_is_machine_made"]
                else Transcript.Origin.PERSON,
                checked_by=values["transcript_checked_by"],
            )
        except NewsroomError as error:
            self.message_user(request, f"The transcript was not added. {error}", messages.ERROR)
            return
        self.message_user(request, f"The transcript was added: {transcript}.", messages.SUCCESS)
        for remark in transcript.remarks:
            self.message_user(request, remark, messages.WARNING)

    def response_change(self, request: HttpRequest, obj: Clip) -> HttpResponse:
        """Whoever added a transcript sees what became of it."""
        response = super().response_change(request, obj)
        stays = request.FILES or "_make_package" in request.POST
        return HttpResponseRedirect(request.path) if stays else response

    def progress_view(self, request: HttpRequest) -> JsonResponse:
        """How far the clips are that are named by ``?id=``, for progress.js."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        states = progress_of(_asked_for(request))
        return JsonResponse({"clips": {pk: state.as_json() for pk, state in states.items()}})

    def has_clear_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("media.clear_clip")

    @admin.action(description="Make the package again", permissions=["change"])
    def make_again(self, request: HttpRequest, chosen: QuerySet[Clip]) -> None:
        for clip in chosen:
            packaging.ask_for_package(clip)
        self.message_user(request, f"Packages asked for: {len(chosen)}.", messages.SUCCESS)

    @admin.action(description="Stop the work", permissions=["change"])
    def stop_work(self, request: HttpRequest, chosen: QuerySet[Clip]) -> None:
        jobs = Job.objects.of_clips(clip.pk for clip in chosen)
        stopped = queue.cancel_all(jobs, by=request.user.get_username())
        self.message_user(request, f"Jobs stopped: {stopped}.", messages.SUCCESS)

    @admin.action(description="Withdraw…", permissions=["clear"])
    def withdraw(self, request: HttpRequest, chosen: QuerySet[Clip]) -> HttpResponse:
        query = urlencode({"id": [clip.pk for clip in chosen]}, doseq=True)
        return redirect(f"{reverse('admin:media_clip_withdraw')}?{query}")

    def withdraw_view(self, request: HttpRequest) -> HttpResponse:
        """Asks once, then takes the clips named by ``?id=`` away from every reader."""
        if not self.has_clear_permission(request):
            raise PermissionDenied
        chosen = _asked_for(request)
        if request.method == "POST":
            for clip in chosen:
                clips.withdraw_clip(clip, by=request.user.get_username())
            names = ", ".join(str(clip) for clip in chosen)
            self.message_user(request, f"Withdrawn: {names}.", messages.SUCCESS)
            return redirect("admin:media_clip_changelist")
        context = page_context(self, request, clips=chosen, title="Withdraw clips")
        return TemplateResponse(request, "admin/media/clip/withdraw.html", context)


def _asked_for(request: HttpRequest) -> list[Clip]:
    """The clips that the address names."""
    wanted = [int(pk) for pk in request.GET.getlist("id") if pk.isdecimal()]
    return list(Clip.objects.select_related("footage").in_bulk(wanted).values())


@admin.register(Transcript)
class TranscriptAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("clip", "language", "kind", "state", "superseded", "created_at")
    list_filter = ("state", "kind", "language")
    list_select_related = ("clip",)
    fields = (
        *("clip", "language", "kind", "state", "origin", "checked_by"),
        *("superseded", "created_at"),
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
        return [approve, correct, *super().get_urls()]

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
        return super().render_change_form(request, context, **kwargs)

    @method_decorator(require_POST)
    def approve_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.may_approve(request):
            raise PermissionDenied
        transcript = get_object_or_404(Transcript, pk=pk)
        transcribing.approve(transcript)
        self.message_user(request, "Approved: readers may read it.", messages.SUCCESS)
        return redirect("admin:media_transcript_change", pk)

    def correct_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Asks for the right words of one line, and for what was wrong: readers see both."""
        if not self.may_approve(request):
            raise PermissionDenied
        transcript = get_object_or_404(Transcript, pk=pk)
        cue = next(iter(transcript.cues.all()[number - 1 : number]), None) if number else None
        if cue is None:
            raise Http404
        words, reason = request.POST.get("text", cue.text), request.POST.get("reason", "")
        if request.method == "POST":
            try:
                version = transcribing.correct_cue(transcript, number, words, reason=reason)
            except NewsroomError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(request, "Corrected: readers see when and why.", messages.SUCCESS)
                return redirect("admin:media_transcript_change", version.pk)
        context = page_context(self, request, transcript=transcript, title="Correct a line")
        context |= {"at": spelled(cue.start_ms), "words": words, "reason": reason}
        return TemplateResponse(request, "admin/media/transcript/correct.html", context)

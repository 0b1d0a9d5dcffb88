"""Clips at the desk: cut, warned of, made and withdrawn."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from media import listening, packaging, queue, redrawing, transcribing, withdrawing
from media.admin.cutting import CutPages
from media.core.encode_args import MP4_NAME, POSTER_NAME
from media.core.languages import OWN_NAMES
from media.desk import (
    PROGRESS_SCRIPT,
    SMALL_TEXT,
    NothingDeleted,
    page_context,
    poster,
    progress_mark,
    tell_withdrawn,
    view_of,
)
from media.errors import NewsroomError
from media.forms import ClipForm, WarningForm, spelled
from media.models import Clip, Footage, Job, Transcript, Warning
from media.progress import progress_of

NEEDS_A_PACKAGE = {"in_ms", "out_ms", "poster_ms"}


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
class ClipAdmin(CutPages, NothingDeleted, admin.ModelAdmin):
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
        ("Decided", {"fields": ("needs_no_warning", "has_no_speech")}),
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
            *self.cut_urls(),
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
                "transcript_kinds": Transcript.Kind.choices,
                "can_write": request.user.has_perm("media.change_transcript"),
                "why_not_listen": listening.why_not(clip),
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
                by=request.user.get_username(),
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
        reason = request.POST.get("reason", "")
        if request.method == "POST":
            by = request.user.get_username()
            try:
                done = withdrawing.withdraw_clips(chosen, by=by, reason=reason)
            except NewsroomError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                tell_withdrawn(self, request, done)
                return redirect("admin:media_clip_changelist")
        left = withdrawing.left_of_clips(chosen)
        told = {"clips": chosen, "left": left, "reason": reason}
        context = page_context(self, request, **told, title="Withdraw clips")
        return TemplateResponse(request, "admin/media/clip/withdraw.html", context)


def _asked_for(request: HttpRequest) -> list[Clip]:
    """The clips that the address names."""
    wanted = [int(pk) for pk in request.GET.getlist("id") if pk.isdecimal()]
    return list(Clip.objects.select_related("footage").in_bulk(wanted).values())

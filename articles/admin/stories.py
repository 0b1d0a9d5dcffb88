"""Writing: the list of stories, and the form in which one is written."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Count, QuerySet
from django.forms import DateTimeField, Textarea
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from js_asset import Media

from articles import acts, correcting, previewing, views
from articles.admin.comments import CommentPages
from articles.admin.page import person
from articles.admin.pictures import PicturePages
from articles.admin.previews import PreviewPages
from articles.admin.publishing import MOST_ACTS, moment, state_mark
from articles.admin.revisions import RevisionPages
from articles.admin.rights import allowed, may_be_withdrawn, may_write
from articles.admin.taking_up import TakenBylines, TakenEmbeds, TakenRows
from articles.admin.together import TogetherPages
from articles.admin.withdrawing import WithdrawingPages
from articles.admin.workflow import WorkflowPages
from articles.clip_cards import cards, matching
from articles.forms import ArticleForm, EmbedForm, MomentInput
from articles.models import Article, Byline, Correction, Draft, Embed
from media.desk import NamedCells

IN_THE_FORM = "Written in the story's form."
SHORT = Textarea(attrs={"rows": 3, "cols": 60, "dir": "auto"})
# One field for a date with its time: it has one name, and needs no script.
ONE_FIELD = {models.DateTimeField: {"form_class": DateTimeField, "widget": MomentInput}}


class BylineInline(NamedCells, admin.TabularInline):
    model = Byline
    formset = TakenBylines
    extra = 0
    autocomplete_fields = ("author",)


class EmbedInline(admin.StackedInline):
    """What this story says of its clips; which clips they are, its text alone decides."""

    model = Embed
    form = EmbedForm
    formset = TakenEmbeds
    fields = ("clip_link", "title", "caption", "alt", "credit", "of")
    readonly_fields = ("clip_link",)
    can_delete = False
    formfield_overrides = {models.TextField: {"widget": SHORT}}

    def has_add_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Embed]:
        return super().get_queryset(request).select_related("clip")

    @admin.display(description="clip")
    def clip_link(self, embed: Embed) -> SafeString:
        return format_html('<a href="{}">{}</a>', embed.clip.get_admin_url(), embed.clip)


class CorrectionInline(NamedCells, admin.TabularInline):
    """Corrections are added, never taken back or rewritten."""

    model = Correction
    formset = TakenRows
    extra = 0
    formfield_overrides = {models.TextField: {"widget": SHORT}, **ONE_FIELD}
    can_delete = False

    def has_change_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return False


@admin.register(Article)
class ArticleAdmin(
    RevisionPages,
    TogetherPages,
    CommentPages,
    WorkflowPages,
    WithdrawingPages,
    PreviewPages,
    PicturePages,
):
    form = ArticleForm
    list_display = ("headline", "status_badge", "language", "public_from", "clips_placed")
    list_filter = ("status", "language")
    search_fields = ("headline", "slug")
    autocomplete_fields = ("topics", "translation_of")
    inlines = (BylineInline, EmbedInline, CorrectionInline)
    save_on_top = True
    formfield_overrides = ONE_FIELD
    fieldsets = (
        (None, {"fields": ("status_badge", "headline", "slug", "standfirst", "body")}),
        ("Where it belongs", {"fields": ("section", "topics", "language", "translation_of")}),
        ("When", {"fields": ("embargo_until",)}),
    )

    # What is drawn from a request -------------------------------------------------------------

    def get_inlines(self, request: HttpRequest, obj: Article | None = None) -> list[type]:
        """A new story has no clips yet of which something could be said."""
        return [inline for inline in self.inlines if obj is not None or inline is not EmbedInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Article]:
        return Article.objects.with_state().annotate(clip_count=Count("embeds"))

    @admin.display(description="status", ordering="status")
    def status_badge(self, article: Article) -> SafeString:
        return state_mark(article, getattr(article, "state_word", ""))

    @admin.display(description="public from", ordering="published_at")
    def public_from(self, article: Article) -> str:
        return moment(article.goes_out_at)

    @admin.display(description="clips", ordering="clip_count")
    def clips_placed(self, article: Article) -> int:
        return article.clip_count  # type: ignore[attr-defined]

    def view_on_site(self, article: Article) -> str | None:
        return article.get_absolute_url() if article.is_public else None

    def has_change_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        return super().has_change_permission(request, obj) and may_write(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Article | None = None) -> bool:
        """What readers have seen is withdrawn, with a reason, and not deleted."""
        is_draft = obj is None or obj.status == Article.Status.DRAFT
        return is_draft and super().has_delete_permission(request, obj)

    def get_readonly_fields(
        self, request: HttpRequest, obj: Article | None = None
    ) -> tuple[str, ...]:
        """An address that readers may have kept does not change any more."""
        is_draft = obj is None or obj.status == Article.Status.DRAFT
        kept = () if is_draft else ("slug",)
        timed = () if allowed(request)["can_time"] else ("embargo_until",)
        return ("status_badge", *kept, *timed)

    def get_prepopulated_fields(
        self, request: HttpRequest, obj: Article | None = None
    ) -> dict[str, tuple[str, ...]]:
        return {} if "slug" in self.get_readonly_fields(request, obj) else {"slug": ("headline",)}

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponse:
        # The import map of the editor is a script in the page: only the nonce lets it run.
        nonce = str(request.csp_nonce)  # type: ignore[attr-defined]
        context["media"] = Media.from_media(context["media"], nonce=nonce)
        context["languages"] = ArticleForm.languages
        if request.user.has_perm("media.add_footage"):
            body = context["adminform"].form.fields.get("body")
            if body is not None:
                body.widget.attrs["data-upload-url"] = reverse("admin:media_footage_add")
        context |= allowed(request)
        story = kwargs.get("obj")
        context["can_withdraw"] &= may_be_withdrawn(story)
        context["acts"] = story.acts.all()[:MOST_ACTS] if story else ()
        return super().render_change_form(request, context, **kwargs)

    # Saving -----------------------------------------------------------------------------------

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        added = [one for formset in formsets for one in formset.new_objects]
        corrections = [one for one in added if isinstance(one, Correction)]
        correcting.written(corrections, by=person(request))
        if "embargo_until" in form.changed_data:
            acts.record_times(form.instance, by=person(request), reason=IN_THE_FORM)

    def response_add(
        self, request: HttpRequest, obj: Article, post_url_continue: str | None = None
    ) -> HttpResponse:
        response = super().response_add(request, obj, post_url_continue)
        return self._to_publishing(request, obj) or response

    def response_change(self, request: HttpRequest, obj: Article) -> HttpResponse:
        return self._to_publishing(request, obj) or super().response_change(request, obj)

    def _to_publishing(self, request: HttpRequest, article: Article) -> HttpResponse | None:
        if "_publish" not in request.POST:
            return None
        return redirect("admin:articles_article_publish", article.pk)

    # Pages of our own -------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("clips.json", view(self.clips_view), name="articles_article_clips"),
            path("<int:pk>/preview/", view(self.preview_view), name="articles_article_preview"),
            *self.publishing_urls(),
            *self.picture_urls(),
            *self.preview_urls(),
            *self.revision_urls(),
            *self.together_urls(),
            *self.comment_urls(),
            *self.workflow_urls(),
            *self.withdrawing_urls(),
            *super().get_urls(),
        ]

    def clips_view(self, request: HttpRequest) -> JsonResponse:
        """Clips for the picker: those that hold every word of ``?q=``, the newest first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return JsonResponse({"clips": cards(matching(request.GET.get("q", "")))})

    def preview_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The story as readers will see it."""
        article = self._as_written(request, self.story(request, pk))
        return views.preview_story(request, article)

    def _as_written(self, request: HttpRequest, article: Article) -> Article:
        """The story with the words that stand in an open page, where ``?tab=`` names one."""
        tab = request.GET.get("tab", "")
        draft = Draft.objects.of(person(request), article).in_page(tab).first() if tab else None
        return previewing.with_words(article, draft.snapshot) if draft else article

"""Working together: the form begins from a revision, and what is behind it is merged, not lost."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_POST

from articles import drafting, keeping, merging, presence, writing
from articles.admin.page import StoryPages, person
from articles.admin.taking_up import byline_rows, clip_rows, correction_rows, form_with
from articles.core.compare import part_rows
from articles.core.merge import Outcome
from articles.models import Article, Byline, Correction, Draft, Embed
from media.errors import NewsroomError

TAB = "tab"
DRAFT = "draft"
# On the request: the revision that its page shows, and what it has saved.
BEGAN_FROM = "began_from"
SAVED_STORY = "saved_story"
# In the session: the pages whose words were saved lately.
SAVED = "saved_tabs"
MOST_SAVED = 20
WHOSE = {
    Outcome.THEIRS: "theirs",
    Outcome.YOURS: "yours",
    Outcome.BOTH: "both",
    Outcome.MIXED: "both, put together",
}


class TogetherPages(StoryPages):
    """What the form of a story has, so that two people and two pages never lose a word."""

    def together_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        name = "articles_article"
        return [
            path("keep/", view(require_POST(self.keep_view)), name=f"{name}_keep_new"),
            path("<int:pk>/keep/", view(require_POST(self.keep_view)), name=f"{name}_keep"),
            path(
                "<int:pk>/present/", view(require_POST(self.present_view)), name=f"{name}_present"
            ),
            path("drafts/<int:pk>/", view(self.draft_view), name=f"{name}_draft"),
            path("drafts/<int:pk>/merge/", view(self.merge_view), name=f"{name}_merge"),
        ]

    # The form ---------------------------------------------------------------------------------

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method != "POST":
            return super().changeform_view(request, object_id, form_url, extra_context)
        # The story is held from the question whether the form is stale to the end of the save.
        with transaction.atomic():
            aside = self._set_aside(request, unquote(object_id)) if object_id else None
            if aside is not None:
                return aside
            response = super().changeform_view(request, object_id, form_url, extra_context)
        self._refresh(request)
        return response

    def _refresh(self, request: HttpRequest) -> None:
        """After the save, and not in its transaction: who places pages may wait for that."""
        article: Article | None = getattr(request, SAVED_STORY, None)
        if article is None:
            return
        try:
            writing.refresh(article)
        except NewsroomError as error:
            text = f"It was saved, but readers still see the text of before: {error}"
            self.message_user(request, text, messages.ERROR)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Article | None:
        """The story, as it is after its revision was asked for: what is saved in between is met as
        somebody else's, and never taken for what this person has seen.
        """
        article = super().get_object(request, object_id, from_field)
        if article is None:
            return None
        setattr(request, BEGAN_FROM, keeping.number_of(article))
        return super().get_object(request, object_id, from_field)

    def _set_aside(self, request: HttpRequest, object_id: str) -> HttpResponse | None:
        """Where a form leads that began from an older revision; nothing of it is lost."""
        article = self.get_object(request, object_id)
        if article is None or not self.has_change_permission(request, article):
            return None
        article = keeping.hold(article.pk)
        form = _fields(request)
        if not keeping.is_stale(article, drafting.began_from(form, article)):
            return None
        draft = drafting.keep_words(person(request), article, form, _tab(request))
        if draft is None:
            text = "You had changed nothing: this is the story as somebody else saved it meanwhile."
            self.message_user(request, text, messages.WARNING)
            return redirect("admin:articles_article_change", article.pk)
        return redirect("admin:articles_article_merge", draft.pk)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], **kwargs: Any
    ) -> HttpResponse:
        article: Article | None = kwargs.get("obj")
        if self._may_write(request, article):
            context["desk"] = self._desk(request, article)
        return super().render_change_form(request, context, **kwargs)

    def _may_write(self, request: HttpRequest, article: Article | None) -> bool:
        if article is None:
            return self.has_add_permission(request)
        return self.has_change_permission(request, article)

    def _desk(self, request: HttpRequest, article: Article | None) -> dict[str, object]:
        """What the page's scripts and its panel of words left behind need."""
        taken = self._taken(request, article)
        drafts = drafting.offered(person(request), article)
        posted = request.POST
        seen = taken.began_from if taken else getattr(request, BEGAN_FROM, 0)
        name = "admin:articles_article"
        keep = (
            reverse(f"{name}_keep", args=[article.pk]) if article else reverse(f"{name}_keep_new")
        )
        tab = posted.get(TAB) or (taken.tab if taken else uuid.uuid4().hex)
        return {
            "tab": tab,
            "began_from": posted.get("began_from") or seen,
            "drafts": [draft for draft in drafts if draft.tab != tab],
            "taken": taken,
            "tasks": article.assignments.open().for_person(person(request)) if article else (),
            "open_comments": article.comments.threads().open().count() if article else 0,
            "story": article,
            "keep_url": keep,
            "present_url": reverse(f"{name}_present", args=[article.pk]) if article else "",
            "saved": " ".join(request.session.get(SAVED, [])),
            "place": f"{person(request).pk}:{article.pk if article else 'new'}",
        }

    def _taken(self, request: HttpRequest, article: Article | None) -> Draft | None:
        """The words that are taken up with ``?draft=``."""
        wanted = request.GET.get(DRAFT, "")
        if request.method != "GET" or not wanted.isdecimal():
            return None
        offered = drafting.offered(person(request), article)
        return next((draft for draft in offered if draft.pk == int(wanted)), None)

    def get_form(
        self, request: HttpRequest, obj: Article | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        taken = self._taken(request, obj)
        return form_with(form, taken.snapshot) if taken else form

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Article, inline: Any, prefix: str
    ) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        taken = self._taken(request, obj if obj.pk else None)
        if taken is None:
            return kwargs
        words = taken.snapshot
        if inline.model is Byline:
            known = set(obj.bylines.values_list("author", flat=True)) if obj.pk else set()
            rows, added = byline_rows(words, known)
            kwargs |= {"taken": rows, "initial": added}
        elif inline.model is Embed:
            kwargs |= {"taken": clip_rows(words)}
        elif inline.model is Correction:
            told = set(obj.corrections.values_list("text", flat=True)) if obj.pk else set()
            kwargs |= {"initial": correction_rows(words, told)}
        return kwargs

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        writing.settle(form.instance, by=person(request))
        setattr(request, SAVED_STORY, form.instance)
        drafting.forget(person(request), _tab(request))
        # The browser forgets what it kept of this page when it is told so.
        saved = [*request.session.get(SAVED, []), _tab(request)]
        request.session[SAVED] = saved[-MOST_SAVED:]

    # Doors for the page's scripts ---------------------------------------------------------------

    def keep_view(self, request: HttpRequest, pk: int | None = None) -> JsonResponse:
        """Keep what stands in an open page."""
        article = get_object_or_404(Article, pk=pk) if pk is not None else None
        if not self._may_write(request, article):
            raise PermissionDenied
        draft = drafting.keep_words(person(request), article, _fields(request), _tab(request))
        return JsonResponse({"kept_at": timezone.now().isoformat(), "is_kept": draft is not None})

    def present_view(self, request: HttpRequest, pk: int) -> JsonResponse:
        """Who else has this story open; ``leave`` says that the page was closed."""
        article = self.story(request, pk)
        if "leave" in request.POST:
            presence.leave(person(request), _tab(request))
            return JsonResponse({})
        around = presence.look_in(
            article,
            person(request),
            tab=_tab(request),
            began_from=drafting.began_from(_fields(request), article),
            is_writing=request.POST.get("writing") == "1",
        )
        return JsonResponse(_as_json(around))

    # Words that were not saved ------------------------------------------------------------------

    def draft_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take up what was not saved, or throw it away."""
        draft = self._draft(request, pk)
        if request.method == "POST" and "throw" in request.POST:
            drafting.forget(person(request), draft.tab)
            self.message_user(request, "The words that were not saved are thrown away.")
            return _to_form(draft.article)
        if draft.article and keeping.is_stale(draft.article, draft.began_from):
            return redirect("admin:articles_article_merge", draft.pk)
        return _to_form(draft.article, draft)

    def merge_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What somebody wrote beside what the story is now; they put it together."""
        draft = self._draft(request, pk)
        article = draft.article
        if article is None:
            return _to_form(None, draft)
        error = ""
        if request.method == "POST":
            try:
                return self._put_together(request, draft)
            except NewsroomError as refused:
                error = str(refused)
        merge = merging.merge_of(draft)
        newest = keeping.revision(article, keeping.number_of(article))
        names = {clip.id: clip.name for clip in (*merge.theirs.clips, *merge.yours.clips)}
        return self.page(
            request,
            "merge",
            article,
            title="Put together",
            error=error,
            draft=draft,
            newest=newest,
            conflicts=len(merge.conflicts),
            parts=[
                {
                    "part": part,
                    "whose": WHOSE.get(part.outcome, ""),
                    "chosen": request.POST.get(part.key, ""),
                    "before": part_rows(part, part.before, part.before, names),
                    "theirs": part_rows(part, part.before, part.theirs, names),
                    "yours": part_rows(part, part.before, part.yours, names),
                    "result": part_rows(part, part.before, part.chosen(), names),
                }
                for part in merge.parts
                if part.outcome != Outcome.SAME
            ],
        )

    def _put_together(self, request: HttpRequest, draft: Draft) -> HttpResponse:
        began_from = request.POST.get("began_from", "")
        choices = {key: value for key, value in request.POST.items() if isinstance(value, str)}
        if "take" in request.POST:
            merging.take_together(draft, choices)
            return _to_form(draft.article, draft)
        number = int(began_from) if began_from.isdecimal() else keeping.FIRST
        merging.put_together(draft, choices, by=person(request), began_from=number)
        self.message_user(request, "Both are saved, put together.", messages.SUCCESS)
        return _to_form(draft.article)

    def _draft(self, request: HttpRequest, pk: int) -> Draft:
        """What this person wrote; nobody else's."""
        mine = Draft.objects.select_related("article")
        draft = get_object_or_404(mine, pk=pk, person=person(request))
        if not self._may_write(request, draft.article):
            raise PermissionDenied
        return draft


def _fields(request: HttpRequest) -> dict[str, list[str]]:
    return {name: [str(value) for value in values] for name, values in request.POST.lists()}


def _tab(request: HttpRequest) -> str:
    """The page that speaks, by a name that it got when it was opened."""
    return request.POST.get(TAB, "")[:36] or "page"


def _to_form(article: Article | None, draft: Draft | None = None) -> HttpResponseRedirect:
    url = (
        reverse("admin:articles_article_change", args=[article.pk])
        if article
        else reverse("admin:articles_article_add")
    )
    return redirect(f"{url}?{DRAFT}={draft.pk}" if draft else url)


def _as_json(around: presence.Around) -> dict[str, object]:
    saved = around.saved
    return {
        "others": [
            {"name": one.name, "since": _time(one.since), "writing": one.is_writing}
            for one in around.others
        ],
        "elsewhere": around.is_elsewhere,
        "saved": {"by": str(saved.by or "a command"), "at": _time(saved.at)} if saved else None,
    }


def _time(at: Any) -> str:
    return f"{date_format(at, 'H:i')} UTC"

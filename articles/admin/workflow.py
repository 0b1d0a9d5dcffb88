"""Workflow: the doors of a story's own page, each for one act."""

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from articles import clearance, link_checks, publishing, workflow
from articles.admin.page import person
from articles.admin.publishing import PublishingPages
from articles.admin.rights import require
from articles.core.states import STEPS
from articles.forms import AnswerForm, StepForm, TimesForm
from articles.models import Article
from media import looking
from media.errors import NewsroomError
from media.forms import spelled

DONE = {
    "submit": "Submitted: whoever approves stories sees that it waits.",
    "approve": "Approved.",
    "send_back": "Sent back: it is a draft again, with your reason on its record.",
}


class WorkflowPages(PublishingPages):
    """What is done to a story on the page of its clearance, but publishing it."""

    def workflow_urls(self) -> list[URLPattern]:
        doors: dict[str, tuple[Callable[..., HttpResponse], str]] = {
            "step/<slug:step>/": (self.step_view, "step"),
            "answer/": (self.answer_view, "answer"),
            "times/": (self.times_view, "times"),
            "links/": (self.links_view, "links"),
            "look/<int:clip_pk>/": (self.look_view, "look"),
        }
        return [
            path(f"<int:pk>/{door}", self.admin_site.admin_view(view), name=f"articles_article_{n}")
            for door, (view, n) in doors.items()
        ]

    @method_decorator(require_POST)
    def step_view(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """Submit, approve, send back."""
        taken = STEPS.get(step)
        if taken is None:
            raise Http404
        require(request, taken.permission)
        form = StepForm(request.POST)

        def act(article: Article) -> object:
            reason = form.cleaned_data["reason"]
            return workflow.take(taken, article, by=person(request), reason=reason)

        return self._done(request, pk, "step_form", form, act, DONE[step])

    @method_decorator(require_POST)
    def answer_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer for red checks, with a reason."""
        require(request, "articles.answer_article")
        open_now = [
            check.key for check in clearance.checks(self.story(request, pk)) if check.is_open
        ]
        form = AnswerForm(request.POST, keys=open_now)

        def act(article: Article) -> object:
            keys, reason = form.cleaned_data["checks"], form.cleaned_data["reason"]
            return clearance.answer(article, keys, by=person(request), reason=reason)

        return self._done(request, pk, "answer_form", form, act, "Your reason is on the record.")

    @method_decorator(require_POST)
    def times_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Set and lift embargo and expiry."""
        require(request, "articles.time_article")
        form = TimesForm(request.POST)

        def act(article: Article) -> object:
            times = {name: form.cleaned_data[name] for name in ("embargo_until", "expires_at")}
            reason = form.cleaned_data["why"]
            return publishing.set_times(article, **times, by=person(request), reason=reason)

        return self._done(request, pk, "times_form", form, act, "The times are set.")

    @method_decorator(require_POST)
    def links_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Look whether the story's links to elsewhere are alive; nothing does so by itself."""
        article = self.story(request, pk)
        if not self.has_change_permission(request, article):
            require(request, "articles.answer_article")
        found = link_checks.check_links(article, by=person(request))
        self.message_user(request, f"Links looked at: {len(found)}.", messages.SUCCESS)
        return self._back(pk)

    def look_view(self, request: HttpRequest, pk: int, clip_pk: int) -> HttpResponse:
        """A clip with its redactions, and a button for who has looked at them."""
        article = self.story(request, pk)
        require(request, "media.clear_clip")
        clip = get_object_or_404(article.clips, pk=clip_pk)
        if request.method == "POST":
            try:
                looking.look(clip, by=person(request))
            except NewsroomError as error:
                self.message_user(request, str(error), messages.ERROR)
            else:
                self.message_user(request, "Your look is written down.", messages.SUCCESS)
                return self._back(pk)
        hidden = [(spelled(r.start_ms), spelled(r.end_ms), r) for r in clip.redactions.all()]
        title = "Look at redactions"
        return self.page(request, "look", article, clip=clip, redactions=hidden, title=title)

    def _done(
        self,
        request: HttpRequest,
        pk: int,
        name: str,
        form: Form,
        act: Callable[[Article], object],
        said: str,
    ) -> HttpResponse:
        """Act if the form is whole; else show the page again with all that was written."""
        article = self.story(request, pk)
        if form.is_valid():
            try:
                act(article)
            except NewsroomError as error:
                form.add_error(None, str(error))
            else:
                self.message_user(request, said, messages.SUCCESS)
                return self._back(pk)
        article.refresh_from_db()
        return self.story_page(request, article, **{name: form})

    def _back(self, pk: int) -> HttpResponse:
        return redirect(reverse("admin:articles_article_publish", args=[pk]))

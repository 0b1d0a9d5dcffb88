"""Publishing: the page on which a story is cleared and published."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles import clearance, publishing
from articles.admin import rights
from articles.admin.page import StoryPages, person
from articles.admin.rights import require
from articles.clearance import Check
from articles.clearance.links import LINKS
from articles.forms import AnswerForm, PublishForm, StepForm, TimesForm
from articles.models import Article
from media.errors import NewsroomError
from media.progress import badge

MOST_ACTS = 60


class PublishingPages(StoryPages):
    """What the desk of stories has beside its list and its form."""

    def publishing_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.publish_view)
        return [path("<int:pk>/publish/", view, name="articles_article_publish")]

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The clearance, the record, and one button that works only when all of it is green."""
        article = self.story(request, pk)
        if request.method != "POST":
            return self.story_page(request, article)
        require(request, "articles.publish_article")
        form = PublishForm(request.POST)
        if form.is_valid():
            done = self._publish(request, article, form)
            if done is not None:
                return done
        return self.story_page(request, article, form=form)

    def _publish(self, request: HttpRequest, article: Article, form: Form) -> HttpResponse | None:
        at: datetime | None = form.cleaned_data["at"]
        try:
            article = publishing.publish(article, by=person(request), at=at)
        except NewsroomError as error:
            form.add_error(None, str(error))
            return None
        self.message_user(request, _published(article), messages.SUCCESS)
        return to_story(article)

    def story_page(self, request: HttpRequest, article: Article, **forms: Form) -> HttpResponse:
        """All that stands between a story and its public; forms that were refused show why."""
        found = clearance.checks(article)
        times = {"embargo_until": article.embargo_until, "expires_at": article.expires_at}
        drawn: dict[str, Any] = {
            "form": PublishForm(),
            "step_form": StepForm(),
            "answer_form": AnswerForm(keys=()),
            "times_form": TimesForm(initial=times),
            **forms,
        }
        return self.page(
            request,
            "publish",
            article,
            title="Clearance",
            mark=state_mark(article),
            steps=rights.open_steps(request, article),
            needs_approval=rights.needs_approval(request, article),
            is_clear=not any(check.stops for check in found),
            has_links=any(check.key == LINKS for check in found),
            acts=article.acts.all()[:MOST_ACTS],
            **rights.allowed(request),
            **_sorted(found),
            **drawn,
        )


def moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at is not None else "-"


def to_story(article: Article) -> HttpResponseRedirect:
    return redirect("admin:articles_article_change", article.pk)


def state_mark(article: Article, word: str = "") -> SafeString:
    """Where a story is, as a badge; ``word`` is its state where that is known already."""
    word = word or article.state
    text = str(Article.State(word).label)
    if word in (Article.State.SCHEDULED, Article.State.EMBARGOED) and article.goes_out_at:
        text = f"{text}, goes out {moment(article.goes_out_at)}"
    if word == Article.State.WITHDRAWN:
        text = f"{text}: {article.withdrawn_reason}"
    if article.held_reason:
        return badge("held", f"{text}, held back")
    return badge(word, text)


def _published(article: Article) -> str:
    if article.status == Article.Status.SCHEDULED:
        return f"Scheduled: readers see it from {moment(article.goes_out_at)}."
    return format_html('Published: <a href="{}">see it</a>.', article.get_absolute_url())


def _sorted(found: list[Check]) -> dict[str, list[Check]]:
    """The checks as the page shows them: what stops, what somebody answered for, what is well."""
    return {
        "checks": found,
        "red": [check for check in found if check.stops],
        "answered": [check for check in found if check.answer is not None],
        "green": [check for check in found if check.is_green],
    }

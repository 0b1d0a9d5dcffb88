"""Publishing: the pages on which a story is cleared, published and withdrawn."""

from datetime import datetime

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.html import format_html

from articles import clearance, publishing
from articles.forms import PublishForm, WithdrawForm
from articles.models import Article
from media.errors import NewsroomError


class PublishingPages(admin.ModelAdmin):
    """What the desk of stories has beside its list and its form."""

    def publishing_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/publish/", view(self.publish_view), name="articles_article_publish"),
            path("<int:pk>/withdraw/", view(self.withdraw_view), name="articles_article_withdraw"),
        ]

    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The clearance, and one button that works only when all of it is green."""
        _require(request, "articles.publish_article")
        article = get_object_or_404(Article, pk=pk)
        form = PublishForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            done = self._publish(request, article, form)
            if done is not None:
                return done
        found = clearance.checks(article)
        return self._page(
            request,
            "publish",
            article,
            form=form,
            checks=found,
            is_clear=all(check.is_green for check in found),
        )

    def _publish(self, request: HttpRequest, article: Article, form: Form) -> HttpResponse | None:
        at: datetime | None = form.cleaned_data["at"]
        try:
            article = publishing.publish(article, by=request.user, at=at)  # type: ignore[arg-type]
        except NewsroomError as error:
            form.add_error(None, str(error))
            return None
        self.message_user(request, _published(article), messages.SUCCESS)
        return _to(article)

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks for the reason, then takes the story back."""
        _require(request, "articles.withdraw_article")
        article = get_object_or_404(Article, pk=pk)
        form = WithdrawForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                publishing.withdraw(article, by=request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
            except NewsroomError as error:
                form.add_error(None, str(error))
            else:
                text = "Withdrawn: its address now says so, and its clips' files are gone."
                self.message_user(request, text, messages.SUCCESS)
                return _to(article)
        return self._page(request, "withdraw", article, form=form)

    def _page(
        self, request: HttpRequest, name: str, article: Article, **context: object
    ) -> HttpResponse:
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": article,
            "title": name.capitalize(),
            "subtitle": article.headline,
        }
        return TemplateResponse(request, f"admin/articles/article/{name}.html", context)


def _require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at is not None else "-"


def may_be_withdrawn(article: Article | None) -> bool:
    return article is not None and article.status in (
        Article.Status.SCHEDULED,
        Article.Status.PUBLISHED,
    )


def _to(article: Article) -> HttpResponseRedirect:
    return redirect("admin:articles_article_change", article.pk)


def _published(article: Article) -> str:
    if article.status == Article.Status.SCHEDULED:
        return f"Scheduled: readers see it from {moment(article.published_at)}."
    return format_html('Published: <a href="{}">see it</a>.', article.get_absolute_url())

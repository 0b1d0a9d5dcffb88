"""The frame of the pages that the desk of stories has beside its list and its form."""

from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils.functional import SimpleLazyObject

from articles.models import Article
from media.desk import page_context


class StoryPages(admin.ModelAdmin):
    def story(self, request: HttpRequest, pk: int) -> Article:
        """Raises Http404, or PermissionDenied for who may not look at stories."""
        article = get_object_or_404(Article, pk=pk)
        if not self.has_view_permission(request, article):
            raise PermissionDenied
        return article

    def page(
        self,
        request: HttpRequest,
        name: str,
        article: Article | None,
        title: str,
        **context: object,
    ) -> HttpResponse:
        """A page of our own about one story, or about none."""
        context |= {"original": article, "title": title}
        if article is not None:
            context["subtitle"] = article.headline
        whole = page_context(self, request, **context)
        return TemplateResponse(request, f"admin/articles/article/{name}.html", whole)


def for_you(request: HttpRequest) -> dict[str, object]:
    """For every page of the admin: how many notices wait; asked only where it is shown."""
    return {"notices_waiting": SimpleLazyObject(lambda: person(request).notices.unread().count())}


def person(request: HttpRequest) -> User:
    """Who is signed in: nobody else comes to these pages."""
    assert isinstance(request.user, User)
    return request.user

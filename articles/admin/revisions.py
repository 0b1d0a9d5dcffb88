"""Revisions: every save of a story, two of them side by side, and one brought back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from articles import keeping, merging
from articles.admin.page import StoryPages, person
from articles.core.compare import compare
from articles.models import Article, Revision
from media.errors import NewsroomError

PAGE = 30


class RevisionPages(StoryPages):
    def revision_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        start, name = "<int:pk>/revisions/", "articles_article"
        return [
            path(start, view(self.revisions_view), name=f"{name}_revisions"),
            path(f"{start}compare/", view(self.compare_view), name=f"{name}_compare"),
            path(f"{start}<int:number>/", view(self.revision_view), name=f"{name}_revision"),
            path(
                f"{start}<int:number>/restore/",
                view(require_POST(self.restore_view)),
                name=f"{name}_restore",
            ),
        ]

    def revisions_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All saves, the newest first, a page at a time."""
        article = self.story(request, pk)
        found = article.revisions.newest_first().without_words()
        kind = request.GET.get("only", "")
        if kind == "public":
            found = found.ever_public()
        rows = Paginator(found, PAGE).get_page(request.GET.get("page"))
        return self.page(request, "revisions", article, title="Revisions", rows=rows, only=kind)

    def revision_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """One revision, as it was."""
        article = self.story(request, pk)
        shown = self._revision(article, number)
        newest = keeping.number_of(article)
        return self.page(
            request,
            "revision",
            article,
            title=f"Revision {number}",
            revision=shown,
            newest=newest,
            sections=compare(shown.snapshot, shown.snapshot),
            can_restore=number != newest and self.has_change_permission(request, article),
        )

    def compare_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Two revisions, the older one first; without a choice the newest and the one before."""
        article = self.story(request, pk)
        newest = keeping.number_of(article)
        chosen = [int(one) for one in request.GET.getlist("of") if one.isdecimal()][:2]
        low, high = sorted(chosen) if len(chosen) == 2 else (max(1, newest - 1), newest)
        before, after = self._revision(article, low), self._revision(article, high)
        return self.page(
            request,
            "compare",
            article,
            title=f"Revisions {low} and {high}",
            before=before,
            after=after,
            newest=newest,
            sections=compare(before.snapshot, after.snapshot),
            can_restore=low != newest and self.has_change_permission(request, article),
        )

    def restore_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """Save an older revision's words as a new revision."""
        article = self.story(request, pk)
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        began_from = request.POST.get("began_from", "")
        try:
            merging.restore(
                article,
                number,
                by=person(request),
                began_from=int(began_from) if began_from.isdecimal() else keeping.FIRST,
            )
        except NewsroomError as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect("admin:articles_article_revisions", article.pk)
        text = f"The words of revision {number} are back, as a new revision."
        self.message_user(request, text, messages.SUCCESS)
        return redirect("admin:articles_article_change", article.pk)

    def _revision(self, article: Article, number: int) -> Revision:
        try:
            return keeping.revision(article, number)
        except keeping.NoSuchRevision as error:
            raise Http404(str(error)) from error

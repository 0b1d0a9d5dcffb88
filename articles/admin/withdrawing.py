"""Withdrawing: one button with one confirmation, for a story and for all of one source."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse

from articles import withdrawing
from articles.admin.page import person
from articles.admin.publishing import PublishingPages
from articles.admin.rights import require
from articles.forms import SourceForm, WithdrawForm
from articles.models import Article
from media.desk import tell_withdrawn
from media.errors import NewsroomError
from media.models import Clip


class WithdrawingPages(PublishingPages):
    def withdrawing_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("source/", view(self.source_view), name="articles_article_source"),
            path("<int:pk>/withdraw/", view(self.withdraw_view), name="articles_article_withdraw"),
        ]

    def withdraw_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks for the reason, then takes the story back."""
        require(request, "articles.withdraw_article")
        article = get_object_or_404(Article, pk=pk)
        form = WithdrawForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            reason = form.cleaned_data["reason"]
            try:
                gone = withdrawing.withdraw_story(article, by=person(request), reason=reason)
            except NewsroomError as error:
                form.add_error(None, str(error))
            else:
                self.message_user(request, gone.sentence, messages.SUCCESS)
                return redirect(f"{reverse('admin:articles_article_publish', args=[pk])}#record")
        left = withdrawing.cannot_be_recalled([article], list(article.clips.all()))
        return self.page(request, "withdraw", article, "Withdraw", form=form, left=left)

    def source_view(self, request: HttpRequest) -> HttpResponse:
        """Asks once, then takes everything of the source ``?alias=`` away."""
        require(request, "media.clear_clip")
        alias = request.GET.get("alias", "")
        clips = list(Clip.objects.from_source(alias))
        stories = Article.objects.resting_on(clips) if self._may_withdraw(request) else []
        form = SourceForm(request.POST or None, stories=stories)
        if request.method == "POST" and form.is_valid():
            try:
                done = withdrawing.withdraw_source(
                    alias,
                    stories=form.cleaned_data["stories"],
                    by=person(request),
                    reason=form.cleaned_data["reason"],
                )
            except NewsroomError as error:
                form.add_error(None, str(error))
            else:
                for gone in done:
                    tell_withdrawn(self, request, gone)
                return redirect("admin:media_footage_changelist")
        left = withdrawing.cannot_be_recalled(stories, clips)
        told = {"form": form, "left": left, "alias": alias, "clips": clips, "stories": stories}
        return self.page(request, "source", None, "Withdraw a source", **told)

    def _may_withdraw(self, request: HttpRequest) -> bool:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return request.user.has_perm("articles.withdraw_article")

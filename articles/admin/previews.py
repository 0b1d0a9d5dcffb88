"""Previews for people without an account: the page on which links are made and taken back."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path

from articles import previewing
from articles.admin.page import StoryPages, person
from articles.models import Article, PreviewLink


class PreviewForm(forms.Form):
    recipient = forms.CharField(
        label="For whom",
        max_length=80,
        help_text="The name lies across the whole page, so that nobody passes it on unnoticed.",
        error_messages={"required": "A preview is made for somebody: write the person's name."},
    )
    days = forms.IntegerField(
        label="For how many days",
        min_value=1,
        max_value=previewing.LONGEST_DAYS,
        initial=2,
        widget=forms.NumberInput(attrs={"class": "vSmallField"}),
    )


class PreviewPages(StoryPages):
    """What the desk of stories has for those who are to see a story before its readers."""

    def preview_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        name = "articles_article_previews"
        return [path("<int:pk>/previews/", view(self.previews_view), name=name)]

    def previews_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Makes a link for one person, lists those that were made, and takes them back."""
        article = get_object_or_404(Article, pk=pk)
        if not self.has_change_permission(request, article):
            raise PermissionDenied
        if "revoke" in request.POST:
            return self._revoke(request, article)
        form = PreviewForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                previewing.make_link(article, by=person(request), **form.cleaned_data)
            except previewing.NoPreview as error:
                form.add_error(None, str(error))
            else:
                text = "The link is below: send it to that person alone."
                self.message_user(request, text, messages.SUCCESS)
                return redirect(request.path)
        return self._page_of_previews(request, article, form)

    def _revoke(self, request: HttpRequest, article: Article) -> HttpResponse:
        links = PreviewLink.objects.of_story(article)
        link = get_object_or_404(links, public_id=request.POST["revoke"])
        previewing.revoke(link)
        text = f"Taken back: the link for {link.recipient} shows nothing any more."
        self.message_user(request, text, messages.SUCCESS)
        return redirect(request.path)

    def _page_of_previews(
        self, request: HttpRequest, article: Article, form: PreviewForm
    ) -> HttpResponse:
        links = [
            {"link": link, "address": previewing.address_of(link), "visits": link.visits.all()}
            for link in PreviewLink.objects.of_story(article)
        ]
        return self.page(request, "previews", article, "Preview links", form=form, links=links)

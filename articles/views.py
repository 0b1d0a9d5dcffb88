"""Answers computed at the moment of asking: a clip at its second, previews, and what is not there.

Published pages are files that the front server answers. When a request for one comes here, the
file is not in `public`: then the story was withdrawn (410) or is nothing that a reader may know of
(404). A server without the front in it answers the file from here.
"""

import mimetypes

from csp.decorators import csp_replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from articles import oembed as provider
from articles import pages
from articles.models import Article
from articles.reading import read_story
from media import stores

LATEST_START_S = 24 * 60 * 60


@require_safe
def placed(request: HttpRequest, name: str, **parts: str | int) -> HttpResponse:
    """A file of `public`, or 404; what stands in braces in its name comes from the address."""
    content = stores.read_public(name.format(**parts))
    if content is None:
        raise Http404
    kind = mimetypes.guess_type(name)[0] or "application/xml"
    return HttpResponse(content, content_type=f"{kind}; charset=utf-8")


@require_safe
def story_file(request: HttpRequest, slug: str, ending: str) -> HttpResponse:
    """A file of data that lies beside the story's folder."""
    return _answer(request, slug, f"stories/{slug}{ending}")


@xframe_options_exempt
@csp_replace({"frame-ancestors": None})  # type: ignore[arg-type]
@require_safe
def embed(request: HttpRequest, clip_id: str) -> HttpResponse:
    """The player of a clip, for anybody's page."""
    if provider.was_public(clip_id):
        return gone(request)
    return placed(request, f"embed/{clip_id}/index.html")


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """How a page of ours is shown in somebody else's, by the oEmbed specification."""
    answer = provider.answer(request.GET)
    response = HttpResponse(answer.content, status=answer.status, content_type=answer.content_type)
    response["Access-Control-Allow-Origin"] = "*"
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def story(request: HttpRequest, slug: str) -> HttpResponse:
    return _answer(request, slug, f"stories/{slug}/index.html")


@require_safe
def watch(request: HttpRequest, slug: str, clip_slug: str) -> HttpResponse:
    """The watch page; with ``?t=SECONDS`` it starts there, also without JavaScript."""
    start_s = _seconds(request.GET.get("t", ""))
    if start_s is None:
        return _answer(request, slug, f"stories/{slug}/{clip_slug}/index.html")
    article = Article.objects.published().filter(slug=slug).first()
    if article is None:
        return _answer(request, slug, "")
    view = pages.public_story(article)
    clip = pages.find_clip(view, clip_slug)
    if clip is None:
        raise Http404
    return HttpResponse(pages.draw_watch(view, clip.starting_at(start_s)))


def _seconds(text: str) -> float | None:
    """A number of seconds from an address; None for anything else."""
    whole, _, part = text.partition(".")
    if not whole.isascii() or not whole.isdigit() or len(text) > 12:
        return None
    if part and not (part.isascii() and part.isdigit()):
        return None
    seconds = float(text)
    return seconds if seconds <= LATEST_START_S else None


def _answer(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    if Article.objects.withdrawn().filter(slug=slug).exists():
        return gone(request)
    if not name or not Article.objects.published().filter(slug=slug).exists():
        raise Http404
    return placed(request, name)


def gone(request: HttpRequest) -> HttpResponse:
    """The story was withdrawn: say so, and nothing of what it said."""
    return render(request, "410.html", status=410)


@never_cache
def preview_story(request: HttpRequest, article: Article) -> HttpResponse:
    """The story as readers will see it, for an editor: clips from the working store."""
    with translation.override(article.language):
        view = read_story(article, addresses=_private_address, draft=True)
    response = HttpResponse(pages.draw_story(view, request))
    response["X-Robots-Tag"] = "noindex"
    return response


def _private_address(public_id: str, name: str) -> str:
    return reverse("package_file", args=[public_id, name])

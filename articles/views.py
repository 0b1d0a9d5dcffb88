"""Answers computed at the moment of asking: a clip at its second, search, previews, and refusals.

Published pages are files that the front server answers. When a request for one comes here, the
file is not in `public`: then the story was withdrawn (410) or is nothing that a reader may know of
(404). A server without the front in it answers the file from here.
"""

import hashlib
import mimetypes

from csp.decorators import csp_replace
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt, xframe_options_sameorigin
from django.views.decorators.http import require_safe

from articles import oembed as provider
from articles import pages, previewing, quote_cards, quoting, search
from articles.core.moments import read_seconds
from articles.models import Article
from articles.pages import Mark
from articles.quoting import Asked, NoSuchQuote
from articles.reading import ClipView, StoryView, read_story
from articles.spoken import Addresses
from media import stores
from media.views import private_file

# A reader who goes back finds the page as it was; no cache that others share keeps it.
FOR_A_MOMENT = "private, max-age=30"


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
    """The player of a clip, for anybody's page; with ``?t=SECONDS`` it starts there."""
    if provider.was_public(clip_id):
        return gone(request)
    start_s = read_seconds(request.GET.get("t", ""))
    framed = provider.framed(clip_id) if start_s is not None else None
    if framed is not None and start_s is not None:
        story, clip = framed
        return HttpResponse(pages.draw_embed(story, clip.starting_at(start_s)))
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
    start_s = read_seconds(request.GET.get("t", ""))
    if start_s is None:
        return _clip_file(request, slug, clip_slug, "index.html")
    view, clip = _shown(slug, clip_slug)
    if view is None or clip is None:
        return _clip_file(request, slug, clip_slug, "")
    return HttpResponse(pages.draw_watch(view, clip.starting_at(start_s)))


@require_safe
def read(request: HttpRequest, slug: str, clip_slug: str) -> HttpResponse:
    return _clip_file(request, slug, clip_slug, "read/index.html")


@require_safe
def quote(request: HttpRequest, slug: str, clip_slug: str, first: int, last: int) -> HttpResponse:
    """Lines of a transcript under their own address, or at the one that they have by now."""
    view, clip = _shown(slug, clip_slug)
    if view is None or clip is None:
        return _clip_file(request, slug, clip_slug, "")
    try:
        found = quoting.find_quote(clip, view.language, _asked(request, first, last))
    except NoSuchQuote:
        html = pages.draw_no_quote(view, clip, quoting.MOST_LINES)
        return HttpResponse(html, status=404)
    if found.asked.first != first:
        return HttpResponseRedirect(found.url)
    html = pages.draw_quote(view, found, has_card=quote_cards.can_be_drawn(view, found))
    return _computed(request, html.encode(), "text/html; charset=utf-8")


@require_safe
def quote_card(
    request: HttpRequest, slug: str, clip_slug: str, first: int, last: int
) -> HttpResponse:
    """The picture that stands for a quotation where somebody shares it."""
    view, clip = _shown(slug, clip_slug)
    if view is None or clip is None:
        return _answer(request, slug, "")
    try:
        found = quoting.find_quote(clip, view.language, _asked(request, first, last))
    except NoSuchQuote as error:
        raise Http404 from error
    if found.asked.first != first:
        return HttpResponseRedirect(found.card_url)
    if not quote_cards.can_be_drawn(view, found):
        raise Http404
    return _computed(request, quote_cards.draw_card(view, found), "image/jpeg")


def _asked(request: HttpRequest, first: int, last: int) -> Asked:
    language = request.GET.get("lang", "")
    return Asked(first, last, language, read_seconds(request.GET.get("t", "")))


def _shown(slug: str, clip_slug: str) -> tuple[StoryView | None, ClipView | None]:
    """A story and a clip in it that readers may see; None for what is not there for them."""
    article = Article.objects.published().filter(slug=slug).first()
    if article is None:
        return None, None
    view = pages.public_story(article)
    return view, pages.find_clip(view, clip_slug)


def _computed(request: HttpRequest, content: bytes, content_type: str) -> HttpResponse:
    """Made for this request, and the same for all: any cache may keep it, if it asks again."""
    response = HttpResponse(content, content_type=content_type)
    response["ETag"] = f'"{hashlib.sha256(content).hexdigest()[:24]}"'
    response["Cache-Control"] = "public, no-cache"
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    return answer or response


@require_safe
def search_site(request: HttpRequest) -> HttpResponse:
    """``/search/?q=``: stories, captions and transcripts; ``lang`` is the language of the page."""
    language = pages.site_language(request.GET.get("lang", ""))
    with translation.override(language):
        answer = search.search(_question(request), language=language, page=_page_number(request))
    return _found(pages.draw_search(answer, language))


@require_safe
def find(request: HttpRequest, slug: str) -> HttpResponse:
    """``/stories/<slug>/find/?q=``: every place of one story, cues at their second."""
    article = Article.objects.published().filter(slug=slug).first()
    if article is None:
        return _answer(request, slug, "")
    with translation.override(article.language):
        answer = search.search_story(article, _question(request), page=_page_number(request))
    return _found(pages.draw_find(article, answer))


def _question(request: HttpRequest) -> str:
    return request.GET.get("q", "")


def _page_number(request: HttpRequest) -> int:
    """The page asked for, from 1; the first for anything else."""
    text = request.GET.get("page", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1


def _found(html: str) -> HttpResponse:
    response = HttpResponse(html)
    response["Cache-Control"] = FOR_A_MOMENT
    response["X-Robots-Tag"] = "noindex"
    return response


def _answer(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    if Article.objects.gone().filter(slug=slug).exists():
        return gone(request)
    if not name or not Article.objects.published().filter(slug=slug).exists():
        raise Http404
    return placed(request, name)


def _clip_file(request: HttpRequest, slug: str, clip_slug: str, name: str) -> HttpResponse:
    """A page of a clip; where the rights to its film ended, the words of it in the story."""
    if Article.objects.published().with_words_of(clip_slug).filter(slug=slug).exists():
        return HttpResponseRedirect(f"{reverse('story', args=[slug])}#clip-{clip_slug}")
    return _answer(request, slug, name and f"stories/{slug}/{clip_slug}/{name}")


def gone(request: HttpRequest) -> HttpResponse:
    """The story was withdrawn: say so, and nothing of what it said."""
    return render(request, "410.html", status=410)


@never_cache
@xframe_options_sameorigin
def preview_story(request: HttpRequest, article: Article) -> HttpResponse:
    """The story as readers will see it, for an editor: clips from the working store.

    The article need not be saved: it is shown as it is given.
    """
    return _unlisted(pages.draw_story(_draft_of(article, _private_address), request))


def _private_address(public_id: str, name: str) -> str:
    return reverse("package_file", args=[public_id, name])


@never_cache
@require_safe
def preview(request: HttpRequest, key: str) -> HttpResponse:
    """The same for one person without an account; with ``?open`` the story, which is counted."""
    link = previewing.link_of(key)
    if link is None:
        raise Http404
    article, mark = link.article, Mark(link.recipient, link.expires_at)
    if article.is_public:
        return HttpResponseRedirect(article.get_absolute_url())
    if "open" not in request.GET:
        return _unlisted(pages.draw_closed_preview(article.language, mark))
    previewing.note_visit(link)

    def address(public_id: str, name: str) -> str:
        return reverse("preview_file", args=[key, public_id, name])

    return _unlisted(pages.draw_story(_draft_of(article, address), mark=mark))


@require_safe
def preview_file(request: HttpRequest, key: str, public_id: str, name: str) -> HttpResponseBase:
    """A file of a clip in a story that the key opens."""
    link = previewing.link_of(key)
    if link is None or not previewing.shows(link, public_id):
        raise Http404
    return private_file(request, public_id, name)


def _draft_of(article: Article, addresses: Addresses) -> StoryView:
    """A story as it stands, with clips that nobody has cleared yet."""
    with translation.override(article.language):
        return read_story(article, addresses=addresses, draft=True)


def _unlisted(html: str) -> HttpResponse:
    response = HttpResponse(html)
    response["X-Robots-Tag"] = "noindex"
    # Where a reader goes from here, nobody learns the address of the preview.
    response["Referrer-Policy"] = "no-referrer"
    return response

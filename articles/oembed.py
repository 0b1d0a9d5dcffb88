"""oEmbed: how a page of ours is shown in somebody else's, by the specification at oembed.com.

A clip is a frame with its player, whichever page of it is asked for; a story is a link.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.html import format_html

from articles import pages
from articles import structured_data as facts
from articles.core.moments import at_second, read_seconds
from articles.models import Article
from articles.reading import ClipView, StoryView, absolute
from media.models import Clip

# The longer side of a film that is given no limits, and the line under it: in pixels.
LONGER_SIDE = 640
LINE_HEIGHT = 44
SMALLEST = 16
CACHE_S = 3600
TYPES = {"json": "application/json", "xml": "text/xml; charset=utf-8"}

Data = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    content: str
    status: int = 200
    content_type: str = "text/plain; charset=utf-8"


class Refused(Exception):
    """What is asked for is not to be had: the status and the sentence of the answer."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


def answer(query: Mapping[str, str]) -> Answer:
    """What the parameters ``url``, ``maxwidth``, ``maxheight`` and ``format`` ask for."""
    kind = query.get("format", "json")
    try:
        if kind not in TYPES:
            raise Refused(501, "Only the formats json and xml are spoken here.")
        story, clip = _find(query.get("url", ""))
        width, height = (_pixels(query, name) for name in ("maxwidth", "maxheight"))
    except Refused as refused:
        return Answer(str(refused), refused.status)
    told = _clip(story, clip, width, height) if clip else _story(story)
    text = json.dumps(told, ensure_ascii=False) if kind == "json" else _xml(told)
    return Answer(text, content_type=TYPES[kind])


def was_public(clip_id: str) -> bool:
    """Whether readers could see this clip once, and may no more."""
    clip = Clip.objects.filter(public_id=clip_id).select_related("footage").first()
    if clip is None or clip.cleared_at is None:
        return False
    if Article.objects.published().showing(clip).exists():
        return not clip.is_playable
    return Article.objects.gone().showing(clip).exists()


# Finding -----------------------------------------------------------------------------------------


def _find(url: str) -> tuple[StoryView, ClipView | None]:
    """The story, and the clip if it is a page of one, at the second of that. Raises Refused."""
    if not url:
        raise Refused(400, "Give the address of a page as the parameter url.")
    try:
        parts = urlsplit(url)
        match = resolve(parts.path)
    except (ValueError, Resolver404):
        raise _unknown() from None
    story, clip = _at(parts, match)
    start_s = read_seconds(dict(parse_qsl(parts.query)).get("t", ""))
    if clip is not None and start_s is not None:
        clip = clip.starting_at(start_s)
    return story, clip


def _at(parts: SplitResult, match: ResolverMatch) -> tuple[StoryView, ClipView | None]:
    if parts.netloc != urlsplit(settings.BASE_URL).netloc:
        raise _unknown()
    if match.url_name == "embed":
        return _embedded(match.kwargs["clip_id"])
    slug, clip_slug = match.kwargs.get("slug", ""), match.kwargs.get("clip_slug", "")
    if not clip_slug and match.url_name != "story":
        raise _unknown()
    return _in_story(slug, clip_slug)


def _in_story(slug: str, clip_slug: str) -> tuple[StoryView, ClipView | None]:
    if Article.objects.gone().filter(slug=slug).exists():
        raise _gone()
    article = Article.objects.published().filter(slug=slug).first()
    if article is None:
        raise _unknown()
    story = pages.public_story(article)
    clip = pages.find_clip(story, clip_slug)
    if clip_slug and clip is None:
        raise _unknown()
    return story, clip


def _embedded(clip_id: str) -> tuple[StoryView, ClipView]:
    if was_public(clip_id):
        raise _gone()
    found = framed(clip_id)
    if found is None:
        raise _unknown()
    return found


def framed(clip_id: str) -> tuple[StoryView, ClipView] | None:
    """The clip that may be shown in a frame, and the story in whose words."""
    found = Clip.objects.playable().filter(public_id=clip_id).first()
    article = Article.objects.first_to_show(found) if found else None
    if article is None:
        return None
    story = pages.public_story(article)
    return story, next(clip for clip in story.clips if clip.id == clip_id)


def _unknown() -> Refused:
    return Refused(404, "There is no story and no clip at this address.")


def _gone() -> Refused:
    return Refused(410, "What was at this address was withdrawn.")


def _pixels(query: Mapping[str, str], name: str) -> int | None:
    """A limit, or None where there is none. Raises Refused."""
    text = query.get(name, "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and int(text[:9]) >= SMALLEST):
        raise Refused(400, f"Give {name} as a whole number of pixels, {SMALLEST} or more.")
    return int(text[:9])


# Telling -----------------------------------------------------------------------------------------


def _clip(story: StoryView, clip: ClipView, max_width: int | None, max_height: int | None) -> Data:
    width, height = frame_size(clip.width, clip.height, max_width, max_height)
    title = facts.clip_name(clip, story)
    html = format_html(
        '<iframe src="{}" width="{}" height="{}" title="{}" frameborder="0" loading="lazy" '
        'allow="picture-in-picture" allowfullscreen></iframe>',
        absolute(_player_url(clip)),
        width,
        height,
        title,
    )
    told = {"type": "video", **_common(story, title), "width": width, "height": height}
    picture = facts.poster(clip)
    fits = picture is not None and (
        picture.width <= (max_width or picture.width)
        and picture.height <= (max_height or picture.height)
    )
    if picture is not None and fits:
        told |= {
            "thumbnail_url": picture.url,
            "thumbnail_width": picture.width,
            "thumbnail_height": picture.height,
        }
    return {**told, "html": html}


def _player_url(clip: ClipView) -> str:
    return clip.embed_url if clip.start_s is None else at_second(clip.embed_url, clip.start_s)


def _story(story: StoryView) -> Data:
    return {"type": "link", **_common(story, story.headline)}


def _common(story: StoryView, title: str) -> Data:
    told = {
        "version": "1.0",
        "title": title,
        "provider_name": facts.SITE_NAME,
        "provider_url": absolute("/"),
        "cache_age": CACHE_S,
    }
    authors = [byline.author for byline in story.bylines]
    if authors:
        told["author_name"] = ", ".join(author.name for author in authors)
        told["author_url"] = facts.author_url(authors[0].slug)
    return told


def frame_size(
    width: int, height: int, max_width: int | None = None, max_height: int | None = None
) -> tuple[int, int]:
    """The frame for a film of this size, with the line under it, in pixels.

    >>> frame_size(1920, 1080), frame_size(1080, 1920), frame_size(1920, 1080, 320)
    ((640, 404), (360, 684), (320, 224))
    """
    widest = min(LONGER_SIDE, max_width or LONGER_SIDE)
    tallest = LONGER_SIDE
    if max_height is not None:
        tallest = max(1, min(LONGER_SIDE, max_height - LINE_HEIGHT))
    scale = min(widest / width, tallest / height)
    fits = max_height or LONGER_SIDE + LINE_HEIGHT
    return max(1, int(width * scale)), min(fits, max(1, int(height * scale)) + LINE_HEIGHT)


def _xml(told: Data) -> str:
    root = Element("oembed")
    for name, value in told.items():
        SubElement(root, name).text = str(value)
    return '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n' + tostring(root, "unicode")

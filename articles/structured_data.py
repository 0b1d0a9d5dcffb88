"""What machines are told of stories and clips: one truth, from which all of them draw.

Pages, feeds, sitemaps, oEmbed and the files of a story take their facts from here, so that a clip
has one name, one length and one picture everywhere. Of a clip that readers are warned of, nothing
is named that would show it unasked: no picture and no film, only the page that asks first. So it
is with a picture of the text that has a warning.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html

from articles.models import Byline, Correction, Topic
from articles.pictures import PictureView
from articles.reading import ClipView, StoryView, absolute
from articles.spoken import CueView
from media.core.filters import POSTER_SHORT_SIDE

SITE_NAME = "Newsroom"
SITE_DESCRIPTION = "Stories, together with the footage they rest on."
CONTEXT = "https://schema.org"
MP4_TYPE = "video/mp4"
HLS_TYPE = "application/vnd.apple.mpegurl"
CARD = ("img/card.png", 1200, 630)
# What would end the script element, or an entity, in which the JSON stands.
UNSAFE_IN_HTML = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}

Thing = dict[str, Any]
Tags = tuple[tuple[str, str], ...]


class Told(Protocol):
    """What is told of a story with each of its clips."""

    @property
    def url(self) -> str: ...
    @property
    def headline(self) -> str: ...
    @property
    def standfirst(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def published_at(self) -> Any: ...


@dataclass(frozen=True)
class Picture:
    """A picture that anybody may see at any time; sizes in pixels, ``url`` absolute."""

    url: str
    width: int
    height: int
    alt: str = ""
    caption: str = ""
    credit: str = ""


# Pictures and names ------------------------------------------------------------------------------


def card() -> Picture:
    """The site's own picture, for what has none or may show none."""
    name, width, height = CARD
    return Picture(absolute(static(name)), width, height, SITE_NAME)


def poster(clip: ClipView) -> Picture | None:
    """The clip's own picture; None where readers are to be warned first, or where there is none."""
    if not clip.picture_url:
        return None
    short = min(clip.width, clip.height)
    scale = min(POSTER_SHORT_SIDE, short) / short
    size = (round(clip.width * scale), round(clip.height * scale))
    return Picture(complete(clip.picture_url), *size, clip.alt or clip.title)


def picture_of(clip: ClipView) -> Picture:
    return poster(clip) or card()


def picture_in_text(picture: PictureView) -> Picture:
    """A picture of the story's text, in its widest form."""
    size = (picture.image.width, picture.image.height)
    words = (picture.alt, picture.caption, picture.credit)
    return Picture(complete(picture.whole_url), *size, *words)


def story_picture(figures: Iterable[ClipView | PictureView]) -> Picture:
    """The first of a story's clips and pictures that may stand for it, else the site's own."""
    return next((picture for one in figures if (picture := _standing_for_it(one))), card())


def _standing_for_it(figure: ClipView | PictureView) -> Picture | None:
    if isinstance(figure, ClipView):
        return poster(figure)
    return picture_in_text(figure) if figure.may_stand_for_story else None


def story_pictures(story: StoryView) -> list[Picture]:
    """The picture that stands for a story, and then those of its text, each once."""
    of_text = (picture_in_text(one) for one in story.pictures if one.may_stand_for_story)
    return list(dict.fromkeys([story_picture(story.figures), *of_text]))


def complete(url: str) -> str:
    """An address with scheme and host; media may lie on another host already."""
    return url if "://" in url else absolute(url)


def clip_name(clip: ClipView, story: Told) -> str:
    return clip.title or story.headline


def clip_description(clip: ClipView, story: Told) -> str:
    return clip.caption or story.standfirst or clip_name(clip, story)


def clip_link(story: Told, clip: ClipView) -> str:
    """A clip where there can be no player: a paragraph with a link to its page."""
    return format_html(
        '<p><a href="{}">{}</a></p>', absolute(clip.watch_url), clip_name(clip, story)
    )


def film_url(clip: ClipView) -> str:
    """The clip as one file; "" while there is none, and where readers are to be warned first."""
    return complete(clip.mp4_url) if clip.mp4_url and not clip.warnings else ""


def author_url(slug: str) -> str:
    return absolute(reverse("author", args=[slug]))


def topic_url(slug: str) -> str:
    return absolute(reverse("topic", args=[slug]))


def iso_duration(milliseconds: int) -> str:
    """A length of time as ISO 8601 writes it, rounded to whole seconds, at least one.

    >>> iso_duration(54_400), iso_duration(3_661_000), iso_duration(20)
    ('PT54S', 'PT1H1M1S', 'PT1S')
    """
    minutes, seconds = divmod(max(1, round(milliseconds / 1000)), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "H"), (minutes, "M"), (seconds, "S")]
    return "PT" + "".join(f"{number}{unit}" for number, unit in parts if number)


# schema.org --------------------------------------------------------------------------------------


def news_article(story: StoryView) -> Thing:
    """The story as a schema.org NewsArticle, its clips within."""
    url = absolute(story.url)
    return _told(
        {
            "@context": CONTEXT,
            "@type": "NewsArticle",
            "@id": f"{url}#story",
            "url": url,
            "mainEntityOfPage": url,
            "headline": story.headline,
            "description": story.standfirst,
            "inLanguage": story.language,
            "datePublished": _moment(story.published_at),
            "dateModified": _moment(story.updated_at or story.published_at),
            "author": [_person(byline) for byline in story.bylines] or [publisher()],
            "publisher": publisher(),
            "image": [_image(picture) for picture in story_pictures(story)],
            "articleSection": story.section,
            "about": [_topic(topic) for topic in story.topics],
            "wordCount": story.word_count,
            "isAccessibleForFree": True,
            "correction": [_correction(correction, url) for correction in story.corrections],
            "video": [_video(story, clip) for clip in story.clips],
            "workTranslation": [
                {"@type": "NewsArticle", "@id": f"{absolute(other.url)}#story"}
                for other in story.translations
            ],
        }
    )


def video_object(story: StoryView, clip: ClipView) -> Thing:
    """The clip as a schema.org VideoObject, with its words and its chapters."""
    return _told(
        {
            "@context": CONTEXT,
            **_video(story, clip),
            "publisher": publisher(),
            "isPartOf": {"@type": "NewsArticle", "@id": f"{absolute(story.url)}#story"},
            "creditText": clip.credit,
            "transcript": _words(clip, story.language),
            "caption": [
                {
                    "@type": "MediaObject",
                    "contentUrl": complete(track.url),
                    "encodingFormat": "text/vtt",
                    "inLanguage": track.language,
                }
                for track in clip.tracks
                if track.kind in ("captions", "subtitles")
            ],
            **_moments(clip),
        }
    )


def website() -> Thing:
    """The site itself, for its front page."""
    return {
        "@context": CONTEXT,
        "@type": "WebSite",
        "@id": absolute("/#site"),
        "url": absolute("/"),
        "name": SITE_NAME,
        "publisher": publisher(),
    }


def publisher() -> Thing:
    return {
        "@type": "NewsMediaOrganization",
        "@id": absolute("/#publisher"),
        "name": SITE_NAME,
        "url": absolute("/"),
        "logo": {"@type": "ImageObject", "url": absolute(static("img/square.png"))},
        "correctionsPolicy": absolute(reverse("corrections")),
    }


def json_ld(thing: Thing) -> str:
    """As it may stand inside a script element."""
    text = json.dumps(thing, ensure_ascii=False, separators=(",", ":"))
    return text.translate(UNSAFE_IN_HTML)


def _video(story: Told, clip: ClipView) -> Thing:
    url = absolute(clip.watch_url)
    return _told(
        {
            "@type": "VideoObject",
            "@id": f"{url}#clip",
            "url": url,
            "name": clip_name(clip, story),
            "description": clip_description(clip, story),
            "thumbnailUrl": [picture_of(clip).url],
            "uploadDate": _moment(story.published_at),
            "duration": iso_duration(clip.duration_ms),
            "contentUrl": film_url(clip),
            "encodingFormat": MP4_TYPE if film_url(clip) else "",
            "embedUrl": absolute(clip.embed_url),
            "width": clip.width,
            "height": clip.height,
            "inLanguage": story.language,
            "isFamilyFriendly": not clip.warnings,
            "isAccessibleForFree": True,
        }
    )


def _words(clip: ClipView, language: str) -> str:
    """What is said, in the story's language where it is known; nothing behind a warning."""
    if clip.warnings:
        return ""
    ranked = sorted(clip.transcripts, key=lambda transcript: transcript.language != language)
    return " ".join(cue.text for transcript in ranked[:1] for cue in transcript.cues)


def _moments(clip: ClipView) -> Thing:
    """Its chapters, or how to link to any second of it."""
    url = absolute(clip.watch_url)
    if clip.chapters:
        return {"hasPart": [_chapter(chapter, url) for chapter in clip.chapters]}
    return {
        "potentialAction": {
            "@type": "SeekToAction",
            "target": f"{url}?t={{seek_to_second_number}}",
            "startOffset-input": "required name=seek_to_second_number",
        }
    }


def _chapter(chapter: CueView, url: str) -> Thing:
    # Search engines take whole seconds alone, and no two chapters at the same one.
    start = chapter.start_ms // 1000
    return {
        "@type": "Clip",
        "name": chapter.text,
        "startOffset": start,
        "endOffset": max(start + 1, chapter.end_ms // 1000),
        "url": f"{url}?t={start}",
    }


def _image(picture: Picture) -> Thing:
    return _told(
        {
            "@type": "ImageObject",
            "url": picture.url,
            "width": picture.width,
            "height": picture.height,
            "caption": picture.caption,
            "creditText": picture.credit,
        }
    )


def _person(byline: Byline) -> Thing:
    return {
        "@type": "Person",
        "name": byline.author.name,
        "url": author_url(byline.author.slug),
    }


def _topic(topic: Topic) -> Thing:
    return {"@type": "Thing", "name": topic.name, "url": topic_url(topic.slug)}


def _correction(correction: Correction, url: str) -> Thing:
    return {
        "@type": "CorrectionComment",
        "text": correction.text,
        "datePublished": _moment(correction.at),
        "url": f"{url}#corrections",
    }


def _moment(at: Any) -> str:
    """A point in time to the second; "" for a draft, which has none yet."""
    return at.isoformat(timespec="seconds") if at else ""


def _told(thing: Thing) -> Thing:
    """Without what is not known."""
    return {name: value for name, value in thing.items() if value not in ("", [], None)}


# Cards of those who share a page -----------------------------------------------------------------


def story_tags(story: StoryView) -> Tags:
    """What OpenGraph has for articles."""
    tags = [
        ("article:published_time", _moment(story.published_at)),
        ("article:modified_time", _moment(story.updated_at)),
        ("article:section", story.section),
        *(("article:author", author_url(byline.author.slug)) for byline in story.bylines),
        *(("article:tag", topic.name) for topic in story.topics),
    ]
    return tuple((name, value) for name, value in tags if value)


def clip_tags(clip: ClipView) -> Tags:
    """The player of a clip; the film itself only where nobody need be warned."""
    size = (("width", str(clip.width)), ("height", str(clip.height)))
    player, film = absolute(clip.embed_url), film_url(clip)
    tags = [("og:video", player), ("og:video:type", "text/html")]
    tags += [(f"og:video:{name}", value) for name, value in size]
    if film:
        tags += [("og:video", film), ("og:video:type", MP4_TYPE)]
        tags += [(f"og:video:{name}", value) for name, value in size]
    tags += [("twitter:player", player)]
    tags += [(f"twitter:player:{name}", value) for name, value in size]
    if film:
        tags += [("twitter:player:stream", film), ("twitter:player:stream:content_type", MP4_TYPE)]
    return tuple(tags)

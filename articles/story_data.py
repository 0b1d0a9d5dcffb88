"""A story as data, for other newsrooms and for programs: our own JSON, and IPTC's ninjs.

Both are files beside the story's folder. They name the file of a clip that readers are warned of,
because whoever takes a story over needs it, but the warning stands beside it, and no picture does.
"""

import json
from typing import Any

from django.utils.html import format_html

from articles import structured_data as facts
from articles.core.body import plain_text
from articles.models import Author
from articles.pictures import PictureView
from articles.reading import ClipBlock, ClipView, PictureBlock, StoryView, ToldBlock, absolute

NINJS_VERSION = "3.0"
NINJS_SCHEMA = "http://www.iptc.org/std/ninjs/ninjs-schema_3.0.json#"
ASK_FIRST = "Show it only to those who were warned and agreed."

Data = dict[str, Any]


def draw_json(story: StoryView) -> str:
    """Everything that the story's page says."""
    return _text(
        {
            "url": absolute(story.url),
            "slug": story.slug,
            "headline": story.headline,
            "standfirst": story.standfirst,
            "section": story.section,
            "language": story.language,
            "direction": story.direction,
            "published_at": _moment(story.published_at),
            "updated_at": _moment(story.updated_at),
            "authors": [
                {"name": byline.author.name, "url": facts.author_url(byline.author.slug)}
                for byline in story.bylines
            ],
            "topics": [
                {"name": topic.name, "url": facts.topic_url(topic.slug)} for topic in story.topics
            ],
            "corrections": [
                {"at": _moment(correction.at), "text": correction.text}
                for correction in story.corrections
            ],
            "translations": [
                {"language": other.language, "url": absolute(other.url)}
                for other in story.translations
            ],
            "body": [_block(block) for block in story.told],
            "clips": [_clip(story, clip) for clip in story.clips],
            "pictures": [_picture(picture) for picture in story.pictures],
        }
    )


def draw_ninjs(story: StoryView) -> str:
    """The story in ninjs 3, its clips and pictures associated with it."""
    authors = [byline.author for byline in story.bylines]
    standard = {"name": "ninjs", "version": NINJS_VERSION, "schema": NINJS_SCHEMA}
    told = {
        "uri": absolute(story.url),
        "type": "text",
        "representationType": "full",
        "standard": standard,
        "firstCreated": _moment(story.published_at),
        "versionCreated": _moment(story.updated_at or story.published_at),
        "pubStatus": "usable",
        "language": story.language,
        "title": story.headline,
        "slugline": story.slug,
        "headlines": [{"role": "main", "value": story.headline}],
        "descriptions": _described(story),
        "bodies": [_body(story)],
        "by": ", ".join(author.name for author in authors),
        "people": [_author(author) for author in authors],
        "subjects": [
            {"name": topic.name, "uri": facts.topic_url(topic.slug)} for topic in story.topics
        ],
        "infoSources": [{"name": facts.SITE_NAME, "role": "publisher", "uri": absolute("/")}],
        "associations": [
            *(_association(story, clip) for clip in story.clips),
            *(_illustration(story, picture) for picture in story.pictures),
        ],
    }
    return _text(_told(told))


def _body(story: StoryView) -> Data:
    html = "\n".join(_html(story, block) for block in story.told)
    counts = {"wordCount": story.word_count, "charCount": len(plain_text(html))}
    return {"role": "main", "contentType": "text/html", **counts, "value": html}


def _author(author: Author) -> Data:
    return {"name": author.name, "rel": "author", "uri": facts.author_url(author.slug)}


def _described(story: StoryView) -> list[Data]:
    """The standfirst, and every correction with its day."""
    found: list[Data] = [{"role": "summary", "value": story.standfirst}] if story.standfirst else []
    found += [
        {"role": "correction", "value": f"{correction.at:%Y-%m-%d}: {correction.text}"}
        for correction in story.corrections
    ]
    return found


def _association(story: StoryView, clip: ClipView) -> Data:
    name = facts.clip_name(clip, story)
    warnings = [{"role": "warning", "value": warning} for warning in clip.warned_of]
    return _told(
        {
            "name": name,
            "rel": "clip",
            "uri": absolute(clip.watch_url),
            "type": "video",
            "language": story.language,
            "headlines": [{"role": "main", "value": name}],
            "descriptions": [
                *({"role": "caption", "value": text} for text in [clip.caption] if text),
                *warnings,
            ],
            "edNote": ASK_FIRST if clip.warnings else "",
            "copyrightHolder": clip.credit,
            "renditions": _renditions(clip),
        }
    )


def _illustration(story: StoryView, picture: PictureView) -> Data:
    shown = facts.picture_in_text(picture)
    said = [("caption", shown.caption), ("alt", shown.alt), ("warning", picture.warning)]
    file = {"name": "main", "href": shown.url, "contentType": "image/jpeg"}
    return _told(
        {
            "name": shown.caption or shown.alt or story.headline,
            "rel": "picture",
            "uri": shown.url,
            "type": "picture",
            "language": story.language,
            "descriptions": [{"role": role, "value": text} for role, text in said if text],
            "edNote": ASK_FIRST if picture.warning else "",
            "copyrightHolder": shown.credit,
            "renditions": [{**file, "width": shown.width, "height": shown.height}],
        }
    )


def _renditions(clip: ClipView) -> list[Data]:
    seconds = clip.duration_ms / 1000
    found: list[Data] = [
        {
            "name": "stream",
            "href": facts.complete(clip.hls_url),
            "contentType": facts.HLS_TYPE,
            "width": clip.width,
            "height": clip.height,
            "duration": seconds,
        }
    ]
    if clip.mp4_url:
        file = {"name": "main", "href": facts.complete(clip.mp4_url), "duration": seconds}
        size = {"contentType": facts.MP4_TYPE, "sizeInBytes": clip.mp4_bytes}
        found.insert(0, {**file, **size})
    picture = facts.poster(clip)
    if picture:
        size = {"width": picture.width, "height": picture.height}
        found.append(
            {"name": "thumbnail", "href": picture.url, "contentType": "image/jpeg", **size}
        )
    found += [
        {"name": track.kind, "href": facts.complete(track.url), "contentType": "text/vtt"}
        | {"title": track.label}
        for track in clip.tracks
    ]
    return found


def _clip(story: StoryView, clip: ClipView) -> Data:
    picture = facts.poster(clip)
    return {
        "id": clip.id,
        "url": absolute(clip.watch_url),
        "embed_url": absolute(clip.embed_url),
        "title": facts.clip_name(clip, story),
        "caption": clip.caption,
        "alt": clip.alt,
        "credit": clip.credit,
        "warnings": list(clip.warned_of),
        "duration_ms": clip.duration_ms,
        "width": clip.width,
        "height": clip.height,
        "hls_url": facts.complete(clip.hls_url),
        "mp4_url": facts.complete(clip.mp4_url) if clip.mp4_url else None,
        "mp4_bytes": clip.mp4_bytes if clip.mp4_url else None,
        "picture_url": picture.url if picture else None,
        "tracks": [
            {"url": facts.complete(track.url), "language": track.language, "kind": track.kind}
            for track in clip.tracks
        ],
    }


def _picture(picture: PictureView) -> Data:
    shown = facts.picture_in_text(picture)
    return {
        "id": picture.id,
        "url": shown.url,
        "width": shown.width,
        "height": shown.height,
        "alt": shown.alt,
        "caption": shown.caption,
        "credit": shown.credit,
        "warning": picture.warning,
        "is_decorative": picture.is_decorative,
    }


def _block(block: ToldBlock) -> Data:
    if isinstance(block, ClipBlock):
        return {"kind": "clip", "clip": block.clip.id}
    if isinstance(block, PictureBlock):
        return {"kind": "picture", "picture": block.picture.id}
    return {"kind": "text", "html": block.html}


def _html(story: StoryView, block: ToldBlock) -> str:
    """Text and pictures as they are; a clip, or a picture with a warning, as a link to its page."""
    if isinstance(block, ClipBlock):
        return facts.clip_link(story, block.clip)
    if isinstance(block, PictureBlock) and block.picture.warning:
        text = f"{block.picture.warning} {block.picture.caption}"
        return format_html('<p><a href="{}">{}</a></p>', absolute(story.url), text.strip())
    if isinstance(block, PictureBlock):
        return _figure(facts.picture_in_text(block.picture))
    return block.html


def _figure(picture: facts.Picture) -> str:
    """A picture with the words that are read below it."""
    words = " ".join(filter(None, [picture.caption, picture.credit]))
    return format_html(
        '<figure><img src="{}" width="{}" height="{}" alt="{}">{}</figure>',
        picture.url,
        picture.width,
        picture.height,
        picture.alt,
        format_html("<figcaption>{}</figcaption>", words) if words else "",
    )


def _moment(at: Any) -> str | None:
    return at.isoformat(timespec="seconds") if at else None


def _told(data: Data) -> Data:
    """Without what is not known: ninjs has no empty values."""
    return {name: value for name, value in data.items() if value not in ("", [], None)}


def _text(data: Data) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"

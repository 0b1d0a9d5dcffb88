"""Feeds: new stories with their clips, and new clips as a podcast of films.

Only facts: headline, standfirst, names, and where clips and captions lie. A clip that readers are
warned of is named by the page that asks first, never as a file, and never with a picture.
"""

from collections.abc import Iterator
from typing import Any
from xml.sax.xmlreader import AttributesImpl

from django.templatetags.static import static
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.html import escape
from django.utils.translation import gettext
from django.utils.xmlutils import SimplerXMLGenerator

from articles import structured_data as facts
from articles.entries import Entry, read_entries
from articles.models import Article
from articles.reading import ClipView, absolute

FEED_LANGUAGE = "en"
NAMESPACES = {
    "xmlns:media": "http://search.yahoo.com/mrss/",
    "xmlns:itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:podcast": "https://podcastindex.org/namespace/1.0",
}
PLAIN = AttributesImpl({})
CAPTION_TYPE = "text/vtt"

Element = tuple[str, dict[str, str], str]


class _WithMedia(SyndicationFeed):
    """What RSS and Atom tell of clips and pictures in the same words."""

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for clip in item["clips"]:
            _add_clip(handler, item["entry"], clip)
        for picture in item.get("pictures", ()):
            _add_picture(handler, facts.picture_in_text(picture))
        for name, attributes, text in item.get("further", ()):
            handler.addQuickElement(name, text or None, attributes)


class _Atom(_WithMedia, Atom1Feed):
    def root_attributes(self) -> dict[str, str]:
        return {**super().root_attributes(), **NAMESPACES}

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        return {**super().item_attributes(item), "xml:lang": item["entry"].language}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for author in item["entry"].authors:
            handler.startElement("author", PLAIN)
            handler.addQuickElement("name", author.name)
            handler.addQuickElement("uri", absolute(author.get_absolute_url()))
            handler.endElement("author")


class _Rss(_WithMedia, Rss201rev2Feed):
    def rss_attributes(self) -> dict[str, str]:
        return {**super().rss_attributes(), **NAMESPACES}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for author in item["entry"].authors:
            handler.addQuickElement("dc:creator", author.name)


class _Podcast(_Rss):
    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        super().add_root_elements(handler)
        handler.addQuickElement("itunes:author", facts.SITE_NAME)
        handler.addQuickElement("itunes:summary", self.feed["description"])
        handler.addQuickElement("itunes:type", "episodic")
        handler.addQuickElement("itunes:explicit", "true" if self.feed["is_explicit"] else "false")
        handler.addQuickElement("itunes:category", None, {"text": "News"})
        handler.addQuickElement("itunes:image", None, {"href": _square()})
        handler.startElement("image", PLAIN)
        handler.addQuickElement("url", _square())
        handler.addQuickElement("title", self.feed["title"])
        handler.addQuickElement("link", self.feed["link"])
        handler.endElement("image")


def draw_atom(articles: list[Article]) -> str:
    return _draw_stories(_Atom, "/feeds/stories.atom", articles)


def draw_rss(articles: list[Article]) -> str:
    return _draw_stories(_Rss, "/feeds/stories.rss", articles)


def draw_videos(articles: list[Article]) -> str:
    """Each clip once, in the words of the story that it is embedded with."""
    entries = read_entries(articles)
    # Stories come newest first: of two with the same clip, the later in this order has the word.
    by_word = sorted(entries, key=lambda entry: entry.is_original)
    speaks = {clip.id: entry for entry in by_word for clip in entry.clips}
    found = [(entry, clip) for entry in entries for clip in entry.clips if speaks[clip.id] is entry]
    feed = _Podcast(
        title=f"{facts.SITE_NAME}: clips",
        link=absolute("/"),
        description="The footage that our stories rest on.",
        language=FEED_LANGUAGE,
        feed_url=absolute("/feeds/videos.rss"),
        is_explicit=any(clip.warnings for _entry, clip in found),
    )
    for entry, clip in found:
        feed.add_item(
            title=facts.clip_name(clip, entry),
            link=absolute(clip.watch_url),
            description=escape(_description(entry, clip)),
            pubdate=entry.published_at,
            unique_id=f"{absolute('/')}#{clip.id}",
            unique_id_is_permalink=False,
            categories=[topic.name for topic in entry.topics],
            entry=entry,
            clips=[clip],
            further=tuple(_episode(clip)),
        )
    return feed.writeString("utf-8")


def _draw_stories(kind: type[SyndicationFeed], path: str, articles: list[Article]) -> str:
    feed = kind(
        title=facts.SITE_NAME,
        link=absolute("/"),
        description=facts.SITE_DESCRIPTION,
        language=FEED_LANGUAGE,
        feed_url=absolute(path),
    )
    for entry in read_entries(articles):
        feed.add_item(
            title=entry.headline,
            link=absolute(entry.url),
            description=escape(_summary(entry)),
            pubdate=entry.published_at,
            updateddate=entry.changed_at,
            unique_id=absolute(entry.url),
            categories=[*filter(None, [entry.section]), *(topic.name for topic in entry.topics)],
            entry=entry,
            clips=entry.clips,
            pictures=[picture for picture in entry.pictures if picture.may_stand_for_story],
        )
    return feed.writeString("utf-8")


def _summary(entry: Entry) -> str:
    """The standfirst, and each correction with its day, the newest first."""
    with translation.override(entry.language):
        word = gettext("Correction")
    told = [f"{word} ({one.at:%Y-%m-%d}): {one.text}" for one in entry.corrections]
    return "\n".join(filter(None, [entry.standfirst, *told]))


def _description(entry: Entry, clip: ClipView) -> str:
    """The caption; before it, what readers are warned of."""
    return " ".join([*clip.warned_of, facts.clip_description(clip, entry)])


def _episode(clip: ClipView) -> Iterator[Element]:
    """What programs for podcasts ask of an item."""
    film = facts.film_url(clip)
    if film:
        size = str(clip.mp4_bytes)
        yield "enclosure", {"url": film, "length": size, "type": facts.MP4_TYPE}, ""
        for track in clip.tracks:
            if track.kind in ("captions", "subtitles"):
                url = facts.complete(track.url)
                attributes = {"url": url, "type": CAPTION_TYPE, "language": track.language}
                yield "podcast:transcript", {**attributes, "rel": "captions"}, ""
    yield "itunes:duration", {}, str(max(1, round(clip.duration_ms / 1000)))
    yield "itunes:explicit", {}, "true" if clip.warnings else "false"


def _add_clip(handler: SimplerXMLGenerator, entry: Entry, clip: ClipView) -> None:
    """One clip in the words of Media RSS: the file where it may be named, and always the player."""
    film, picture = facts.film_url(clip), facts.poster(clip)
    handler.startElement("media:group", PLAIN)
    if film:
        handler.addQuickElement("media:content", None, _content(clip, film))
    handler.addQuickElement("media:title", facts.clip_name(clip, entry), {"type": "plain"})
    handler.addQuickElement("media:description", _description(entry, clip), {"type": "plain"})
    handler.addQuickElement("media:player", None, _player(clip))
    rating = "adult" if clip.warnings else "nonadult"
    handler.addQuickElement("media:rating", rating, {"scheme": "urn:simple"})
    if clip.credit:
        handler.addQuickElement("media:credit", clip.credit)
    if picture:
        size = {"width": str(picture.width), "height": str(picture.height)}
        handler.addQuickElement("media:thumbnail", None, {"url": picture.url, **size})
    if film:
        for track in clip.tracks:
            where = {"href": facts.complete(track.url), "type": CAPTION_TYPE}
            handler.addQuickElement("media:subTitle", None, {**where, "lang": track.language})
    handler.endElement("media:group")


def _add_picture(handler: SimplerXMLGenerator, picture: facts.Picture) -> None:
    size = {"width": str(picture.width), "height": str(picture.height)}
    file = {"url": picture.url, "type": "image/jpeg", "medium": "image", **size}
    handler.startElement("media:content", AttributesImpl(file))
    for text in filter(None, [picture.caption or picture.alt]):
        handler.addQuickElement("media:description", text, {"type": "plain"})
    for text in filter(None, [picture.credit]):
        handler.addQuickElement("media:credit", text)
    handler.endElement("media:content")


def _content(clip: ClipView, film: str) -> dict[str, str]:
    return {
        "url": film,
        "fileSize": str(clip.mp4_bytes),
        "type": facts.MP4_TYPE,
        "medium": "video",
        "duration": str(max(1, round(clip.duration_ms / 1000))),
        "width": str(clip.width),
        "height": str(clip.height),
    }


def _player(clip: ClipView) -> dict[str, str]:
    size = {"width": str(clip.width), "height": str(clip.height)}
    return {"url": absolute(clip.embed_url), **size}


def _square() -> str:
    return absolute(static("img/square.png"))

"""Drawing pages: from a story to the bytes of its page, for placement and for previews alike."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from articles import structured_data
from articles.core.body import plain_text
from articles.core.query import LONGEST
from articles.core.quotations import quoted, shortened
from articles.models import Article, Author, Correction, Topic
from articles.pictures import PictureView
from articles.quoting import QuoteView
from articles.reading import (
    ClipView,
    StoryView,
    absolute,
    read_story,
)
from articles.scenes import read_words
from articles.search import Answer
from articles.story_cards import CardView, read_cards
from media.core.languages import direction, primary

SITE_LANGUAGE = "en"
# What pages that belong to no story can be read in.
SITE_LANGUAGES = ("en", "ar")
DESCRIPTION_LONGEST = 200
# Answers to a question are no pages of their own for a search engine.
UNLISTED = "noindex, follow"
QUOTE_LONGEST = 90


@dataclass(frozen=True)
class Alternate:
    """The same page in another language, or in whichever (``x-default``); ``url`` is absolute."""

    language: str
    url: str


@dataclass(frozen=True)
class Page:
    """What the frame around every page needs; addresses are absolute.

    ``image_url`` is the one picture that may be shown to anybody who only hears of the page;
    ``tags`` are OpenGraph's and others' by name, ``json_ld`` is safe inside a script element.
    """

    title: str
    description: str
    canonical: str
    language: str
    kind: str
    alternates: tuple[Alternate, ...] = ()
    image_url: str = ""
    image_alt: str = ""
    tags: structured_data.Tags = ()
    json_ld: str = ""
    robots: str = "max-image-preview:large"
    oembed_url: str = ""
    direction: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "direction", direction(self.language))


@dataclass(frozen=True)
class Mark:
    """What a preview says of itself: for whom it was made, and until when it can be seen."""

    recipient: str
    ends_at: datetime


def draw_story(
    story: StoryView, request: HttpRequest | None = None, *, mark: Mark | None = None
) -> str:
    picture = structured_data.story_picture(story.figures)
    page = Page(
        title=story.headline,
        description=_description(story),
        canonical=absolute(story.url),
        language=story.language,
        kind="story",
        alternates=_alternates(story),
        image_url=picture.url,
        image_alt=picture.alt,
        tags=structured_data.story_tags(story),
        json_ld=structured_data.json_ld(structured_data.news_article(story)),
        robots=_robots(story.figures),
        oembed_url=oembed_url(story.url),
    )
    context = {
        "page": page,
        "article": story,
        "blocks": story.blocks,
        "translations": story.translations,
        "mark": mark,
    }
    return _draw("articles/story.html", context, request)


def draw_closed_preview(language: str, mark: Mark) -> str:
    """What stands under the address of a preview until it is opened: nothing of its story."""
    with translation.override(language):
        page = _answer_page(_("A preview"), language, "preview")
    return _draw("articles/preview.html", {"page": page, "mark": mark})


def draw_watch(story: StoryView, clip: ClipView, request: HttpRequest | None = None) -> str:
    picture = structured_data.picture_of(clip)
    page = Page(
        title=f"{clip.title} – {story.headline}" if clip.title else story.headline,
        description=structured_data.clip_description(clip, story),
        canonical=absolute(clip.watch_url),
        language=story.language,
        kind="watch",
        alternates=_alternates(story, clip),
        image_url=picture.url,
        image_alt=picture.alt,
        tags=structured_data.clip_tags(clip),
        json_ld=structured_data.json_ld(structured_data.video_object(story, clip)),
        robots=_robots([clip]),
        oembed_url=oembed_url(clip.watch_url),
    )
    return _draw("articles/watch.html", {"page": page, "article": story, "clip": clip}, request)


def draw_read(story: StoryView, clip: ClipView, request: HttpRequest | None = None) -> str:
    """The clip as stills and words, for those who cannot or will not watch it."""
    with translation.override(story.language):
        title = _("Read: %(title)s") % {"title": clip.title or story.headline}
    page = Page(
        title=title,
        description=clip.caption or story.standfirst,
        canonical=absolute(clip.read_url),
        language=story.language,
        kind="read",
    )
    context = {
        "page": page,
        "article": story,
        "clip": clip,
        "words": read_words(clip, story.language),
    }
    return _draw("articles/read.html", context, request)


def draw_quote(story: StoryView, quote: QuoteView, *, has_card: bool) -> str:
    """A quotation. Where its words are warned of, nothing that is told elsewhere has them."""
    title = f"{quote.clip.title or story.headline}, {quote.span}"
    if not quote.warnings:
        language = quote.transcript.language
        words = quoted(shortened(quote.words, QUOTE_LONGEST), language)
        title = " – ".join([words, ", ".join(quote.speakers) or quote.clip.title])
    page = Page(
        title=title,
        description=_quote_description(story, quote),
        canonical=absolute(quote.url),
        language=story.language,
        kind="quote",
        image_url=absolute(quote.card_url) if has_card else "",
        image_alt=title if has_card else "",
        robots=UNLISTED,
    )
    return _draw("articles/quote.html", {"page": page, "article": story, "quote": quote}, None)


def _quote_description(story: StoryView, quote: QuoteView) -> str:
    facts = [f"{quote.clip.title}, {quote.span}" if quote.clip.title else quote.span]
    facts += [story.headline, *(warning.words for warning in quote.clip.warnings)]
    return shortened(". ".join(facts), DESCRIPTION_LONGEST)


def draw_no_quote(story: StoryView, clip: ClipView, most: int) -> str:
    with translation.override(story.language):
        title = _("There are no such lines")
    page = _answer_page(title, story.language, "quote")
    context = {"page": page, "clip": clip, "most": most}
    return _draw("articles/no_quote.html", context, None)


def draw_embed(story: StoryView, clip: ClipView) -> str:
    """The clip's player alone, for a frame in somebody else's page."""
    page = Page(
        title=structured_data.clip_name(clip, story),
        description=structured_data.clip_description(clip, story),
        canonical=absolute(clip.watch_url),
        language=story.language,
        kind="embed",
    )
    return _draw("articles/embed.html", {"page": page, "clip": clip})


@dataclass(frozen=True)
class Place:
    """Where one page of a long list stands: site-relative addresses, "" where there is no other."""

    url: str
    newer_url: str
    older_url: str


def draw_archive(place: Place, articles: list[Article]) -> str:
    with translation.override(SITE_LANGUAGE):
        return _draw_list(place, articles, _("All stories"), label="", language=SITE_LANGUAGE)


def draw_topic(topic: Topic, place: Place, articles: list[Article]) -> str:
    language = _common_language(articles)
    with translation.override(language):
        return _draw_list(place, articles, topic.name, label=_("Topic"), language=language)


def draw_author(author: Author, place: Place, articles: list[Article]) -> str:
    language = _common_language(articles)
    with translation.override(language):
        return _draw_list(place, articles, author.name, label=_("Author"), language=language)


def _common_language(articles: list[Article]) -> str:
    """The language of the stories on a page if it is one, else the site's."""
    languages = {article.language for article in articles}
    return languages.pop() if len(languages) == 1 else SITE_LANGUAGE


def _draw_list(
    place: Place, articles: list[Article], heading: str, *, label: str, language: str
) -> str:
    context = {
        "page": _list_page(place, heading, language),
        "heading": heading,
        "label": label,
        "place": place,
        "stories": read_cards(articles),
    }
    return _draw("articles/list.html", context)


def draw_corrections(place: Place, corrections: list[Correction], articles: list[Article]) -> str:
    """``articles`` are those of the corrections that a reader may still see."""
    public = {article.pk for article in articles}
    with translation.override(SITE_LANGUAGE):
        page = _list_page(place, _("Corrections"), SITE_LANGUAGE)
    shown = [correction for correction in corrections if correction.article_id in public]
    context = {"page": page, "place": place, "corrections": shown}
    return _draw("articles/corrections.html", context)


def _list_page(place: Place, title: str, language: str) -> Page:
    picture = structured_data.card()
    return Page(
        title=title,
        description=_("Stories, together with the footage they rest on."),
        canonical=absolute(place.url),
        language=language,
        kind="list",
        image_url=picture.url,
        image_alt=picture.alt,
    )


def draw_home(articles: list[Article], request: HttpRequest | None = None) -> str:
    picture = structured_data.card()
    with translation.override(SITE_LANGUAGE):
        page = Page(
            title=structured_data.SITE_NAME,
            description=_("Stories, together with the footage they rest on."),
            canonical=absolute("/"),
            language=SITE_LANGUAGE,
            kind="home",
            image_url=picture.url,
            image_alt=picture.alt,
            json_ld=structured_data.json_ld(structured_data.website()),
        )
    cards = read_cards(articles)
    lead: CardView | None = cards[0] if cards else None
    return _draw("articles/home.html", {"page": page, "lead": lead, "stories": cards[1:]}, request)


def site_language(asked: str) -> str:
    """The language in which a page of the whole site speaks to who asks for this one.

    >>> site_language("ar-IQ"), site_language("tlh"), site_language("")
    ('ar', 'en', 'en')
    """
    return primary(asked) if primary(asked) in SITE_LANGUAGES else SITE_LANGUAGE


def draw_search(answer: Answer, language: str, request: HttpRequest | None = None) -> str:
    with translation.override(language):
        title = _("Search: %(asked)s") % {"asked": answer.asked} if answer.asked else _("Search")
    page = _answer_page(title, language, "search")
    return _draw("articles/search.html", {"page": page, **_asked(answer)}, request)


def draw_find(article: Article, answer: Answer, request: HttpRequest | None = None) -> str:
    """What was found in one story."""
    with translation.override(article.language):
        title = _("Find in: %(headline)s") % {"headline": answer.headline or article.slug}
    page = _answer_page(title, article.language, "find")
    context = {"page": page, "article": article, **_asked(answer)}
    return _draw("articles/find.html", context, request)


def _answer_page(title: str, language: str, kind: str) -> Page:
    return Page(title, "", "", language, kind, robots=UNLISTED)


def _asked(answer: Answer) -> dict[str, object]:
    return {"answer": answer, "longest": LONGEST}


def oembed_url(url: str) -> str:
    """Where to ask how a page of ours is embedded elsewhere."""
    return absolute(f"{reverse('oembed')}?{urlencode({'url': absolute(url)})}")


def _robots(figures: Iterable[ClipView | PictureView]) -> str:
    """Search engines show no picture of a page on which readers are to be warned first."""
    if any(one.warnings if isinstance(one, ClipView) else one.warning for one in figures):
        return "max-image-preview:none, max-video-preview:0"
    return "max-image-preview:large, max-video-preview:-1"


def find_clip(story: StoryView, slug: str) -> ClipView | None:
    return next((clip for clip in story.clips if clip.slug == slug), None)


def public_story(article: Article) -> StoryView:
    with translation.override(article.language):
        return read_story(article)


def _description(story: StoryView) -> str:
    text = story.standfirst
    if not text:
        text = next((plain_text(b.html) for b in story.blocks if b.kind == "text"), "")  # type: ignore[union-attr]
    text = " ".join(text.split())
    return text if len(text) <= DESCRIPTION_LONGEST else text[: DESCRIPTION_LONGEST - 1] + "…"


def _alternates(story: StoryView, clip: ClipView | None = None) -> tuple[Alternate, ...]:
    """A story that is told in several languages, or a clip's page in it, in each of them."""
    end = f"{clip.slug}/" if clip else ""
    others = [t for t in story.translations if clip is None or clip.slug in t.clip_slugs]
    if not others:
        return ()
    original = next((other.url for other in others if other.is_original), story.url)
    places = [(story.language, story.url), *((other.language, other.url) for other in others)]
    places.append(("x-default", original))
    return tuple(Alternate(language, absolute(f"{url}{end}")) for language, url in places)


def _draw(template: str, context: dict[str, object], request: HttpRequest | None = None) -> str:
    """A page in its own language; the context names it ``page``."""
    page = context["page"]
    assert isinstance(page, Page)
    with translation.override(page.language):
        return render_to_string(template, context, request)

"""Drawing pages: from a story to the bytes of its page, for placement and for previews alike."""

from dataclasses import dataclass, field

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed
from django.utils.translation import gettext as _

from articles.core.body import plain_text
from articles.core.quotations import quoted, shortened
from articles.core.query import LONGEST
from articles.models import Article
from articles.quoting import QuoteView
from articles.reading import (
    CardView,
    ClipView,
    StoryView,
    Translation,
    absolute,
    read_cards,
    read_story,
)
from articles.scenes import read_words
from articles.search import Answer
from media.core.languages import direction, primary

SITE_LANGUAGE = "en"
# What pages that belong to no story can be read in.
SITE_LANGUAGES = ("en", "ar")
DESCRIPTION_LONGEST = 200
QUOTE_LONGEST = 90
FRONT_PAGE_STORIES = 30
FEED_STORIES = 50


@dataclass(frozen=True)
class Alternate:
    """The same page in another language; ``url`` is absolute."""

    language: str
    url: str
    name: str
    direction: str


@dataclass(frozen=True)
class Page:
    """What the frame around every page needs."""

    title: str
    description: str
    canonical: str
    language: str
    kind: str
    alternates: tuple[Alternate, ...] = ()
    image_url: str = ""
    direction: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "direction", direction(self.language))


def draw_story(story: StoryView, request: HttpRequest | None = None) -> str:
    page = Page(
        title=story.headline,
        description=_description(story),
        canonical=absolute(story.url),
        language=story.language,
        kind="story",
        alternates=_alternates(story.translations),
    )
    context = {
        "page": page,
        "article": story,
        "blocks": story.blocks,
        "translations": story.translations,
    }
    return _draw("articles/story.html", context, request)


def draw_watch(story: StoryView, clip: ClipView, request: HttpRequest | None = None) -> str:
    page = Page(
        title=f"{clip.title} – {story.headline}" if clip.title else story.headline,
        description=clip.caption or story.standfirst,
        canonical=absolute(clip.watch_url),
        language=story.language,
        kind="watch",
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
    )
    return _draw("articles/quote.html", {"page": page, "article": story, "quote": quote}, None)


def _quote_description(story: StoryView, quote: QuoteView) -> str:
    facts = [f"{quote.clip.title}, {quote.span}" if quote.clip.title else quote.span]
    facts += [story.headline, *(warning.words for warning in quote.clip.warnings)]
    return shortened(". ".join(facts), DESCRIPTION_LONGEST)


def draw_no_quote(story: StoryView, clip: ClipView, most: int) -> str:
    with translation.override(story.language):
        title = _("There are no such lines")
    page = Page(title, "", "", story.language, "quote")
    context = {"page": page, "clip": clip, "most": most}
    return _draw("articles/no_quote.html", context, None)


def draw_home(articles: list[Article], request: HttpRequest | None = None) -> str:
    with translation.override(SITE_LANGUAGE):
        page = Page(
            title=_("Newsroom"),
            description=_("Stories, together with the footage they rest on."),
            canonical=absolute("/"),
            language=SITE_LANGUAGE,
            kind="home",
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
    page = Page(title=title, description="", canonical="", language=language, kind="search")
    return _draw("articles/search.html", {"page": page, **_asked(answer)}, request)


def draw_find(article: Article, answer: Answer, request: HttpRequest | None = None) -> str:
    """What was found in one story."""
    with translation.override(article.language):
        title = _("Find in: %(headline)s") % {"headline": answer.headline or article.slug}
    page = Page(title=title, description="", canonical="", language=article.language, kind="find")
    context = {"page": page, "article": article, **_asked(answer)}
    return _draw("articles/find.html", context, request)


def _asked(answer: Answer) -> dict[str, object]:
    return {"answer": answer, "longest": LONGEST}


def draw_sitemap(stories: list[StoryView]) -> str:
    """Every story and every watch page, with the day of its last change."""
    places = [
        {"url": absolute(url), "changed_at": story.updated_at or story.published_at}
        for story in stories
        for url in (story.url, *(clip.watch_url for clip in story.clips))
    ]
    return render_to_string("articles/sitemap.xml", {"places": places})


def draw_robots() -> str:
    return render_to_string("articles/robots.txt", {"sitemap": absolute("/sitemap.xml")})


def draw_feed(kind: type[SyndicationFeed], path: str, articles: list[Article]) -> str:
    """The newest stories as a feed: headline and standfirst, never the text of a clip."""
    feed = kind(
        title="Newsroom",
        link=absolute("/"),
        description="Stories, together with the footage they rest on.",
        language=SITE_LANGUAGE,
        feed_url=absolute(path),
    )
    for article in articles:
        feed.add_item(
            title=article.headline,
            link=absolute(article.get_absolute_url()),
            description=article.standfirst,
            author_name=", ".join(byline.author.name for byline in article.bylines.all()) or None,
            pubdate=article.published_at,
            updateddate=article.published_at,
            unique_id=absolute(article.get_absolute_url()),
            categories=[article.section] if article.section else [],
        )
    return feed.writeString("utf-8")


FEEDS: dict[str, type[SyndicationFeed]] = {
    "/feeds/stories.atom": Atom1Feed,
    "/feeds/stories.rss": Rss201rev2Feed,
}


def list_articles() -> list[Article]:
    """The published stories that lists show, the newest first."""
    return list(Article.objects.published().newest_first().for_lists()[:FEED_STORIES])


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


def _alternates(translations: tuple[Translation, ...]) -> tuple[Alternate, ...]:
    return tuple(
        Alternate(other.language, absolute(other.url), other.name, other.direction)
        for other in translations
    )


def _draw(template: str, context: dict[str, object], request: HttpRequest | None) -> str:
    page = context["page"]
    assert isinstance(page, Page)
    with translation.override(page.language):
        return render_to_string(template, context, request)

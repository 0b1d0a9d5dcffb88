"""Search: what is found in one story, and across the site, in the order in which it is shown.

The index may be behind for a moment; what readers may see is asked anew for every answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote

from django.db import connection
from django.urls import reverse

from articles import search_postgresql, search_sqlite
from articles.core.excerpts import GAP, Piece, excerpt, found_spans
from articles.core.query import LONGEST, Query, parse
from articles.models import Article, Passage
from articles.spoken import moment_url
from articles.warned import read_warnings
from media.core.captions import media_time
from media.models import Warning

DATABASES = {"sqlite": search_sqlite, "postgresql": search_postgresql}
# Of a word that stands everywhere, so many of the newest places are ranked, and the best are kept.
MOST_LOOKED_AT = 4_000
MOST_FOUND = 1_000
STORIES_A_PAGE = 10
PLACES_A_PAGE = 40
PLACES_A_STORY = 3
MOST_PAGES = 100
HEADLINE_LONGEST = 200
# Shown with the story itself, not among its places.
SHOWN_ABOVE = (Passage.Kind.HEADLINE, Passage.Kind.STANDFIRST)
# A story with many places comes before one with the same best place alone, but only then.
COUNTED_PLACES, WORTH_OF_A_PLACE = 10, 0.02
# Words before what was found that tell a browser which of several places is meant.
WORDS_BEFORE = 3

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Found:
    """A visible place that holds what was asked for. ``terms``: how many of the query's terms."""

    pk: int
    story_id: int
    kind: str
    position: int
    score: float
    terms: int
    is_exact: bool


@dataclass(frozen=True)
class Hit:
    """A place as it is shown. ``start`` is the second of a cue as "1:23", else ""."""

    kind: str
    url: str
    start: str
    pieces: tuple[Piece, ...]
    language: str
    direction: str
    clip_title: str
    story_language: str
    transcript_kind: str
    transcript_name: str
    warnings: tuple[str, ...]
    # The page shows these words only to those who ask for them.
    is_folded: bool


@dataclass(frozen=True)
class StoryHits:
    """A story with its best places; ``count`` of all that were found in it."""

    article: Article
    headline: tuple[Piece, ...]
    standfirst: tuple[Piece, ...]
    hits: tuple[Hit, ...]
    count: int


@dataclass(frozen=True)
class Answer:
    """One page of what was found.

    ``count`` is of places, ``story_count`` of stories. ``is_any``: no place holds all that was
    asked for, these hold some of it. ``is_cut``: the reader asked for more than is looked for.
    """

    asked: str
    has_words: bool
    is_cut: bool
    is_any: bool
    count: int
    story_count: int
    page: int
    pages: int
    stories: tuple[StoryHits, ...] = ()
    hits: tuple[Hit, ...] = ()
    # Of the story that was asked, as its page says it; "" where none of its pages is placed yet.
    headline: str = ""

    @property
    def is_full(self) -> bool:
        """Whether there may be more than was counted."""
        return self.count >= MOST_FOUND


def search(text: str, *, language: str, page: int = 1) -> Answer:
    """Stories in which something is found, the best first, ``page`` counted from 1.

    Warnings are worded in ``language``, which is the page's.
    """
    query = parse(text)
    found, is_any = _found(query, story_id=None)
    groups = _by_story(found)
    shown, page, pages = _page_of(groups, page, STORIES_A_PAGE)
    return Answer(
        asked=text.strip()[:LONGEST],
        has_words=bool(query.terms),
        is_cut=query.is_cut,
        is_any=is_any,
        count=len(found),
        story_count=len(groups),
        page=page,
        pages=pages,
        stories=_stories(shown, query, language),
    )


def search_story(article: Article, text: str, *, page: int = 1) -> Answer:
    """Places of one story, those with the very words first, and then in the story's own order."""
    query = parse(text)
    found, is_any = _found(query, story_id=article.pk)
    found.sort(key=lambda place: (-place.terms, not place.is_exact, place.position))
    shown, page, pages = _page_of(found, page, PLACES_A_PAGE)
    rows = _Shown(shown, {article.pk}, query, article.language)
    headline = rows.headline(article.pk)
    return Answer(
        asked=text.strip()[:LONGEST],
        has_words=bool(query.terms),
        is_cut=query.is_cut,
        is_any=is_any,
        count=len(found),
        story_count=1 if found else 0,
        page=page,
        pages=pages,
        hits=rows.hits(shown),
        headline=headline.text if headline else "",
    )


def _found(query: Query, *, story_id: int | None) -> tuple[list[Found], bool]:
    """Visible places with all terms, the best first; else those with any of them, and True."""
    if not query.terms:
        return [], False
    found = _visible(query, story_id, is_any=False)
    if found or len(query.terms) == 1:
        return found, False
    found = _visible(query, story_id, is_any=True)
    return found, bool(found)


def _visible(query: Query, story_id: int | None, *, is_any: bool) -> list[Found]:
    best = DATABASES[connection.vendor].candidates(
        query, is_any=is_any, story_id=story_id, looked_at=MOST_LOOKED_AT, most=MOST_FOUND
    )
    scores = dict(best)
    closed = query.closed()
    found = []
    rows = Passage.objects.visible().filter(pk__in=list(scores))
    for row in rows.values_list("pk", "article_id", "kind", "position", "words", "own_words"):
        pk, article_id, kind, position, text, own = row
        words = text.split(" ")
        terms, goes_on = query.found_in(words, own)
        if terms and (is_any or terms == len(query.terms)):
            is_exact = closed.count_in(words if goes_on else words[:own]) == terms
            found.append(Found(pk, article_id, kind, position, scores[pk], terms, is_exact))
    return sorted(found, key=lambda place: (-place.terms, -place.score, place.position))


def _by_story(found: list[Found]) -> list[list[Found]]:
    """The places of each story together, stories and places with the best first."""
    groups: dict[int, list[Found]] = {}
    for place in found:
        groups.setdefault(place.story_id, []).append(place)
    return sorted(groups.values(), key=_worth, reverse=True)


def _worth(places: list[Found]) -> tuple[int, float, int]:
    more = min(len(places), COUNTED_PLACES) * WORTH_OF_A_PLACE
    return places[0].terms, places[0].score * (1 + more), places[0].story_id


def _page_of(things: list[Thing], page: int, size: int) -> tuple[list[Thing], int, int]:
    """The things of a page, its number, and how many pages there are; the last where it is past."""
    pages = min(MOST_PAGES, max(1, -(-len(things) // size)))
    page = min(max(1, page), pages)
    return things[(page - 1) * size : page * size], page, pages


def _stories(groups: list[list[Found]], query: Query, language: str) -> tuple[StoryHits, ...]:
    best = [
        [place for place in places if place.kind not in SHOWN_ABOVE][:PLACES_A_STORY]
        for places in groups
    ]
    story_ids = {places[0].story_id for places in groups}
    shown = _Shown([place for some in best for place in some], story_ids, query, language)
    return tuple(
        StoryHits(
            article=headline.article,
            headline=excerpt(headline.text, query, longest=HEADLINE_LONGEST),
            standfirst=excerpt(shown.standfirst(places[0].story_id), query),
            hits=shown.hits(some),
            count=len(places),
        )
        for places, some in zip(groups, best, strict=True)
        if (headline := shown.headline(places[0].story_id)) is not None
    )


class _Shown:
    """The rows behind the places of one page, each kind of them asked for once."""

    def __init__(
        self, places: Iterable[Found], story_ids: set[int], query: Query, language: str
    ) -> None:
        self.query, self.language = query, language
        # Asked once more: what has left since it was found is left out.
        visible = Passage.objects.visible()
        self._rows = visible.with_places().in_bulk([place.pk for place in places])
        heads = visible.heads_of(story_ids)
        self._heads = {(row.article_id, row.kind, row.clip_id): row for row in heads}

    def headline(self, story_id: int) -> Passage | None:
        return self._heads.get((story_id, Passage.Kind.HEADLINE, None))

    def standfirst(self, story_id: int) -> str:
        row = self._heads.get((story_id, Passage.Kind.STANDFIRST, None))
        return row.text if row else ""

    def hits(self, places: Iterable[Found]) -> tuple[Hit, ...]:
        rows = (self._rows.get(place.pk) for place in places)
        return tuple(self._hit(row) for row in rows if row is not None)

    def _hit(self, row: Passage) -> Hit:
        warnings = _warnings_at(row)
        title = self._heads.get((row.article_id, Passage.Kind.TITLE, row.clip_id))
        transcript = row.transcript
        return Hit(
            kind=row.kind,
            url=_url(row, self.query),
            start="" if row.start_ms is None else media_time(row.start_ms),
            pieces=excerpt(_said(row, self.query), self.query),
            language=row.language,
            direction=row.direction,
            clip_title=title.text if title and row.clip_id else "",
            story_language=row.article.language,
            transcript_kind=transcript.kind if transcript else "",
            transcript_name=transcript.language_name if transcript else "",
            warnings=tuple(
                dict.fromkeys(told.words for told in read_warnings(warnings, self.language))
            ),
            is_folded=any(warning.start_ms is not None for warning in warnings),
        )


def _said(row: Passage, query: Query) -> str:
    """The passage's own words; with those that follow where it takes both."""
    _terms, goes_on = query.found_in(row.words.split(" "), row.own_words)
    return f"{row.text} {row.after}{GAP}" if goes_on else row.text


def _warnings_at(row: Passage) -> list[Warning]:
    """The warnings of the whole clip, and of the spans into which a cue reaches."""
    if row.clip is None:
        return []
    return [
        warning
        for warning in row.clip.warnings.all()
        if warning.start_ms is None
        or (row.start_ms is not None and _overlap(row, warning.start_ms, warning.end_ms))
    ]


def _overlap(row: Passage, start_ms: int, end_ms: int | None) -> bool:
    assert row.start_ms is not None and row.end_ms is not None
    return row.start_ms < (end_ms or start_ms) and start_ms < row.end_ms


def _url(row: Passage, query: Query) -> str:
    """Where the passage is read, a cue at its second."""
    if row.clip is None:
        story_url = row.article.get_absolute_url()
        # The description of a picture is not seen: then a browser opens the story's beginning.
        is_in_text = row.kind in (Passage.Kind.TEXT, Passage.Kind.PICTURE)
        return story_url + _fragment(row.text, query) if is_in_text else story_url
    watch_url = reverse("watch", args=[row.article.slug, row.clip.slug])
    return watch_url if row.start_ms is None else moment_url(watch_url, row.start_ms)


def _fragment(text: str, query: Query) -> str:
    """What has a browser scroll to the first words that were found; others ignore it."""
    spans = found_spans(text, query)
    if not spans:
        return ""
    start, end = spans[0]
    before = " ".join(text[:start].split()[-WORDS_BEFORE:])
    found = _quoted(text[start:end])
    return f"#:~:text={_quoted(before)}-,{found}" if before else f"#:~:text={found}"


def _quoted(text: str) -> str:
    return quote(text, safe="").replace("-", "%2D")

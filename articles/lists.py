"""Lists: the public files that show a run of stories, and which of them a change touches.

Runs are counted from the oldest story on, so that a new one changes the newest run alone: number 0,
which grows to twice the size before its older half becomes a run of its own. A file is drawn again
when it shows other stories than it did, or when one that it shows has changed.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from django.utils import timezone

from articles import feeds, pages, sitemaps
from articles.models import Article, Author, Correction, PublicPage, Topic
from articles.models.article import ArticleQuerySet, CorrectionQuerySet

# Where the lists of topics and authors lie.
NAMED = ("topics/", "authors/")
PAGE_STORIES = 30
PAGE_CORRECTIONS = 50
FEED_STORIES = 50
# Far below the 50,000 addresses that a sitemap may hold: the newest is drawn with every change.
SITEMAP_STORIES = 100
# What search engines take for news: two days, and at most a thousand.
NEWS_AGE = timedelta(hours=48)
NEWS_STORIES = 1000


@dataclass(frozen=True)
class ListFile:
    """One public file and the stories on it, the newest first, by their keys.

    ``draw`` makes it of these stories as ``read_with`` reads them. ``is_cheap``: drawn whatever has
    changed, because it shows something beside its stories.
    """

    path: str
    ids: tuple[int, ...]
    draw: Callable[[list[Article]], str]
    read_with: Callable[[ArticleQuerySet], ArticleQuerySet] = ArticleQuerySet.for_lists
    is_cheap: bool = False


@dataclass(frozen=True)
class Family:
    """All files of one list; each path begins with ``beginning``, and no other file's does.

    In one that ``moves_together``, what a file shows can change with the stories on it unchanged.
    """

    beginning: str
    files: tuple[ListFile, ...]
    moves_together: bool = False


@dataclass(frozen=True)
class Run:
    """A run of a list's stories; ``number`` 0 is the newest, then come ``last`` down to 1."""

    number: int
    last: int
    ids: tuple[int, ...]

    @property
    def older(self) -> int | None:
        number = self.last if self.number == 0 else self.number - 1
        return number or None

    @property
    def newer(self) -> int | None:
        if self.number == 0:
            return None
        return 0 if self.number == self.last else self.number + 1


def runs(ids: Sequence[int], size: int) -> list[Run]:
    """Cut keys, the newest first, into runs of ``size``; the newest holds up to twice as many.

    >>> [(run.number, run.ids) for run in runs([7, 6, 5, 4, 3, 2, 1], 3)]
    [(0, (7, 6, 5, 4)), (1, (3, 2, 1))]
    >>> [(run.number, run.ids) for run in runs([], 3)]
    [(0, ())]
    """
    last = max(0, len(ids) // size - 1)
    newest = len(ids) - last * size
    found = [Run(0, last, tuple(ids[:newest]))]
    for number in range(last, 0, -1):
        start = newest + (last - number) * size
        found.append(Run(number, last, tuple(ids[start : start + size])))
    return found


def read(
    files: Collection[ListFile], *, among: ArticleQuerySet | None = None
) -> dict[str, list[Article]]:
    """The stories of each file by its path, those among them that a reader may still see, or that
    are ``among`` others.

    Read together, in a number of queries that does not grow with files or stories.
    """
    found: dict[str, list[Article]] = {}
    for read_with in {file.read_with for file in files}:
        alike = [file for file in files if file.read_with is read_with]
        wanted = {key for file in alike for key in file.ids}
        visible = Article.objects.published() if among is None else among
        stories = visible.filter(pk__in=wanted).newest_first()
        read_now = list(read_with(stories))
        for file in alike:
            shown = set(file.ids)
            found[file.path] = [article for article in read_now if article.pk in shown]
    return found


# Which lists there are ---------------------------------------------------------------------------


def every_family() -> list[Family]:
    return [
        *_general(Article.objects.published(), Correction.objects.published()),
        *(_topic(topic) for topic in Topic.objects.all()),
        *(_author(author) for author in Author.objects.all()),
    ]


def families_of(articles: Collection[Article], *, placed: Iterable[str] = ()) -> list[Family]:
    """The lists that show these stories, did, or are to; and those of the paths in ``placed``."""
    shown = PublicPage.objects.below(*NAMED).filter(articles__in=articles)
    folders = {_folder(path) for path in [*shown.values_list("path", flat=True), *placed]}
    folders |= {f"topics/{topic.slug}/" for topic in Topic.objects.filter(articles__in=articles)}
    bylined = Author.objects.filter(bylines__article__in=articles)
    folders |= {f"authors/{author.slug}/" for author in bylined}
    general = _general(Article.objects.published(), Correction.objects.published())
    return [*general, *_named({folder for folder in folders if folder.startswith(NAMED)})]


def families_alone(article: Article) -> Iterator[Family]:
    """Every list in which the story will stand, as if there were no other; it may be a draft."""
    alone = Article.objects.filter(pk=article.pk)
    yield from _general(alone, article.corrections.all())
    for topic in article.topics.all():
        draw = partial(pages.draw_topic, topic)
        yield _paged(f"topics/{topic.slug}/", (article.pk,), draw)
    for author in Author.objects.filter(bylines__article=article):
        draw_author = partial(pages.draw_author, author)
        yield _paged(f"authors/{author.slug}/", (article.pk,), draw_author)


def _folder(path: str) -> str:
    """The folder of a topic's or an author's list, of the path of any page of it.

    >>> _folder("topics/mosul/page/2/index.html"), _folder("authors/dana/index.html")
    ('topics/mosul/', 'authors/dana/')
    """
    return "/".join(path.split("/")[:2]) + "/"


def _named(folders: set[str]) -> Iterator[Family]:
    """The lists of topics and authors by their folders; empty for one that is no more."""
    slugs = [folder.split("/")[1] for folder in folders]
    families = [_topic(topic) for topic in Topic.objects.filter(slug__in=slugs)]
    families += [_author(author) for author in Author.objects.filter(slug__in=slugs)]
    found = {family.beginning: family for family in families}
    for folder in sorted(folders):
        yield found.get(folder, Family(folder, ()))


def _general(articles: ArticleQuerySet, corrections: CorrectionQuerySet) -> Iterator[Family]:
    newest = articles.newest_first()
    ids = _keys(newest)
    filmed = _keys(newest.with_film())
    news = _keys(newest.since(timezone.now() - NEWS_AGE)[:NEWS_STORIES])
    front = ListFile("index.html", ids[:PAGE_STORIES], pages.draw_home)
    yield Family("index.html", (front,))
    yield _paged("archive/", ids, pages.draw_archive)
    yield _corrections(corrections)
    yield Family("feeds/", tuple(_feeds(ids, filmed)))
    yield Family("sitemap", tuple(_sitemaps(ids, filmed, news)))
    robots = ListFile("robots.txt", (), lambda _articles: sitemaps.draw_robots(), is_cheap=True)
    yield Family("robots.txt", (robots,))


def _keys(articles: ArticleQuerySet) -> tuple[int, ...]:
    return tuple(articles.values_list("pk", flat=True))


def _topic(topic: Topic) -> Family:
    ids = _keys(Article.objects.published().about(topic).newest_first())
    draw = partial(pages.draw_topic, topic)
    return _paged(f"topics/{topic.slug}/", ids, draw, may_be_empty=False)


def _author(author: Author) -> Family:
    ids = _keys(Article.objects.published().by(author).newest_first())
    draw = partial(pages.draw_author, author)
    return _paged(f"authors/{author.slug}/", ids, draw, may_be_empty=False)


def _paged(
    folder: str,
    ids: tuple[int, ...],
    draw: Callable[[pages.Place, list[Article]], str],
    *,
    may_be_empty: bool = True,
) -> Family:
    if not ids and not may_be_empty:
        # Nobody learns that a topic or an author is there before a story of theirs is.
        return Family(folder, ())
    files = (
        ListFile(_page_path(folder, run.number), run.ids, partial(draw, _place(folder, run)))
        for run in runs(ids, PAGE_STORIES)
    )
    return Family(folder, tuple(files))


def _page_path(folder: str, number: int) -> str:
    return f"{folder}page/{number}/index.html" if number else f"{folder}index.html"


def _place(folder: str, run: Run) -> pages.Place:
    return pages.Place(*(_page_url(folder, n) for n in (run.number, run.newer, run.older)))


def _page_url(folder: str, number: int | None) -> str:
    if number is None:
        return ""
    return "/" + _page_path(folder, number).removesuffix("index.html")


def _corrections(corrections: CorrectionQuerySet) -> Family:
    found = {c.pk: c for c in corrections}
    files = []
    for run in runs(tuple(found), PAGE_CORRECTIONS):
        shown = [found[pk] for pk in run.ids]
        draw = partial(pages.draw_corrections, _place("corrections/", run), shown)
        ids = tuple(dict.fromkeys(correction.article_id for correction in shown))
        files.append(ListFile(_page_path("corrections/", run.number), ids, draw))
    return Family("corrections/", tuple(files), moves_together=True)


def _feeds(ids: tuple[int, ...], filmed: tuple[int, ...]) -> Iterator[ListFile]:
    newest, newest_filmed = ids[:FEED_STORIES], filmed[:FEED_STORIES]
    told = ArticleQuerySet.for_machines
    yield ListFile("feeds/stories.atom", newest, feeds.draw_atom, told)
    yield ListFile("feeds/stories.rss", newest, feeds.draw_rss, told)
    yield ListFile("feeds/videos.rss", newest_filmed, feeds.draw_videos, told)


def _sitemaps(
    ids: tuple[int, ...], filmed: tuple[int, ...], news: tuple[int, ...]
) -> Iterator[ListFile]:
    yield from _parted("sitemap", ids, sitemaps.draw_sitemap)
    yield from _parted("sitemap-video", filmed, sitemaps.draw_video_sitemap)
    yield ListFile(
        "sitemap-news.xml", news, sitemaps.draw_news_sitemap, ArticleQuerySet.for_machines
    )


def _parted(
    name: str, ids: tuple[int, ...], draw: Callable[[list[Article]], str]
) -> Iterator[ListFile]:
    """One sitemap, or with many stories an index of several."""
    cut = runs(ids, SITEMAP_STORIES)
    told = ArticleQuerySet.for_machines
    if len(cut) == 1:
        yield ListFile(f"{name}.xml", ids, draw, told)
        return
    parts = {f"{name}-{run.number or 'new'}.xml": run.ids for run in cut}
    index = partial(sitemaps.draw_index, tuple(parts))
    yield ListFile(f"{name}.xml", (), lambda _articles: index(), is_cheap=True)
    for path, shown in parts.items():
        yield ListFile(path, shown, draw, told)


# What a change touches ---------------------------------------------------------------------------


def due(
    families: Iterable[Family],
    touched: Collection[int],
    placed: Mapping[str, set[int]] | None = None,
) -> tuple[list[ListFile], list[str]]:
    """The files to draw again because these stories have changed, or others are on them now; and
    the paths of files that are to go.

    ``placed`` are the paths that the caller has placed just now, with the stories that it put on
    them: of these it knows more than the table, in which another process may have written since.
    """
    families = list(families)
    recorded = {**_recorded([family.beginning for family in families]), **(placed or {})}
    wanted = {file.path for family in families for file in family.files}
    drawn = [file for family in families for file in _due_in(family, recorded, set(touched))]
    return drawn, sorted(recorded.keys() - wanted)


def _recorded(beginnings: list[str]) -> dict[str, set[int]]:
    """The list files that lie in `public`, each with the stories that it shows."""
    found: dict[str, set[int]] = {}
    for path, key in PublicPage.objects.below(*beginnings).values_list("path", "articles"):
        found.setdefault(path, set()).update({key} - {None})
    return found


def _due_in(
    family: Family, recorded: dict[str, set[int]], touched: set[int]
) -> tuple[ListFile, ...]:
    def is_due(file: ListFile) -> bool:
        if recorded.get(file.path) != set(file.ids):
            return True
        return bool(touched) if file.is_cheap else not touched.isdisjoint(file.ids)

    changed = tuple(file for file in family.files if is_due(file))
    return family.files if changed and family.moves_together else changed

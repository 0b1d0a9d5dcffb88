"""Placement: drawing a story's public files and putting them into `public`, or taking them out.

Everything here may be repeated: it makes `public` what the database says, and no more.
"""

import gzip
import hashlib
import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

import brotli
from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from articles import indexing, lists, pages, story_data
from articles.core import folding
from articles.core.body import plain_text
from articles.models import Article, PublicPage
from articles.reading import StoryView
from media import leakscan, queue, release, stores
from media.core.leaks import Finding
from media.errors import NewsroomError
from media.models import Clip, Footage, Job

logger = logging.getLogger(__name__)

SECONDS_TO_WAIT = 30
# Where the site's own style sheets and scripts lie in `public`.
STATIC_FOLDER = "static/"
PACKED = {".gz": lambda content: gzip.compress(content, 9, mtime=0), ".br": brotli.compress}


@dataclass(frozen=True)
class Drawn:
    """One public file, ready to be placed; ``articles`` are the stories that it shows."""

    path: str
    content: bytes
    articles: list[Article] = field(default_factory=list)


class PlacementFailed(NewsroomError):
    """The pages were not placed; the reason is the job's."""


def refresh_now(article: Article) -> None:
    """Make the story's public files what they should be, before this returns.

    The work is a job like any other, so that it is finished by somebody if this process dies.
    Raises PlacementFailed with the reason.
    """
    job = queue.request("refresh_story", article.pk, priority=10)
    job = queue.work_or_wait(job, seconds=SECONDS_TO_WAIT)
    if job.state == Job.State.FAILED:
        raise PlacementFailed(job.reason)


def refresh_story(article_id: int, lease: queue.Lease) -> None:
    """Job: place or remove all public files of one story, and the lists that show it."""
    with stores.placing():
        article = Article.objects.get(pk=article_id)
        _settle(article)
        _refresh_lists([article])
        for other in _translations(article):
            _settle(other)
    with lease.finishing():
        pass


def refresh_clip(clip_id: int, lease: queue.Lease) -> None:
    """Job: after a clip has changed, draw again every public story in which it stands."""
    with stores.placing():
        clip = Clip.objects.select_related("footage").get(pk=clip_id)
        articles = list(Article.objects.published().showing(clip))
        try:
            for article in articles:
                _settle(article)
        finally:
            # After the pages, which then name none of its files; but whatever becomes of them.
            if not clip.is_playable or not articles:
                _settle_embed(clip)
                release.remove_clip(clip)
        if articles:
            _refresh_lists(articles)
    with lease.finishing():
        pass


def rehearse(article: Article) -> None:
    """Draw and scan what a story will show, without placing anything. Raises LeakFound."""
    story = pages.public_story(article)
    for drawn in _story_pages(article, story):
        _check(drawn, article, story)
    for clip in _shown_clips(article, story):
        release.rehearse_clip(clip)


def _settle(article: Article) -> None:
    """Place or remove a story's files; once more if it was changed, or withdrawn, meanwhile."""
    changed_at = None
    while changed_at != article.updated_at:
        changed_at = article.updated_at
        if article.is_public:
            _place_story(article)
        else:
            _remove_story(article)
        article.refresh_from_db()


def _shown_clips(article: Article, story: StoryView) -> list[Clip]:
    shown = {clip.id for clip in story.clips}
    clips = article.clips.playable().select_related("footage", "current_package", "cleared_by")  # type: ignore[attr-defined]
    return [clip for clip in clips if clip.public_id in shown]


def _place_story(article: Article) -> None:
    """Clips first, then the pages that show them: no page names a file that is not there."""
    story = pages.public_story(article)
    drawn = list(_story_pages(article, story))
    for page in drawn:
        _check(page, article, story)
    for clip in _shown_clips(article, story):
        release.place_clip(clip)
    for page in drawn:
        _place(page)
    # After the pages: what is found is there to be read.
    indexing.index_story(article, story)
    current = {page.path for page in drawn}
    for old in PublicPage.objects.of_story(article).exclude(path__in=current):
        _remove(old)
    for clip in article.clips.all():
        _settle_embed(clip, story)


def _remove_story(article: Article) -> None:
    """What is found first, then pages, then the files of clips that no other public story shows."""
    indexing.remove_story(article)
    for page in PublicPage.objects.of_story(article):
        _remove(page)
    stores.remove_public(article.path)
    for clip in article.clips.all():
        _settle_embed(clip)
        if not Article.objects.published().showing(clip).exists():
            release.remove_clip(clip)


def _story_pages(article: Article, story: StoryView) -> Iterator[Drawn]:
    yield Drawn(f"{article.path}/index.html", pages.draw_story(story).encode(), [article])
    for clip in story.clips:
        content = pages.draw_watch(story, clip).encode()
        yield Drawn(f"{article.path}/{clip.slug}/index.html", content, [article])
        words = pages.draw_read(story, clip).encode()
        yield Drawn(f"{article.path}/{clip.slug}/read/index.html", words, [article])
    yield Drawn(f"{article.path}.json", story_data.draw_json(story).encode(), [article])
    yield Drawn(f"{article.path}.ninjs.json", story_data.draw_ninjs(story).encode(), [article])


def _settle_embed(clip: Clip, known: StoryView | None = None) -> None:
    """Place or remove the player that others may frame: it speaks as the first story does.

    ``known`` is a story that was read already: it may be that one.
    """
    path = f"embed/{clip.public_id}/index.html"
    article = Article.objects.first_to_show(clip)
    if article is not None:
        story = known if known and known.slug == article.slug else pages.public_story(article)
        view = next((view for view in story.clips if view.id == clip.public_id), None)
        if view is not None:
            drawn = Drawn(path, pages.draw_embed(story, view).encode(), [article])
            _check(drawn, article, story)
            _place(drawn)
            return
    for page in PublicPage.objects.filter(path=path):
        _remove(page)


def _check(drawn: Drawn, article: Article, story: StoryView) -> None:
    """A page may say of its footage only what an editor wrote."""
    written = _written(article, story)
    leakscan.check_page(drawn.path, drawn.content, _footages(article), written=written)


def _footages(article: Article) -> QuerySet[Footage]:
    return Footage.objects.filter(clips__in=article.clips.all()).distinct()


def _written(article: Article, story: StoryView) -> str:
    """All that editors wrote for a story, as one text."""
    words = [article.slug, story.headline, story.standfirst, article.body, article.section]
    words.append(plain_text(article.body))
    words += [other.headline for other in story.translations]
    words += [byline.author.name for byline in story.bylines]
    words += [topic.name for topic in story.topics]
    words += [correction.text for correction in story.corrections]
    for clip in story.clips:
        words += [clip.slug, clip.title, clip.caption, clip.alt, clip.credit]
        words += [warning.words for warning in clip.warnings]
        words += [chapter.text for chapter in clip.chapters]
        words += [transcript.checked_by for transcript in clip.transcripts]
        words += [cue.text for transcript in clip.transcripts for cue in transcript.cues]
    return "\n".join(words)


def _refresh_lists(touched: Collection[Article]) -> None:
    """Draw again the lists that show stories which have changed, or others than they did.

    And once more if a story came or went meanwhile: another process may have drawn it sooner.
    """
    changed = {article.pk for article in touched}
    placed: dict[str, set[int]] = {}
    while True:
        files, gone = lists.due(lists.families_of(touched, placed=placed), changed, placed)
        if not files and not gone:
            return
        _remove_lists(gone)
        placed = {path: placed[path] for path in placed.keys() - gone} | _place_lists(files)
        changed = set()


def _place_lists(files: Iterable[lists.ListFile]) -> dict[str, set[int]]:
    """Draw and place list files; their paths, with the stories that were put on each."""
    placed = {}
    for file in files:
        articles = file.read()
        _place(Drawn(file.path, file.draw(articles).encode(), articles))
        placed[file.path] = {article.pk for article in articles}
    return placed


def _remove_lists(paths: Iterable[str]) -> None:
    for page in PublicPage.objects.filter(path__in=list(paths)):
        _remove(page)


def age_lists() -> None:
    """Take from the lists what time alone takes from them: news is news for two days."""
    with stores.placing():
        _refresh_lists([])


def _translations(article: Article) -> list[Article]:
    """The published translations of a story: their pages link to it."""
    root = article.translation_of_id or article.pk
    return list(Article.objects.published().translations_of(root).exclude(pk=article.pk))


def _place(drawn: Drawn) -> None:
    """Write one page with its packed forms, unless it lies there already as it is."""
    digest = hashlib.sha256(drawn.content).hexdigest()
    with transaction.atomic():
        page, is_new = PublicPage.objects.get_or_create(
            path=drawn.path, defaults={"sha256": digest}
        )
        page.articles.set(drawn.articles)
        if is_new or page.sha256 != digest or not stores.exists("public", drawn.path):
            page.sha256 = digest
            page.save()
            for ending, pack in PACKED.items():
                stores.place_file(drawn.path + ending, pack(drawn.content))
            stores.place_file(drawn.path, drawn.content)


def _remove(page: PublicPage) -> None:
    for ending in ("", *PACKED):
        stores.remove_public(page.path + ending)
    page.delete()


def public_page_findings() -> dict[str, list[Finding]]:
    """Scan every placed page once more, as it lies on the disk, for the data of its footage."""
    found = {}
    words, films = {}, {}
    for article in Article.objects.filter(pages__isnull=False).distinct():
        words[article.pk] = _written(article, pages.public_story(article))
        films[article.pk] = set(_footages(article))
    for page in PublicPage.objects.prefetch_related("articles"):
        shown = [article.pk for article in page.articles.all()]
        written = "\n".join(words[pk] for pk in shown)
        footages = set().union(*(films[pk] for pk in shown))
        for name in (page.path, *(page.path + ending for ending in PACKED)):
            content = stores.read_public(name) or b""
            findings = leakscan.page_findings(name, content, footages, written=written)
            if findings:
                found[name] = findings
    return found


def stray_findings() -> dict[str, list[Finding]]:
    """Public files that nobody placed: no page, no package, no captions, nothing of the site."""
    pages_known = {
        path + ending
        for path in PublicPage.objects.values_list("path", flat=True)
        for ending in ("", *PACKED)
    }
    folders = release.public_folders()
    stray = Finding("file", "Newsroom did not place this file: take it away.")
    return {
        name: [stray]
        for name in stores.files_below("public")
        if not (
            name in pages_known
            or name.startswith(STATIC_FOLDER)
            or "/".join(name.split("/", 2)[:2]) in folders
        )
    }


def place_everything() -> None:
    """Draw every public file anew, where what stands in each of them is not what it was."""
    signature = _signature()
    record = settings.RUN_DIR / "placed-for"
    if record.exists() and record.read_text(encoding="utf-8") == signature:
        return
    for article in Article.objects.published():
        try:
            _place_story(article)
        except NewsroomError:
            # One story that may not be drawn is no reason to stop the others, or the start.
            logger.exception("the pages of %s stay as they are", article.slug)
    families = lists.every_family()
    _, gone = lists.due(families, ())
    _place_lists(file for family in families for file in family.files)
    _remove_lists(gone)
    _refresh_lists([])
    record.write_text(signature, encoding="utf-8")


def _signature() -> str:
    """What stands in every page beside its story: addresses, and the names of static files.

    And the rules by which its words are folded, so that new rules have everything indexed anew.
    """
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    parts = [settings.BASE_URL.encode(), settings.MEDIA_URL.encode(), manifest.read_bytes()]
    parts.append(b"words %d" % folding.VERSION)
    return hashlib.sha256(b"\n".join(parts)).hexdigest()

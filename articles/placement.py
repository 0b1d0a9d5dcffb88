"""Placement: drawing a story's public files and putting them into `public`, or taking them out.

Everything here may be repeated: it makes `public` what the database says, and no more.
"""

import hashlib
import logging
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType

from django.conf import settings

from articles import correcting, filing, indexing, keeping, lists, page_leaks, pages, story_data
from articles.core import folding
from articles.filing import Drawn
from articles.models import Article, Illustration, PublicPage
from articles.reading import StoryView
from media import queue, release, stores
from media.core.leaks import Finding, Marks
from media.errors import NewsroomError
from media.models import Clip, Job, Picture

logger = logging.getLogger(__name__)

SECONDS_TO_WAIT = 30
# So often lists are drawn again because other stories came or went meanwhile.
ROUNDS = 20
# Where the site's own style sheets and scripts lie in `public`.
STATIC_FOLDER = "static/"


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
        clip = Clip.objects.select_related("footage", "current_package").get(pk=clip_id)
        articles = list(Article.objects.published().showing(clip))
        Article.objects.showing(clip).try_again()
        try:
            for article in articles:
                _settle(article)
        finally:
            # After the pages, which then name none of its files; but whatever becomes of them.
            if not clip.is_playable or not articles:
                _settle_embeds([clip])
                release.remove_clip(clip)
        if articles:
            _refresh_lists(articles)
    with lease.finishing():
        pass


def rehearse(article: Article) -> None:
    """Draw and scan what a story will show, and what every list will say of it, without placing
    anything. Raises LeakFound.
    """
    story, marks = _read(article)
    page_leaks.check(_story_pages(article, story), marks)
    page_leaks.check(_lists_alone(article), page_leaks.marks_of_lists([article]))
    for clip in _shown_clips(article, story):
        release.rehearse_clip(clip)
    for picture in _shown_pictures(story):
        release.scan_picture(picture)


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
    clips = article.clips.playable().for_placement()  # type: ignore[attr-defined]
    return [clip for clip in clips if clip.public_id in shown]


def _shown_pictures(story: StoryView) -> list[Picture]:
    return list(Picture.objects.named(picture.id for picture in story.pictures))


def _place_story(article: Article) -> None:
    """Files of clips and pictures first, then the pages: none names a file that is not there."""
    story = pages.public_story(article)
    if correcting.note_corrections(article, story):
        story = pages.public_story(article)
    drawn = list(_story_pages(article, story))
    marks = page_leaks.marks_of_story(article, story)
    page_leaks.check(drawn, marks)
    for clip in _shown_clips(article, story):
        release.place_clip(clip)
    for picture in _shown_pictures(story):
        release.place_picture(picture)
    filing.place(drawn)
    keeping.placed(article)
    # After the pages: what is found is there to be read.
    indexing.index_story(article, story)
    current = {page.path for page in drawn}
    filing.remove(PublicPage.objects.of_story(article).exclude(path__in=current))
    _settle_embeds(article.clips.all(), known={article: (story, marks)})
    _remove_stray_pictures()


def _remove_story(article: Article) -> None:
    """What is found first, then pages, then the files that no other public story shows."""
    indexing.remove_story(article)
    filing.remove(PublicPage.objects.of_story(article))
    stores.remove_public(article.path)
    keeping.removed(article)
    clips = list(article.clips.all())
    _settle_embeds(clips)
    shown = Article.objects.first_to_show_each(clips)
    for clip in clips:
        if clip.pk not in shown:
            release.remove_clip(clip)
    _remove_stray_pictures()


def _remove_stray_pictures() -> None:
    """Take away the pictures that no public story shows any more, whatever story they were in."""
    shown = Illustration.objects.public().values("picture")
    for picture in Picture.objects.placed().exclude(pk__in=shown):
        release.remove_picture(picture)


def _story_pages(article: Article, story: StoryView) -> Iterator[Drawn]:
    yield Drawn(f"{article.path}/index.html", pages.draw_story(story).encode(), [article])
    for clip in story.clips:
        content = pages.draw_watch(story, clip).encode()
        yield Drawn(f"{article.path}/{clip.slug}/index.html", content, [article])
        words = pages.draw_read(story, clip).encode()
        yield Drawn(f"{article.path}/{clip.slug}/read/index.html", words, [article])
    yield Drawn(f"{article.path}.json", story_data.draw_json(story).encode(), [article])
    yield Drawn(f"{article.path}.ninjs.json", story_data.draw_ninjs(story).encode(), [article])


def _settle_embeds(
    clips: Iterable[Clip],
    *,
    known: Mapping[Article, tuple[StoryView, Marks]] = MappingProxyType({}),
) -> None:
    """Place or remove the players that others may frame: each speaks as the first story does.

    ``known`` are stories that were read already, and what their pages may not say.
    """
    clips = list(clips)
    speaking: dict[Article, list[Clip]] = {}
    for clip_id, article in Article.objects.first_to_show_each(clips).items():
        speaking.setdefault(article, []).extend(clip for clip in clips if clip.pk == clip_id)
    drawn = []
    for article, framed in speaking.items():
        story, marks = known.get(article) or _read(article)
        players = list(_players(article, story, framed))
        page_leaks.check(players, marks)
        drawn += players
    filing.place(drawn)
    placed = {player.path for player in drawn}
    filing.remove(
        PublicPage.objects.at(_player_path(clip) for clip in clips).exclude(path__in=placed)
    )


def _read(article: Article) -> tuple[StoryView, Marks]:
    """A story as its pages show it, and what they may not say."""
    story = pages.public_story(article)
    return story, page_leaks.marks_of_story(article, story)


def _player_path(clip: Clip) -> str:
    return f"embed/{clip.public_id}/index.html"


def _players(article: Article, story: StoryView, clips: Iterable[Clip]) -> Iterator[Drawn]:
    views = {view.id: view for view in story.clips}
    for clip in clips:
        if clip.public_id in views:
            html = pages.draw_embed(story, views[clip.public_id])
            yield Drawn(_player_path(clip), html.encode(), [article])


def _refresh_lists(touched: Collection[Article]) -> None:
    """Draw again the lists that show stories which have changed, or others than they did.

    And once more if a story came or went meanwhile: another process may have drawn it sooner.
    """
    changed = {article.pk for article in touched}
    placed: dict[str, set[int]] = {}
    for _ in range(ROUNDS):
        files, gone = lists.due(lists.families_of(touched, placed=placed), changed, placed)
        if not files and not gone:
            return
        filing.remove(PublicPage.objects.at(gone))
        placed = {path: placed[path] for path in placed.keys() - gone} | _place_lists(files)
        changed = set()
    # Whoever waits to place something is not to wait for ever.
    logger.error("the lists change faster than they are drawn: %s", [file.path for file in files])


def _place_lists(files: Collection[lists.ListFile]) -> dict[str, set[int]]:
    """Draw, scan and place list files; their paths, with the stories that were read for each."""
    read = lists.read(files)
    marks = page_leaks.marks_of_lists({a.pk: a for some in read.values() for a in some}.values())
    filing.place([_fit_list(file, read[file.path], marks) for file in files])
    return {path: {article.pk for article in articles} for path, articles in read.items()}


def _fit_list(file: lists.ListFile, articles: list[Article], marks: Marks) -> Drawn:
    """A list, without the stories of whose footage it would tell what nobody wrote.

    The others are not to wait for them, least of all one that is to leave the list.
    """
    drawn = _drawn_list(file, articles)
    if not page_leaks.has_leaks(drawn, marks):
        return drawn
    kept = [article for article in articles if not _is_told_of(article, drawn)]
    if len(kept) == len(articles):
        # Somebody else's data, which is in this list by accident.
        return drawn
    for article in set(articles) - set(kept):
        logger.error("leak scan: %s tells of the footage of %s", file.path, article.slug)
    return _fit_list(file, kept, marks)


def _is_told_of(article: Article, drawn: Drawn) -> bool:
    marks = page_leaks.marks_of_lists([article], beside=drawn.articles)
    return page_leaks.has_leaks(drawn, marks)


def _drawn_list(file: lists.ListFile, articles: list[Article]) -> Drawn:
    return Drawn(file.path, file.draw(articles).encode(), articles)


def _lists_alone(article: Article) -> Iterator[Drawn]:
    """Every list as it would be with this story alone; it may be a draft."""
    alone = Article.objects.filter(pk=article.pk)
    files = [file for family in lists.families_alone(article) for file in family.files]
    read = lists.read(files, among=alone)
    return (_drawn_list(file, read[file.path]) for file in files)


def age_lists() -> None:
    """Take from the lists what time alone takes from them: news is news for two days."""
    with stores.placing():
        _refresh_lists([])


def _translations(article: Article) -> list[Article]:
    """The published translations of a story: their pages link to it."""
    root = article.translation_of_id or article.pk
    return list(Article.objects.published().translations_of(root).exclude(pk=article.pk))


def stray_findings() -> dict[str, list[Finding]]:
    """Public files that nobody placed: no page, no package, no captions, nothing of the site."""
    pages_known = {
        path + ending
        for path in PublicPage.objects.values_list("path", flat=True)
        for ending in ("", *filing.PACKED)
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
            with stores.placing():
                _settle(article)
        except NewsroomError:
            # One story that may not be drawn is no reason to stop the others, or the start.
            logger.exception("the pages of %s stay as they are", article.slug)
    with stores.placing():
        _place_all_lists()
    record.write_text(signature, encoding="utf-8")


def _place_all_lists() -> None:
    families = lists.every_family()
    _, gone = lists.due(families, ())
    for family in families:
        _place_lists(family.files)
    filing.remove(PublicPage.objects.at(gone))
    _refresh_lists([])


def _signature() -> str:
    """What stands in every page beside its story: addresses, and the names of static files.

    And the rules by which its words are folded, so that new rules have everything indexed anew.
    """
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    parts = [settings.BASE_URL.encode(), settings.MEDIA_URL.encode(), manifest.read_bytes()]
    parts.append(b"words %d" % folding.VERSION)
    return hashlib.sha256(b"\n".join(parts)).hexdigest()

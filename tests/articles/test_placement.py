"""Placement: `public` is what the database says, and nothing is written that is there already."""

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from articles import placement, publishing
from articles.models import Article, PublicPage
from media import queue
from media.errors import NotCleared
from media.models import Clip
from tests.articles.public import (
    LISTS,
    finish_jobs,
    page,
    public_files,
    public_folder,
    story_files,
)
from tests.factories import a_draft, a_footage, a_package, a_ready_clip, a_transcript

pytestmark = pytest.mark.django_db


def identities():
    """Each public file with what changes whenever it is written again."""
    paths = sorted(path for path in public_folder().rglob("*") if path.is_file())
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in paths}


def written_again(before):
    after = identities()
    changed = (path for path in before.keys() | after.keys() if before.get(path) != after.get(path))
    return sorted(
        path.relative_to(public_folder()).as_posix()
        for path in changed
        if path.suffix not in (".gz", ".br")
    )


def published(*clips, **fields):
    return publishing.publish(a_draft(*clips, **fields), by=None)


def test_placing_what_lies_there_writes_nothing():
    article = published(a_ready_clip())
    before = identities()

    placement.refresh_now(article)
    placement.place_everything()

    assert written_again(before) == []


def test_lists_that_never_settle_are_told_of_and_hold_nobody_up(monkeypatch, caplog):
    monkeypatch.setattr(placement, "ROUNDS", 1)

    article = published(a_ready_clip())

    assert article.is_public
    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "the lists change faster than they are drawn"
    ]


def test_every_page_has_a_row_with_its_hash_and_the_stories_it_shows():
    clip = a_ready_clip()
    article = published(clip)

    rows = {
        row.path: (row.sha256, list(row.articles.all()))
        for row in PublicPage.objects.prefetch_related("articles")
    }

    files = [name for name in public_files() if not name.startswith("media/")]
    assert rows == {
        name: (
            hashlib.sha256((public_folder() / name).read_bytes()).hexdigest(),
            [] if name in ("robots.txt", "corrections/index.html") else [article],
        )
        for name in files
    }


def test_a_change_of_a_clip_draws_again_exactly_the_stories_that_show_it():
    clip, other = a_ready_clip(), a_ready_clip()
    shown, also_shown, not_shown = published(clip), published(clip, other), published(other)
    before = identities()
    Clip.objects.filter(pk=clip.pk).update(title="A new title")

    queue.request("refresh_clip", clip.pk)
    finish_jobs()

    told = [name for name in LISTS if name.startswith("feeds/") or name == "sitemap-video.xml"]
    assert written_again(before) == sorted(
        [
            f"embed/{clip.public_id}/index.html",
            *(name for article in (shown, also_shown) for name in story_files(article, clip)),
            *told,
        ]
    )
    assert not_shown.is_public


def test_a_new_package_of_a_clip_is_placed_and_shown():
    clip = a_ready_clip()
    article = published(clip)
    old = clip.current_package.public_id
    clip.refresh_from_db()
    new = a_package(clip, public_id="newpackage12").public_id
    packages = public_folder().parent / "packages"
    (packages / old).rename(packages / new)

    queue.request("refresh_clip", clip.pk)
    finish_jobs()

    html = page(f"stories/{article.slug}/index.html")
    assert (f"/media/{new}/master.m3u8" in html, old in html) == (True, False)
    assert f"media/{new}/master.m3u8" in public_files()


def test_a_clip_under_a_new_address_leaves_no_page_at_its_old_one():
    clip = a_ready_clip(slug="old")
    article = published(clip)
    Clip.objects.update(slug="new")

    queue.request("refresh_clip", clip.pk)
    finish_jobs()

    folder = f"stories/{article.slug}/"
    assert [name for name in public_files() if name.startswith(folder)] == [
        f"{folder}index.html",
        f"{folder}new/index.html",
        f"{folder}new/read/index.html",
    ]


def test_translations_link_to_one_another_as_long_as_both_are_public():
    english = published(slug="cells")
    arabic = published(slug="cells-ar", language="ar", translation_of=english)

    linked = [page(f"stories/{slug}/index.html") for slug in ("cells", "cells-ar")]
    publishing.withdraw(arabic, by=None, reason="Danger.")
    alone = page("stories/cells/index.html")

    assert 'hreflang="ar" href="http://127.0.0.1:8000/stories/cells-ar/"' in linked[0]
    assert 'hreflang="en" href="http://127.0.0.1:8000/stories/cells/"' in linked[1]
    assert ("hreflang" in alone, "cells-ar" in alone) == (False, False)


def test_a_translation_that_is_not_public_is_not_linked():
    english = published()
    a_draft(slug="hidden-ar", language="ar", translation_of=english)

    placement.refresh_now(english)

    assert "hidden-ar" not in page(f"stories/{english.slug}/index.html")


def test_a_page_that_was_lost_is_placed_again():
    article = published(a_ready_clip())
    wanted = public_files()
    (public_folder() / f"stories/{article.slug}/index.html").unlink()
    (public_folder() / "index.html").unlink()

    placement.place_everything()

    assert public_files() == wanted


def test_a_story_that_cannot_be_placed_says_why():
    clip = a_ready_clip(footage=a_footage(original_name="IMG 9981 checkpoint.mov"))
    article = published(clip)
    a_transcript(clip, "The file is IMG 9981 checkpoint.mov")
    before = identities()

    with pytest.raises(placement.PlacementFailed) as failure:
        placement.refresh_now(article)

    assert "shows something that only an original's own data says" in str(failure.value)
    assert written_again(before) == []


def test_a_clip_that_nobody_cleared_is_never_placed():
    clip = a_ready_clip()

    with pytest.raises(NotCleared):
        placement.release.place_clip(clip)

    assert public_files() == []


def test_the_lists_show_the_newest_stories_first():
    titles = ("Oldest", "Middle", "Newest")
    for age, headline in zip((3, 2, 1), titles, strict=True):
        article = published(headline=headline)
        moment = timezone.now() - timedelta(hours=age)
        Article.objects.filter(pk=article.pk).update(published_at=moment)

    placement.place_everything()

    for name in ("index.html", "feeds/stories.atom", "feeds/stories.rss"):
        text = page(name)
        assert sorted(titles, key=text.index) == ["Newest", "Middle", "Oldest"]


def test_a_file_that_nobody_placed_is_found():
    published(a_ready_clip())
    planted = ("original.mov", "stories/other/index.html", "media/original.mov", "static.html")
    (public_folder() / "stories/other").mkdir()
    for name in planted:
        (public_folder() / name).write_text("planted")

    assert sorted(placement.stray_findings()) == sorted(planted)

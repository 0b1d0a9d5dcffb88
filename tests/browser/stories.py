"""Stories with small films, placed as readers get them; nothing is encoded for each test."""

import shutil
from pathlib import Path

from articles import pages
from articles.models import Article
from media import release, transcribing


def show(article: Article, film: Path, public: Path) -> None:
    """Place a story, its watch pages and its captions, with one film for all of its clips."""
    for clip in article.clips.all():
        shutil.copytree(film, public / "media" / clip.current_package.public_id)
    place(article, public)


def place(article: Article, public: Path) -> None:
    """Place what is written of a story; the films of its clips are there."""
    story = pages.public_story(article)
    _write(public / story.url.strip("/"), pages.draw_story(story))
    for clip in story.clips:
        _write(public / clip.watch_url.strip("/"), pages.draw_watch(story, clip))
    for clip in article.clips.all():
        for transcript in clip.transcripts.approved():
            words = public / "media" / transcript.public_id / release.caption_name(transcript)
            words.parent.mkdir(exist_ok=True)
            words.write_text(transcribing.webvtt(transcript), encoding="utf-8")


def _write(folder: Path, html: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text(html, encoding="utf-8")

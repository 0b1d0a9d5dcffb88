"""Stories with small films, placed as readers get them; nothing is encoded for each test."""

import shutil
from pathlib import Path

from articles import pages
from articles.models import Article
from media import release, transcribing
from media.models import Clip, Package, Warning
from tests.articles.clips_to_read import a_clip_to_read

SPAN_MS = (17_000, 23_000)
SAID = (
    (0, "Ali", "They came at night."),
    (4, "Ali", "We hid in the mill."),
    (9, "Omar", "Nobody slept."),
    (13, "Omar", "Then it was still."),
    (18, "Ali", "They fired."),
    (26, "Omar", "In the morning we went."),
)


def the_mill(**fields) -> Clip:
    """A clip to read, the only one yet; a span of it is warned of, and covered in its pictures."""
    clip = a_clip_to_read(title="The mill", **fields)
    start_ms, end_ms = SPAN_MS
    Package.objects.update(pictures={**clip.current_package.pictures, "veils": [SPAN_MS]})
    span = {"start_ms": start_ms, "end_ms": end_ms}
    Warning.objects.create(clip=clip, kind="death", wording="A man is killed.", **span)
    return clip


def the_fire() -> Clip:
    """A clip to read that is warned of as a whole."""
    clip = a_clip_to_read(slug="fire", title="A fire")
    Warning.objects.create(clip=clip, kind="fire", wording="A house burns.")
    return clip


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

"""What tests ask of the public store, and of the jobs that fill it."""

from pathlib import Path

from django.conf import settings

from media import queue
from media.models import Job

# The lists that lie in `public` whatever is published.
LISTS = [
    "archive/index.html",
    "corrections/index.html",
    "feeds/stories.atom",
    "feeds/stories.rss",
    "feeds/videos.rss",
    "index.html",
    "robots.txt",
    "sitemap-news.xml",
    "sitemap-video.xml",
    "sitemap.xml",
]


def media_files(clip) -> list[str]:
    """What lies in `public` of a ready clip."""
    folder = f"media/{clip.current_package.public_id}"
    names = ("360p/index.m3u8", "clip.mp4", "master.m3u8", "poster.jpg")
    return [*(f"{folder}/{name}" for name in names), f"embed/{clip.public_id}/index.html"]


def story_files(article, *clips) -> list[str]:
    """What lies in `public` of a story alone."""
    folder = f"stories/{article.slug}"
    pages = [f"{folder}/index.html"]
    for clip in clips:
        pages += [f"{folder}/{clip.slug}/index.html", f"{folder}/{clip.slug}/read/index.html"]
    return [*pages, f"{folder}.json", f"{folder}.ninjs.json"]


def public_folder() -> Path:
    return Path(settings.STORAGES["public"]["OPTIONS"]["location"])


def public_files() -> list[str]:
    """The names of all public files but the packed forms of pages."""
    folder = public_folder()
    names = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(name for name in names if not name.endswith((".gz", ".br")))


def page(name: str) -> str:
    return (public_folder() / name).read_text(encoding="utf-8")


def finish_jobs() -> None:
    """Do what a worker would do, until nothing waits."""
    while (job := Job.objects.waiting().first()) is not None:
        queue.work(job.pk)

"""What tests ask of the public store, and of the jobs that fill it."""

from pathlib import Path

from django.conf import settings
from django.utils import timezone

from media import queue
from media.models import Job


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
    while (job := Job.objects.filter(not_before__lte=timezone.now()).queued().first()) is not None:
        queue.work(job.pk)

"""What a test does inside a served installation, in a process of its own beside the services.

    python -m tests.chaos.inside

Reads one JSON list a line, ["command", NAME, ARGUMENT...], ["clear", CLIP], ["cancel", CLIP, NAME],
["ask", CLIP], ["hurry"] or ["state"], and answers each with a line: neither a film nor a machine
that has enough to do waits until Django has started. A command is one of `manage.py`; its answer is
the last object that it prints with ``--json``.
``state`` tidies first, as if everything had lain there for hours, and prints as JSON whatever
should not be: an empty list is an installation in which nothing was lost, left over or stuck.
"""

import io
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django must be ready before its models
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from media import clips, packaging, proving, queue, upkeep  # noqa: E402
from media.core.encode_args import MP4_NAME  # noqa: E402
from media.core.hls import INDEX_NAME, MASTER_NAME  # noqa: E402
from media.errors import EncodingFailed  # noqa: E402
from media.models import Chunk, Clip, Job, Package, Transcript  # noqa: E402

HOURS = 30
PACKAGES, WORK = settings.DATA_DIR / "packages", settings.DATA_DIR / "work"
PUBLIC = settings.DATA_DIR / "public" / "media"


# Packages that were proved to play: they never change.
PROVED: set[str] = set()


def command(name: str, *arguments: str) -> Any:
    out = io.StringIO()
    call_command(name, *arguments, "--json", stdout=out)
    return json.loads(out.getvalue().splitlines()[-1])


def clear(public_id: str) -> None:
    """Sign a clip off, as publishing its story does, and have it placed."""
    clip = Clip.objects.get(public_id=public_id)
    clips.clear([clip], by=None)
    queue.request("refresh_clip", clip.pk, priority=10)


def ask(public_id: str) -> None:
    packaging.ask_for_package(Clip.objects.get(public_id=public_id))


def cancel(public_id: str, name: str) -> int:
    clip = Clip.objects.get(public_id=public_id)
    return queue.cancel_all(Job.objects.of_clips([clip.pk]), by=name)


def hurry() -> None:
    """Whatever pauses now need not wait any longer."""
    Job.objects.queued().update(not_before=timezone.now())


def state() -> list[str]:
    _age()
    # The second time removes what the first turned readers away from.
    for _ in range(2):
        upkeep.tidy()
        while queue.work_next("pages"):
            pass
    return [*_stuck(), *_left_over(), *_not_whole(), *_wrong_bytes()]


def _age() -> None:
    past = time.time() - timedelta(hours=HOURS).total_seconds()
    for folder in (PACKAGES, WORK, PUBLIC):
        for path in [*folder.glob("*")]:
            os.utime(path, (past, past))
    Package.objects.update(created_at=timezone.now() - timedelta(hours=HOURS))


def _stuck() -> Iterator[str]:
    for job in Job.objects.unfinished():
        yield f"{job} is not over: {job.reason}"
    for package in Package.objects.growing():
        yield f"package {package} grows for ever"
    for chunk in Chunk.objects.all():
        yield f"chunk {chunk} was forgotten"
    for clip in Clip.objects.filter(footage__state="ready"):
        if clip.current_package_id is None and not _last_job(clip).reason:
            yield f"{clip} is neither ready nor failed with a reason"


def _last_job(clip: Clip) -> Job:
    return Job.objects.filter(kind__in=("first_play", "package_clip"), subject_id=clip.pk).latest(
        "pk"
    )


def _left_over() -> Iterator[str]:
    """Folders that no row knows."""
    packages = set(Package.objects.values_list("public_id", flat=True))
    public = packages | set(Transcript.objects.values_list("public_id", flat=True))
    known = {PACKAGES: packages, WORK: set(), PUBLIC: public}
    for folder, names in known.items():
        for path in folder.glob("*"):
            if path.name not in names:
                yield f"nobody knows {path.relative_to(settings.DATA_DIR)}"
    for name in packages - {path.name for path in PACKAGES.glob("*")}:
        yield f"the files of package {name} are gone"


def _not_whole() -> Iterator[str]:
    for clip in Clip.objects.packaged().select_related("current_package"):
        name = clip.current_package.public_id
        renditions = sorted(path.parent.name for path in (PACKAGES / name).glob(f"*/{INDEX_NAME}"))
        yield from (f"{name}: {file} is missing" for file in missing(PACKAGES / name))
        if name in PROVED:
            continue
        try:
            proving.prove(
                PACKAGES / name,
                renditions,
                mp4=MP4_NAME,
                sound_tolerance_ms=clip.current_package.duration_ms,
            )
            PROVED.add(name)
        except EncodingFailed as error:
            yield f"{name}: {error}"


def missing(folder: Path) -> list[str]:
    """The files that a package's playlists name, directly or not, and that are not there."""
    named = {MASTER_NAME, MP4_NAME, "poster.jpg"}
    waiting = [MASTER_NAME]
    while waiting:
        playlist = folder / waiting.pop()
        text = playlist.read_text() if playlist.is_file() else ""
        within = playlist.parent.relative_to(folder)
        for word in re.findall(r'URI="([^"]+)"', text) + re.findall(r"^[^#\s].*$", text, re.M):
            name = str(within / word)
            if name.endswith(".m3u8") and name not in named:
                waiting.append(name)
            named.add(name)
    return sorted(name for name in named if not (folder / name).is_file())


def _wrong_bytes() -> Iterator[str]:
    for path in PUBLIC.rglob("*"):
        twin = PACKAGES / path.relative_to(PUBLIC)
        if path.is_file() and path.suffix != ".vtt" and not twin.is_file():
            yield f"{path.relative_to(PUBLIC)} is public and in no package"
        elif path.is_file() and path.suffix != ".vtt" and path.read_bytes() != twin.read_bytes():
            yield f"{path.relative_to(PUBLIC)} is not as in its package"


VERBS = {
    "command": command,
    "clear": clear,
    "ask": ask,
    "cancel": cancel,
    "hurry": hurry,
    "state": state,
}

if __name__ == "__main__":
    for line in sys.stdin:
        verb, *arguments = json.loads(line)
        sys.stdout.write(json.dumps(VERBS[verb](*arguments)) + "\n")
        sys.stdout.flush()
        # The database may have been stopped and started before the next line comes.
        connection.close()

"""Whether Newsroom can work: asked by load balancers, by `serve` and by the `doctor` command.

/healthz   this process answers; touches nothing
/readyz    every part that it needs answers as well, or 503 and which one does not
"""

import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from celery import current_app
from django.core.files.storage import storages
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from media import ffmpeg
from media.stores import Folder

STORES = ("originals", "packages", "public")
BLOCK = b"\0" * 4096
PATIENCE_S = 1
# Anybody may ask: however many do, the parts are looked at once in so many seconds.
ANSWER_LASTS_S = 1.0


class NotReady(Exception):
    """A part does not work. The sentence is for who runs Newsroom, not for the public."""


def check_database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        raise NotReady(f"The database does not answer ({error}): see DATABASE_URL.") from error


def check_queue() -> None:
    try:
        with current_app.connection_for_read(connect_timeout=PATIENCE_S) as broker:
            # Once more, and at once: kombu's own pause between two attempts is two seconds.
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
    except (KombuError, RedisError, OSError) as error:
        raise NotReady(
            "The queue does not answer: start `manage.py serve`, or set REDIS_URL."
        ) from error


def check_worker() -> None:
    check_queue()
    try:
        # One worker that answers is enough, so the first answer ends the wait.
        answers = current_app.control.ping(timeout=PATIENCE_S, limit=1)
    except (KombuError, RedisError, OSError) as error:
        raise NotReady("The queue went away while its workers were asked: ask again.") from error
    if not answers:
        raise NotReady(
            "No worker answers: start `manage.py serve`, or `celery -A newsroom worker --beat`."
        )


def check_stores() -> None:
    for alias in STORES:
        store = storages[alias]
        if isinstance(store, Folder):
            _check_folder(alias, Path(store.location))


def _check_folder(alias: str, folder: Path) -> None:
    # A store makes its folder when the first file comes.
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        # A file without a name, so that nothing is seen in a store that others serve or scan.
        with tempfile.TemporaryFile(dir=existing) as file:
            file.write(BLOCK)
    except OSError as error:
        raise NotReady(
            f"The store {alias!r} cannot be written ({error.strerror}): "
            f"see the rights and the free space of {str(existing)!r}."
        ) from error


def check_ffmpeg() -> None:
    try:
        program = ffmpeg.program()
    except RuntimeError as error:
        raise NotReady(
            "There is no ffmpeg: run `make setup`, or set NEWSROOM_FFMPEG to a program."
        ) from error
    if not os.access(program, os.X_OK) or not Path(program).is_file():
        raise NotReady(
            f"{program!r} cannot be run: set NEWSROOM_FFMPEG to an ffmpeg that can, or unset it."
        )


PARTS: dict[str, Callable[[], None]] = {
    "database": check_database,
    "stores": check_stores,
    "ffmpeg": check_ffmpeg,
    "queue": check_queue,
    "worker": check_worker,
}


def problems() -> dict[str, str]:
    """Each part that does not work, with a sentence for who runs Newsroom."""
    found = {}
    for name, check in PARTS.items():
        try:
            check()
        except NotReady as error:
            found[name] = str(error)
    return found


def works(check: Callable[[], None]) -> bool:
    try:
        check()
    except NotReady:
        return False
    return True


class _Answer:
    """The last answer, for the moment that it holds."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.broken: frozenset[str] = frozenset()
        self.holds_until = 0.0

    def get(self) -> frozenset[str]:
        with self.lock:
            if time.monotonic() >= self.holds_until:
                self.broken = frozenset(problems())
                self.holds_until = time.monotonic() + ANSWER_LASTS_S
            return self.broken


answer = _Answer()


@require_safe
@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    broken = answer.get()
    parts = {name: "not ready" if name in broken else "ok" for name in PARTS}
    return JsonResponse({"ready": not broken, "parts": parts}, status=503 if broken else 200)

"""Parts: bytes on their way into the vault, kept so that what was acknowledged is never lost.

A part is a file that grows. Whoever writes it holds a lock that the kernel gives back however they
end. A writer whose line went dead is still there, waits for bytes, and would keep everybody else
away: one that has been silent for a while loses its place, and finds that out before its next byte.
"""

import fcntl
import hashlib
import os
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from media import stores

SILENT_S = 10.0
# Running hashes that a process remembers; each takes some hundred bytes.
MOST_HASHES = 1000
LOCK = ".lock"


class Busy(Exception):
    """Somebody else writes this part now."""


class Superseded(Exception):
    """Somebody else has taken this part over: leave it to them."""


def begin(name: str) -> None:
    """Make an empty part. Raises FileExistsError."""
    path = path_of(name)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    stores.sync_folder(path.parent)


def path_of(name: str) -> Path:
    return stores.incoming_folder() / name


def size_of(name: str) -> int:
    """How many bytes lie there. Raises FileNotFoundError."""
    return path_of(name).stat().st_size


def remove(name: str) -> None:
    """Delete a part; whoever still writes it writes into nothing."""
    for path in (path_of(name), path_of(name + LOCK)):
        path.unlink(missing_ok=True)
    hashes.forget(name)


def names() -> set[str]:
    """All parts that lie there."""
    return {path.name.removesuffix(LOCK) for path in stores.incoming_folder().iterdir()}


class Part:
    """The right to write one part; two of them never write at the same time."""

    def __init__(self, data: int, claim: int) -> None:
        self._data, self._claim = data, claim

    def write(self, chunk: bytes, *, at: int) -> None:
        """Put bytes at an offset. Raises Superseded, and OSError where the disk is full."""
        with _locked(self._data):
            self._check()
            view = memoryview(chunk)
            while view:
                written = os.pwrite(self._data, view, at)
                view, at = view[written:], at + written
        os.utime(self._claim)

    def sync(self) -> None:
        """What was written until now outlives a loss of power. Raises Superseded."""
        self._check()
        os.fdatasync(self._data)

    def _check(self) -> None:
        if os.fstat(self._claim).st_nlink == 0:
            raise Superseded


@contextmanager
def writing(name: str) -> Iterator[Part]:
    """Write a part while the block runs. Raises Busy, and FileNotFoundError where there is none."""
    path = path_of(name)
    data = os.open(path, os.O_RDWR)
    try:
        claim = _claim(data, path.with_name(name + LOCK))
        try:
            yield Part(data, claim)
        finally:
            os.close(claim)
    finally:
        os.close(data)


def _claim(data: int, lock: Path) -> int:
    """The open lock file, which is ours until we close it, or until its name is taken away."""
    with _locked(data):
        claim = _opened(lock)
        if not _is_ours(claim):
            silent_s = time.time() - os.fstat(claim).st_mtime
            os.close(claim)
            if silent_s < SILENT_S:
                raise Busy
            lock.unlink()
            claim = _opened(lock)
            fcntl.flock(claim, fcntl.LOCK_EX)
        os.utime(claim)
        return claim


def _opened(lock: Path) -> int:
    return os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)


def _is_ours(claim: int) -> bool:
    try:
        fcntl.flock(claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _locked(data: int) -> Iterator[None]:
    """For moments only: to look who may write, and to write."""
    fcntl.flock(data, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(data, fcntl.LOCK_UN)


class Hashes:
    """SHA-256 of parts as they arrive, as far as this process saw them come.

    A running hash cannot be written down: after a restart there is none, and the part is read once
    more when it is whole.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: OrderedDict[str, tuple[int, hashlib._Hash]] = OrderedDict()

    def resume(self, name: str, reached: int) -> "hashlib._Hash | None":
        """The hash of the first ``reached`` bytes, to go on with; None if nobody here knows it."""
        if reached == 0:
            return hashlib.sha256()
        with self._lock:
            known, running = self._running.get(name, (0, None))
        return running.copy() if running is not None and known == reached else None

    def keep(self, name: str, reached: int, running: "hashlib._Hash") -> None:
        with self._lock:
            self._running[name] = (reached, running.copy())
            self._running.move_to_end(name)
            while len(self._running) > MOST_HASHES:
                self._running.popitem(last=False)

    def forget(self, name: str) -> None:
        with self._lock:
            self._running.pop(name, None)


hashes = Hashes()

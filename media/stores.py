"""The three stores, by their names in settings.STORAGES, and the only ways in and out of them."""

import fcntl
import hashlib
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Container, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.files.storage import FileSystemStorage, storages

from media import purging
from media.errors import EncodingFailed

CHUNK = 1024 * 1024
# So much is written down for good at a time: when the last byte comes, little is left to wait for.
DURABLE = 64 * CHUNK
# How often a place that others tidy away in the same moment is made again.
CHANCES = 20
PARTIAL = ".part"
# A folder in `originals`, with a name that no original has.
INCOMING = "incoming"
MISSING = "The original is missing from the vault: run manage.py fixity."
# What is written anew while a package grows.
CHANGING = (".m3u8", ".jpg")
# The lock of whoever places, which the kernel gives back however they end.
PLACING = "placing.lock"
_mine = threading.local()


class Folder(FileSystemStorage):
    """A store that is a folder on this machine."""


@dataclass(frozen=True)
class Received:
    """An original as it lies in the vault."""

    name: str
    sha256: str
    byte_size: int


def _store(alias: str) -> Folder:
    store = storages[alias]
    assert isinstance(store, Folder)
    return store


def _permit(path: Path, mode: int | None) -> None:
    if mode is not None:
        path.chmod(mode)


def _make_folder(store: Folder, folder: Path) -> None:
    root = Path(store.location)
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for parent in missing:
        if parent == root or root in parent.parents:
            _permit(parent, store.directory_permissions_mode)


@contextmanager
def work_folder() -> Iterator[Path]:
    """A private folder for work in progress; gone afterwards. On the stores' own disk."""
    with (
        tempfile.TemporaryDirectory(dir=settings.WORK_DIR, ignore_cleanup_errors=True) as name,
        _opened(Path(name)) as handle,
    ):
        # The kernel gives the lock back, however we end: see ``remove_dead_work``.
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield Path(name)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield handle
    finally:
        os.close(handle)


def remove_dead_work(age: timedelta) -> None:
    """Delete what killed processes left of their work, and uploads that were broken off."""
    limit = time.time() - age.total_seconds()
    for path in Path(settings.WORK_DIR).glob("*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime >= limit:
                continue
            if not path.is_dir():
                path.unlink()
            elif not _is_locked(path):
                shutil.rmtree(path, ignore_errors=True)


def _is_locked(folder: Path) -> bool:
    """Whether the process that made a work folder is still there."""
    with _opened(folder) as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def receive(chunks: Iterable[bytes], *, name: str) -> Received:
    """Write an original once, hashing it as it arrives; never more than a chunk in memory.

    Raises FileExistsError if ``name`` is taken, OSError when the disk is full; nothing is left
    behind then.
    """
    store = _store("originals")
    target = Path(store.path(name))
    if target.exists():
        raise FileExistsError(f"{name} is in the vault already")
    _make_folder(store, target.parent)
    partial = target.with_name(target.name + PARTIAL)
    digest, size = hashlib.sha256(), 0
    try:
        with partial.open("xb") as file:
            for chunk in chunks:
                digest.update(chunk)
                durable, size = size // DURABLE, size + file.write(chunk)
                if size // DURABLE > durable:
                    os.fdatasync(file.fileno())
            file.flush()
            os.fsync(file.fileno())
        _permit(partial, store.file_permissions_mode)
        partial.rename(target)
    finally:
        partial.unlink(missing_ok=True)
    return Received(name, digest.hexdigest(), size)


def remove_broken_off(age: timedelta) -> None:
    """Delete originals that killed processes left half written; no row ever spoke of them."""
    limit = time.time() - age.total_seconds()
    for partial in Path(_store("originals").location).glob(f"*/*{PARTIAL}"):
        with suppress(FileNotFoundError):
            if partial.stat().st_mtime < limit:
                partial.unlink()


def incoming_folder() -> Path:
    """Where parts of originals lie until they are whole: on the disk of the vault itself."""
    store = _store("originals")
    folder = Path(store.path(INCOMING))
    _make_folder(store, folder)
    return folder


def keep_incoming(part: Path, *, name: str, sha256: str) -> Received:
    """Give a whole part its place in the vault, without copying it; safe to repeat.

    The caller answers for the hash. Raises FileNotFoundError where there is neither.
    """
    store = _store("originals")
    target = Path(store.path(name))
    if not target.exists():
        _make_folder(store, target.parent)
        _permit(part, store.file_permissions_mode)
        part.rename(target)
        sync_folder(target.parent)
    return Received(name, sha256, target.stat().st_size)


def sync_folder(folder: Path) -> None:
    """Write down for good which names a folder has."""
    with _opened(folder) as handle:
        os.fsync(handle)


def discard_unclaimed(name: str) -> None:
    """Remove an original that no row speaks of: bytes that the vault held already."""
    Path(_store("originals").path(name)).unlink(missing_ok=True)


@contextmanager
def localised(alias: str, name: str) -> Iterator[Path]:
    """An absolute path at which the stored file can be read while the block runs."""
    yield Path(_store(alias).path(name)).resolve()


@contextmanager
def original(name: str) -> Iterator[Path]:
    """As ``localised``, for an original. Raises EncodingFailed where it is not in the vault."""
    with localised("originals", name) as path:
        if not path.is_file():
            raise EncodingFailed(MISSING)
        yield path


def sha256_of(alias: str, name: str) -> str:
    """The hash of a stored file's bytes. Raises FileNotFoundError."""
    return digest_of(Path(_store(alias).path(name)))


def digest_of(path: Path) -> str:
    """As ``sha256_of``, for any file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep_package(folder: Path, name: str) -> None:
    """Move a finished folder into `packages` under ``name``, whole or not at all."""
    store = _store("packages")
    target = Path(store.path(name))
    _make_folder(store, target.parent)
    for path in folder.rglob("*"):
        _permit(
            path, store.directory_permissions_mode if path.is_dir() else store.file_permissions_mode
        )
    folder.rename(target)


def files_below(alias: str, name: str = "") -> list[str]:
    """Names of all files below a folder of a store, sorted; empty where there is none."""
    store = _store(alias)
    root = Path(store.location)
    folder = Path(store.path(name)) if name else root
    return sorted(path.relative_to(root).as_posix() for path in folder.rglob("*") if path.is_file())


def names_in(alias: str, folder: str) -> set[str]:
    """Names of what lies directly in a folder of a store, an empty folder as well."""
    return {f"{folder}/{path.name}" for path in Path(_store(alias).path(folder)).glob("*")}


def exists(alias: str, name: str) -> bool:
    return _store(alias).exists(name)


def put_into_package(name: str, file: str, source: Path) -> None:
    """Move one finished file into a package that is being made; it is there whole or not at all."""
    store = _store("packages")
    target = Path(store.path(f"{name}/{file}"))
    _make_folder(store, target.parent)
    _permit(source, store.file_permissions_mode)
    source.rename(target)


def take_over(name: str, folder: Path, *, but: Container[str] = ()) -> frozenset[str]:
    """Give a package's files a second name below ``folder``; their names. No byte is copied
    where the disk allows it. Files and folders in ``but`` are left out.
    """
    source = Path(_store("packages").path(name))
    there = {file.removeprefix(f"{name}/") for file in files_below("packages", name)}
    taken = {file for file in there if file.split("/")[0] not in but}
    for file in taken:
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        _link_or_copy(str(source / file), str(target))
    return frozenset(taken)


@contextmanager
def placing() -> Iterator[None]:
    """While the block runs nobody else on this machine places: see the state of things inside it.

    What was drawn first would else be placed last, and an old page, or none, would stay. Whoever
    places already may go on to place more.
    """
    if getattr(_mine, "placing", False):
        yield
        return
    with (settings.RUN_DIR / PLACING).open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        _mine.placing = True
        try:
            yield
        finally:
            _mine.placing = False


def place_folder(name: str, public_name: str, *, but: Container[str] = ()) -> None:
    """Copy a package folder into `public`, whole or not at all; placing it twice is harmless.

    Files and folders in ``but`` are left out.
    """
    store = _store("public")
    target = Path(store.path(public_name))
    if target.exists():
        return
    with work_folder() as work:
        copy = work / "copy"
        _copy(Path(_store("packages").path(name)), copy, but)
        for path in (copy, *copy.rglob("*")):
            if path.is_dir():
                _permit(path, store.directory_permissions_mode)
        try:
            _move_into_place(store, copy, target)
        except OSError:
            # Another process placed it in the same moment.
            if not target.exists():
                raise


def place_growth(name: str, public_name: str, *, but: Container[str] = ()) -> None:
    """Bring the public copy of a growing package up to date: what is new first, then its lists.

    Files and folders in ``but`` are left out.
    """
    files = [file.removeprefix(f"{name}/") for file in files_below("packages", name)]
    files = [file for file in files if file.split("/")[0] not in but]
    there = {file.removeprefix(f"{public_name}/") for file in files_below("public", public_name)}
    source = Path(_store("packages").path(name))
    playlists = [file for file in files if file.endswith(CHANGING)]
    # Read before the files are copied: a list names only what is there then.
    lists = {file: (source / file).read_bytes() for file in playlists}
    for file in sorted(set(files) - there - set(playlists)):
        _place_second_name(source / file, f"{public_name}/{file}")
    for file, content in lists.items():
        if read_public(f"{public_name}/{file}") != content:
            place_file(f"{public_name}/{file}", content)


def _place_second_name(source: Path, name: str) -> None:
    store = _store("public")
    with work_folder() as work:
        _link_or_copy(str(source), str(work / "file"))
        _permit(work / "file", store.file_permissions_mode)
        _move_into_place(store, work / "file", Path(store.path(name)))


def _copy(source: Path, copy: Path, but: Container[str]) -> None:
    """A second name for the same bytes, where the disk allows it: they do not change.

    Playlists first: a growing package then never lists more than what is copied after them.
    """
    names = [path.relative_to(source) for path in source.rglob("*") if not path.is_dir()]
    if not names:
        raise FileNotFoundError(f"there is no package {source.name}")
    names = [name for name in names if name.parts[0] not in but]
    for name in sorted(names, key=lambda name: name.suffix not in CHANGING):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        _link_or_copy(str(source / name), str(copy / name))


def _move_into_place(store: Folder, source: Path, target: Path) -> None:
    """Give a finished file or folder its public name; again, if its place was tidied away."""
    for chance in reversed(range(CHANCES)):
        try:
            _make_folder(store, target.parent)
            source.rename(target)
        except (FileNotFoundError, FileExistsError):
            if not chance:
                raise
        else:
            return


def _link_or_copy(source: str, target: str) -> None:
    if Path(source).is_symlink():
        raise OSError(f"{Path(source).name} is a link: it could lead readers anywhere")
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def place_file(name: str, content: bytes) -> None:
    """Write one public file so that a reader sees the old or the new, never a part."""
    store = _store("public")
    target = Path(store.path(name))
    handle, temporary = tempfile.mkstemp(dir=settings.WORK_DIR)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        _permit(Path(temporary), store.file_permissions_mode)
        is_new = not target.exists()
        _move_into_place(store, Path(temporary), target)
    finally:
        Path(temporary).unlink(missing_ok=True)
    if not is_new and not name.endswith(CHANGING):
        # What changes all the time is asked for anew each time.
        purging.note([name])


def read_public(name: str) -> bytes | None:
    """The content of a public file, or None."""
    path = Path(_store("public").path(name))
    return path.read_bytes() if path.is_file() else None


def open_public(name: str) -> BinaryIO:
    """A public file, opened for reading. Raises FileNotFoundError."""
    return Path(_store("public").path(name)).open("rb")


def remove_public(name: str) -> None:
    """Take a file or folder out of `public`, and folders that it leaves empty."""
    store = _store("public")
    root, target = Path(store.location), Path(store.path(name))
    # Only a cache has to be told of each file.
    gone = (files_below("public", name) or [name]) if settings.PURGE else []
    # Out of sight in one step, then deleted: no reader meets half of it.
    # Not found: it was never there, or another process took it away in the same moment.
    with work_folder() as work, suppress(FileNotFoundError):
        target.rename(work / "gone")
        purging.note(gone)
    for parent in target.parents:
        if parent == root or not _removed_if_empty(parent):
            return


def _removed_if_empty(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def remove_package(name: str) -> None:
    """Delete a package's private files."""
    shutil.rmtree(_store("packages").path(name), ignore_errors=True)


def old_packages(age: timedelta) -> list[str]:
    """Names of the package folders that have not changed for so long."""
    store = _store("packages")
    root = Path(store.location)
    limit = time.time() - age.total_seconds()
    return [path.name for path in sorted(root.glob("*")) if path.stat().st_mtime < limit]

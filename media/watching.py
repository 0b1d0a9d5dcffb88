"""A watched folder: what is put there is taken in when it is whole, and moved out of the way.

A file is whole when nobody has changed it for a while, and nobody has it open to write. What became
of it stands in a note beside it, in ``taken`` or ``refused``. Whoever watches may be killed at any
moment: what was taken, but not moved yet, is the same footage when it is looked at again.
"""

import errno
import fcntl
import logging
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from media import bringing, clips, describing, intake
from media.describing import BadTable
from media.models import Footage

logger = logging.getLogger(__name__)

TAKEN, REFUSED = "taken", "refused"
NOTE = ".note.txt"
SETTLED_S = 10.0
# What programs call a file that they have not finished.
UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".filepart", ".download")
FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Outcome:
    """What became of one file: where it lies now, and why."""

    file: Path
    moved_to: Path
    note: str
    footage: Footage | None = None


def look(
    folder: Path, *, actor: str, facts: dict[str, str], settled_s: float = SETTLED_S
) -> Iterator[Outcome]:
    """Take in what is whole in a folder and below. Raises OSError where the disk is full: then
    everything stays where it is, to be taken later.

    ``facts`` are known of all files; a table in a file's own folder says more.
    """
    for file in waiting(folder):
        table = describing.table_in(file.parent)
        if is_whole(file, settled_s) and (table is None or is_whole(table, settled_s)):
            yield _take(file, folder, table, actor=actor, facts=facts)


def waiting(folder: Path) -> list[Path]:
    """Files that are to be taken sooner or later."""
    done = (folder / TAKEN, folder / REFUSED)
    return [
        file
        for file in bringing.below(folder)
        if not any(one in file.parents for one in done) and file.suffix.lower() not in UNFINISHED
    ]


def is_whole(file: Path, settled_s: float) -> bool:
    """Whether nobody has changed a file for so long, and nobody writes it now."""
    try:
        with file.open("rb") as opened:
            about = os.fstat(opened.fileno())
            # A copy may be given the date of its model; when it was last touched it cannot.
            settled = time.time() - max(about.st_mtime, about.st_ctime) >= settled_s
            return settled and not _is_being_written(opened.fileno())
    except FileNotFoundError:
        return False
    except PermissionError:
        # Taking it will say so.
        return True


def _is_being_written(handle: int) -> bool:
    """Asked of the kernel, which lets nobody read in peace what somebody has open to write."""
    try:
        # Should somebody open it in this very moment, we are told by a signal that means nothing.
        fcntl.fcntl(handle, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(handle, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except OSError as error:
        # Others: a file of somebody else's, or a disk elsewhere. Then time alone must tell.
        return error.errno == errno.EAGAIN
    return False


def _take(
    file: Path, folder: Path, table: Path | None, *, actor: str, facts: dict[str, str]
) -> Outcome:
    try:
        known = {**facts, **_told(file, table)}
        footage = intake.receive_file(
            file, intake.Arrival.told(Footage.Arrival.FOLDER, actor, known)
        )
    except BadTable as error:
        return _moved(file, folder, REFUSED, f"{error} Mend it, then move this file back.")
    except OSError as error:
        if error.errno in FULL:
            raise
        sentence = f"It cannot be read ({error.strerror}): see its rights, then move it back."
        return _moved(file, folder, REFUSED, sentence)
    if not footage.is_ready:
        sentence = f"It is kept as footage {footage.public_id}, but cannot be used. "
        return _moved(file, folder, REFUSED, sentence + footage.reason, footage)
    clips.make_clip(footage)
    sentence = f"It is here as footage {footage.public_id}, SHA-256 {footage.sha256}."
    return _moved(file, folder, TAKEN, sentence, footage)


def _told(file: Path, table: Path | None) -> dict[str, str]:
    """What the table beside a file says of it. Raises BadTable where its row is wrong."""
    if table is None:
        return {}
    found = describing.read_table(table)
    if file.name in found.of:
        return found.of[file.name]
    # A row that is wrong may be this file's: then nothing is known of it, which is worse.
    wrong = [problem for problem in found.problems if problem.file == file.name]
    if wrong:
        raise BadTable(f"{table.name}, {wrong[0]}")
    return {}


def _moved(
    file: Path, folder: Path, where: str, note: str, footage: Footage | None = None
) -> Outcome:
    """The note first: whoever finds the file moved finds the reason beside it."""
    target = _free(folder / where / file.relative_to(folder))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.with_name(target.name + NOTE).write_text(note + "\n", encoding="utf-8")
    file.rename(target)
    return Outcome(file, target, note, footage)


def _free(path: Path) -> Path:
    """The path, or one like it that nothing has yet."""
    found, number = path, 1
    while found.exists():
        number += 1
        found = path.with_name(f"{path.stem} {number}{path.suffix}")
    return found

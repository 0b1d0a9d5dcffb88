"""The journal: what a folder beside the database knows of the custody log.

Before an event is committed, and again after it, one line goes into a file that is only ever added
to. So whoever can write to the database alone can neither change nor take away the newest events
without being found out, nor put in one that was never written here.
"""

import logging
import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.db import transaction

from media.models import CustodyEvent

logger = logging.getLogger(__name__)

SUFFIX = ".journal"
WRITTEN, COMMITTED = "written", "committed"
LINE = re.compile(rf"(\d+) ({WRITTEN}|{COMMITTED}) ([0-9a-f]{{64}})")


@dataclass
class Journal:
    """By an event's number, the hashes under which it was about to be committed, and was."""

    written: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    committed: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    @cached_property
    def first(self) -> int | None:
        """The event with which it begins: there may be a log that is older."""
        return min(self.written, default=None)

    def breaks(self, number: int, hash: str) -> Iterator[str]:
        """What it has against an event that the log shows."""
        if self.first is None or number < self.first:
            return
        committed = self.committed.get(number, set())
        known = committed or self.written.get(number, set())
        if len(committed) > 1:
            yield (
                f"Event {number} was written twice, with another content: the database was put "
                "back to an older state in between."
            )
        elif not known:
            yield (
                f"Event {number} is not in the journal: it was put in from outside, or the journal "
                "could not be written to at that moment."
            )
        if known and hash not in known:
            yield f"Event {number} is another one than the journal says."

    def missing_after(self, number: int) -> list[int]:
        """The events that were committed and that a log which ends with ``number`` lacks."""
        return sorted(later for later in self.committed if later > number)


def witness(event: CustodyEvent) -> None:
    """Note an event that is about to be committed, and that it was when it is."""
    number, hash = event.number, event.hash
    _note(event, f"{number} {WRITTEN} {hash}")
    transaction.on_commit(lambda: _note(event, f"{number} {COMMITTED} {hash}"), robust=True)


def _note(event: CustodyEvent, line: str) -> None:
    """A disk that is full or away stops nobody who takes a clip back: the gap will be named."""
    try:
        _add(folder() / f"{event.at:%Y-%m}{SUFFIX}", line)
    except OSError:
        logger.exception("event %d of the custody log is not in the journal", event.number)


def _add(file: Path, line: str) -> None:
    """Add one line, which many processes may do at once.

    A newline comes first, so that what is left of a line that was cut off spoils no other.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(handle, f"\n{line}".encode("ascii"))
    finally:
        os.close(handle)


def folder() -> Path:
    """Where the journal lies, and the time-stamps with it."""
    return Path(settings.CUSTODY_DIR)


def read() -> Journal:
    """All of it. What a stopped process has left of a line is passed over."""
    journal = Journal()
    for line in _lines():
        if found := LINE.fullmatch(line):
            kind = journal.committed if found[2] == COMMITTED else journal.written
            kind[int(found[1])].add(found[3])
    return journal


def _lines() -> Iterable[str]:
    for path in sorted(folder().glob(f"*{SUFFIX}")):
        with path.open(encoding="ascii", errors="replace") as file:
            yield from (line.rstrip("\n") for line in file)

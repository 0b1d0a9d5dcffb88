"""Fixity: what lies in the stores is still, byte for byte, what was received and what was made."""

import logging
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from media import custody, queue, stores
from media.core import custody_chain
from media.models import Clip, CustodyEvent, FixityCheck, Footage, Manifest, Package
from media.models.job import SPARE

logger = logging.getLogger(__name__)

# So long one round goes on, in seconds; the file that it has begun it reads to its end.
ROUND_S = 60
MOST_IN_A_ROUND = 500
# So many names of files are told of a damaged package.
MOST_NAMES = 3
LONGEST = 300
MISSING = "The original is missing from the vault."
CHANGED = "The original's bytes have changed."
UNREADABLE = "The original cannot be read: the disk may be failing."
NEVER_CAME = "The log does not say that it was ever received."
ANOTHER = "The archive's row names other bytes than the log of its arrival does."
NOT_LOGGED = "The list of its files is not the one in the log."


@dataclass(frozen=True)
class Finding:
    """What a look at one original or one package found: no problem where it is whole."""

    subject: Footage | Package
    problem: str


# Looking ----------------------------------------------------------------------------------------


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder, by its name there, in hexadecimal."""
    found = {}
    for path in sorted(folder.rglob("*")):
        # Not found: taken away in this moment, and missing for whoever asks.
        with suppress(FileNotFoundError):
            if path.is_file():
                found[path.relative_to(folder).as_posix()] = stores.digest_of(path)
    return found


def check(*, most: int | None, actor: str) -> Iterator[Finding]:
    """Hash originals and packages again: see ``longest_unchecked`` for their order.

    ``most`` bounds how many of each are read; None reads all. Each look is written down at once,
    so whoever stops in the middle goes on from there the next time.
    """
    for footage in Footage.objects.longest_unchecked()[:most]:
        yield check_original(footage, actor=actor)
    for package in Package.objects.finished().longest_unchecked()[:most]:
        yield check_package(package, actor=actor)


def check_original(footage: Footage, *, actor: str) -> Finding:
    """Hash one original again. Every look stands in the custody log."""
    problem = damage_of_original(footage)
    with transaction.atomic():
        detail: dict[str, object] = {"is_whole": not problem}
        if problem:
            detail["problem"] = problem
        custody.record(footage, CustodyEvent.Kind.FIXITY_CHECKED, actor=actor, detail=detail)
        _note(problem, footage=footage)
    return Finding(footage, problem)


def check_package(package: Package, *, actor: str) -> Finding:
    """Hash the files of one package again. In the custody log stands when one is damaged, and when
    it is whole again. A package that was made before files were hashed gets its manifest now.
    """
    if not Manifest.objects.filter(package=package).exists():
        _adopt(package, actor=actor)
    problem = "" if _was_thrown_away(package) else damage_of_package(package)
    note_package(package, problem, actor=actor)
    return Finding(package, problem)


def _was_thrown_away(package: Package) -> bool:
    """Whether somebody removed the whole of a package that a newer one has replaced."""
    return not package.is_current and not stores.files_below("packages", package.public_id)


def note_package(package: Package, problem: str, *, actor: str) -> None:
    """Write down what a look at a package found."""
    with transaction.atomic():
        # Removed meanwhile, with its files: then nothing is wrong.
        if not Package.objects.select_for_update().filter(pk=package.pk).exists():
            return
        before = FixityCheck.objects.filter(package=package).first()
        if (problem != "") != (before is not None and not before.is_whole):
            detail: dict[str, object] = {"package": package.public_id, "is_whole": not problem}
            if problem:
                detail["problem"] = problem
            custody.record(
                package.clip.footage, CustodyEvent.Kind.FIXITY_CHECKED, actor=actor, detail=detail
            )
        _note(problem, package=package)


def _note(problem: str, *, footage: Footage | None = None, package: Package | None = None) -> None:
    if problem:
        logger.error("fixity: %s: %s", footage or package, problem)
        _raise_alarm()
    found = {"checked_at": timezone.now(), "problem": problem[:LONGEST]}
    FixityCheck.objects.update_or_create(footage=footage, package=package, defaults=found)


def _raise_alarm() -> None:
    """Once: when the disk of a vault is away, everything in it is missing at the same time."""
    if not FixityCheck.objects.damaged().exists():
        transaction.on_commit(import_string(settings.TELLS_OF_DAMAGE), robust=True)


def damage_of_original(footage: Footage) -> str:
    arrival = footage.custody.arrivals().first()
    if arrival is None:
        return NEVER_CAME
    if arrival.detail.get("sha256") != footage.sha256:
        return ANOTHER
    try:
        found = stores.sha256_of("originals", footage.store_name)
    except FileNotFoundError:
        return MISSING
    except OSError:
        logger.exception("the original of %s cannot be read", footage.public_id)
        return UNREADABLE
    return "" if found == footage.sha256 else CHANGED


def damage_of_package(package: Package) -> str:
    """What is wrong with a package's files, in a sentence that names them; "" where nothing is, or
    where nobody hashed them when they were made.
    """
    manifest = Manifest.objects.filter(package=package).first()
    if manifest is None:
        return ""
    if custody_chain.hash_of(manifest.files) != _logged(package):
        return NOT_LOGGED
    try:
        with stores.localised("packages", package.public_id) as folder:
            return difference(manifest.files, digests(folder))
    except OSError:
        logger.exception("package %s cannot be read", package.public_id)
        return "Its files cannot be read: the disk may be failing."


def _logged(package: Package) -> object:
    """The hash of a package's manifest, as the custody log has it; None where it has none."""
    for event in package.clip.footage.custody.makings():
        if event.detail.get("package") == package.public_id and "manifest" in event.detail:
            return event.detail["manifest"]
    return None


def difference(expected: Mapping[str, str], found: Mapping[str, str]) -> str:
    """What of some files is not as it should be, in words.

    >>> difference({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "x", "d": "4"})
    'Changed: b. Missing: c. Added: d.'
    """
    kinds = {
        "Changed": [name for name in expected if found.get(name, expected[name]) != expected[name]],
        "Missing": [name for name in expected if name not in found],
        "Added": [name for name in found if name not in expected],
    }
    return " ".join(f"{kind}: {_some(names)}." for kind, names in kinds.items() if names)


def _some(names: list[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(sorted(names)[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _adopt(package: Package, *, actor: str) -> None:
    with stores.localised("packages", package.public_id) as folder:
        files = digests(folder)
    with transaction.atomic():
        if not files or not Package.objects.filter(pk=package.pk).exists():
            return
        keep_manifest(package, files)
        custody.record(
            package.clip.footage,
            CustodyEvent.Kind.HASHED,
            actor=actor,
            detail={"package": package.public_id, "manifest": custody_chain.hash_of(files)},
        )


def keep_manifest(package: Package, files: Mapping[str, str]) -> None:
    """Keep the hashes of a package's files; the caller writes the hash of them into the log."""
    Manifest.objects.update_or_create(package=package, defaults={"files": dict(files)})


# What is known ----------------------------------------------------------------------------------


def known_problems(clip: Clip) -> list[str]:
    """What the last looks at the original and the package of a clip found, in sentences."""
    found = []
    for subject in (clip.footage, clip.current_package):
        last = getattr(subject, "fixity", None)
        if last is not None and last.problem:
            found.append(f"{last}: {last.problem}")
    return found


@dataclass(frozen=True)
class Share:
    """How much of a store was looked at in time: numbers of things, and of those that are due."""

    name: str
    total: int
    in_time: int
    never: int

    @property
    def percent(self) -> int:
        """Rounded down: all is all."""
        return self.in_time * 100 // self.total if self.total else 100


def shares() -> list[Share]:
    """How much of the originals and of the packages was looked at in time."""
    return [
        Share(
            name,
            things.count(),
            things.checked_in_time().count(),
            things.never_checked().count(),
        )
        for name, things in (
            ("originals", Footage.objects.all()),
            ("packages", Package.objects.finished()),
        )
    ]


# Rounds -----------------------------------------------------------------------------------------


def ask_for_round() -> None:
    """Have looked at what is due, when nothing else is to be done."""
    if due(most=1):
        queue.request("check_fixity", 0, priority=SPARE)


def check_round(_: int, lease: queue.Lease) -> None:
    """Job: look at what is due for about a minute. The next round goes on from there."""
    end = time.monotonic() + ROUND_S
    for subject in due(most=MOST_IN_A_ROUND):
        if isinstance(subject, Footage):
            check_original(subject, actor="newsroom")
        else:
            check_package(subject, actor="newsroom")
        if time.monotonic() > end or not lease.is_held():
            break
    with lease.finishing():
        pass


def due(*, most: int = MOST_IN_A_ROUND) -> list[Footage | Package]:
    """What is to be looked at now, originals before packages, at most so many of each."""
    return [
        *Footage.objects.due_for_a_check()[:most],
        *Package.objects.finished().due_for_a_check()[:most],
    ]

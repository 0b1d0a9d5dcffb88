"""The leak scan as a verb: what to look for, and where it was found."""

import io
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO

from media import stores
from media.core import leaks
from media.core.encode_args import AUDIO_FOLDER, MP4_NAME, PLAYLIST_NAME, POSTER_NAME
from media.core.hls import MASTER_NAME
from media.errors import LeakFound
from media.models import Footage, Package

logger = logging.getLogger(__name__)

# Names of our own files, which footage may happen to bear too.
OUR_NAMES = (AUDIO_FOLDER, MP4_NAME, PLAYLIST_NAME, POSTER_NAME, MASTER_NAME, "init.mp4")
# Where packages and transcripts lie in `public`.
PUBLIC_FOLDER = "media"
# A shorter part of a file name ("video") is a word like any other.
SHORTEST_STEM = 8


@dataclass(frozen=True)
class Scan:
    """A scan that found nothing: how many files it read, and how many values it looked for."""

    files: int
    values: int

    def as_json(self) -> dict[str, int]:
        return {"files": self.files, "values": self.values, "found": 0}


def values_of(footage: Footage) -> set[str]:
    """Every text of the original that must not leave: its metadata and its file name."""
    values = {entry["value"] for entry in footage.metadata} | {footage.original_name}
    stem = Path(footage.original_name).stem
    return values | ({stem} if len(stem) >= SHORTEST_STEM else set())


def check_files(files: Mapping[str, Callable[[], BinaryIO]], footage: Footage) -> Scan:
    """Scan files that are about to become public. Raises LeakFound, with the places in the log."""
    values = values_of(footage)
    marks = leaks.marks_from(values, ignore=OUR_NAMES)
    found = leaks.scan_package(files, marks)
    if found:
        for name, findings in found.items():
            for finding in findings:
                logger.error("leak scan: %s: %s: %s", name, finding.place, finding.what)
        raise LeakFound(
            f"The leak scan found something of the source in {len(found)} of {len(files)} files "
            "and nothing was published: report this with the log's lines, and keep the clip back."
        )
    return Scan(len(files), len(marks.values))


def _open(path: Path) -> BinaryIO:
    return path.open("rb")


def check_folder(folder: Path, footage: Footage) -> Scan:
    """Scan every file below a folder that is about to become public. Raises LeakFound."""
    files = {
        path.relative_to(folder).as_posix(): partial(_open, path)
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    return check_files(files, footage)


def page_findings(
    name: str, content: bytes, footages: Iterable[Footage], *, written: str
) -> list[leaks.Finding]:
    """What a page says that only its footage's own data says.

    ``written`` is all that editors wrote for it: a fact that stands there was published on purpose.
    Words without a digit and shorter than a name are no marks here: pages are full of words.
    """
    values = {
        value
        for footage in footages
        for value in values_of(footage)
        if any(map(str.isdigit, value)) or len(value) >= SHORTEST_STEM
    }
    marks = leaks.marks_from(values, ignore=[*OUR_NAMES, written])
    return leaks.scan(name, io.BytesIO(content), marks)


def check_page(name: str, content: bytes, footages: Iterable[Footage], *, written: str) -> None:
    """Raise LeakFound for a page that has ``page_findings``."""
    findings = page_findings(name, content, footages, written=written)
    if findings:
        for finding in findings:
            logger.error("leak scan: %s: %s: %s", name, finding.place, finding.what)
        raise LeakFound(
            f"The page {name} shows something that only the footage's own data says "
            f"({findings[0].what}): if it is meant to be public, write it in the story; "
            "if not, take it out."
        )


def public_package_findings() -> dict[str, list[leaks.Finding]]:
    """Scan every package folder in `public`, as it lies on the disk, once more."""
    found: dict[str, list[leaks.Finding]] = {}
    packages = Package.objects.select_related("clip__footage")
    for package in packages:
        folder = f"{PUBLIC_FOLDER}/{package.public_id}"
        names = stores.files_below("public", folder)
        files = {
            name.removeprefix(f"{folder}/"): partial(stores.open_public, name) for name in names
        }
        marks = leaks.marks_from(values_of(package.clip.footage), ignore=OUR_NAMES)
        for name, findings in leaks.scan_package(files, marks).items():
            found[f"{folder}/{name}"] = findings
    return found

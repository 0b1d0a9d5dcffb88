"""The leak scan as a verb: what to look for, and where it was found."""

import hashlib
import io
import json
import logging
import posixpath
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from media import describing, stores
from media.core import leaks, poster_forms
from media.core.encode_args import (
    MP4_NAME,
    POSTER_NAME,
    STILLS_FOLDER,
    STORYBOARD_NAME,
    STORYBOARD_VTT_NAME,
    sound_folder,
)
from media.core.hls import IFRAMES_NAME, INDEX_NAME, INIT_NAME, MASTER_NAME
from media.errors import LeakFound
from media.models import Footage, Package, Picture

logger = logging.getLogger(__name__)

# Names of our own files, which footage may happen to bear too.
OUR_NAMES = (
    *(sound_folder(0), MP4_NAME, INDEX_NAME, IFRAMES_NAME, MASTER_NAME, INIT_NAME),
    *(POSTER_NAME, STORYBOARD_NAME, STORYBOARD_VTT_NAME, STILLS_FOLDER, poster_forms.FOLDER),
)
# Where packages and transcripts lie in `public`.
PUBLIC_FOLDER = "media"
# A shorter part of a file name ("video") is a word like any other.
SHORTEST_STEM = 8


@dataclass(frozen=True)
class Scan:
    """A scan that found nothing: how many files it vouches for, how many values it looked for,
    and which (see ``values_digest``)."""

    files: int
    values: int
    digest: str = ""

    def as_json(self) -> dict[str, int | str]:
        return {"files": self.files, "values": self.values, "found": 0, "digest": self.digest}


class Original(Protocol):
    """Footage, or a picture, as it was received."""

    metadata: Any
    original_name: str


def values_of(original: Original) -> set[str]:
    """Every text of the original that must not leave: its metadata and its file name."""
    values = {entry["value"] for entry in original.metadata} | {original.original_name}
    stem = Path(original.original_name).stem
    return values | ({stem} if len(stem) >= SHORTEST_STEM else set())


def values_digest(original: Original) -> str:
    """What a scan of files made from an original depends on: its values, and the rules.

    Where two are equal, what one scan found clean is clean for the other as well.
    """
    told = json.dumps([leaks.VERSION, sorted(OUR_NAMES), sorted(values_of(original))])
    return hashlib.sha256(told.encode()).hexdigest()


def holds_for(record: Mapping[str, object], original: Original) -> bool:
    """Whether an earlier scan (its ``Scan.as_json``) would find the same bytes clean today."""
    return record.get("found") == 0 and record.get("digest") == values_digest(original)


class Scanner:
    """Scans the files of one package as they are finished: each is read once.

    It remembers the init segments that it has read, so that media segments can follow one by
    one. A file that is given again, because it changed, is scanned again.
    """

    def __init__(self, original: Original):
        self._marks = leaks.marks_from(values_of(original), ignore=OUR_NAMES)
        self._digest = values_digest(original)
        self._clean: set[str] = set()
        self._inits: dict[str, Mapping[int, leaks.Track]] = {}

    @property
    def scan(self) -> Scan:
        """What has been found clean until now."""
        return Scan(len(self._clean), len(self._marks.values), self._digest)

    def check(self, folder: Path, files: Iterable[Path]) -> None:
        """Scan some files below a folder that are about to become public. Raises LeakFound.

        The init segment of a media segment lies beside it; it is among the files, or came before.
        """
        named = _named(folder, files)
        for name, open_file in named.items():
            if posixpath.basename(name) == INIT_NAME:
                with open_file() as stream:
                    self._inits[name] = leaks.tracks_of(stream)
        inits = {name: posixpath.join(posixpath.dirname(name), INIT_NAME) for name in named}
        tracks = {name: self._inits.get(init, {}) for name, init in inits.items()}
        _refuse(leaks.scan_package(named, self._marks, tracks=tracks), len(named))
        self._clean.update(named)


def _named(folder: Path, files: Iterable[Path]) -> dict[str, leaks.Opener]:
    return {path.relative_to(folder).as_posix(): partial(_open, path) for path in files}


def _open(path: Path) -> BinaryIO:
    return path.open("rb")


def _refuse(found: Mapping[str, list[leaks.Finding]], files: int) -> None:
    """Raise LeakFound if anything was found, with the places in the log."""
    _log(found)
    if found:
        raise LeakFound(
            f"The leak scan found something of the source in {len(found)} of {files} files "
            "and nothing was published: report this with the log's lines, and keep the clip back."
        )


def _log(found: Mapping[str, list[leaks.Finding]]) -> None:
    for name, findings in found.items():
        for finding in findings:
            logger.error("leak scan: %s: %s: %s", name, finding.place, finding.what)


def check_files(
    files: Mapping[str, leaks.Opener], original: Original, *, known: Set[str] = frozenset()
) -> Scan:
    """Scan files that are about to become public. Raises LeakFound, with the places in the log.

    ``known`` are the names of files, unchanged since, for which an earlier scan vouches that
    ``holds_for`` this footage: they are counted, and not searched again. Playlists always are:
    they change when others join them.
    """
    marks = leaks.marks_from(values_of(original), ignore=OUR_NAMES)
    unchanged = {name for name in known if not name.endswith(".m3u8")}
    _refuse(leaks.scan_package(files, marks, known=unchanged), len(files))
    return Scan(len(files), len(marks.values), values_digest(original))


def check_folder(folder: Path, original: Original, *, known: Set[str] = frozenset()) -> Scan:
    """Scan every file below a folder that is about to become public: see ``check_files``."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return check_files(_named(folder, files), original, known=known)


def page_marks(originals: Iterable[Original], *, written: str) -> leaks.Marks:
    """What a page may not say, because only its originals' own data says it.

    ``written`` is all that editors wrote for it: a fact that stands there was published on purpose.
    Words without a digit and shorter than a name are no marks here: pages are full of words.
    """
    values = {
        value
        for original in originals
        for value in values_of(original) | _secrets_of(original)
        if any(map(str.isdigit, value)) or len(value) >= SHORTEST_STEM
    }
    return leaks.marks_from(values, ignore=[*OUR_NAMES, written])


def _secrets_of(original: Original) -> set[str]:
    return describing.secrets_of(original) if isinstance(original, Footage) else set()


def page_findings(name: str, content: bytes, marks: leaks.Marks) -> list[leaks.Finding]:
    return leaks.scan(name, io.BytesIO(content), marks)


def check_page(name: str, content: bytes, marks: leaks.Marks) -> None:
    """Raise LeakFound for a page that has ``page_findings``."""
    findings = page_findings(name, content, marks)
    if findings:
        _log({name: findings})
        raise LeakFound(
            f"The page {name} shows something that only an original's own data says "
            f"({findings[0].what}): if it is meant to be public, write it in the story; "
            "if not, take it out."
        )


def public_folder_findings() -> dict[str, list[leaks.Finding]]:
    """Scan the folders of packages and pictures in `public`, as they lie there, once more."""
    found: dict[str, list[leaks.Finding]] = {}
    packages = Package.objects.select_related("clip__footage")
    made_of: list[tuple[str, Original]] = [(one.public_id, one.clip.footage) for one in packages]
    made_of += [(picture.public_id, picture) for picture in Picture.objects.placed()]
    for public_id, original in made_of:
        folder = f"{PUBLIC_FOLDER}/{public_id}"
        names = stores.files_below("public", folder)
        files = {
            name.removeprefix(f"{folder}/"): partial(stores.open_public, name) for name in names
        }
        marks = leaks.marks_from(values_of(original), ignore=OUR_NAMES)
        for name, findings in leaks.scan_package(files, marks).items():
            found[f"{folder}/{name}"] = findings
    return found

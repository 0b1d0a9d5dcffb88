"""Bringing: files and folders of this machine, with the tables of facts that lie beside them."""

from collections.abc import Iterable
from pathlib import Path

from media import describing
from media.core import facts
from media.describing import BadTable


def below(path: Path) -> list[Path]:
    """A file as it is; of a folder all files below it, but hidden ones, links and tables."""
    if not path.is_dir():
        return [path]
    return [file for file in sorted(path.rglob("*")) if is_footage(file, within=path)]


def is_footage(file: Path, *, within: Path) -> bool:
    """Whether a file is meant: no hidden one, no link that leads elsewhere, no table of facts."""
    parts = file.relative_to(within).parts
    return (
        not any(part.startswith(".") for part in parts)
        and file.name not in facts.NAMES
        and file.is_file()
        and not file.is_symlink()
    )


def described(
    files: Iterable[Path], given: Iterable[Path], *, table: Path | None
) -> dict[Path, dict[str, str]]:
    """What tables say of files: ``table``, or else those in the folders among ``given``.

    Raises BadTable with a sentence for each row that is wrong: nothing is to be taken before they
    are mended, because facts are not written over those of footage that is here already.
    """
    tables = [table] if table else list(filter(None, map(describing.table_in, given)))
    told: dict[Path, dict[str, str]] = {}
    problems: list[str] = []
    for one in tables:
        found = describing.read_table(one)
        problems += [f"{one.name}, {problem}" for problem in found.problems]
        told |= {(one.parent / file).resolve(): row for file, row in found.of.items()}
    if problems:
        raise BadTable("\n".join(problems))
    return {file: told[file.resolve()] for file in files if file.resolve() in told}

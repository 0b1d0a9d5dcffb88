"""Filing: drawn files into `public`, with the rows that say what each of them shows.

All files of one step together, in a number of queries that does not grow with them.
"""

import gzip
import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from functools import cached_property

import brotli
from django.db import transaction
from django.utils import timezone

from articles.models import Article, PublicPage
from media import stores

PACKED = {".gz": lambda content: gzip.compress(content, 9, mtime=0), ".br": brotli.compress}


@dataclass(frozen=True)
class Drawn:
    """One public file, ready to be placed; ``articles`` are the stories that it shows."""

    path: str
    content: bytes
    articles: list[Article] = field(default_factory=list)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def place(files: Collection[Drawn]) -> None:
    """Write files with their packed forms, but those that lie there already as they are."""
    known = {row.path: row for row in PublicPage.objects.at([file.path for file in files])}
    # Packed before any row is held: that takes longer than all the rest.
    packed = {f.path: _packed(f) for f in files if not _lies_there(f, known.get(f.path))}
    with transaction.atomic():
        new = sorted(packed.keys() - known.keys())
        PublicPage.objects.bulk_create(map(_row, new), ignore_conflicts=True)
        rows = {row.path: row for row in PublicPage.objects.held([file.path for file in files])}
        _say_what_they_show(files, rows)
        # Asked again: another process may have written one of them meanwhile.
        changed = [file for file in files if not _lies_there(file, rows[file.path])]
        for file in changed:
            row = rows[file.path]
            row.sha256, row.placed_at = file.sha256, timezone.now()
            for name, content in (packed.get(file.path) or _packed(file)).items():
                stores.place_file(name, content)
        PublicPage.objects.bulk_update(
            [rows[file.path] for file in changed], ["sha256", "placed_at"]
        )


def _row(path: str) -> PublicPage:
    return PublicPage(path=path, sha256="")


def _lies_there(file: Drawn, row: PublicPage | None) -> bool:
    return row is not None and row.sha256 == file.sha256 and stores.exists("public", file.path)


def _packed(file: Drawn) -> dict[str, bytes]:
    """Every form of a file by its name; the file itself comes last, when the others are there."""
    forms = {file.path + ending: pack(file.content) for ending, pack in PACKED.items()}
    return {**forms, file.path: file.content}


def _say_what_they_show(files: Iterable[Drawn], rows: dict[str, PublicPage]) -> None:
    shows = PublicPage.articles.through
    wanted = {(rows[file.path].pk, article.pk) for file in files for article in file.articles}
    told = shows.objects.filter(publicpage__in=rows.values())
    recorded = {(one.publicpage_id, one.article_id): one.pk for one in told}
    stale = [pk for pair, pk in recorded.items() if pair not in wanted]
    if stale:
        shows.objects.filter(pk__in=stale).delete()
    new = sorted(wanted - recorded.keys())
    shows.objects.bulk_create(
        (shows(publicpage_id=page, article_id=article) for page, article in new),
        ignore_conflicts=True,
    )


def remove(pages: Iterable[PublicPage]) -> None:
    """Take files away, then their rows."""
    pages = list(pages)
    for page in pages:
        for ending in ("", *PACKED):
            stores.remove_public(page.path + ending)
    if pages:
        PublicPage.objects.filter(pk__in=[page.pk for page in pages]).delete()

"""Static files under names that carry their hash, so that a browser may keep them for ever."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

# What readers' pages link to: one request instead of one for each file that it imports.
WHOLE_SHEET = "css/site.css"
IMPORT = re.compile(r'@import url\("([\w./-]+)"\);\n')


class HashedStaticFiles(ManifestStaticFilesStorage):
    # Modules import one another by hashed names as well.
    support_js_module_import_aggregation = True

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        if WHOLE_SHEET in paths and not dry_run:
            Path(self.path(WHOLE_SHEET)).write_text(whole_sheet(WHOLE_SHEET), encoding="utf-8")
            paths = {**paths, WHOLE_SHEET: (self, WHOLE_SHEET)}
        yield from super().post_process(paths, dry_run, **options)


def whole_sheet(name: str) -> str:
    """A style sheet with the sheets beside it that it imports, as one text.

    From the sources, because a collected sheet is whole already. Raises FileNotFoundError.
    """
    source = finders.find(name)
    if source is None:
        raise FileNotFoundError(name)
    folder = Path(source).parent
    return IMPORT.sub(
        lambda found: (folder / found[1]).read_text(encoding="utf-8"),
        Path(source).read_text(encoding="utf-8"),
    )

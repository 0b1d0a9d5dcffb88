"""manage.py watch FOLDER : take in what is put into a folder, as soon as it is whole."""

import errno
import os
import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from media import describing, watching
from media.management.base import NewsroomCommand, actor

EVERY_S = 2.0
FULL = "The disk is full: files stay where they are and are taken when there is room."


class Command(NewsroomCommand):
    help = "Take in footage that is put into a folder, as soon as it is whole."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument("--source", default="", metavar="ALIAS", help="who it came from")
        parser.add_argument("--once", action="store_true", help="look once, and end")
        parser.add_argument(
            "--settled",
            type=float,
            default=watching.SETTLED_S,
            metavar="SECONDS",
            help="so long a file must not have changed (%(default)s)",
        )

    def handle(self, *args: object, **options: Any) -> None:
        folder: Path = options["folder"]
        if not folder.is_dir() or not os.access(folder, os.W_OK):
            raise CommandError(f"{str(folder)!r} is no folder that can be written: name another.")
        try:
            facts = describing.cleaned({"source_alias": options["source"]})
        except describing.Unclear as error:
            raise CommandError(str(error)) from error
        self.look(folder, facts, options)
        try:
            while not options["once"]:
                time.sleep(EVERY_S)
                self.look(folder, facts, options)
        except KeyboardInterrupt:
            self.stderr.write("No longer watched.")

    def look(self, folder: Path, facts: dict[str, str], options: dict[str, Any]) -> None:
        found = watching.look(folder, actor=actor(), facts=facts, settled_s=options["settled"])
        try:
            for outcome in found:
                moved_to = str(outcome.moved_to.relative_to(folder))
                told = {
                    "file": str(outcome.file.relative_to(folder)),
                    "moved_to": moved_to,
                    "footage": outcome.footage.public_id if outcome.footage else "",
                    "note": outcome.note,
                }
                self.answer(told, f"{moved_to}: {outcome.note}", as_json=options["json"])
        except OSError as error:
            if error.errno not in watching.FULL:
                raise
            self.stderr.write(f"{FULL} ({errno.errorcode[error.errno or 0]})")

"""What Newsroom's commands have in common: one sentence on failure, one JSON object a line."""

import getpass
import json
from collections.abc import Mapping

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from media.errors import NewsroomError


class NewsroomCommand(BaseCommand):
    """Exits 0, or 1 with one clear sentence on standard error."""

    requires_migrations_checks = False
    # What is wrong with the installation, `doctor` and the server say: here it would stand beside
    # the one sentence.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object a line, and nothing else"
        )

    def execute(self, *args: object, **options: object) -> str | None:
        if not MigrationRecorder(connection).has_table():
            # The first use of a data folder: nothing is there that could be spoilt.
            call_command("prepare")
        try:
            return super().execute(*args, **options)
        except NewsroomError as error:
            raise CommandError(str(error)) from error

    def answer(self, facts: Mapping[str, object], text: str, *, as_json: bool) -> None:
        """Print one result, for a program or for a person."""
        self.stdout.write(json.dumps(facts, ensure_ascii=False) if as_json else text)
        self.stdout.flush()


def actor() -> str:
    """Who runs the command, for the custody log."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (KeyError, OSError):
        return "command line"

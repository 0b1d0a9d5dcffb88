"""manage.py serve : web server, queue and worker in the foreground, until Ctrl-C."""

import argparse
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from newsroom import supervisor


def a_port(word: str) -> int:
    if not word.isascii() or not word.isdigit() or not 1 <= int(word) <= 65535:
        raise argparse.ArgumentTypeError(f"{word!r}: write a port from 1 to 65535.")
    return int(word)


class Command(BaseCommand):
    help = "Run web server, queue and worker in the foreground, until Ctrl-C or SIGTERM."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=a_port, default=8000)
        parser.add_argument("--demo", action="store_true", help="load the demo content as well")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            supervisor.serve(options["port"], with_demo=options["demo"], stream=sys.stdout)
        except supervisor.CannotServe as error:
            raise CommandError(str(error)) from error

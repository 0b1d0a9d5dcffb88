"""manage.py fixity : hash the originals again and compare."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from media import fixity
from media.management.base import NewsroomCommand, actor


class Command(NewsroomCommand):
    help = "Prove that the originals are, byte for byte, what was received."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--all", action="store_true", help="every original (the default: 100)")

    def handle(self, *args: object, **options: Any) -> None:
        damaged = checked = 0
        for footage, problem in fixity.check(most=None if options["all"] else 100, actor=actor()):
            checked += 1
            if problem:
                damaged += 1
                facts = {"footage": footage.public_id, "problem": problem}
                self.answer(facts, f"{footage.public_id}: {problem}", as_json=options["json"])
        if damaged:
            raise CommandError(f"{damaged} of {checked} originals are damaged: restore them.")
        text = f"{checked} originals checked, all whole."
        self.answer({"checked": checked, "damaged": 0}, text, as_json=options["json"])

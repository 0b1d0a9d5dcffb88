"""manage.py custody verify : prove that nobody changed the log of what happened to footage."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from media import custody
from media.management.base import NewsroomCommand
from media.models import CustodyEvent


class Command(NewsroomCommand):
    help = "Verify the hash chain of the custody log."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("action", choices=["verify"])

    def handle(self, *args: object, **options: Any) -> None:
        breaks = list(custody.breaks())
        for sentence in breaks:
            self.answer({"break": sentence}, sentence, as_json=options["json"])
        if breaks:
            raise CommandError(f"The custody log is broken in {len(breaks)} places: see above.")
        count = CustodyEvent.objects.count()
        self.answer(
            {"events": count, "breaks": 0}, f"{count} events, unbroken.", as_json=options["json"]
        )

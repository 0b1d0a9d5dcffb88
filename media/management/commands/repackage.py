"""manage.py repackage CLIP… : have the packages of clips made anew from their originals."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from media.management.base import NewsroomCommand
from media.models import Clip
from media.packaging import ask_for_package


class Command(NewsroomCommand):
    help = "Make clips' packages again; readers keep the old ones until the new ones are whole."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("clips", nargs="+", metavar="CLIP", help="the clips' ids")

    def handle(self, *args: object, **options: Any) -> None:
        for clip_id in options["clips"]:
            clip = Clip.objects.filter(public_id=clip_id).first()
            if clip is None:
                raise CommandError(f"There is no clip {clip_id}: `ingest` prints the ids.")
            ask_for_package(clip)
            self.answer(
                {"clip": clip_id}, f"{clip_id} waits for a worker.", as_json=options["json"]
            )

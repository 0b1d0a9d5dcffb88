"""manage.py transcript CLIP FILE --language LANG : captions for a clip, from WebVTT or SRT."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from media.management.base import NewsroomCommand
from media.models import Clip, Transcript
from media.transcribing import import_transcript


class Command(NewsroomCommand):
    help = "Import a caption file as a clip's transcript."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("clip", metavar="CLIP", help="the clip's id")
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--language", required=True, metavar="LANG")
        parser.add_argument(
            "--kind", choices=Transcript.Kind.values, default=Transcript.Kind.CAPTIONS
        )
        parser.add_argument("--machine", action="store_true", help="it was made by a machine")
        parser.add_argument("--checked-by", default="", metavar="NAME", help="readers see it")
        parser.add_argument(
            "--reason",
            default="",
            metavar="TEXT",
            help="what was wrong in the approved version: readers see it at the lines that change",
        )
        parser.add_argument("--approve", action="store_true", help="let readers see it")

    def handle(self, *args: object, **options: Any) -> None:
        clip = Clip.objects.filter(public_id=options["clip"]).first()
        if clip is None:
            raise CommandError(f"There is no clip {options['clip']}: `ingest` prints the ids.")
        try:
            data = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read ({error.strerror}).") from error
        transcript = import_transcript(
            clip,
            data,
            language=options["language"],
            kind=options["kind"],
            approve=options["approve"],
            origin=Transcript.Origin.MACHINE if options["machine"] else Transcript.Origin.PERSON,
            checked_by=options["checked_by"],
            reason=options["reason"],
        )
        facts = {
            "clip": clip.public_id,
            "language": transcript.language,
            "kind": transcript.kind,
            "cues": transcript.cues.count(),
            "state": transcript.state,
            "problems": transcript.remarks,
        }
        text = "\n".join([f"{facts['cues']} cues imported.", *transcript.remarks])
        self.answer(facts, text, as_json=options["json"])

"""manage.py ingest FILE… : files and folders in, and, with --wait, until their clips play."""

import time
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.module_loading import import_string

from media import bringing, clips, describing, packaging
from media.intake import Arrival, receive_file
from media.management.base import NewsroomCommand, actor
from media.models import Clip, Footage, Job


@dataclass
class Result:
    """What became of one file; seconds count from the start of its reading."""

    file: str
    footage: str = ""
    sha256: str = ""
    status: str = "failed"
    reason: str = ""
    clip: str = ""
    first_play_s: float | None = None
    total_s: float = 0.0


class Command(NewsroomCommand):
    help = "Take footage into the archive and have a clip made of each."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="or a folder")
        parser.add_argument("--story", metavar="SLUG", help="put the clips at the story's end")
        parser.add_argument("--source", default="", metavar="ALIAS", help="who it came from")
        parser.add_argument(
            "--facts",
            type=Path,
            metavar="TABLE",
            help="CSV or JSON that says what is known of the files beside it; in a folder, "
            "facts.csv or facts.json is taken by itself",
        )
        parser.add_argument("--wait", action="store_true", help="wait until the clips play")

    def handle(self, *args: object, **options: Any) -> None:
        facts = self.facts_of(options["source"])
        brought = [one for path in options["files"] for one in bringing.below(path)]
        if not brought:
            raise CommandError("There is no file in there: name files, or a folder with some.")
        told = bringing.described(brought, options["files"], table=options["facts"])
        # The story is looked for first: a wrong address must not leave footage lying about.
        attach = import_string(settings.ATTACH_CLIP)(options["story"]) if options["story"] else None
        failed = 0
        for file in brought:
            known = {**facts, **told.get(file, {})}
            result = self.ingest(file, facts=known, attach=attach, wait=options["wait"])
            failed += result.status != "ready"
            self.answer(asdict(result), self.sentence(result), as_json=options["json"])
        if failed:
            total = len(brought)
            raise CommandError(
                f"{failed} of {total} files cannot be used: the reasons stand above."
            )

    def facts_of(self, source: str) -> dict[str, str]:
        try:
            return describing.cleaned({"source_alias": source})
        except describing.Unclear as error:
            raise CommandError(str(error)) from error

    def ingest(self, file: Path, *, facts: dict[str, str], attach: Any, wait: bool) -> Result:
        started, started_at = time.monotonic(), timezone.now()
        result = Result(file=str(file))
        try:
            footage = receive_file(file, Arrival.told(Footage.Arrival.COMMAND, actor(), facts))
        except OSError as error:
            result.reason = (
                f"The file cannot be read ({error.strerror}): check its name and rights."
            )
            return result
        result.footage, result.sha256 = footage.public_id, footage.sha256
        result.status, result.reason = footage.state, footage.reason
        if footage.is_ready:
            clip = clips.make_clip(footage)
            result.clip = clip.public_id
            if attach is not None:
                attach(clip)
            if wait:
                self.wait(clip, result, started_at)
        result.total_s = round(time.monotonic() - started, 3)
        return result

    def wait(self, clip: Clip, result: Result, started_at: datetime) -> None:
        """Until the package is made, by a worker, or by this process where none is running."""
        job = packaging.see_through(clip, on_percent=self.show_progress)
        if job is not None and job.state == Job.State.FAILED:
            result.status, result.reason = "failed", job.reason
            return
        first = clip.packages.earliest("version")
        # The row is written when the first segment can be fetched.
        result.first_play_s = round(max(0.0, (first.created_at - started_at).total_seconds()), 3)

    def show_progress(self, percent: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{percent:3d} %", ending="\r")

    def sentence(self, result: Result) -> str:
        if result.status != "ready":
            return f"{result.file}: {result.status}. {result.reason}"
        return f"{result.file}: clip {result.clip} in {result.total_s:.1f} s"

"""manage.py leaks : scan everything public, as it lies on the disk, for what originals carry."""

from typing import Any

from django.core.management.base import CommandError

from articles import page_leaks, placement
from media import leakscan, release, stores
from media.management.base import NewsroomCommand


class Command(NewsroomCommand):
    help = "Scan every public file for anything of the source."

    def handle(self, *args: object, **options: Any) -> None:
        found = {
            **leakscan.public_folder_findings(),
            **release.public_transcript_findings(),
            **page_leaks.public_page_findings(),
            **placement.stray_findings(),
        }
        for name, findings in found.items():
            for finding in findings:
                facts = {"file": name, "place": finding.place, "what": finding.what}
                text = f"{name}: {finding.place}: {finding.what}"
                self.answer(facts, text, as_json=options["json"])
        files = len(stores.files_below("public"))
        if found:
            raise CommandError(f"{len(found)} of {files} public files leak: withdraw them.")
        text = f"{files} public files, nothing found."
        self.answer({"files": files, "found": 0}, text, as_json=options["json"])

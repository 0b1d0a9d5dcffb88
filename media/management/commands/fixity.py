"""manage.py fixity : hash originals and packages again and compare."""

from collections import Counter
from typing import Any

from django.core.management.base import CommandError, CommandParser

from media import fixity
from media.fixity import Finding
from media.management.base import NewsroomCommand, actor
from media.models import Footage, Package


class Command(NewsroomCommand):
    help = "Prove that the originals are what was received, and the packages what was made."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--all",
            action="store_true",
            help="all of them (the default: 100 originals and 100 packages, what is damaged first)",
        )

    def handle(self, *args: object, **options: Any) -> None:
        checked, damaged = Counter[type](), 0
        for finding in fixity.check(most=None if options["all"] else 100, actor=actor()):
            checked[type(finding.subject)] += 1
            if finding.problem:
                damaged += 1
                self.answer(_facts(finding), _sentence(finding), as_json=options["json"])
        if damaged:
            raise CommandError(
                f"{damaged} of {checked.total()} are damaged, see above: put originals back from a "
                "backup, have packages made anew (manage.py repackage), and run this again."
            )
        self.answer(
            {"checked": checked[Footage], "packages": checked[Package], "damaged": 0},
            f"{checked[Footage]} originals and {checked[Package]} packages checked, all whole.",
            as_json=options["json"],
        )


def _facts(finding: Finding) -> dict[str, object]:
    subject = finding.subject
    if isinstance(subject, Footage):
        return {"footage": subject.public_id, "problem": finding.problem}
    clip = subject.clip.public_id
    return {"package": subject.public_id, "clip": clip, "problem": finding.problem}


def _sentence(finding: Finding) -> str:
    subject = finding.subject
    if isinstance(subject, Footage):
        return f"{subject.public_id}: {finding.problem}"
    return f"package {subject.public_id} of clip {subject.clip.public_id}: {finding.problem}"

"""manage.py custody verify | head | export | stamp : prove the log of what happened to footage, and
take elsewhere what proves it there.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from media import custody, time_stamping
from media.core.custody_chain import Head, read_head
from media.management.base import NewsroomCommand
from media.models import CustodyEvent


class Command(NewsroomCommand):
    help = "Verify the log of what happened to footage, take it out, or have it time-stamped."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("action", choices=["verify", "head", "export", "stamp"])
        parser.add_argument(
            "--against",
            action="append",
            default=[],
            type=Path,
            metavar="FILE",
            help="verify: also against a head that was taken out earlier (may be repeated)",
        )
        parser.add_argument(
            "--footage", default="", metavar="ID", help="export: the events of one footage alone"
        )
        parser.add_argument(
            "--request", type=Path, metavar="FILE", help="stamp: write what an authority is asked"
        )
        parser.add_argument(
            "--reply", type=Path, metavar="FILE", help="stamp: read what an authority answered"
        )

    def handle(self, *args: object, **options: Any) -> None:
        getattr(self, options["action"])(**options)

    def verify(self, *, against: list[Path], json: bool, **_: Any) -> None:
        breaks = [*custody.breaks(_heads(against)), *time_stamping.breaks()]
        for sentence in breaks:
            self.answer({"break": sentence}, sentence, as_json=json)
        if breaks:
            raise CommandError(f"The custody log is broken in {len(breaks)} places: see above.")
        count, head = CustodyEvent.objects.count(), custody.head()
        self.answer(
            {"events": count, "breaks": 0, "head": head.hash if head else ""},
            f"{count} events, unbroken.",
            as_json=json,
        )

    def head(self, **_: Any) -> None:
        """What is kept elsewhere, for ``verify --against``: JSON in any case."""
        self.stdout.write(json.dumps(_head()._asdict()))

    def export(self, *, footage: str, **_: Any) -> None:
        """One event a line, in the words of PREMIS: JSON in any case."""
        for event in custody.exported(footage):
            self.stdout.write(json.dumps(event, ensure_ascii=False))

    def stamp(self, *, request: Path | None, reply: Path | None, json: bool, **_: Any) -> None:
        """Ask the authority of NEWSROOM_TSA, or write and read the files of somebody who does."""
        if request is not None:
            head = _head()
            request.write_bytes(time_stamping.request_for(head))
            text = f"{request} asks for a time-stamp of event {head.number}."
            self.answer({"event": head.number, "file": str(request)}, text, as_json=json)
            return
        if reply is not None:
            stamp = time_stamping.take_reply(_read(reply))
        else:
            stamp = time_stamping.ask(_head())
        self.answer(
            {"event": stamp.number, "at": stamp.at.isoformat()},
            f"Event {stamp.number}, and all before it, were there at {stamp.at:%Y-%m-%d %H:%M:%S} "
            "UTC: the time-stamp lies beside the journal.",
            as_json=json,
        )


def _head() -> Head:
    head = custody.head()
    if head is None:
        raise CommandError("The custody log is empty: there is nothing to prove yet.")
    return head


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error


def _heads(files: list[Path]) -> Iterator[Head]:
    for file in files:
        try:
            yield read_head(_read(file).decode())
        except ValueError as error:
            raise CommandError(f"{file} is no head that was taken out: {error}.") from error

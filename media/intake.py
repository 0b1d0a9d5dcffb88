"""Footage in: received and hashed, examined in the jail, ready or rejected with a sentence."""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction

from media import custody, jail, stores
from media.core import containers
from media.core.ids import new_id
from media.core.probe import REASONS, Unusable, metadata_of, read_probe, remarks_on
from media.models import CustodyEvent, Footage

logger = logging.getLogger(__name__)

EXAMINER = Path(__file__).resolve().parent / "jailed" / "examine.py"
LIMITS = jail.Limits(wall_s=120, cpu_s=120, memory_bytes=2 * jail.GiB, file_bytes=0)
NAME_LONGEST = 255


@dataclass(frozen=True)
class Arrival:
    """How footage came: ``actor`` is who brought it, ``source`` an alias of who it is from.

    ``facts`` are what else is known of it, by the names of Footage's fields: see media.describing.
    """

    how: Footage.Arrival
    actor: str
    source: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def told(cls, how: Footage.Arrival, actor: str, facts: Mapping[str, str]) -> "Arrival":
        """With facts as ``describing.cleaned`` answers them, the source among them."""
        rest = {name: text for name, text in facts.items() if name != "source_alias"}
        return cls(how, actor, facts.get("source_alias", ""), rest)


def receive_file(path: Path, arrival: Arrival) -> Footage:
    """Take one file into the vault and examine it. Raises OSError if it cannot be read."""
    with path.open("rb") as file:
        return receive(_chunks(file), name=path.name, arrival=arrival)


def receive_upload(upload: UploadedFile, arrival: Arrival) -> Footage:
    """Take one uploaded file into the vault and examine it."""
    return receive(upload.chunks(stores.CHUNK), name=upload.name or "", arrival=arrival)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(stores.CHUNK), b"")


def receive(chunks: Iterable[bytes], *, name: str, arrival: Arrival) -> Footage:
    """Take bytes into the vault, once, and examine them; the same bytes again are the same footage.

    Never raises for bad footage: the answer's state is READY, or REJECTED with its reason.
    """
    received = stores.receive(chunks, name=store_name(new_id()))
    footage, _is_new = register(received, name=name, arrival=arrival)
    discard_unclaimed(received.name, footage)
    if footage.state == Footage.State.RECEIVED:
        examine(footage, actor=arrival.actor)
    return footage


def store_name(key: str) -> str:
    """Where an original lies in the vault: a random key says nothing of it."""
    return f"{key[:2]}/{key}"


def register(received: stores.Received, *, name: str, arrival: Arrival) -> tuple[Footage, bool]:
    """The row for bytes in the vault, and whether it is new. Two who bring them at once share one.

    What is known of footage that was here already is left as it is.
    """
    try:
        with transaction.atomic():
            footage = Footage.objects.create(
                sha256=received.sha256,
                byte_size=received.byte_size,
                store_name=received.name,
                original_name=printable(name),
                arrival=arrival.how,
                source_alias=arrival.source,
                **arrival.facts,
            )
            _record_arrival(footage, CustodyEvent.Kind.RECEIVED, name, arrival)
        return footage, True
    except IntegrityError:
        footage = Footage.objects.same_bytes(received.sha256).get()
        if footage.store_name == received.name:
            # Registered before, by whoever was interrupted then.
            return footage, True
        _record_arrival(footage, CustodyEvent.Kind.RECEIVED_AGAIN, name, arrival)
        return footage, False


def discard_unclaimed(name: str, footage: Footage) -> None:
    """Remove bytes that came again: the vault holds them under the footage's own name."""
    if footage.store_name != name:
        stores.discard_unclaimed(name)


def _record_arrival(footage: Footage, kind: CustodyEvent.Kind, name: str, arrival: Arrival) -> None:
    custody.record(
        footage,
        kind,
        actor=arrival.actor,
        detail={
            "name": printable(name),
            "sha256": footage.sha256,
            "byte_size": footage.byte_size,
            "how": str(arrival.how),
            "source": arrival.source,
        },
    )


def printable(name: str) -> str:
    """A file name as text that a page can show: no control or direction characters."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
    return shown.encode("utf-8", "replace").decode()[:NAME_LONGEST]


def examine(footage: Footage, *, actor: str) -> None:
    """Look at footage in the jail and mark it READY or REJECTED. Safe to repeat."""
    try:
        facts = _facts(footage)
        probe = read_probe(facts)
    except Unusable as error:
        _reject(footage, error, actor=actor)
        return
    footage.state = Footage.State.READY
    footage.probe = {**facts, "duration_ms": probe.duration_ms}
    footage.metadata = metadata_of(facts)
    footage.remarks = remarks_on(facts)
    footage.reason = ""
    with transaction.atomic():
        footage.save()
        custody.record(
            footage,
            CustodyEvent.Kind.EXAMINED,
            actor=actor,
            detail={"container": probe.container, "duration_ms": probe.duration_ms},
        )


def _reject(footage: Footage, error: Unusable, *, actor: str) -> None:
    footage.state, footage.reason = Footage.State.REJECTED, str(error)
    with transaction.atomic():
        footage.save()
        custody.record(
            footage, CustodyEvent.Kind.REJECTED, actor=actor, detail={"word": error.word}
        )


def _facts(footage: Footage) -> dict[str, Any]:
    if footage.byte_size == 0:
        raise Unusable("empty")
    with stores.localised("originals", footage.store_name) as path:
        return examine_file(path)


def examine_file(path: Path) -> dict[str, Any]:
    """What the jailed examination says of a file, for ``read_probe``. Raises Unusable."""
    options = {
        "format_whitelist": containers.FORMAT_WHITELIST,
        "codec_whitelist": containers.CODEC_WHITELIST,
        "streams": containers.MOST_STREAMS,
        "packets": containers.MOST_FRAMES,
    }
    program = jail.script(EXAMINER, f"file:{path}", json.dumps(options))
    try:
        outcome = jail.run(program, limits=LIMITS, reads=path)
    except jail.DeadlineError as error:
        raise Unusable("timeout") from error
    except jail.JailError as error:
        raise Unusable("stopped") from error
    if outcome.returncode:
        logger.error("the examination ended with %d: %s", outcome.returncode, outcome.stderr[-500:])
        raise Unusable("stopped")
    return _understood(outcome.stdout)


def _understood(answer: bytes) -> dict[str, Any]:
    """The examiner ran on hostile bytes: its answer is checked like any other input."""
    try:
        facts = json.loads(answer)
    except ValueError as error:
        raise Unusable("stopped") from error
    if not isinstance(facts, dict) or facts.get("error", "empty") not in REASONS:
        raise Unusable("stopped")
    return facts

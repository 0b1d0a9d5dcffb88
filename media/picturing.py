"""Picturing: a picture for the text of a story is kept as it came, and drawn anew in the jail."""

import hashlib
import json
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction

from media import intake, jail, leakscan, stores
from media.core import pictures
from media.core.ids import new_id
from media.errors import Rejected
from media.models import Picture

logger = logging.getLogger(__name__)

DRAWER = Path(__file__).resolve().parent / "jailed" / "pictures.py"
LIMITS = jail.Limits(wall_s=60, cpu_s=45, memory_bytes=2 * jail.GiB, file_bytes=16 * jail.MiB)
# So much of its hash names a form: what is under a name never changes.
NAMED_BY = 16


def take_in(chunks: Iterable[bytes], *, name: str, by: User | None) -> Picture:
    """Keep an original and draw its forms; the same bytes again are the same picture.

    Raises Rejected with a sentence for what is no picture that can be shown, LeakFound, or OSError
    when the disk is full; nothing is kept then.
    """
    received = stores.receive(_bounded(chunks), name=intake.store_name(new_id()))
    try:
        known = Picture.objects.same_bytes(received.sha256).first()
        picture = known or _new(received, name=name, by=by)
    except BaseException:
        stores.discard_unclaimed(received.name)
        raise
    if picture.store_name != received.name:
        stores.discard_unclaimed(received.name)
    return picture


def _bounded(chunks: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > pictures.MOST_BYTES:
            raise Rejected(pictures.REASONS["heavy"])
        yield chunk
    if not size:
        raise Rejected(pictures.REASONS["empty"])


def _new(received: stores.Received, *, name: str, by: User | None) -> Picture:
    """The row for these bytes. Two who bring them at once share one."""
    picture = Picture(
        sha256=received.sha256,
        byte_size=received.byte_size,
        store_name=received.name,
        original_name=intake.printable(name),
        received_by=by,
    )
    with stores.work_folder() as work:
        folder = work / picture.public_id
        folder.mkdir()
        drawn = _drawn(received, folder)
        picture.width, picture.height = drawn.width, drawn.height
        picture.metadata = list(drawn.texts)
        picture.forms = [_form(folder, *size) for size in drawn.sizes]
        leakscan.check_folder(folder, picture)
        stores.keep_package(folder, picture.public_id)
    try:
        with transaction.atomic():
            picture.save()
    except IntegrityError:
        stores.remove_package(picture.public_id)
        return Picture.objects.same_bytes(received.sha256).get()
    return picture


def _drawn(received: stores.Received, folder: Path) -> pictures.Drawn:
    """Have the forms drawn into a folder. Raises Rejected."""
    try:
        with stores.original(received.name) as path:
            program = jail.script(DRAWER, str(path))
            outcome = jail.run(program, limits=LIMITS, reads=path, writes=folder)
    except jail.JailError as error:
        raise Rejected(pictures.REASONS["stopped"]) from error
    if outcome.returncode:
        logger.error("drawing ended with %d: %s", outcome.returncode, outcome.stderr[-500:])
        raise Rejected(pictures.REASONS["stopped"])
    try:
        return pictures.read_facts(json.loads(outcome.stdout))
    except ValueError as error:
        # What json says of an answer that is none is no word of ours.
        word = str(error) if str(error) in pictures.REASONS else "stopped"
        raise Rejected(pictures.REASONS[word]) from error


def _form(folder: Path, width: int, height: int) -> dict[str, Any]:
    """One size, in files that are named after what is in them."""
    names = {}
    for form in pictures.FORMATS:
        drawn = folder / f"{width}.{form}"
        digest = hashlib.sha256(drawn.read_bytes()).hexdigest()[:NAMED_BY]
        names[form] = f"{width}-{digest}.{form}"
        drawn.rename(folder / names[form])
    return {"width": width, "height": height, "names": names}

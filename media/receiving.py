"""Receiving: files that come part by part over bad lines, until they are whole and taken in.

The database says how much of a file is here for good, and no more than that is acknowledged:
bytes are written, then written down by the disk, then counted.
"""

import hashlib
import logging
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from media import clips, describing, intake, queue, staging, stores
from media.core import tus
from media.core.tus import Checksum, Refused
from media.models import Footage, Upload
from media.models.job import FIRST_PLAY
from media.models.upload import when_forgotten

logger = logging.getLogger(__name__)

KIND = "take_in_upload"
# Small, so that little is lost when a slow line breaks: a read waits until it is full.
READ = 64 * 1024
# So often what came is written down for good, and counted.
COUNTED_BYTES = 8 << 20
COUNTED_S = 2.0
HASHED_AT_ONCE = 4 << 20
# So long it is told what became of an upload.
TOLD = timedelta(days=1)
# So old is what a killed command left half written in the vault: nobody writes it any more.
BROKEN_OFF = timedelta(days=1)
GONE = "This upload is not here any more: choose the file again."
TAKEN_OVER = "This file comes through another window meanwhile: close one of the two."


class Body(Protocol):
    """What a request brings: fewer bytes than asked for mean that no more will come."""

    def read(self, size: int, /) -> bytes: ...


# Begun ------------------------------------------------------------------------------------------


def begin(
    person: User, *, size: int, name: str, fingerprint: str, told: Mapping[str, str]
) -> Upload:
    """Make room for a file of so many bytes. Raises Refused where there is none (413, 507) or
    what was told of it is unclear (400)."""
    try:
        facts = describing.cleaned(told)
    except describing.Unclear as error:
        raise Refused(400, str(error)) from error
    with transaction.atomic():
        check_room(size)
        upload = Upload.objects.create(
            owner=person,
            name=intake.printable(name),
            fingerprint=fingerprint[:64],
            byte_size=size,
            facts=facts,
        )
    # After the row: a part without one is swept away.
    staging.begin(upload.public_id)
    if not size:
        complete(upload)
    return upload


def check_room(size: int) -> None:
    """Raises Refused where so many more bytes would be too many."""
    if Upload.objects.bytes_promised() + size > settings.UPLOADS_TOTAL:
        raise Refused(
            413,
            f"Uploads that are not taken in yet fill the {tus.in_words(settings.UPLOADS_TOTAL)} "
            "that they may: end those that nobody needs, or wait until others are through.",
        )
    free = shutil.disk_usage(stores.incoming_folder()).free - Upload.objects.bytes_awaited()
    if free - size < settings.KEPT_FREE:
        raise Refused(
            507, "The disk has no room for this file: ask who runs this server, then send it again."
        )


# Arriving ---------------------------------------------------------------------------------------


def reached(upload: Upload) -> int:
    """How many bytes are here for good: what the row says, if the disk does not say less."""
    if upload.state != Upload.State.COMING:
        return upload.byte_size
    try:
        return min(upload.reached, staging.size_of(upload.public_id))
    except FileNotFoundError as error:
        raise Refused(410, GONE) from error


def append(
    upload: Upload, body: Body, *, at: int, count: int, checksum: Checksum | None = None
) -> int:
    """Add what ``body`` brings, ``count`` bytes if the line holds; answers what is reached now.

    With a checksum all of it is kept, or nothing. Raises Refused: 409 where ``at`` is not what was
    reached, 423 while somebody else writes, 460 for a wrong checksum, 410, 507.
    """
    try:
        with staging.writing(upload.public_id) as part:
            # Read anew: whoever wrote before us has counted.
            upload = Upload.objects.still_coming().filter(pk=upload.pk).first() or _gone()
            if at != reached(upload):
                raise Refused(409, "The file goes on somewhere else: ask for its offset first.")
            arriving = Arriving(upload, part, at)
            arriving.take(body, count, checksum)
    except staging.Busy as error:
        raise Refused(423, TAKEN_OVER) from error
    except staging.Superseded as error:
        raise Refused(409, TAKEN_OVER) from error
    except FileNotFoundError as error:
        raise Refused(410, GONE) from error
    except OSError as error:
        logger.warning("an upload could not be written", exc_info=True)
        raise Refused(
            507, "The disk is full or away: what came until now is kept, go on when there is room."
        ) from error
    if arriving.counted == upload.byte_size:
        complete(upload, arriving.digest())
    return arriving.counted


def _gone() -> Upload:
    raise Refused(410, GONE)


@dataclass
class Arriving:
    """Bytes of one request on their way into a part."""

    upload: Upload
    part: staging.Part
    counted: int

    def __post_init__(self) -> None:
        self.hash = staging.hashes.resume(self.upload.public_id, self.counted)

    def take(self, body: Body, count: int, checksum: Checksum | None) -> None:
        said = checksum.hasher() if checksum is not None else None
        at, since = self.counted, time.monotonic()
        try:
            for chunk in chunks_of(body, count):
                self.part.write(chunk, at=at)
                at += len(chunk)
                for one in (self.hash, said):
                    if one is not None:
                        one.update(chunk)
                is_due = at - self.counted >= COUNTED_BYTES or time.monotonic() - since > COUNTED_S
                if is_due and said is None:
                    self.count(at)
                    since = time.monotonic()
        finally:
            if said is None:
                self.count(at)
        if checksum is not None and said is not None:
            if not checksum.is_of(said):
                raise Refused(tus.CHECKSUM_MISMATCH, "These bytes were damaged on their way.")
            self.count(at)

    def count(self, at: int) -> None:
        """Written, then written down by the disk, then counted: in this order."""
        if at == self.counted:
            return
        self.part.sync()
        coming = Upload.objects.still_coming().filter(pk=self.upload.pk)
        # Whoever lost the part to somebody else in this moment counts nothing.
        ours = coming.filter(reached=self.counted)
        if not ours.update(reached=at, expires_at=when_forgotten()):
            raise Refused(409, TAKEN_OVER) if coming.exists() else Refused(410, GONE)
        self.counted = at
        if self.hash is not None:
            staging.hashes.keep(self.upload.public_id, at, self.hash)

    def digest(self) -> str:
        """Of all bytes, if this process saw all of them come; else empty."""
        return self.hash.hexdigest() if self.hash is not None else ""


def chunks_of(body: Body, count: int) -> Iterator[bytes]:
    """What comes, at most ``count`` bytes; ends earlier where the line breaks."""
    while count > 0:
        try:
            chunk = body.read(min(READ, count))
        except OSError:
            # The line broke: what came before is kept.
            return
        if not chunk:
            return
        yield chunk
        count -= len(chunk)


# Whole ------------------------------------------------------------------------------------------


def complete(upload: Upload, sha256: str = "") -> None:
    """All bytes are here: have them taken in."""
    with transaction.atomic():
        coming = Upload.objects.filter(pk=upload.pk, state=Upload.State.COMING)
        if coming.update(state=Upload.State.WHOLE, sha256=sha256):
            queue.request(KIND, upload.pk, priority=FIRST_PLAY)
    staging.hashes.forget(upload.public_id)


def take_in(upload_id: int, lease: queue.Lease) -> None:
    """Job: make footage of a whole upload. Safe to repeat from wherever it was interrupted."""
    upload = Upload.objects.select_related("footage", "owner").get(pk=upload_id)
    name = intake.store_name(upload.public_id)
    if upload.state == Upload.State.WHOLE:
        footage = upload.footage or _registered(upload, name, lease)
        if footage.state == Footage.State.RECEIVED:
            intake.examine(footage, actor=upload.owner.get_username())
        if footage.is_ready:
            clips.make_clip(footage)
        intake.discard_unclaimed(name, footage)
    with lease.finishing():
        done = Upload.objects.filter(pk=upload.pk, state=Upload.State.WHOLE)
        done.update(state=Upload.State.TAKEN, expires_at=when_forgotten(TOLD), facts={})
    staging.remove(upload.public_id)


def _registered(upload: Upload, name: str, lease: queue.Lease) -> Footage:
    part = staging.path_of(upload.public_id)
    sha256 = upload.sha256 or _hashed(upload, lease)
    received = stores.keep_incoming(part, name=name, sha256=sha256)
    arrival = intake.Arrival.told(Footage.Arrival.UPLOAD, upload.owner.get_username(), upload.facts)
    with lease.holding():
        footage, is_new = intake.register(received, name=upload.name, arrival=arrival)
        Upload.objects.filter(pk=upload.pk).update(footage=footage, was_here=not is_new)
    return footage


def _hashed(upload: Upload, lease: queue.Lease) -> str:
    """The hash of a part that no process saw come as a whole, and kept for the next try."""
    running, done = hashlib.sha256(), 0
    with staging.path_of(upload.public_id).open("rb") as file:
        for chunk in iter(partial(file.read, HASHED_AT_ONCE), b""):
            running.update(chunk)
            done += len(chunk)
            if done % (64 * HASHED_AT_ONCE) == 0:
                lease.report(100 * done // upload.byte_size)
    Upload.objects.filter(pk=upload.pk).update(sha256=running.hexdigest())
    return running.hexdigest()


# Ended ------------------------------------------------------------------------------------------


def end(upload: Upload) -> None:
    """Forget an upload and what came of it; one that is whole already is taken in all the same."""
    if Upload.objects.filter(pk=upload.pk).exclude(state=Upload.State.WHOLE).delete()[0]:
        staging.remove(upload.public_id)


def discard_expired() -> None:
    """Forget uploads that nobody went on with, and bytes that no row speaks of."""
    for upload in Upload.objects.expired():
        end(upload)
    # Looked at before the rows: what begins in this moment has its row before its part is seen.
    parts = staging.names()
    for name in parts - set(Upload.objects.values_list("public_id", flat=True)):
        with suppress(OSError):
            staging.remove(name)
    stores.remove_broken_off(BROKEN_OFF)

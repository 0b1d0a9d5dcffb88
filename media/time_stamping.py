"""Time-stamps (RFC 3161): an authority outside signs that the log's head was there at a moment.

Nothing is sent anywhere unless somebody asks for it and NEWSROOM_TSA names an authority. Without
one, a request can be carried to it as a file, and its reply back.
"""

import http.client
import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from cryptography.x509 import Certificate, load_pem_x509_certificates
from django.conf import settings
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from media import journal
from media.core.custody_chain import Head, canonical, hash_of
from media.errors import NewsroomError
from media.models import CustodyEvent

logger = logging.getLogger(__name__)

SECONDS = 20
LARGEST_REPLY = 256 * 1024
SUFFIX = ".tsr"
NO_ROOTS = (
    "Nobody knows whom to believe: let NEWSROOM_TSA_ROOTS name a file with the certificates of the "
    "authority that stamps (PEM)."
)


class NotStamped(NewsroomError):
    """A time-stamp that was not given, or is not to be believed."""


@dataclass(frozen=True)
class Stamp:
    """A time-stamp that was verified: the event whose hash it holds was there at this moment."""

    number: int
    at: datetime


def request_for(head: Head) -> bytes:
    """What an authority is asked to sign: DER, with the SHA-256 of the head alone in it."""
    return _request(head).as_bytes()


def _request(head: Head) -> TimeStampRequest:
    asked = TimestampRequestBuilder().data(canonical(head._asdict()))
    return asked.hash_algorithm(HashAlgorithm.SHA256).build()


def ask(head: Head) -> Stamp:
    """Have the authority of NEWSROOM_TSA stamp a head, and keep its reply beside the journal.

    Raises NotStamped.
    """
    if not settings.TSA:
        raise NotStamped(
            "NEWSROOM_TSA names no authority: name one, or carry a request to it with "
            "--request FILE and its answer back with --reply FILE."
        )
    request = _request(head)
    reply = _sent(request.as_bytes())
    _verify(_decoded(reply), head, nonce=request.nonce)
    return take_reply(reply)


def _sent(request: bytes) -> bytes:
    headers = {"Content-Type": "application/timestamp-query", "User-Agent": "Newsroom"}
    # The address is the installation's own setting, and http or https.
    asked = Request(settings.TSA, data=request, headers=headers)  # noqa: S310
    try:
        with urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310
            return bytes(answer.read(LARGEST_REPLY))
    except (URLError, OSError, http.client.HTTPException) as error:
        raise NotStamped(
            f"{settings.TSA} gave no time-stamp ({error}): try again later."
        ) from error


def take_reply(reply: bytes) -> Stamp:
    """Verify an authority's reply, find the event that it is about, and keep it.

    Raises NotStamped.
    """
    stamped = _decoded(reply)
    head = _head_of(stamped.tst_info.message_imprint.message)
    if head is None:
        raise NotStamped("This time-stamp is about no event of this log: take its own reply.")
    _verify(stamped, head)
    stamp = Stamp(head.number, stamped.tst_info.gen_time)
    file = journal.folder() / f"{stamp.number}-{stamp.at:%Y%m%dT%H%M%SZ}{SUFFIX}"
    # The same reply a second time is here already.
    with suppress(FileExistsError), file.open("xb") as kept:
        kept.write(reply)
    return stamp


def _decoded(reply: bytes) -> TimeStampResponse:
    try:
        stamped = decode_timestamp_response(reply)
        _ = stamped.tst_info
    except ValueError as error:
        logger.warning("what should be a time-stamp is none: %s", error)
        raise NotStamped("This is no time-stamp: see what the authority says in it.") from error
    return stamped


def _head_of(imprint: bytes) -> Head | None:
    """The event that was stamped: one of the newest, as a rule."""
    rows = CustodyEvent.objects.order_by("-number").values_list("number", "hash")
    heads = (Head(*row) for row in rows.iterator())
    return next((head for head in heads if _imprint(head) == imprint), None)


def _imprint(head: Head) -> bytes:
    return bytes.fromhex(hash_of(head._asdict()))


def _verify(stamped: TimeStampResponse, head: Head, *, nonce: int | None = None) -> None:
    verifier = VerifierBuilder(roots=_roots(), nonce=nonce).build()
    try:
        verifier.verify(stamped, _imprint(head))
    except VerificationError as error:
        logger.warning("a time-stamp of event %d was not believed: %s", head.number, error)
        raise NotStamped(
            "It was not signed by whom NEWSROOM_TSA_ROOTS names, or not for this event: ask again."
        ) from error


def _roots() -> list[Certificate]:
    if not settings.TSA_ROOTS:
        raise NotStamped(NO_ROOTS)
    try:
        return load_pem_x509_certificates(Path(settings.TSA_ROOTS).read_bytes())
    except (OSError, ValueError) as error:
        logger.warning("%s: %s", settings.TSA_ROOTS, error)
        raise NotStamped(f"{settings.TSA_ROOTS} holds no certificates. {NO_ROOTS}") from error


# Proving ----------------------------------------------------------------------------------------


def breaks() -> Iterator[str]:
    """One sentence for each time-stamp of ours that does not fit the log, or is a forgery."""
    for file in kept():
        try:
            yield from _breaks_of(file.name, _decoded(file.read_bytes()))
        except NotStamped as error:
            yield f"The time-stamp {file.name} does not hold. {error}"


def _breaks_of(name: str, stamped: TimeStampResponse) -> Iterator[str]:
    number = int(name.partition("-")[0])
    imprint = stamped.tst_info.message_imprint.message
    found = CustodyEvent.objects.filter(number=number).values_list("hash", flat=True)
    heads = [Head(number, hash) for hash in found]
    if not heads:
        yield f"Event {number} is missing: there is a time-stamp of it."
    elif imprint != _imprint(heads[0]):
        yield f"Event {number} is another one than was stamped at {stamped.tst_info.gen_time}."
    elif settings.TSA_ROOTS:
        _verify(stamped, heads[0])


def kept() -> list[Path]:
    """The time-stamps that were given, that of the oldest event first."""
    return sorted(journal.folder().glob(f"*{SUFFIX}"), key=lambda file: (len(file.name), file.name))

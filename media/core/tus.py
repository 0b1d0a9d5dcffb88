"""The tus protocol, version 1.0.0: headers in, values out (https://tus.io/protocols/resumable-upload).

A client announces a file's length (POST), sends its bytes from an offset on (PATCH), and after a
broken line asks which offset has been reached (HEAD). Whatever a server cannot do is a status with
one sentence.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
ALGORITHMS = ("sha256", "sha1", "md5")
CONTENT_TYPE = "application/offset+octet-stream"
# What a status means in the protocol, where HTTP has no name for it.
CHECKSUM_MISMATCH = 460

NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
KEY = re.compile(r"[!-+\--~]+", re.ASCII)
START_AGAIN = "load the page again and choose the file again."


class Refused(Exception):
    """``status`` is for the client, ``str(error)`` for the person in front of it."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Checksum:
    """What the bytes of one request are said to hash to."""

    algorithm: str
    digest: bytes

    def hasher(self) -> "hashlib._Hash":
        return hashlib.new(self.algorithm, usedforsecurity=False)

    def is_of(self, hasher: "hashlib._Hash") -> bool:
        return hmac.compare_digest(hasher.digest(), self.digest)


def check_version(header: str) -> None:
    """Raises Refused (412) for a client that speaks another version, or does not say which."""
    if header != VERSION:
        raise Refused(412, f"This server speaks tus {VERSION}: load the page again.")


def announced_length(header: str, *, most: int) -> int:
    """The length in bytes that a new upload will have. Raises Refused (400, 413).

    >>> announced_length("12", most=100)
    12
    """
    if not NUMBER.fullmatch(header):
        raise Refused(400, "The length of the file was not said: " + START_AGAIN)
    if int(header) > most:
        raise Refused(
            413,
            f"The file has {in_words(int(header))}, and at most {in_words(most)} are taken here: "
            "bring it on a disk, or ask who runs this server for more (NEWSROOM_LARGEST_UPLOAD).",
        )
    return int(header)


def offset_of(header: str) -> int:
    """Where the bytes of a request begin. Raises Refused (400)."""
    if not NUMBER.fullmatch(header):
        raise Refused(400, "It was not said where these bytes begin: " + START_AGAIN)
    return int(header)


def check_content_type(header: str) -> None:
    """Raises Refused (415) for bytes that are something else than part of a file."""
    if header.partition(";")[0].strip().lower() != CONTENT_TYPE:
        raise Refused(415, f"Parts of files come as {CONTENT_TYPE}.")


def part_length(content_length: str, *, offset: int, length: int) -> int:
    """How many bytes a request brings. Raises Refused: 411, or 413 beyond the file's end.

    >>> part_length("10", offset=90, length=100)
    10
    """
    if not NUMBER.fullmatch(content_length):
        raise Refused(411, "The length of this part was not said: send it with Content-Length.")
    if offset + int(content_length) > length:
        raise Refused(413, "More bytes came than the file has: " + START_AGAIN)
    return int(content_length)


def checksum_of(header: str) -> Checksum | None:
    """What the request's bytes must hash to, if that is said. Raises Refused (400).

    >>> checksum_of("md5 1B2M2Y8AsgTpgAmY7PhCfg==").digest.hex()
    'd41d8cd98f00b204e9800998ecf8427e'
    """
    if not header:
        return None
    algorithm, _, encoded = header.partition(" ")
    if algorithm not in ALGORITHMS:
        raise Refused(400, f"Checksums are known as {', '.join(ALGORITHMS)}, and not otherwise.")
    digest = _decoded(encoded)
    if len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise Refused(400, f"That is no checksum of the kind {algorithm}.")
    return Checksum(algorithm, digest)


def metadata_of(header: str) -> dict[str, str]:
    """What a client says of a file, by name. Raises Refused (400).

    >>> metadata_of("filename Z2F0ZS5tb3Y=,urgent")
    {'filename': 'gate.mov', 'urgent': ''}
    """
    told: dict[str, str] = {}
    for pair in filter(None, map(str.strip, header.split(","))):
        key, _, encoded = pair.partition(" ")
        if not KEY.fullmatch(key) or key in told:
            raise Refused(400, "What was said of the file cannot be read: " + START_AGAIN)
        told[key] = _decoded(encoded).decode("utf-8", "replace")
    return told


def metadata_header(told: Mapping[str, str]) -> str:
    """The other way round.

    >>> metadata_header({"filename": "gate.mov", "urgent": ""})
    'filename Z2F0ZS5tb3Y=,urgent'
    """
    return ",".join(
        f"{key} {base64.b64encode(value.encode()).decode()}".strip() for key, value in told.items()
    )


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(400, "Something was sent that is not Base64: " + START_AGAIN) from error


def in_words(count: int) -> str:
    """A number of bytes as a person says it.

    >>> in_words(900), in_words(64 << 30), in_words(1_500_000)
    ('900 bytes', '64 GiB', '1.4 MiB')
    """
    if count < 1 << 20:
        return f"{count:,} bytes"
    unit, name = (1 << 30, "GiB") if count >= 1 << 30 else (1 << 20, "MiB")
    return f"{round(count / unit, 1):g} {name}"

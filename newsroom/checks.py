"""System checks: what stands in the way of safe work, and what to do. Run by every command.

newsroom.E001  the path of the data folder is too long for the queue's socket
newsroom.W001  errors are shown to the public
newsroom.W002  the site's own address is not an allowed host
media.E001     ffmpeg is missing or cannot be run
media.E002     bubblewrap is demanded, but does not work
media.E003     others can read the originals
media.W001     footage is examined without bubblewrap
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import storages
from django.http.request import validate_host

from media import jail
from media.stores import Folder
from newsroom import health

SOCKET_NAME_BYTES = 107
OTHERS = 0o007
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
GET_BUBBLEWRAP = "Install bubblewrap (Debian: apt install bubblewrap) and allow user namespaces."


def check_socket_name(**_kwargs: Any) -> Sequence[CheckMessage]:
    name = str(settings.QUEUE_SOCKET)
    if settings.REDIS_URL or len(os.fsencode(name)) <= SOCKET_NAME_BYTES:
        return []
    return [
        Error(
            f"The path of the queue's socket has more than {SOCKET_NAME_BYTES} bytes: {name}",
            hint="Set NEWSROOM_DATA_DIR to a folder with a shorter path, or set REDIS_URL.",
            id="newsroom.E001",
        )
    ]


def check_debug(**_kwargs: Any) -> Sequence[CheckMessage]:
    host = urlsplit(settings.BASE_URL).hostname
    if not settings.DEBUG or host in LOOPBACK:
        return []
    return [
        Warning(
            f"NEWSROOM_DEBUG is on while the site is public at {settings.BASE_URL}: "
            "errors show code and settings to everybody.",
            hint="Set NEWSROOM_DEBUG=false.",
            id="newsroom.W001",
        )
    ]


def check_own_host(**_kwargs: Any) -> Sequence[CheckMessage]:
    host = urlsplit(settings.BASE_URL).hostname or ""
    name = f"[{host}]" if ":" in host else host
    if validate_host(name, settings.ALLOWED_HOSTS):
        return []
    return [
        Warning(
            f"The site answers no request to its own address {settings.BASE_URL}.",
            hint=f"Add {name} to NEWSROOM_ALLOWED_HOSTS.",
            id="newsroom.W002",
        )
    ]


def check_ffmpeg(**_kwargs: Any) -> Sequence[CheckMessage]:
    try:
        health.check_ffmpeg()
    except health.NotReady as error:
        return [Error("No clip can be made.", hint=str(error), id="media.E001")]
    return []


def check_jail(**_kwargs: Any) -> Sequence[CheckMessage]:
    try:
        bubblewrap = jail.bubblewrap()
    except ImproperlyConfigured as error:
        return [Error(str(error), hint=GET_BUBBLEWRAP, id="media.E002")]
    if settings.JAIL == "rlimits" or bubblewrap is not None:
        return []
    return [
        Warning(
            "Footage is examined without bubblewrap: bounded and without network, "
            "but with sight of this machine's files.",
            hint=GET_BUBBLEWRAP,
            id="media.W001",
        )
    ]


def check_originals(**_kwargs: Any) -> Sequence[CheckMessage]:
    store = storages["originals"]
    if not isinstance(store, Folder):
        return []
    folder = Path(store.location)
    if not folder.is_dir() or not folder.stat().st_mode & OTHERS:
        return []
    return [
        Error(
            f"Others on this machine can enter the originals in {folder}.",
            hint=f"Run: chmod 700 '{folder}'",
            id="media.E003",
        )
    ]


CHECKS = (
    check_socket_name,
    check_debug,
    check_own_host,
    check_ffmpeg,
    check_jail,
    check_originals,
)


def register_all() -> None:
    for check in CHECKS:
        register(check)

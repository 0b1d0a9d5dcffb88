"""(u): how long a file takes to be received in parts, beside ``cp`` and ``sha256sum`` of the same.

A running Newsroom, as ``manage.py serve`` runs it, over the loopback, from the announcement to the
moment in which the last byte is acknowledged: it lies on the disk for good then, and is hashed. The
copy lies in the cache of the machine, so that is more than what ``cp`` does. Both are given new
bytes in each round, and take turns.
"""

import http.client
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory

from benchmarks.figures import Row, ratios
from benchmarks.first_play import served
from media.core import tus
from newsroom import supervisor
from tests.factories import a_person

PART = "u"
MIB = 1 << 20
# As the page sends them.
PART_BYTES = 32 * MIB
UPLOADS = "/admin/receive/uploads/"


@dataclass(frozen=True)
class Round:
    received_s: float
    copied_s: float
    hashed_s: float


def measure(folder: Path, *, mib: int, rounds: int) -> list[Row]:
    """Files of so many MiB are received and copied, one of each a round."""
    with served() as port:
        headers = _signed_in()
        found = [_round(folder, port, headers, mib) for _ in range(rounds)]
    received = [one.received_s for one in found]
    beside = [one.copied_s + one.hashed_s for one in found]
    return [
        Row(PART, f"{mib} MiB received / cp and sha256sum", ratios(received, beside)),
        Row(PART, "received in parts", [mib / one for one in received], unit="MiB/s"),
        Row(PART, "cp and sha256sum", [mib / one for one in beside], unit="MiB/s"),
    ]


def _signed_in() -> dict[str, str]:
    """What somebody who may receive footage sends with each request."""
    client = Client()
    client.force_login(a_person("bench-archivist", "archivists"))
    request = RequestFactory().get("/")
    token = get_token(request)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookies = {
        settings.SESSION_COOKIE_NAME: session,
        settings.CSRF_COOKIE_NAME: request.META["CSRF_COOKIE"],
    }
    return {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-CSRFToken": token,
        "Tus-Resumable": tus.VERSION,
    }


def _round(folder: Path, port: int, headers: dict[str, str], mib: int) -> Round:
    path, copy = folder / "received.bin", folder / "copied.bin"
    with path.open("wb") as file:
        for _ in range(mib):
            file.write(os.urandom(MIB))
        os.fsync(file.fileno())
    copied_s = _timed("cp", str(path), str(copy))
    hashed_s = _timed("sha256sum", str(copy))
    received_s = _received(path, port, headers)
    copy.unlink()
    path.unlink()
    return Round(received_s, copied_s, hashed_s)


def _timed(*command: str) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def _received(path: Path, port: int, headers: dict[str, str]) -> float:
    size, at = path.stat().st_size, 0
    connection = http.client.HTTPConnection(supervisor.HOST, port, timeout=120)
    started = time.perf_counter()
    with path.open("rb") as file:
        about = {"Upload-Length": str(size), "Content-Length": "0"}
        address = _answer(connection, "POST", UPLOADS, b"", headers | about)["Location"]
        while at < size:
            part = {"Upload-Offset": str(at), "Content-Type": tus.CONTENT_TYPE}
            content = file.read(PART_BYTES)
            answer = _answer(connection, "PATCH", address, content, headers | part)
            at = int(answer["Upload-Offset"])
    took = time.perf_counter() - started
    connection.close()
    return took


def _answer(
    connection: http.client.HTTPConnection,
    method: str,
    address: str,
    content: bytes,
    headers: dict[str, str],
) -> http.client.HTTPMessage:
    connection.request(method, address, body=content, headers=headers)
    answer = connection.getresponse()
    text = answer.read().decode("utf-8", "replace")
    if answer.status >= 300:
        raise RuntimeError(f"{method} was answered with {answer.status}: {text[:300]}")
    return answer.headers

"""Where browsers send footage part by part: the tus protocol for staff, each their own uploads.

A request that changes something carries the CSRF token in its X-CSRFToken header, like every other
of the desk; bodies are read as they come, and never into memory.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import http_date

from media import receiving
from media.core import tus
from media.core.tus import Refused
from media.models import Upload

# Statuses for those who are not let in: nothing is waited for.
STRANGERS = (401, 403)
HEARD_OUT_BYTES = 64 << 20
HEARD_OUT_S = 5.0

View = Callable[..., HttpResponse]
NO_SUCH = "There is no such upload: choose the file again."
SIGNED_OUT = "You were signed out: sign in in another tab, then go on here."
NOT_YOURS_TO_DO = "Footage is received by archivists: ask one of them."
UNKNOWN_METHOD = "This server does nothing of that name here."


def speaks_tus(view: View) -> View:
    """A view for those who may receive footage, in the protocol's terms, whatever goes wrong."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            _let_in(request)
            response = view(request, _method(request), *args, **kwargs)
        except Refused as error:
            if error.status not in STRANGERS:
                _hear_out(request)
            response = HttpResponse(str(error), status=error.status, content_type="text/plain")
            if error.status == 412:
                response["Tus-Version"] = tus.VERSION
        response["Tus-Resumable"] = tus.VERSION
        add_never_cache_headers(response)
        return response

    return answer


def _hear_out(request: HttpRequest) -> None:
    """Who is still sending does not hear an answer: let what comes go by, for a moment."""
    deadline = time.monotonic() + HEARD_OUT_S
    for _chunk in receiving.chunks_of(request, HEARD_OUT_BYTES):
        if time.monotonic() > deadline:
            return


def _let_in(request: HttpRequest) -> None:
    if not request.user.is_authenticated or not request.user.is_staff:
        raise Refused(401, SIGNED_OUT)
    if not request.user.has_perm("media.add_footage"):
        raise Refused(403, NOT_YOURS_TO_DO)


def _method(request: HttpRequest) -> str:
    """What is to be done. Only a POST may say that it means something else: others, like GET, would
    get around the check of forged requests with it."""
    method = request.method or ""
    if method == "POST":
        method = request.headers.get("X-HTTP-Method-Override", method).upper()
    if method != "OPTIONS":
        tus.check_version(request.headers.get("Tus-Resumable", ""))
    return method


@speaks_tus
def uploads(request: HttpRequest, method: str) -> HttpResponse:
    """Say what this server can do (OPTIONS), or begin an upload (POST)."""
    if method == "OPTIONS":
        return HttpResponse(status=204, headers=_abilities())
    if method != "POST":
        raise Refused(405, UNKNOWN_METHOD)
    told = tus.metadata_of(request.headers.get("Upload-Metadata", ""))
    size = tus.announced_length(
        request.headers.get("Upload-Length", ""), most=settings.LARGEST_UPLOAD
    )
    # Looked at before anything is made: a wrong part must not leave an empty upload behind.
    part = _part(request, at=0, size=size) if _brings_bytes(request) else None
    begun = receiving.begin(
        request.user,  # type: ignore[arg-type]
        size=size,
        name=told.pop("filename", ""),
        fingerprint=told.pop("fingerprint", ""),
        told=told,
    )
    response = HttpResponse(status=201, headers=_expiry(begun))
    response["Location"] = reverse("upload", args=[begun.public_id])
    if part is not None:
        response["Upload-Offset"] = str(receiving.append(begun, request, at=0, **part))
    return response


@speaks_tus
def upload(request: HttpRequest, method: str, public_id: str) -> HttpResponse:
    """Say how far an upload is (HEAD), go on with it (PATCH), or forget it (DELETE)."""
    if method == "OPTIONS":
        return HttpResponse(status=204, headers=_abilities())
    found = Upload.objects.of(request.user).filter(public_id=public_id).first()
    if found is None:
        raise Refused(404, NO_SUCH)
    if found.is_expired:
        raise Refused(410, receiving.GONE)
    if method == "HEAD":
        return _told(found)
    if method == "PATCH":
        return _went_on(request, found)
    if method == "DELETE":
        receiving.end(found)
        return HttpResponse(status=204)
    raise Refused(405, UNKNOWN_METHOD)


def _told(found: Upload) -> HttpResponse:
    headers = {
        "Upload-Offset": str(receiving.reached(found)),
        "Upload-Length": str(found.byte_size),
        "Upload-Metadata": tus.metadata_header(
            {"filename": found.name, "fingerprint": found.fingerprint, **found.facts}
        ),
    }
    return HttpResponse(status=200, headers=headers | _expiry(found))


def _went_on(request: HttpRequest, found: Upload) -> HttpResponse:
    tus.check_content_type(request.headers.get("Content-Type", ""))
    at = tus.offset_of(request.headers.get("Upload-Offset", ""))
    if found.state != Upload.State.COMING and at != found.byte_size:
        raise Refused(409, "All of this file is here already.")
    part = _part(request, at=at, size=found.byte_size)
    reached = at
    if found.state == Upload.State.COMING:
        reached = receiving.append(found, request, at=at, **part)
        found.refresh_from_db()
    return HttpResponse(status=204, headers={"Upload-Offset": str(reached)} | _expiry(found))


def _brings_bytes(request: HttpRequest) -> bool:
    """Whether the first part comes with the announcement."""
    if request.headers.get("Content-Length", "0") in ("", "0"):
        return False
    tus.check_content_type(request.headers.get("Content-Type", ""))
    return True


def _part(request: HttpRequest, *, at: int, size: int) -> dict[str, Any]:
    """How many bytes this request brings, and what they hash to."""
    length = request.headers.get("Content-Length", "")
    return {
        "count": tus.part_length(length, offset=at, length=size),
        "checksum": tus.checksum_of(request.headers.get("Upload-Checksum", "")),
    }


def _abilities() -> dict[str, str]:
    return {
        "Tus-Version": tus.VERSION,
        "Tus-Extension": tus.EXTENSIONS,
        "Tus-Max-Size": str(settings.LARGEST_UPLOAD),
        "Tus-Checksum-Algorithm": ",".join(tus.ALGORITHMS),
    }


def _expiry(found: Upload) -> dict[str, str]:
    """Until when an unfinished upload is kept."""
    if found.state != Upload.State.COMING:
        return {}
    return {"Upload-Expires": http_date(found.expires_at.timestamp())}

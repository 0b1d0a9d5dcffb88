"""Files that are not public, for those who may: packages before readers see them, and originals."""

import re
from collections.abc import Mapping
from pathlib import PurePath
from wsgiref.util import FileWrapper

from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import permission_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseForbidden,
    StreamingHttpResponse,
)
from django.views.decorators.http import require_safe
from whitenoise.media_types import MediaTypes
from whitenoise.responders import MissingFileError, StaticFile

from media import opening, release, stores, transcribing
from media.models import Footage, Package, Picture, Transcript

# Names that packages have; ".." and whatever else a path may mean elsewhere is none of them.
NAME = re.compile(r"(?!.*\.\.)[\w./-]+", re.ASCII)
MEDIA_TYPES = MediaTypes(extra_types={".m3u8": "application/vnd.apple.mpegurl"})
CHUNK = 256 * 1024
SUFFIX = re.compile(r"\.[a-z0-9]{1,5}", re.ASCII)
OVER = "Your permission to read this original is over: open it again from the page of its footage."


@require_safe
@staff_member_required
@permission_required("media.view_clip", raise_exception=True)
def package_file(request: HttpRequest, public_id: str, name: str) -> HttpResponseBase:
    """One file of a package or a picture, in ranges if asked for, or a transcript's captions."""
    return private_file(request, public_id, name)


def private_file(request: HttpRequest, public_id: str, name: str) -> HttpResponseBase:
    """The same for whoever was let in by the caller."""
    if not NAME.fullmatch(name):
        raise Http404
    transcript = Transcript.objects.filter(public_id=public_id).first()
    if transcript is not None:
        return _captions(transcript, name)
    if not any(one.objects.filter(public_id=public_id).exists() for one in (Package, Picture)):
        raise Http404
    headers = {"Content-Type": MEDIA_TYPES.get_type(name), "Cache-Control": "private"}
    return _ranged(request, "packages", f"{public_id}/{name}", headers)


@require_safe
@staff_member_required
def original_file(request: HttpRequest, key: str) -> HttpResponseBase:
    """An original, in ranges if asked for: the one door through which people get its bytes."""
    grant = opening.granted(key, request)
    if grant is None:
        return HttpResponseForbidden(OVER, content_type="text/plain; charset=utf-8")
    headers = {
        "Content-Type": grant.content_type,
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{_copy_name(grant.footage)}"'
        if grant.how == opening.How.COPY
        else "inline",
    }
    return _ranged(request, "originals", grant.footage.store_name, headers)


def _copy_name(footage: Footage) -> str:
    """Nothing of the source is in it: names of files wander."""
    suffix = PurePath(footage.original_name).suffix.lower()
    return footage.public_id + (suffix if SUFFIX.fullmatch(suffix) else "")


def _captions(transcript: Transcript, name: str) -> HttpResponse:
    if name != release.caption_name(transcript):
        raise Http404
    return HttpResponse(transcribing.webvtt(transcript), content_type="text/vtt; charset=utf-8")


def _ranged(
    request: HttpRequest, alias: str, name: str, headers: Mapping[str, str]
) -> HttpResponseBase:
    """A file of a private store: 200, 206 or 304, 416 for a range beyond its end."""
    try:
        # The open file outlives the block, whatever becomes of its name.
        with stores.localised(alias, name) as path:
            found = StaticFile(str(path), list(headers.items())).get_response(
                request.method, request.META
            )
    except MissingFileError as error:
        raise Http404 from error
    # Django closes the file when the answer is sent.
    chunks = FileWrapper(found.file, CHUNK) if found.file else ()
    response = StreamingHttpResponse(chunks, status=found.status, headers=dict(found.headers))
    response["Accept-Ranges"] = "bytes"
    return response

"""Files of the working store: what a clip looks like before readers see it, for those who may."""

import re
from wsgiref.util import FileWrapper

from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe
from whitenoise.media_types import MediaTypes
from whitenoise.responders import MissingFileError, StaticFile

from media import release, stores, transcribing
from media.models import Package, Transcript

# Names that packages have; ".." and whatever else a path may mean elsewhere is none of them.
NAME = re.compile(r"(?!.*\.\.)[\w./-]+", re.ASCII)
MEDIA_TYPES = MediaTypes(extra_types={".m3u8": "application/vnd.apple.mpegurl"})
CHUNK = 256 * 1024


@require_safe
@staff_member_required
@permission_required("media.view_clip", raise_exception=True)
def package_file(request: HttpRequest, public_id: str, name: str) -> HttpResponseBase:
    """One file of a package, in ranges if asked for, or the captions of a transcript."""
    return private_file(request, public_id, name)


def private_file(request: HttpRequest, public_id: str, name: str) -> HttpResponseBase:
    """The same for whoever was let in by the caller."""
    if not NAME.fullmatch(name):
        raise Http404
    transcript = Transcript.objects.filter(public_id=public_id).first()
    if transcript is not None:
        return _captions(transcript, name)
    package = get_object_or_404(Package, public_id=public_id)
    return _ranged(request, f"{package.public_id}/{name}")


def _captions(transcript: Transcript, name: str) -> HttpResponse:
    if name != release.caption_name(transcript):
        raise Http404
    return HttpResponse(transcribing.webvtt(transcript), content_type="text/vtt; charset=utf-8")


def _ranged(request: HttpRequest, name: str) -> HttpResponseBase:
    """A file of the working store: 200, 206 or 304, 416 for a range beyond its end."""
    headers = [("Content-Type", MEDIA_TYPES.get_type(name)), ("Cache-Control", "private")]
    try:
        # The open file outlives the block, whatever becomes of its name.
        with stores.localised("packages", name) as path:
            found = StaticFile(str(path), headers).get_response(request.method, request.META)
    except MissingFileError as error:
        raise Http404 from error
    # Django closes the file when the answer is sent.
    chunks = FileWrapper(found.file, CHUNK) if found.file else ()
    response = StreamingHttpResponse(chunks, status=found.status, headers=dict(found.headers))
    response["Accept-Ranges"] = "bytes"
    return response

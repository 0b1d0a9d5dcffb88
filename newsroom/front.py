"""The front: answers the files of the `public` store itself, and hands all else to Django.

What lies in `public` is published, so no database is asked and no cookie is set. WhiteNoise finds
the file of an address; what is answered is ours, because readers seek in films and a correction
must be seen at once: strong entity tags of each variant, exact byte ranges, and a file that is
replaced or withdrawn while it is asked for is answered whole, or not at all.
"""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from http import HTTPStatus
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qs
from wsgiref.util import FileWrapper

from csp.constants import NONCE
from whitenoise import WhiteNoise
from whitenoise.responders import FileEntry, NotARegularFileError, Redirect, Response, SlicedFile
from whitenoise.string_utils import decode_path_info

CHUNK = 64 * 1024

FOREVER = "public, max-age=31536000, immutable"
# Kept by a browser or a cache, but never shown without asking whether it still holds.
ASK_FIRST = "no-cache"
MEDIA = "/media/"
DATA = ".json"
PLAYLIST = ".m3u8"
HASHED_STATIC = re.compile(r"/static/(.+/)?[^/]+\.[0-9a-f]{12}\.[^/]+")
# Below these lie pages that start their clip at a second, where they are asked to.
AT_A_MOMENT = ("/stories/", "/embed/")
NEVER_AN_ADDRESS = (".br", ".gz", ".part")

CODINGS = {"br": ".br", "gzip": ".gz"}
BYTES = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII | re.IGNORECASE)

TYPES = {
    ".m4a": "audio/mp4",
    ".m4s": "video/iso.segment",
    ".vtt": "text/vtt",
    ".xml": "application/xml",
    ".webmanifest": "application/manifest+json",
}
COMPRESSIBLE = re.compile(r"text/|application/.*(json|xml|mpegurl)|image/svg")
FRAME_ANCESTORS = re.compile(r"frame-ancestors [^;]*(; )?")
DOCUMENT = re.compile(r"text/html|.*xml")

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
NOT_FRAMED = {"X-Frame-Options": "SAMEORIGIN"}
# The players that anybody may show in a frame.
FRAMED = "/embed/"

Environ = dict[str, Any]


class Unsatisfiable(Exception):
    """The range that was asked for lies outside the file."""


class PublicFiles(WhiteNoise):
    """A WSGI application: the files below ``root``, and ``application`` for everything else."""

    def __init__(
        self, application: Callable[..., Iterable[bytes]], root: Path, *, policy: str
    ) -> None:
        self.policy = policy
        self.framed_policy = FRAME_ANCESTORS.sub("", policy).strip("; ")
        super().__init__(
            application,
            root,
            autorefresh=True,
            index_file=True,
            max_age=None,
            allow_all_origins=False,
            mimetypes=TYPES,
        )

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        response = self.answer(environ)
        if response is None:
            return self.application(environ, start_response)
        start_response(f"{response.status} {response.status.phrase}", list(response.headers))
        if response.file is None:
            return []
        return environ.get("wsgi.file_wrapper", FileWrapper)(response.file, CHUNK)

    def answer(self, environ: Environ) -> Response | None:
        """The answer from the store, or None where the question is Django's."""
        path = decode_path_info(environ.get("PATH_INFO", ""))
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD") or not is_address(path):
            return None
        if path.startswith(AT_A_MOMENT) and names_a_moment(environ.get("QUERY_STRING", "")):
            return None
        try:
            found = self.find_file(path)
            return found and found.get_response(environ["REQUEST_METHOD"], environ)
        except (OSError, NotARegularFileError):
            # Withdrawn in this moment, or nothing that can be read: Django says what it is.
            return None

    def get_static_file(self, path: str, url: str, stat_cache: None = None) -> "PublicFile":
        FileEntry(path)
        content_type = self.media_types.get_type(path)
        charset = "; charset=utf-8" if content_type.startswith("text/") else ""
        headers = {"Content-Type": content_type + charset, "Cache-Control": cache_control(url)}
        headers |= ALWAYS if url.startswith(FRAMED) else ALWAYS | NOT_FRAMED
        if url.startswith(MEDIA) or url.endswith(DATA):
            headers["Access-Control-Allow-Origin"] = "*"
        if DOCUMENT.match(content_type):
            framed = url.startswith(FRAMED)
            headers["Content-Security-Policy"] = self.framed_policy if framed else self.policy
        compressible = COMPRESSIBLE.match(content_type) is not None
        if compressible:
            headers["Vary"] = "Accept-Encoding"
        return PublicFile(Path(path), list(headers.items()), compressible)

    def redirect(self, from_url: str, to_url: str) -> Redirect:
        redirect = super().redirect(from_url, to_url)
        redirect.response.headers.append(("Cache-Control", ASK_FIRST))
        return redirect


@dataclass(frozen=True)
class PublicFile:
    """One file, the headers that it always has, and whether compressed forms may lie beside it."""

    path: Path
    headers: list[tuple[str, str]]
    compressible: bool

    def get_response(self, method: str, environ: Environ) -> Response:
        """The answer to a request. Raises OSError if the file has gone meanwhile."""
        # A range is one of the plain bytes, and only GET knows ranges.
        wanted = environ.get("HTTP_RANGE", "") if method == "GET" else ""
        file, coding = self._open("" if wanted else environ.get("HTTP_ACCEPT_ENCODING", ""))
        # Asked of the open file, not of its name: by now the name may mean another file.
        about = os.fstat(file.fileno())
        etag = entity_tag(about, coding)
        headers = [*self.headers, ("ETag", etag), ("Accept-Ranges", "bytes")]
        if coding:
            headers.append(("Content-Encoding", coding))
        if is_known(etag, environ.get("HTTP_IF_NONE_MATCH", "")):
            response = not_modified(headers)
        elif wanted and environ.get("HTTP_IF_RANGE", etag) == etag:
            response = part(file, wanted, about.st_size, headers)
        else:
            response = whole(file, about.st_size, headers)
        if method == "HEAD" or response.file is None:
            file.close()
            response.file = None
        return response

    def _open(self, accept_encoding: str) -> tuple[BinaryIO, str]:
        """The best variant that the reader takes, opened, and the name of its coding or ''."""
        if self.compressible:
            for coding in accepted_codings(accept_encoding):
                try:
                    return self.path.with_name(self.path.name + CODINGS[coding]).open("rb"), coding
                except FileNotFoundError:
                    continue
        return self.path.open("rb"), ""


def is_address(path: str) -> bool:
    """Whether a file may answer this path: no hidden, unfinished or compressed form of one.

    >>> [is_address(path) for path in ("/stories/a/", "/.git/config", "/a.html.gz", "//a", "/a\\0")]
    [True, False, False, False, False]
    """
    return (
        path.isprintable()
        and "//" not in path
        and "/." not in path
        and not path.lower().endswith(NEVER_AN_ADDRESS)
    )


def names_a_moment(query: str) -> bool:
    """Whether the query has the parameter ``t``: Django draws the page at that second."""
    return "t" in parse_qs(query, keep_blank_values=True)


def cache_control(path: str) -> str:
    """Files that never change under their name may be kept; all others are asked for again.

    >>> cache_control("/static/css/site.0123456789ab.css")
    'public, max-age=31536000, immutable'
    >>> cache_control("/stories/a/")
    'no-cache'
    >>> cache_control("/media/a/v480/00000.m4s") == FOREVER, cache_control("/media/a/master.m3u8")
    (True, 'no-cache')
    """
    # A playlist may name more the next time: it belongs to a clip that is being made.
    if path.startswith(MEDIA) and not path.endswith(PLAYLIST):
        return FOREVER
    return FOREVER if HASHED_STATIC.fullmatch(path) else ASK_FIRST


def policy_text(directives: Mapping[str, Any]) -> str:
    """The content security policy of a page that is the same for all, and so has no nonce.

    >>> policy_text({"default-src": ["'none'"], "script-src": ["'self'", NONCE]})
    "default-src 'none'; script-src 'self'"
    """
    return "; ".join(
        " ".join([name, *(source for source in sources if source is not NONCE)])
        for name, sources in directives.items()
    )


def entity_tag(about: os.stat_result, coding: str) -> str:
    """A strong tag: another one whenever the bytes can have changed, and for each coding.

    Hashed, so that it tells nobody when, and as which file, it was written.
    """
    identity = f"{about.st_ino} {about.st_mtime_ns} {about.st_size} {coding}"
    return f'"{blake2b(identity.encode(), digest_size=12).hexdigest()}"'


def is_known(etag: str, if_none_match: str) -> bool:
    """Whether the reader has this variant already.

    >>> [is_known('"b"', header) for header in ('"a", W/"b"', "*", '"a"', "")]
    [True, True, False, False]
    """
    tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
    return not tags.isdisjoint({etag, "*"})


def accepted_codings(accept_encoding: str) -> list[str]:
    """The codings that a reader takes and that we make, the smallest first.

    >>> accepted_codings("gzip, deflate, br;q=0.9")
    ['br', 'gzip']
    >>> accepted_codings("br;q=0, GZIP")
    ['gzip']
    """
    accepted = set()
    for part in accept_encoding.lower().split(","):
        coding, _, weight = part.replace(" ", "").partition(";q=")
        if weight.strip("0.") or not weight:
            accepted.add(coding)
    return [coding for coding in CODINGS if coding in accepted]


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte that a Range header asks of ``size`` bytes; None if it means nothing.

    Several ranges in one request are more than a player asks for: None, the whole file.
    Raises Unsatisfiable if it asks for bytes that there are not.

    >>> [byte_range(header, 10) for header in ("bytes=0-0", "bytes=7-", "bytes=-3", "bytes=4-99")]
    [(0, 0), (7, 9), (7, 9), (4, 9)]
    >>> [byte_range(header, 10) for header in ("bytes=-", "bytes=5-4", "bytes=0-1,3-4", "lines=1")]
    [None, None, None, None]
    """
    match = BYTES.fullmatch(header.strip())
    first, last = match.groups() if match else ("", "")
    if not first and not last:
        return None
    if first and last and int(first) > int(last):
        return None
    if not first:
        start, end = max(0, size - int(last)), size - 1
    else:
        start, end = int(first), min(int(last or size), size - 1)
    if start > end:
        raise Unsatisfiable
    return start, end


def not_modified(headers: list[tuple[str, str]]) -> Response:
    kept = [(name, value) for name, value in headers if not name.startswith("Content-")]
    return Response(HTTPStatus.NOT_MODIFIED, kept, None)


def whole(file: BinaryIO, size: int, headers: list[tuple[str, str]]) -> Response:
    return Response(HTTPStatus.OK, [*headers, ("Content-Length", str(size))], file)


def unsatisfiable(size: int, headers: list[tuple[str, str]]) -> Response:
    """There is nothing there: nothing to describe, and nothing to keep for ever."""
    kept = [(name, value) for name, value in headers if name in ALWAYS | NOT_FRAMED]
    kept += [("Content-Range", f"bytes */{size}"), ("Content-Length", "0")]
    kept.append(("Cache-Control", "no-store"))
    return Response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, kept, None)


def part(file: BinaryIO, wanted: str, size: int, headers: list[tuple[str, str]]) -> Response:
    try:
        span = byte_range(wanted, size)
    except Unsatisfiable:
        return unsatisfiable(size, headers)
    if span is None:
        return whole(file, size, headers)
    start, end = span
    headers = [
        *headers,
        ("Content-Range", f"bytes {start}-{end}/{size}"),
        ("Content-Length", str(end - start + 1)),
    ]
    return Response(HTTPStatus.PARTIAL_CONTENT, headers, SlicedFile(file, start, end))

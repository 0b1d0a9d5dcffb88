"""The front: what is answered from the public store, byte for byte and header for header."""

import gzip
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest

from newsroom.front import PublicFiles

POLICY = "default-src 'none'"
PAGE = b"<!doctype html><title>Mosul</title>"
OPEN_FILES = Path("/proc/self/fd")
FILM = bytes(range(256)) * 1024


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


def django(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("404 Not Found", [("X-From", "django")])
    return [b"django"]


class Reader:
    """Asks a store in a folder, as a browser would."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.front = PublicFiles(django, root, policy=POLICY)

    def place(self, name: str, content: bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def ask(self, path: str, method: str = "GET", query: str = "", **headers: str) -> Answer:
        environ: dict[str, Any] = {f"HTTP_{name.upper()}": text for name, text in headers.items()}
        setup_testing_defaults(environ)
        raw = path.encode().decode("latin-1")
        environ |= {"REQUEST_METHOD": method, "PATH_INFO": raw, "QUERY_STRING": query}
        started: list[tuple[str, list[tuple[str, str]]]] = []
        chunks = self.front(environ, lambda status, headers: started.append((status, headers)))
        body = b"".join(chunks)
        if hasattr(chunks, "close"):
            chunks.close()
        [(status, sent)] = started
        assert len(dict(sent)) == len(sent)
        return Answer(int(status.split()[0]), dict(sent), body)


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    reader = Reader(tmp_path / "public")
    reader.place("stories/mosul/index.html", PAGE)
    reader.place("media/k7/clip.mp4", FILM)
    return reader


def test_a_page_is_answered_with_its_headers_and_without_a_cookie(reader: Reader) -> None:
    answer = reader.ask("/stories/mosul/")

    tag = answer.headers.pop("ETag")
    assert (answer.status, answer.body) == (200, PAGE)
    assert answer.headers == {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(PAGE)),
        "Cache-Control": "no-cache",
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Accept-Ranges": "bytes",
        "Vary": "Accept-Encoding",
    }
    assert tag.startswith('"') and len(tag) == 26


def test_media_may_be_kept_for_ever_and_fetched_by_other_sites(reader: Reader) -> None:
    answer = reader.ask("/media/k7/clip.mp4")

    assert answer.body == FILM
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_only_hashed_static_files_may_be_kept_for_ever(reader: Reader) -> None:
    for name in ("site.css", "site.0123456789ab.css"):
        reader.place(f"static/css/{name}", b"p{}")

    plain, hashed = (
        reader.ask("/static/css/site.css"),
        reader.ask("/static/css/site.0123456789ab.css"),
    )

    assert plain.headers["Cache-Control"] == "no-cache"
    assert hashed.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Access-Control-Allow-Origin" not in hashed.headers


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("master.m3u8", "application/vnd.apple.mpegurl"),
        ("seg.m4s", "video/iso.segment"),
        ("clip.mp4", "video/mp4"),
        ("en.vtt", "text/vtt; charset=utf-8"),
        ("stories.atom", "application/atom+xml"),
        ("stories.rss", "application/rss+xml"),
        ("sitemap.xml", "application/xml"),
        ("stream.mjs", "text/javascript; charset=utf-8"),
        ("story.json", "application/json"),
        ("robots.txt", "text/plain; charset=utf-8"),
        ("poster.avif", "image/avif"),
    ],
)
def test_each_kind_of_file_has_its_type(reader: Reader, name: str, content_type: str) -> None:
    reader.place(name, b"x")

    assert reader.ask(f"/{name}").headers["Content-Type"] == content_type


def test_a_reader_who_has_the_page_is_told_so(reader: Reader) -> None:
    first = reader.ask("/stories/mosul/")

    again = reader.ask("/stories/mosul/", if_none_match=f'"other", W/{first.headers["ETag"]}')

    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert "Content-Length" not in again.headers


def test_a_correction_within_the_same_second_is_seen(reader: Reader) -> None:
    first = reader.ask("/stories/mosul/")
    other = reader.place("other", PAGE.replace(b"Mosul", b"Mosal"))
    about = (reader.root / "stories/mosul/index.html").stat()
    os.utime(other, ns=(about.st_atime_ns, about.st_mtime_ns))

    other.replace(reader.root / "stories/mosul/index.html")
    again = reader.ask("/stories/mosul/", if_none_match=first.headers["ETag"])

    assert (again.status, again.body) == (200, PAGE.replace(b"Mosul", b"Mosal"))


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=5-9", 5, 9),
        ("bytes=262000-", 262000, 262143),
        ("bytes=-10", 262134, 262143),
        ("bytes=-999999", 0, 262143),
        ("bytes=262143-999999", 262143, 262143),
    ],
)
def test_a_range_is_answered_exactly(reader: Reader, asked: str, first: int, last: int) -> None:
    answer = reader.ask("/media/k7/clip.mp4", range=asked)

    assert (answer.status, answer.body) == (206, FILM[first : last + 1])
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/262144"
    assert answer.headers["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize("asked", ["bytes=262144-", "bytes=-0", "bytes=999999-9999999"])
def test_a_range_outside_the_file_is_refused_and_not_kept(reader: Reader, asked: str) -> None:
    answer = reader.ask("/media/k7/clip.mp4", range=asked)

    assert (answer.status, answer.body) == (416, b"")
    assert answer.headers["Content-Range"] == "bytes */262144"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "asked", ["bytes=9-5", "bytes=", "bytes=-", "lines=1-2", "bytes=0-1,5-6", "bytes=0-" + "9" * 40]
)
def test_a_range_that_means_nothing_is_ignored(reader: Reader, asked: str) -> None:
    answer = reader.ask("/media/k7/clip.mp4", range=asked)

    assert (answer.status, answer.body) == (200, FILM)


def test_a_range_of_an_empty_file_is_refused(reader: Reader) -> None:
    reader.place("media/k7/empty.vtt", b"")

    assert reader.ask("/media/k7/empty.vtt", range="bytes=0-").status == 416
    assert reader.ask("/media/k7/empty.vtt").status == 200


def test_a_range_of_a_file_that_has_changed_answers_the_whole_of_it(reader: Reader) -> None:
    tag = reader.ask("/media/k7/clip.mp4").headers["ETag"]

    same = reader.ask("/media/k7/clip.mp4", range="bytes=0-3", if_range=tag)
    changed = reader.ask("/media/k7/clip.mp4", range="bytes=0-3", if_range='"old"')
    dated = reader.ask(
        "/media/k7/clip.mp4", range="bytes=0-3", if_range="Wed, 01 Jan 2025 00:00:00 GMT"
    )

    assert [answer.status for answer in (same, changed, dated)] == [206, 200, 200]
    assert changed.body == FILM


def test_head_has_the_headers_of_the_whole_and_no_body(reader: Reader) -> None:
    answer = reader.ask("/media/k7/clip.mp4", method="HEAD", range="bytes=0-3")

    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(FILM))


def test_a_compressed_form_is_answered_to_who_takes_it(reader: Reader) -> None:
    packed = gzip.compress(PAGE)
    reader.place("stories/mosul/index.html.gz", packed)
    reader.place("stories/mosul/index.html.br", b"brotli")

    answers = [
        reader.ask("/stories/mosul/", accept_encoding=taken)
        for taken in ("gzip", "gzip, br", "br;q=0, gzip", "identity", "")
    ]

    assert [answer.body for answer in answers] == [packed, b"brotli", packed, PAGE, PAGE]
    codings = [answer.headers.get("Content-Encoding") for answer in answers]
    assert codings == ["gzip", "br", "gzip", None, None]
    assert len({answer.headers["ETag"] for answer in answers}) == 3
    assert {answer.headers["Vary"] for answer in answers} == {"Accept-Encoding"}


def test_a_range_is_one_of_the_plain_bytes(reader: Reader) -> None:
    reader.place("stories/mosul/index.html.gz", gzip.compress(PAGE))

    answer = reader.ask("/stories/mosul/", range="bytes=0-4", accept_encoding="gzip")

    assert answer.body == PAGE[:5]
    assert "Content-Encoding" not in answer.headers


def test_a_withdrawn_page_is_gone_though_a_compressed_form_was_left(reader: Reader) -> None:
    reader.place("stories/mosul/index.html.br", b"brotli")

    (reader.root / "stories/mosul/index.html").unlink()

    assert reader.ask("/stories/mosul/", accept_encoding="br").body == b"django"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret-key",
        "/stories/../../secret-key",
        "/stories/mosul/../mosul/",
        "/stories//mosul/",
        "//stories/mosul/",
        "/stories\\mosul/",
        "/stories/mosul/index.html.gz",
        "/stories/mosul/index.html.GZ",
        "/media/k7/clip.mp4.part",
        "/.well-hidden",
        "/media/.hidden/clip.mp4",
        "/stories/mosul/\0",
        "/stories/%2e%2e/secret-key",
        "/media/k7",
        "/media/k7/",
        "/media",
        "/media/k7/clip.mp4/",
        "/" + "x" * 5000,
        "/pipe",
    ],
)
def test_what_is_no_address_of_a_file_goes_to_django(reader: Reader, path: str) -> None:
    (reader.root.parent / "secret-key").write_text("secret")
    for name in (".well-hidden", "media/.hidden/clip.mp4", "media/k7/clip.mp4.part"):
        reader.place(name, b"hidden")
    for name in ("index.html.gz", "index.html.GZ"):
        reader.place(f"stories/mosul/{name}", b"packed")
    os.mkfifo(reader.root / "pipe")

    answer = reader.ask(path)

    assert (answer.status, answer.body) == (404, b"django")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_go_to_django(reader: Reader, method: str) -> None:
    assert reader.ask("/stories/mosul/", method=method).body == b"django"


def test_a_folder_with_a_page_is_sent_to_its_address(reader: Reader) -> None:
    answer = reader.ask("/stories/mosul")

    assert (answer.status, answer.headers["Location"]) == (302, "mosul/")
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("path", "query", "answered_by"),
    [
        ("/stories/mosul/", "t=12", b"django"),
        ("/stories/mosul/", "a=1&t=", b"django"),
        ("/embed/k7/", "t=12", b"django"),
        ("/stories/mosul/", "utm_source=t", PAGE),
        ("/stories/mosul/", "tt=12", PAGE),
        ("/media/k7/clip.mp4", "t=12", FILM),
    ],
)
def test_a_watch_page_at_a_second_is_drawn_by_django(
    reader: Reader, path: str, query: str, answered_by: bytes
) -> None:
    assert reader.ask(path, query=query).body == answered_by


def test_a_file_that_nobody_may_read_is_not_an_error(reader: Reader) -> None:
    page = reader.root / "stories/mosul/index.html"
    page.unlink()
    page.symlink_to(page)

    assert reader.ask("/stories/mosul/").body == b"django"


def test_a_file_that_goes_while_it_is_looked_for_goes_to_django(reader: Reader) -> None:
    class Withdrawing(PublicFiles):
        """A store whose file goes in the moment between finding and opening it."""

        def find_file(self, url: str) -> object:
            found = super().find_file(url)
            (reader.root / "stories/mosul/index.html").unlink()
            return found

    reader.front = Withdrawing(django, reader.root, policy=POLICY)

    assert reader.ask("/stories/mosul/").body == b"django"


def test_a_page_replaced_while_it_is_sent_is_sent_whole_as_it_was(reader: Reader) -> None:
    environ: dict[str, Any] = {}
    setup_testing_defaults(environ)
    environ |= {"PATH_INFO": "/media/k7/clip.mp4"}
    chunks = iter(reader.front(environ, lambda status, headers: None))
    first = next(chunks)

    reader.place("new", b"short").replace(reader.root / "media/k7/clip.mp4")

    assert first + b"".join(chunks) == FILM
    assert len(first) == 64 * 1024


@pytest.mark.skipif(not OPEN_FILES.is_dir(), reason="this system does not list open files")
def test_no_file_stays_open(reader: Reader) -> None:
    tag = reader.ask("/media/k7/clip.mp4").headers["ETag"]
    before = len(list(OPEN_FILES.iterdir()))

    for headers in ({"range": "bytes=1-2"}, {"range": "bytes=-0"}, {"if_none_match": tag}, {}):
        for method in ("GET", "HEAD"):
            reader.ask("/media/k7/clip.mp4", method, **headers)

    assert len(list(OPEN_FILES.iterdir())) == before


@pytest.mark.parametrize(("path", "framed"), [("embed/k7", True), ("stories/mosul", False)])
def test_a_player_may_be_framed_by_anybody_and_no_other_page(
    tmp_path: Path, path: str, framed: bool
) -> None:
    reader = Reader(tmp_path)
    reader.front = PublicFiles(
        django, tmp_path, policy="default-src 'none'; frame-ancestors 'self'; base-uri 'none'"
    )
    reader.place(f"{path}/index.html", PAGE)

    headers = reader.ask(f"/{path}/").headers

    ancestors = "" if framed else "frame-ancestors 'self'; "
    policy = f"default-src 'none'; {ancestors}base-uri 'none'"
    assert headers["Content-Security-Policy"] == policy
    assert ("X-Frame-Options" in headers) is not framed


def test_any_site_may_read_the_data_of_a_story(reader: Reader) -> None:
    reader.place("stories/mosul.json", b"{}")

    headers = reader.ask("/stories/mosul.json").headers

    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Content-Type"] == "application/json"
    assert "Access-Control-Allow-Origin" not in reader.ask("/stories/mosul/").headers


@pytest.mark.parametrize(
    ("name", "kind"),
    [("stories.atom", "application/atom+xml"), ("videos.rss", "application/rss+xml")],
)
def test_a_feed_says_what_it_is(reader: Reader, name: str, kind: str) -> None:
    reader.place(f"feeds/{name}", b"<feed/>")

    assert reader.ask(f"/feeds/{name}").headers["Content-Type"].startswith(kind)

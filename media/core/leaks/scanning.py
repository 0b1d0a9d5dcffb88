"""Choosing the rule for a file, and scanning files that belong together."""

import posixpath
import struct
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Set
from itertools import islice
from typing import BinaryIO

from media.core.leaks import marks as words
from media.core.leaks.avif import scan_avif
from media.core.leaks.captions import scan_captions, scan_storyboard
from media.core.leaks.findings import MOST_FINDINGS, Finding, listed
from media.core.leaks.images import scan_jpeg, scan_png, scan_webp
from media.core.leaks.marks import Marks
from media.core.leaks.mp4 import scan_mp4
from media.core.leaks.packed import UNPACK, gzip_header
from media.core.leaks.playlists import scan_playlist, segments
from media.core.leaks.reading import Malformed
from media.core.leaks.samples import Track, tracks_of

Opener = Callable[[], BinaryIO]

MP4 = frozenset({".mp4", ".m4s", ".cmfv"})

RULES: dict[str, Callable[[BinaryIO], Iterator[Finding]]] = {
    ".m3u8": scan_playlist,
    ".vtt": scan_captions,
    ".jpg": scan_jpeg,
    ".png": scan_png,
    ".webp": scan_webp,
    ".avif": scan_avif,
}

RULES_BY_NAME = {"storyboard.vtt": scan_storyboard}
"""A file of this name is held to a stricter rule than its extension asks for."""

TEXT_OF_OURS = listed(".html .xml .atom .rss .json .txt .css .js .mjs .svg .ico .woff2")
"""Written by our templates or shipped with the program: searched for marks, and no more."""


def scan(
    name: str,
    stream: BinaryIO,
    marks: Marks,
    *,
    tracks: Mapping[int, Track] | None = None,
) -> list[Finding]:
    """Return the reasons why a file may not become public; an empty list lets it pass.

    The rule is chosen by the extension of ``name``; an extension without a rule is a finding.
    The stream has to be seekable, is read in bounded memory, and is left open. Media segments
    need the ``tracks`` of their init segment (see ``tracks_of``): ``scan_package`` finds them.
    Bytes of any kind give findings, never an exception, as long as the stream can be read.
    """
    found = _all(name, stream, marks, tracks)
    return list(islice(found, MOST_FINDINGS))


def _all(
    name: str, stream: BinaryIO, marks: Marks, tracks: Mapping[int, Track] | None
) -> Iterator[Finding]:
    yield from words.search_name(name, marks)
    yield from words.search(stream, marks)
    try:
        yield from _by_rule(name, stream, marks, tracks)
    except (Malformed, struct.error, IndexError) as fault:
        yield Finding("file", f"Malformed: {fault}.")


def _by_rule(
    name: str, stream: BinaryIO, marks: Marks, tracks: Mapping[int, Track] | None
) -> Iterator[Finding]:
    inner, extension = posixpath.splitext(name.lower())
    if extension in MP4:
        yield from scan_mp4(stream, tracks)
    elif extension in RULES:
        yield from RULES_BY_NAME.get(posixpath.basename(name), RULES[extension])(stream)
    elif extension in UNPACK:
        yield from _packed(inner, extension, stream, marks)
    elif extension not in TEXT_OF_OURS:
        yield Finding("file name", f"There is no rule for {extension or 'a name without a dot'}.")


def _packed(inner: str, extension: str, stream: BinaryIO, marks: Marks) -> Iterator[Finding]:
    yield from gzip_header(stream) if extension == ".gz" else ()
    if posixpath.splitext(inner)[1] in UNPACK:
        yield Finding("file name", "The file is packed twice.")
        return
    content = UNPACK[extension](stream)
    yield from words.search(content, marks)
    yield from _by_rule(inner, content, marks, None)


def scan_package(
    files: Mapping[str, Opener],
    marks: Marks,
    *,
    known: Set[str] = frozenset(),
    tracks: Mapping[str, Mapping[int, Track]] | None = None,
) -> dict[str, list[Finding]]:
    """Scan files that are published together; return the findings of each file that has any.

    ``files`` maps each public name (a relative path with "/") to a function that opens it. The
    playlists among them tell which init segment each media segment belongs to; a segment that
    no playlist names, or that two give different init segments, is refused, unless ``tracks``
    gives it those of its init segment. Files that are ``known`` to be clean help to understand
    the others, and are not scanned.
    """
    tracks = _tracks_by_segment(files) | dict(tracks or {})
    found = {}
    for name, open_file in files.items():
        if name in known:
            continue
        with open_file() as stream:
            findings = scan(name, stream, marks, tracks=tracks.get(name))
        if findings:
            found[name] = findings
    return found


def _tracks_by_segment(files: Mapping[str, Opener]) -> dict[str, Mapping[int, Track]]:
    """Return, of each media segment with exactly one init segment, the tracks of that."""
    named = defaultdict(set)
    for name in files:
        if name.lower().endswith(".m3u8"):
            with files[name]() as stream:
                for segment, init in segments(name, stream):
                    named[segment].add(init)
    tracks = {init: _tracks(files, init) for init in set().union(*named.values())}
    return {segment: tracks[init] for segment, (init, *more) in named.items() if not more}


def _tracks(files: Mapping[str, Opener], init: str) -> Mapping[int, Track]:
    if init not in files:
        return {}
    with files[init]() as stream:
        return tracks_of(stream)

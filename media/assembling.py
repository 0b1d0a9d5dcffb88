"""Assembling: from the pieces that encoders write to the segments and playlists of a rendition."""

import gzip
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path

from media.core import fmp4, hls, mp4, storyboard
from media.core.encode_args import (
    MP4_NAME,
    PIECES_NAME,
    POSTER_NAME,
    STILLS_FOLDER,
    STORYBOARD_NAME,
    STORYBOARD_VTT_NAME,
)
from media.core.fmp4 import KeyRange
from media.core.parts import Pictures

Json = dict[str, object]
PACKED = ".gz"
PIECE = re.compile(r"\d{5,9}\.m4s", re.ASCII)


def read_plain(path: Path) -> bytes:
    """A file that an encoder wrote. Raises OSError for a link: a hostile source may have made it.

    What it leads to could be anybody's secret, and would be published.
    """
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
        return file.read()


def list_state(folder: Path) -> tuple[int, int]:
    """What changes whenever an encoder writes its list of pieces anew, at the cost of one look.

    An encoder writes a list aside and puts it in the place of the old one. (0, 0): there is none.
    """
    try:
        about = (folder / PIECES_NAME).lstat()
    except FileNotFoundError:
        return (0, 0)
    return (about.st_ino, about.st_mtime_ns)


@dataclass
class Pieces:
    """The pieces in one folder, in the order of the encoder's list, each handed out once.

    ``shift`` is what their clock is behind the rendition's, in the track's units; None until the
    first piece shows it. ``taken`` counts those that were handed out; ``end`` is the first that
    will not be. ``seen`` is the state of the list when it was last read.
    """

    folder: Path
    shift: int | None = None
    taken: int = 0
    end: int | None = None
    seen: tuple[int, int] = (0, 0)

    def init(self) -> bytes:
        return read_plain(self.folder / hls.INIT_NAME)

    def new(self) -> Iterator[bytes]:
        """The pieces that have come since the last time; each file is removed when it is read."""
        if (state := list_state(self.folder)) == self.seen:
            return
        self.seen = state
        for segment in self.listed()[self.taken : self.end]:
            if not PIECE.fullmatch(segment.name):
                raise hls.BrokenPlaylist("a piece with a name that no encoder gives")
            path = self.folder / segment.name
            yield read_plain(path)
            path.unlink()
            self.taken += 1

    def listed(self) -> Sequence[hls.Segment]:
        """What the encoder says is there. Raises BrokenPlaylist."""
        try:
            text = read_plain(self.folder / PIECES_NAME).decode()
        except FileNotFoundError:
            # The encoder has not finished its first piece.
            return []
        return hls.read_media_playlist(text, growing=True)


@dataclass
class Track:
    """One rendition while its segments are joined from pieces, as these come.

    ``folder`` is where its files are written. ``time`` is the end of what is there, in the
    track's own units; ``frames`` counts samples.
    """

    folder: Path
    init: bytes = b""
    facts: mp4.Track = field(default_factory=lambda: mp4.Track("", timescale=1))
    segments: list[hls.Segment] = field(default_factory=list)
    keys: list[tuple[str, KeyRange]] = field(default_factory=list)
    frames: int = 0
    time: int = 0
    gathered: list[bytes] = field(default_factory=list)
    gathered_units: int = 0
    sequence: int = 1

    @property
    def has_pictures(self) -> bool:
        return self.facts.width > 0

    def take(self, pieces: Pieces) -> list[Path]:
        """Join what has come; the files that are finished now. Raises NotOurs."""
        written: list[Path] = []
        for piece in pieces.new():
            if not self.init:
                written.append(self._begin(pieces.init()))
            if pieces.shift is None:
                pieces.shift = self._shift(piece, pieces.init())
            self._gather(piece, pieces.shift)
            if self._is_full():
                written.append(self._write())
        return written

    def flush(self) -> list[Path]:
        """Write what is left as the last segment."""
        return [self._write()] if self.gathered else []

    def _begin(self, init: bytes) -> Path:
        self.init, self.facts = init, mp4.read_track(init)
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / hls.INIT_NAME
        path.write_bytes(init)
        return path

    def _shift(self, piece: bytes, init: bytes) -> int:
        """How far the pieces of another encoder, with a clock of its own, are to be moved."""
        if init != self.init:
            raise fmp4.NotOurs("two encoders began one rendition differently")
        return self.time - fmp4.base_time(piece) if self.frames else 0

    def _gather(self, piece: bytes, shift: int) -> None:
        samples = fmp4.samples(piece, init=self.init)
        self.gathered.append(fmp4.join([piece], first_sequence=1, shift=shift))
        self.gathered_units += samples.duration
        self.frames += samples.count
        self.time = fmp4.base_time(piece) + shift + samples.duration

    def _is_full(self) -> bool:
        return fmp4.is_full(len(self.segments), self._microseconds(self.gathered_units))

    def _microseconds(self, units: int) -> int:
        return round(Fraction(units * hls.SECOND_US, self.facts.timescale))

    def _write(self) -> Path:
        name = f"{len(self.segments):05d}.m4s"
        content = fmp4.join(self.gathered, first_sequence=self.sequence)
        ranges = fmp4.key_ranges(content, init=self.init)
        (self.folder / name).write_bytes(content)
        self.keys += [(name, found) for found in ranges]
        self.sequence += len(ranges)
        self.segments.append(hls.Segment(name, self._microseconds(self.gathered_units)))
        self.gathered, self.gathered_units = [], 0
        return self.folder / name

    def playlist(self, *, target_s: int, growing: bool = False) -> str:
        return hls.media_playlist(self.segments, target_s=target_s, growing=growing)

    def iframe_playlist(self) -> str:
        return hls.iframe_playlist(
            hls.iframes(self.keys, end=self.time, timescale=self.facts.timescale)
        )


def assemble(folder: Path, sources: Sequence[Pieces]) -> Track:
    """One rendition of finished pieces, whole: one source for each chunk, in their order."""
    track = Track(folder)
    for pieces in sources:
        track.take(pieces)
    track.flush()
    return track


def write_playlists(tracks: Sequence[Track], *, target_s: int) -> None:
    """The final playlists of renditions, beside their segments; pictures get one of keyframes."""
    for track in tracks:
        write_playlist(track.folder / hls.INDEX_NAME, track.playlist(target_s=target_s))
        if track.has_pictures:
            write_playlist(track.folder / hls.IFRAMES_NAME, track.iframe_playlist())


def write_playlist(path: Path, text: str) -> None:
    """A playlist that will not change, and its packed form: Apple's authoring rules ask for it."""
    path.write_text(text, encoding="utf-8", newline="\n")
    packed = gzip.compress(text.encode(), 9, mtime=0)
    path.with_name(path.name + PACKED).write_bytes(packed)


def move_single_files(parts: Path, folder: Path, pictures: Pictures, length_ms: int) -> Json:
    """Move what is made once for the whole clip, the MP4 and the pictures, to ``folder``.

    Answers what a page must know of the pictures; empty where only a poster was drawn.
    """
    for name in (MP4_NAME, POSTER_NAME, STORYBOARD_NAME):
        if (parts / name).is_file():
            (parts / name).rename(folder / name)
    if not (folder / STORYBOARD_NAME).is_file():
        return {}
    text = storyboard.vtt(pictures.storyboard, length_ms)
    (folder / STORYBOARD_VTT_NAME).write_text(text, encoding="utf-8", newline="\n")
    (parts / STILLS_FOLDER).rename(folder / STILLS_FOLDER)
    # Each twice: large, and small.
    stills = len(list((folder / STILLS_FOLDER).iterdir())) // 2
    return {
        "storyboard": asdict(pictures.storyboard),
        "stills": {"every_ms": pictures.stills_every_ms, "count": stills, "small": True},
        "veils": [list(veil) for veil in pictures.veils],
    }

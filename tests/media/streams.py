"""Streams made of pieces, and packages read as a player reads them, down to the bytes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from media.core import fmp4, hls, mp4
from tests.media import studio

PIECES = (
    *("-f", "hls", "-hls_time", "2", "-hls_segment_type", "fmp4", "-hls_playlist_type", "event"),
    *("-hls_flags", "independent_segments+temp_file", "-hls_fmp4_init_filename", "init.mp4"),
)


def attributes(value: str) -> dict[str, str]:
    """The attributes of a tag, quotes taken off."""
    return {
        name: text.strip('"') for name, text in re.findall(r'([A-Z-]+)=("[^"]*"|[^",]+)', value)
    }


def encode(folder: Path, *options: object) -> None:
    folder.mkdir()
    names = folder / "%05d.m4s"
    studio.ffmpeg(
        *("-f", "lavfi", *options, *PIECES, "-hls_segment_filename", names, folder / "pieces.m3u8")
    )


def grouped(durations_us: Sequence[int]) -> tuple[list[int], int]:
    """How many pieces each full segment takes, and how many are left for one that is not."""
    counts: list[int] = []
    count = length_us = 0
    for duration_us in durations_us:
        count, length_us = count + 1, length_us + duration_us
        if fmp4.is_full(len(counts), length_us):
            counts.append(count)
            count = length_us = 0
    return counts, count


class Joined:
    """One rendition: the pieces of one folder, written as segments into another."""

    def __init__(self, source: Path, folder: Path):
        self.init = (source / hls.INIT_NAME).read_bytes()
        self.track = mp4.read_track(self.init)
        pieces = hls.read_media_playlist((source / "pieces.m3u8").read_text(encoding="utf-8"))
        self.segments, self.sizes, self.keys, sequence = [], [], [], 1
        folder.mkdir(parents=True)
        (folder / hls.INIT_NAME).write_bytes(self.init)
        counts, rest = grouped([piece.duration_us for piece in pieces])
        for count in [*counts, rest] if rest else counts:
            taken, pieces = pieces[:count], pieces[count:]
            name = f"{len(self.segments):05d}.m4s"
            data = fmp4.join(
                [(source / piece.name).read_bytes() for piece in taken], first_sequence=sequence
            )
            (folder / name).write_bytes(data)
            ranges = fmp4.key_ranges(data)
            sequence += len(ranges)
            self.keys += [(name, found) for found in ranges]
            self.segments.append(hls.Segment(name, hls.duration_us(taken)))
            self.sizes.append(len(data))
        end = fmp4.base_time(data) + fmp4.samples(data).duration
        self.iframes = hls.iframes(self.keys, end=end, timescale=self.track.timescale)
        self.rates = hls.bit_rates(self.segments, self.sizes)
        text = hls.media_playlist(self.segments, target_s=hls.target_s(self.segments))
        (folder / hls.INDEX_NAME).write_text(text, encoding="utf-8")
        if self.track.width:
            (folder / hls.IFRAMES_NAME).write_text(
                hls.iframe_playlist(self.iframes), encoding="utf-8"
            )

    def variant(self, name: str, rate: Fraction) -> hls.Variant:
        return hls.Variant(
            name=name,
            width=self.track.width,
            height=self.track.height,
            codecs=self.track.codecs,
            frame_rate=rate,
            rates=self.rates,
            iframes=hls.iframe_rates(self.iframes),
        )

    def sound(self, name: str, language: str, label: str) -> hls.Sound:
        return hls.Sound(name, self.track.codecs, 2, language, label, self.rates)


@dataclass
class Entry:
    """One line of a media playlist with what stands in front of it; seconds and bytes."""

    name: str
    seconds: float
    data: bytes


class Playlist:
    """A media playlist, its tags, and the bytes that it names."""

    def __init__(self, path: Path):
        self.folder = path.parent
        self.lines = path.read_text(encoding="utf-8").splitlines()
        self.entries = list(self._entries())

    def tag(self, name: str) -> list[str]:
        """The values of a tag, "" where it has none."""
        found = [line[1:].partition(":") for line in self.lines if line.startswith("#")]
        return [value for tag, _, value in found if tag == name]

    @property
    def target_s(self) -> int:
        return int(self.tag("EXT-X-TARGETDURATION")[0])

    @property
    def init(self) -> bytes:
        return (self.folder / attributes(self.tag("EXT-X-MAP")[0])["URI"]).read_bytes()

    @property
    def seconds(self) -> float:
        return sum(entry.seconds for entry in self.entries)

    @property
    def rate(self) -> float:
        return sum(len(entry.data) for entry in self.entries) * 8 / self.seconds

    @property
    def peak(self) -> float:
        """By the definition, over every run: half to one and a half target durations."""
        ends = range(1, len(self.entries) + 1)
        runs = [self.entries[first:end] for end in ends for first in range(end)]
        measured = [
            (sum(entry.seconds for entry in run), sum(len(entry.data) for entry in run))
            for run in runs
        ]
        counted = [
            size * 8 / seconds
            for seconds, size in measured
            if self.target_s / 2 <= seconds <= self.target_s * 3 / 2
        ]
        return max(counted, default=self.rate)

    def _entries(self) -> Iterator[Entry]:
        seconds, place = 0.0, None
        for line in self.lines:
            if line.startswith("#EXTINF:"):
                seconds = float(line.removeprefix("#EXTINF:").rstrip(","))
            elif line.startswith("#EXT-X-BYTERANGE:"):
                length, offset = map(int, line.removeprefix("#EXT-X-BYTERANGE:").split("@"))
                place = slice(offset, offset + length)
            elif line and not line.startswith("#"):
                data = (self.folder / line).read_bytes()
                yield Entry(line, seconds, data[place] if place else data)
                place = None


class Package:
    """A folder, read from its multivariant playlist on."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.lines = (folder / "master.m3u8").read_text(encoding="utf-8").splitlines()

    def attributes(self, tag: str) -> list[dict[str, str]]:
        """Of each line with a tag. A variant's address, which follows it, is its URI."""
        found = []
        for line, following in pairwise([*self.lines, ""]):
            if line.startswith(f"#{tag}:"):
                values = attributes(line.partition(":")[2])
                found.append(values if "URI" in values else {**values, "URI": following})
        return found

    @property
    def variants(self) -> list[dict[str, str]]:
        return self.attributes("EXT-X-STREAM-INF")

    @property
    def sounds(self) -> list[dict[str, str]]:
        return self.attributes("EXT-X-MEDIA")

    @property
    def tricks(self) -> list[dict[str, str]]:
        return self.attributes("EXT-X-I-FRAME-STREAM-INF")

    def with_codec(self, codec: str) -> list[dict[str, str]]:
        return [values for values in self.variants if values["CODECS"].startswith(codec)]

    def opened(self, lines: list[dict[str, str]]) -> list[Playlist]:
        """The media playlists that lines name."""
        return [Playlist(self.folder / values["URI"]) for values in lines]

    @property
    def media(self) -> list[Playlist]:
        return self.opened(self.variants + self.sounds)


def first_sample(data: bytes) -> bytes:
    """What the first keyframe of a segment holds, without its moof."""
    key = fmp4.key_ranges(data)[0]
    size = int.from_bytes(data[key.offset : key.offset + 4], "big")
    return data[key.offset + size + 8 : key.offset + key.length]


def units(sample: bytes) -> Iterator[int]:
    """The types of the NAL units of a sample of H.264."""
    while sample:
        yield sample[4] & 31
        sample = sample[4 + int.from_bytes(sample[:4], "big") :]


def boxes(data: bytes) -> list[bytes]:
    """The kinds of a file's boxes, those inside others left out."""
    found = []
    while data:
        size = int.from_bytes(data[:4], "big")
        assert 8 <= size <= len(data), "bytes that are no box"
        found.append(data[4:8])
        data = data[size:]
    return found


def pixels(values: dict[str, str]) -> tuple[int, int]:
    width, height = map(int, values["RESOLUTION"].split("x"))
    return width, height


def frame_s(values: dict[str, str]) -> float:
    return 1 / float(values["FRAME-RATE"])

"""Runs inside the jail: decodes the first and the last second of finished files.

    decode.py FOLDER OPTIONS-AS-JSON

OPTIONS: ``renditions`` (names of folders with a playlist), ``mp4`` (name of a plain file, or
null) and ``codec_whitelist``. Prints a list of what came out of the decoder, one ``Told`` for each
stream; what cannot be opened is not in it. Nothing that would hide damage is skipped.
"""

import io
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.error
import av.logging

# Started as a script, outside any package: the code's root is two folders up.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from media.core import hls

LOOKED_AT = Fraction(1)
PLAYLIST = "index.m3u8"
INIT = "init.mp4"
KINDS = ("video", "audio")
# Complain of damage: by default a decoder paints over it and says nothing.
STRICT = {"err_detect": "crccheck+bitstream+buffer+explode"}
Stream = av.VideoStream | av.AudioStream
Container = av.container.InputContainer


@dataclass
class Decoded:
    """What came out of a decoder. Times are seconds on the stream's own clock."""

    frames: int = 0
    errors: int = 0
    start: Fraction | None = None
    end: Fraction | None = None

    def add(self, frame: av.VideoFrame | av.AudioFrame) -> None:
        self.frames += 1
        self.errors += frame.is_corrupt
        if frame.pts is None or frame.time_base is None:
            return
        start = frame.pts * frame.time_base
        end = start + length(frame)
        self.start = start if self.start is None else min(start, self.start)
        self.end = end if self.end is None else max(end, self.end)

    def seconds(self) -> Fraction:
        return Fraction(0) if self.start is None or self.end is None else self.end - self.start


@dataclass
class Told:
    """The answer for one stream: times in milliseconds, null where nothing was decoded."""

    name: str
    kind: str
    frames_first: int
    frames_last: int
    errors: int
    start_ms: float | None
    end_ms: float | None


def length(frame: av.VideoFrame | av.AudioFrame) -> Fraction:
    """Seconds for which a frame lasts."""
    if isinstance(frame, av.AudioFrame):
        return Fraction(frame.samples, frame.sample_rate)
    return (frame.duration or 0) * Fraction(frame.time_base or 0)


def decode(packets: Iterable[av.Packet], *, at_most: Fraction | None = None) -> Decoded:
    """Decode packets in their order, until they have given ``at_most`` seconds."""
    decoded = Decoded()
    for packet in packets:
        try:
            for frame in packet.decode():
                decoded.add(frame)
        except av.error.FFmpegError:
            decoded.errors += 1
        if at_most is not None and decoded.seconds() >= at_most:
            break
    return decoded


def stream_of(container: Container, kind: str) -> Stream | None:
    """The one stream of a kind, its decoder strict and in one thread."""
    streams = container.streams.video if kind == "video" else container.streams.audio
    if not streams or streams[0].codec_context is None:
        return None
    streams[0].codec_context.thread_count = 1
    streams[0].codec_context.options = STRICT
    return streams[0]


def demuxed(container: Container, stream: Stream) -> Iterator[av.Packet]:
    """The packets of a stream as far as they can be read."""
    packets = container.demux(stream)
    while True:
        try:
            yield next(packets)
        except (StopIteration, av.error.FFmpegError):
            return


def first_second(container: Container, stream: Stream | None) -> Decoded | None:
    return None if stream is None else decode(demuxed(container, stream), at_most=LOOKED_AT)


def from_a_keyframe(packets: list[av.Packet]) -> list[av.Packet]:
    """The packets from the last keyframe on that is at least a second before the end."""
    ends = [packet.pts + (packet.duration or 0) for packet in packets if packet.pts is not None]
    if not ends:
        return packets
    latest = max(ends) - LOOKED_AT / Fraction(packets[0].time_base or 1)
    starts = [
        number
        for number, packet in enumerate(packets)
        if packet.is_keyframe and packet.pts is not None and packet.pts <= latest
    ]
    return packets[starts[-1] :] if starts else packets


def told(name: str, kind: str, first: Decoded, last: Decoded) -> Told:
    return Told(
        name=name,
        kind=kind,
        frames_first=first.frames,
        frames_last=last.frames,
        errors=first.errors + last.errors,
        start_ms=None if first.start is None else float(first.start * 1000),
        end_ms=None if last.end is None else float(last.end * 1000),
    )


def last_second(segments: list[hls.Segment]) -> list[hls.Segment]:
    """The last segment, and as many before it as make a second: it may hold but one sample."""
    tail = segments[-1:]
    while hls.duration_us(tail) < LOOKED_AT * hls.SECOND_US and len(tail) < len(segments):
        tail = segments[-len(tail) - 1 :]
    return tail


class Segments:
    """A rendition: its first and its last second, each behind the head that it needs."""

    def __init__(self, folder: Path, options: dict[str, str]) -> None:
        text = (folder / PLAYLIST).read_text(encoding="utf-8")
        segments = hls.read_media_playlist(text)
        if any(segment.name != Path(segment.name).name for segment in segments):
            raise hls.BrokenPlaylist("a segment in another folder")
        init = (folder / INIT).read_bytes()
        self.first_bytes = init + (folder / segments[0].name).read_bytes()
        tail = [(folder / segment.name).read_bytes() for segment in last_second(segments)]
        self.last_bytes = init + b"".join(tail)
        self.options = options

    def open(self, data: bytes) -> Container:
        return av.open(io.BytesIO(data), mode="r", format="mov", options=self.options)

    def first(self, kind: str) -> Decoded | None:
        with self.open(self.first_bytes) as container:
            return first_second(container, stream_of(container, kind))

    def last(self, kind: str) -> Decoded | None:
        with self.open(self.last_bytes) as container:
            stream = stream_of(container, kind)
            if stream is None:
                return None
            return decode(from_a_keyframe(list(demuxed(container, stream))))


class Plain:
    """A plain MP4: its first second, and the last one after a jump to the end."""

    def __init__(self, path: Path, options: dict[str, str]) -> None:
        self.path, self.options = f"file:{path}", options

    def open(self) -> Container:
        return av.open(self.path, mode="r", format="mov", options=self.options)

    def first(self, kind: str) -> Decoded | None:
        with self.open() as container:
            return first_second(container, stream_of(container, kind))

    def last(self, kind: str) -> Decoded | None:
        with self.open() as container:
            stream = stream_of(container, kind)
            if stream is None:
                return None
            end = (stream.start_time or 0) + (stream.duration or 0)
            container.seek(int(end - LOOKED_AT / Fraction(stream.time_base or 1)), stream=stream)
            return decode(demuxed(container, stream))


def look(source: Segments | Plain, name: str) -> Iterator[Told]:
    for kind in KINDS:
        first, last = source.first(kind), source.last(kind)
        if first is not None and last is not None:
            yield told(name, kind, first, last)


def look_at(sort: type[Segments] | type[Plain], path: Path, options: dict[str, str]) -> list[Told]:
    """What is in one rendition or file: nothing, if it cannot be opened."""
    try:
        return list(look(sort(path, options), path.name))
    except (OSError, ValueError, av.error.FFmpegError) as error:
        sys.stderr.write(f"{path.name}: {type(error).__name__}: {error}\n")
        return []


def main() -> None:
    av.logging.set_level(av.logging.PANIC)
    folder, wanted = Path(sys.argv[1]), json.loads(sys.argv[2])
    options = {"codec_whitelist": wanted["codec_whitelist"], "enable_drefs": "0"}
    answer = []
    for name in wanted["renditions"]:
        answer += look_at(Segments, folder / name, options)
    if wanted["mp4"] is not None:
        answer += look_at(Plain, folder / wanted["mp4"], options)
    json.dump([asdict(told) for told in answer], sys.stdout)


if __name__ == "__main__":
    main()

"""The times of every packet: from a whole file's index at once, else from the packets themselves.

No header is believed for a length. An index is believed only where it has a place inside the file
for every sample it names; a file that is cut short, or has no such index, is read to its end.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import av
import av.error

from media.jailed.keyframes import LOOKED_AT, Header, read_header, read_start, starts_anew

# Whether a picture is interlaced is told by most of its first frames, unless the stream says that
# it is not: then one frame shows all that there is to see.
FRAMES_DECODED = 8
PROGRESSIVE = 1
# More packets than a decoder keeps back to put them in order (16 in H.264 and HEVC).
HEAD_PACKETS = 32
TAIL_PACKETS = 32
# How often a film may show its own bytes again: a hostile edit list does it without end.
MOST_ROUNDS = 16
# What an AAC packet may start with that is no sound (ISO/IEC 14496-3, 4.4.2.1): data, a programme's
# configuration, filling. Encoders write their name there, in their first packet and now and then.
AAC_MESSAGES = frozenset({4, 5, 6})
Container = av.container.InputContainer
Stream = av.VideoStream | av.AudioStream


@dataclass
class Timeline:
    """The packets of one stream. Times are in its own units; ``unit`` is one in milliseconds."""

    unit: Fraction
    header: Header | None = None
    times: list[int] = field(default_factory=list)
    keys: list[int] = field(default_factory=list)
    start: int | None = None
    end: int | None = None
    shown_from: int | None = None
    last_decoded: int | None = None
    in_order: bool = True
    starts_with_key: bool = False
    closed: bool = True
    hidden: int = 0
    byte_size: int = 0
    is_aac: bool = False
    has_messages: bool = False

    @classmethod
    def of(cls, stream: Stream) -> "Timeline":
        codec = stream.codec_context.name
        data = stream.codec_context.extradata if codec == "h264" else None
        unit = Fraction(stream.time_base or 1) * 1000
        return cls(unit, read_header(data) if data else None, is_aac=codec == "aac")

    def add(self, packet: av.Packet) -> None:
        """One packet, in the order of the file."""
        time = packet.pts if packet.pts is not None else packet.dts
        if time is None:
            return
        self.span(time, packet.duration or 0)
        is_key, is_hidden = packet.is_keyframe, packet.is_discard
        self.note(packet.dts, time, packet.size, is_key=is_key, is_hidden=is_hidden)
        if is_key and self.may_be_closed():
            self.look_at(bytes(memoryview(packet)[:LOOKED_AT]))
        if self.is_aac and memoryview(packet)[0] >> 5 in AAC_MESSAGES:
            self.has_messages = True

    def span(self, time: int, duration: int) -> None:
        self.start = time if self.start is None else min(time, self.start)
        self.end = time + duration if self.end is None else max(time + duration, self.end)

    def note(
        self, decoded: int | None, time: int, size: int, *, is_key: bool, is_hidden: bool
    ) -> None:
        if not self.times:
            self.starts_with_key = is_key
        if is_key:
            self.keys.append(time)
        if decoded is not None:
            if self.last_decoded is not None and decoded <= self.last_decoded:
                self.in_order = False
            self.last_decoded = decoded
        if not is_hidden and (self.shown_from is None or time < self.shown_from):
            self.shown_from = time
        self.hidden += is_hidden and time >= 0
        self.times.append(time)
        self.byte_size += size

    def may_be_closed(self) -> bool:
        return self.closed and self.header is not None

    def look_at(self, keyframe: bytes) -> None:
        """The first bytes of a keyframe."""
        self.closed = self.header is not None and starts_anew(keyframe, self.header)

    def has_closed_gops(self) -> bool:
        """Whether the film may be cut before each keyframe: it starts with one, and all are IDR."""
        return self.starts_with_key and self.may_be_closed()

    def steps_ms(self) -> list[float]:
        """The quarter, the middle and the longest of the steps between packets, or nothing."""
        steps = sorted(b - a for a, b in pairwise(sorted(set(self.times))))
        middle = len(steps) // 2
        chosen = [steps[middle // 2], steps[middle], steps[-1]] if steps else []
        return [float(step * self.unit) for step in chosen]

    def keyframe_most_ms(self) -> float | None:
        """The longest way from a keyframe to the next one, or to the end."""
        if not self.keys or self.end is None:
            return None
        marks = [*self.keys, self.end]
        return float(max(b - a for a, b in pairwise(marks)) * self.unit)

    def ms(self, time: int | None) -> float | None:
        return None if time is None else float(time * self.unit)


@dataclass
class Reading:
    """One way through a file: the first frames, and the times of its streams by their index."""

    container: Container
    path: Path
    video: av.VideoStream
    sounds: list[av.AudioStream]
    most_packets: int
    frames: list[av.VideoFrame] = field(default_factory=list)
    timelines: dict[int, Timeline] = field(default_factory=dict)

    def streams(self) -> list[Stream]:
        return [self.video, *self.sounds]

    def read(self) -> bool:
        """Fill ``frames`` and ``timelines``; False if there are more packets than there may be."""
        self.video.codec_context.thread_count = 1
        self.timelines = {stream.index: Timeline.of(stream) for stream in self.streams()}
        packets = self._packets()
        if self._has_index():
            self._read_head(packets)
            return self._read_index() or self._read_again()
        return self._read_rest(packets)

    def _packets(self) -> Iterator[av.Packet]:
        """Every packet; a file that is cut short is worth what is there."""
        while True:
            try:
                yield from self.container.demux(self.streams())
            except IndexError:
                # Damage can look like the start of a stream that PyAV has no place for: read on.
                continue
            except av.error.FFmpegError:
                return
            else:
                return

    def _take(self, packet: av.Packet) -> None:
        if packet.size:
            self.timelines[packet.stream.index].add(packet)
        if packet.stream.index == self.video.index and not self._has_seen_enough():
            self._look_at(packet)

    def _has_seen_enough(self) -> bool:
        return len(self.frames) >= (1 if self._is_progressive() else FRAMES_DECODED)

    def _is_progressive(self) -> bool:
        return self.video.codec_context.field_order == PROGRESSIVE

    def _look_at(self, packet: av.Packet) -> None:
        self.frames += decoded(packet)
        if not self.frames and packet.is_keyframe and self._is_progressive():
            # It is kept back to be put in order: nothing that comes later is waited for.
            self.frames += drained(self.video.codec_context)

    def _read_head(self, packets: Iterator[av.Packet]) -> None:
        first = self.timelines[self.video.index]
        for packet in packets:
            self._take(packet)
            if self._has_seen_enough() and len(first.times) >= HEAD_PACKETS:
                return

    def _read_rest(self, packets: Iterator[av.Packet]) -> bool:
        most = self.most_packets * len(self.timelines)
        for count, packet in enumerate(packets):
            if count >= most or (count % 1024 == 0 and self.runs_in_circles()):
                return False
            self._take(packet)
        return True

    def runs_in_circles(self) -> bool:
        """Whether far more bytes have been read than the file has."""
        taken = sum(timeline.byte_size for timeline in self.timelines.values())
        return taken > MOST_ROUNDS * self.path.stat().st_size

    def _read_again(self) -> bool:
        """From the start, because the index did not hold what it promised."""
        self.container.seek(0, backward=True)
        self.timelines = {stream.index: Timeline.of(stream) for stream in self.streams()}
        return self._read_rest(self._packets())

    def _has_index(self) -> bool:
        """Whether there is a place in the file for each sample of each stream."""
        return self.container.format.name.startswith("mov,") and all(
            self._is_whole(stream) for stream in self.streams()
        )

    def _is_whole(self, stream: Stream) -> bool:
        size, entries = self.path.stat().st_size, stream.index_entries
        return 0 < stream.frames == len(entries) <= min(size, self.most_packets) and all(
            entry.pos >= 0 and entry.pos + entry.size <= size for entry in entries
        )

    def _read_index(self) -> bool:
        """Times from the index; only the last packets are read. False if they are not there."""
        heads = self.timelines
        with self.path.open("rb", buffering=0) as file:
            self.timelines = {
                stream.index: from_index(stream, heads[stream.index], file)
                for stream in self.streams()
            }
        return all(self._read_tail(stream) for stream in self.streams())

    def _read_tail(self, stream: Stream) -> bool:
        entries, timeline = stream.index_entries, self.timelines[stream.index]
        last = entries[max(0, len(entries) - TAIL_PACKETS)].timestamp
        try:
            self.container.seek(last, stream=stream, backward=True, any_frame=True)
            for packet in self.container.demux(stream):
                if packet.size and packet.pts is not None:
                    timeline.span(packet.pts, packet.duration or 0)
        except av.error.FFmpegError:
            return False
        return timeline.end is not None


def from_index(stream: Stream, head: Timeline, file: BinaryIO) -> Timeline:
    """All of a timeline but its end. An index has times of decoding: pictures are shown later.

    How much later they all are, but for their order, the ``head`` tells.
    """
    timeline = Timeline.of(stream)
    entries = stream.index_entries
    late = 0 if head.start is None else head.start - entries[0].timestamp
    for entry in entries:
        if entry.size:
            time, is_key = entry.timestamp, entry.is_keyframe
            timeline.note(time, time + late, entry.size, is_key=is_key, is_hidden=entry.is_discard)
            if is_key and timeline.may_be_closed():
                timeline.look_at(read_start(file, entry.pos, entry.size))
    timeline.start, timeline.shown_from = head.start, head.shown_from
    timeline.has_messages = head.has_messages
    return timeline


def decoded(packet: av.Packet) -> list[av.VideoFrame]:
    """The frames of one packet: a damaged one is no reason to give up on the rest."""
    try:
        return packet.decode()
    except av.error.FFmpegError:
        return []


def drained(decoder: av.VideoCodecContext) -> list[av.VideoFrame]:
    """The frames that a decoder has kept back; it is as new afterwards."""
    try:
        return decoder.decode(None)
    except av.error.FFmpegError:
        return []
    finally:
        decoder.flush_buffers()

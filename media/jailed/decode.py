"""Runs inside the jail: decodes the first and the last second of finished files.

    decode.py FOLDER OPTIONS-AS-JSON

OPTIONS: ``renditions`` (names of folders with a playlist), ``mp4`` (name of a plain file, or
null) and ``codec_whitelist``. Prints a list of what came out of the decoder, one ``Told`` for each
stream; what cannot be opened is not in it. Nothing that would hide damage is skipped.
"""

import hashlib
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
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
# Complain of damage: by default a decoder paints over it and says nothing. Nobody sees these
# pictures: the edges of their blocks need not be smoothed, which reads no bit of the file.
STRICT = {"err_detect": "crccheck+bitstream+buffer+explode", "skip_loop_filter": "all"}
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

    def moved(self, by: Fraction) -> "Decoded":
        """The same, so many seconds later."""
        if self.start is None or self.end is None:
            return self
        return replace(self, start=self.start + by, end=self.end + by)


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


class Decoder:
    """Decodes runs of packets strictly. The same packets are decoded once: a plain MP4 holds those
    of a rendition, and what is the same to the last bit decodes to the same.
    """

    def __init__(self) -> None:
        self.known: dict[bytes, Decoded] = {}

    def decode(
        self, stream: Stream, packets: Sequence[av.Packet], *, whole_from: Fraction
    ) -> Decoded:
        """Decode packets in their order to the last frame; ``packets`` start with a keyframe.

        Before ``whole_from``, in seconds of the stream's clock, only what others are made from.
        """
        if not packets:
            return Decoded()
        origin = shown_at(packets[0])
        key = fingerprint(stream, packets)
        if key not in self.known:
            self.known[key] = _decode(stream, packets, whole_from).moved(-origin)
        return self.known[key].moved(origin)


def fingerprint(stream: Stream, packets: Sequence[av.Packet]) -> bytes:
    """What a decoder gets: its parameters, and of each packet its bytes and when it is shown."""
    digest = hashlib.sha256(stream.codec_context.extradata or b"")
    origin = shown_at(packets[0])
    for packet in packets:
        digest.update(f"{packet.size} {shown_at(packet) - origin}".encode())
        digest.update(memoryview(packet))
    return digest.digest()


def _decode(stream: Stream, packets: Sequence[av.Packet], whole_from: Fraction) -> Decoded:
    decoded = Decoded()
    for packet in [*packets, last_word(stream)]:
        is_lead = packet.size > 0 and shown_at(packet) < whole_from
        # The decoder of AV1 is told such things once, when it is opened.
        if stream.codec_context.name == "h264":
            stream.codec_context.skip_frame = "NONREF" if is_lead else "DEFAULT"
        try:
            for frame in stream.codec_context.decode(packet):
                decoded.add(frame)
        except av.error.FFmpegError:
            decoded.errors += 1
    return decoded


def last_word(stream: Stream) -> av.Packet:
    """The empty packet at which a decoder gives what it has kept back."""
    packet = av.Packet()
    packet.stream, packet.time_base = stream, stream.time_base or Fraction(1)
    return packet


def shown_at(packet: av.Packet) -> Fraction:
    """Seconds on the stream's clock; where it is not said, when it is decoded."""
    time = packet.pts if packet.pts is not None else packet.dts or 0
    return time * Fraction(packet.time_base or 0)


def decoded_at(packet: av.Packet) -> Fraction:
    return (packet.dts or 0) * Fraction(packet.time_base or 0)


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
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            return
        if packet.size:
            yield packet


def first_second(packets: Iterable[av.Packet]) -> list[av.Packet]:
    """The packets of all frames that are shown in the first second: decoded before its end."""
    taken: list[av.Packet] = []
    for packet in packets:
        if taken and decoded_at(packet) >= shown_at(taken[0]) + LOOKED_AT:
            break
        taken.append(packet)
    return taken


def end_of(packets: Sequence[av.Packet]) -> Fraction:
    return max(
        shown_at(packet) + (packet.duration or 0) * Fraction(packet.time_base or 0)
        for packet in packets
    )


def from_a_keyframe(packets: list[av.Packet]) -> list[av.Packet]:
    """The packets from the last keyframe on that is at least a second before the end."""
    latest = end_of(packets) - LOOKED_AT if packets else 0
    starts = [
        number
        for number, packet in enumerate(packets)
        if packet.is_keyframe and shown_at(packet) <= latest
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


def look(
    decoder: Decoder, name: str, kind: str, head: Container, tail: Container
) -> Iterator[Told]:
    """What is decoded of one kind at the start of ``head`` and at the end of ``tail``, if any."""
    first, last = stream_of(head, kind), stream_of(tail, kind)
    if first is None or last is None:
        return
    start = first_second(demuxed(head, first))
    end = from_a_keyframe(list(demuxed(tail, last)))
    lead = end_of(end) - LOOKED_AT if end else Fraction(0)
    yield told(
        name,
        kind,
        decoder.decode(first, start, whole_from=Fraction(0)),
        decoder.decode(last, end, whole_from=lead),
    )


def look_at_rendition(decoder: Decoder, folder: Path, options: dict[str, str]) -> list[Told]:
    """The one track of a rendition: its first and its last second behind the head they need."""
    segments = hls.read_media_playlist((folder / PLAYLIST).read_text(encoding="utf-8"))
    if any(segment.name != Path(segment.name).name for segment in segments):
        raise hls.BrokenPlaylist("a segment in another folder")
    init = (folder / INIT).read_bytes()

    def opened(part: list[hls.Segment]) -> Container:
        data = b"".join((folder / segment.name).read_bytes() for segment in part)
        return av.open(io.BytesIO(init + data), mode="r", format="mov", options=options)

    with opened(segments[:1]) as head, opened(last_second(segments)) as tail:
        return [found for kind in KINDS for found in look(decoder, folder.name, kind, head, tail)]


def look_at_plain(decoder: Decoder, path: Path, options: dict[str, str]) -> list[Told]:
    """A plain MP4: its first second, and the last one after a jump to the end."""

    def opened() -> Container:
        return av.open(f"file:{path}", mode="r", format="mov", options=options)

    found: list[Told] = []
    for kind in KINDS:
        with opened() as head, opened() as tail:
            jump(tail, kind)
            found += look(decoder, path.name, kind, head, tail)
    return found


def jump(container: Container, kind: str) -> None:
    """Go to the keyframe at or before the last second."""
    stream = stream_of(container, kind)
    if stream is not None:
        end = (stream.start_time or 0) + (stream.duration or 0)
        container.seek(int(end - LOOKED_AT / Fraction(stream.time_base or 1)), stream=stream)


Look = Callable[[Decoder, Path, dict[str, str]], list[Told]]


def tried(look_at: Look, decoder: Decoder, path: Path, options: dict[str, str]) -> list[Told]:
    """What is in one rendition or file: nothing, if it cannot be opened."""
    try:
        return look_at(decoder, path, options)
    except (OSError, ValueError, av.error.FFmpegError) as error:
        sys.stderr.write(f"{path.name}: {type(error).__name__}: {error}\n")
        return []


def main() -> None:
    av.logging.set_level(av.logging.PANIC)
    folder, wanted = Path(sys.argv[1]), json.loads(sys.argv[2])
    options = {"codec_whitelist": wanted["codec_whitelist"], "enable_drefs": "0"}
    decoder = Decoder()
    answer = []
    for name in wanted["renditions"]:
        answer += tried(look_at_rendition, decoder, folder / name, options)
    if wanted["mp4"] is not None:
        answer += tried(look_at_plain, decoder, folder / wanted["mp4"], options)
    json.dump([asdict(told) for told in answer], sys.stdout)


if __name__ == "__main__":
    main()

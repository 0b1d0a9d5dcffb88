"""Runs inside the jail: looks at one file with PyAV and prints what it found as JSON.

    examine.py FILE OPTIONS-AS-JSON

OPTIONS hold the allow-lists (``format_whitelist``, ``codec_whitelist``) and the caps
(``streams``, ``packets``). Prints ``{"error": WORD}`` or the facts; never trusts a header for a
length: every packet's time is read. Of Newsroom it imports only the pure core.
"""

import json
import sys
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path
from typing import BinaryIO

import av
import av.error
import av.logging

# Started as a script, outside any package: the code's root is two folders up.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from media.core.leaks import text_values

FRAMES_DECODED = 48
TEXTS_MOST = 2000
TEXT_LONGEST = 500
STILL_CODECS = frozenset({"png", "gif", "bmp", "tiff", "webp", "ansi"})
Facts = dict[str, object]


def words(mapping: object) -> dict[str, str]:
    """Tags as text, whatever bytes a phone wrote."""
    found = dict(mapping)  # type: ignore[call-overload]
    return {str(key)[:TEXT_LONGEST]: str(value)[:TEXT_LONGEST] for key, value in found.items()}


def read_tags(holder: object) -> dict[str, str]:
    try:
        return words(holder.metadata)  # type: ignore[attr-defined]
    except (UnicodeDecodeError, AttributeError):
        return {}


def codec_name(stream: object) -> str:
    context = getattr(stream, "codec_context", None)
    return "" if context is None else context.codec.name


def describe(stream: object) -> Facts:
    return {
        "index": stream.index,  # type: ignore[attr-defined]
        "type": stream.type or "unknown",  # type: ignore[attr-defined]
        "codec": codec_name(stream),
        "tags": read_tags(stream),
    }


def by_preference(stream: object, area: int) -> tuple[int, int, int]:
    """Sort key: what the file calls its default first, then the larger picture, then the first."""
    is_default = bool(stream.disposition & av.stream.Disposition.default)  # type: ignore[attr-defined]
    return (0 if is_default else 1, -area, stream.index)  # type: ignore[attr-defined]


def choose_video(container: av.container.InputContainer) -> av.VideoStream | None:
    moving = [
        stream
        for stream in container.streams.video
        if stream.codec_context is not None
        and stream.codec_context.codec.name not in STILL_CODECS
        and not stream.disposition & av.stream.Disposition.attached_pic
    ]
    moving.sort(key=lambda stream: by_preference(stream, stream.width * stream.height))
    return moving[0] if moving else None


def choose_audio(container: av.container.InputContainer) -> av.AudioStream | None:
    heard = [stream for stream in container.streams.audio if stream.codec_context is not None]
    heard.sort(key=lambda stream: by_preference(stream, 0))
    return heard[0] if heard else None


class Timeline:
    """The presentation times of one stream's packets, in milliseconds as fractions."""

    def __init__(self, stream: av.VideoStream | av.AudioStream) -> None:
        self.unit = Fraction(stream.time_base or 1) * 1000
        self.times: list[int] = []
        self.last_duration = 0
        self.end: int | None = None

    def add(self, packet: av.Packet) -> None:
        time = packet.pts if packet.pts is not None else packet.dts
        if time is None:
            return
        self.times.append(time)
        end = time + (packet.duration or 0)
        if self.end is None or end > self.end:
            self.end = end

    def steps_ms(self) -> list[float]:
        ordered = sorted(set(self.times))
        return sorted(float((b - a) * self.unit) for a, b in pairwise(ordered))

    def start_ms(self) -> float | None:
        return float(min(self.times) * self.unit) if self.times else None

    def end_ms(self) -> float | None:
        return float(self.end * self.unit) if self.end is not None else None


def first_frames(
    container: av.container.InputContainer, stream: av.VideoStream
) -> list[av.VideoFrame]:
    stream.codec_context.thread_count = 1
    frames: list[av.VideoFrame] = []
    packets = container.demux(stream)
    while len(frames) < FRAMES_DECODED:
        try:
            frames += next(packets).decode()
        except StopIteration:
            break
        except av.error.FFmpegError:
            # One damaged frame is no reason to give up on the rest.
            continue
    return frames


def look_at_frames(path: str, options: dict[str, str], index: int) -> Facts | None:
    """Decode the first frames: only they tell rotation, interlacing and that there is a picture."""
    with av.open(path, options=options, metadata_errors="replace") as container:
        stream = next(video for video in container.streams.video if video.index == index)
        frames = first_frames(container, stream)
        if not frames:
            return None
        first = frames[0]
        aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio or 1
        return {
            "width": first.width,
            "height": first.height,
            "rotation": first.rotation % 360,
            "sample_aspect": [Fraction(aspect).numerator or 1, Fraction(aspect).denominator],
            "interlaced": sum(frame.interlaced_frame for frame in frames) * 2 > len(frames),
            "pixel_format": first.format.name,
            "bit_depth": max((part.bits for part in first.format.components), default=8),
            "matrix": int(first.colorspace),
            "range": int(first.color_range),
            "transfer": int(stream.codec_context.color_trc or 2),
            "primaries": int(stream.codec_context.color_primaries or 2),
        }


def is_encrypted(path: str) -> bool:
    """Whether an MP4's sample entries are the encrypted ones of ISO/IEC 23001-7.

    libavformat opens such a file and decodes it to noise without a word.
    """
    with Path(path.removeprefix("file:")).open("rb") as file:
        for size, kind in boxes(file):
            if kind == b"moov":
                moov = file.read(min(size, 64 * 1024 * 1024))
                return b"sinf" in moov and (b"encv" in moov or b"enca" in moov)
    return False


def embedded_text(path: str) -> list[str]:
    """Text that no demuxer shows, read from the boxes themselves: the leak scan looks for it."""
    with Path(path.removeprefix("file:")).open("rb") as file:
        return [value[:TEXT_LONGEST] for value in text_values(file)[:TEXTS_MOST]]


def boxes(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield size of the payload and kind of each box of the top level, the file at its payload."""
    position = 0
    for _ in range(100_000):
        file.seek(position)
        header = file.read(16)
        if len(header) < 8:
            return
        size, length = int.from_bytes(header[:4], "big"), 8
        if size == 1 and len(header) == 16:
            size, length = int.from_bytes(header[8:], "big"), 16
        if size < length:
            return
        file.seek(position + length)
        yield size - length, header[4:8]
        position += size


def read_timelines(
    container: av.container.InputContainer,
    streams: list[av.VideoStream | av.AudioStream],
    most_packets: int,
) -> dict[int, Timeline] | None:
    timelines = {stream.index: Timeline(stream) for stream in streams}
    count = 0
    packets = container.demux(streams)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            # A file that is cut short is worth what is there.
            return timelines
        if packet.size:
            timelines[packet.stream.index].add(packet)
        count += 1
        if count > most_packets:
            return None


def video_facts(stream: av.VideoStream, timeline: Timeline, frames: Facts) -> Facts:
    steps = timeline.steps_ms()
    middle = len(steps) // 2
    return {
        "index": stream.index,
        "codec": codec_name(stream),
        "packets": len(timeline.times),
        "start_ms": timeline.start_ms(),
        "end_ms": timeline.end_ms(),
        # The quarter, the middle and the long steps between frames: what the frame rate really is.
        "step_ms": [steps[middle // 2], steps[middle], steps[-1]] if steps else [],
        **frames,
    }


def audio_facts(stream: av.AudioStream, timeline: Timeline) -> Facts:
    context = stream.codec_context
    return {
        "index": stream.index,
        "codec": codec_name(stream),
        "channels": context.channels,
        "sample_rate": context.sample_rate,
        "packets": len(timeline.times),
        "start_ms": timeline.start_ms(),
        "end_ms": timeline.end_ms(),
    }


def examine(path: str, options: dict[str, object]) -> Facts:
    lists = {
        "format_whitelist": str(options["format_whitelist"]),
        "codec_whitelist": str(options["codec_whitelist"]),
        "protocol_whitelist": "file",
        "enable_drefs": "0",
    }
    try:
        container = av.open(path, options=lists, metadata_errors="replace")
    except (av.error.FFmpegError, ValueError):
        return {"error": "unreadable"}
    with container:
        if len(container.streams) > int(str(options["streams"])):
            return {"error": "too_many_streams"}
        if is_encrypted(path):
            return {"error": "encrypted"}
        video, audio = choose_video(container), choose_audio(container)
        if video is None:
            return {"error": "no_video"}
        frames = look_at_frames(path, lists, video.index)
        if frames is None:
            return {"error": "no_frames"}
        chosen = [stream for stream in (video, audio) if stream is not None]
        timelines = read_timelines(container, chosen, int(str(options["packets"])))
        if timelines is None:
            return {"error": "too_long"}
        return {
            "container": container.format.name,
            "tags": words(container.metadata),
            "chapters": [
                words(chapter["metadata"]) for chapter in islice(container.chapters(), 200)
            ],
            "streams": [describe(stream) for stream in container.streams],
            "video": video_facts(video, timelines[video.index], frames),
            "audio": audio_facts(audio, timelines[audio.index]) if audio is not None else None,
            "embedded": embedded_text(path),
        }


def main() -> None:
    av.logging.set_level(av.logging.PANIC)
    json.dump(examine(sys.argv[1], json.loads(sys.argv[2])), sys.stdout)


if __name__ == "__main__":
    main()

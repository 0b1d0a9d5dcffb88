"""Runs inside the jail: looks at one file with PyAV and prints what it found as JSON.

    examine.py FILE OPTIONS-AS-JSON

OPTIONS hold the allow-lists (``format_whitelist``, ``codec_whitelist``) and the caps
(``streams``, ``packets``). Prints ``{"error": WORD}`` or the facts; never trusts a header for a
length: every packet's time is looked at. Of Newsroom it imports only the pure core and its
neighbours here.
"""

import json
import sys
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import av.error
import av.logging

# Started as a script, outside any package: the code's root is two folders up.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from media.core.leaks import text_values
from media.jailed import film
from media.jailed.timelines import Reading, Timeline

MOST_SOUNDS = 8
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


def choose_sounds(container: av.container.InputContainer) -> list[av.AudioStream]:
    """The sound tracks that can be heard, the main one first."""
    heard = [stream for stream in container.streams.audio if stream.codec_context is not None]
    heard.sort(key=lambda stream: by_preference(stream, 0))
    return heard[:MOST_SOUNDS]


def look_at_frames(stream: av.VideoStream, frames: list[av.VideoFrame]) -> Facts:
    """Only decoded frames tell rotation, interlacing and that there is a picture."""
    first = frames[0]
    aspect = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio or 1
    return {
        "width": first.width,
        "height": first.height,
        "rotation": first.rotation % 360,
        "is_turned": first.side_data.get("DISPLAYMATRIX") is not None,
        "sample_aspect": [Fraction(aspect).numerator or 1, Fraction(aspect).denominator],
        "interlaced": sum(frame.interlaced_frame for frame in frames) * 2 > len(frames),
        "pixel_format": first.format.name,
        "bit_depth": max((part.bits for part in first.format.components), default=8),
        "matrix": int(first.colorspace),
        "range": int(first.color_range),
        "transfer": int(stream.codec_context.color_trc or 2),
        "primaries": int(stream.codec_context.color_primaries or 2),
    }


def embedded_text(path: Path) -> list[str]:
    """Text that no demuxer shows, read from the boxes themselves: the leak scan looks for it."""
    with path.open("rb") as file:
        return [value[:TEXT_LONGEST] for value in text_values(file)[:TEXTS_MOST]]


def track_facts(stream: av.VideoStream | av.AudioStream, timeline: Timeline) -> Facts:
    return {
        "index": stream.index,
        "codec": codec_name(stream),
        "profile": stream.codec_context.profile or "",
        "packets": len(timeline.times),
        "bytes": timeline.byte_size,
        "start_ms": timeline.ms(timeline.start),
        "end_ms": timeline.ms(timeline.end),
        "shown_from_ms": timeline.ms(timeline.shown_from),
        # Packets that an edit list leaves out, but for those before time zero.
        "hidden": timeline.hidden,
        "in_order": timeline.in_order,
    }


def video_facts(stream: av.VideoStream, reading: Reading) -> Facts:
    timeline = reading.timelines[stream.index]
    return {
        **track_facts(stream, timeline),
        # What the frame rate really is.
        "step_ms": timeline.steps_ms(),
        "keyframe_most_ms": timeline.keyframe_most_ms(),
        "closed_gops": timeline.has_closed_gops(),
        **look_at_frames(stream, reading.frames),
    }


def audio_facts(stream: av.AudioStream, timeline: Timeline) -> Facts:
    return {
        **track_facts(stream, timeline),
        "channels": stream.codec_context.channels,
        "sample_rate": stream.codec_context.sample_rate,
        # Words of the encoder among the sound: seen at the start, as far as that was read.
        "has_messages": timeline.has_messages,
        "language": read_tags(stream).get("language", ""),
        "is_default": bool(stream.disposition & av.stream.Disposition.default),
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
        return look_inside(container, Path(path.removeprefix("file:")), options)


def look_inside(
    container: av.container.InputContainer, path: Path, options: dict[str, object]
) -> Facts:
    head = film.read_head(path)
    if film.is_encrypted(head):
        return {"error": "encrypted"}
    video, sounds = choose_video(container), choose_sounds(container)
    if video is None:
        return {"error": "no_video"}
    reading = Reading(container, path, video, sounds, int(str(options["packets"])))
    is_whole = reading.read()
    if not reading.frames:
        return {"error": "no_frames"}
    if not is_whole:
        return {"error": "timeout" if reading.runs_in_circles() else "too_long"}
    audios = [audio_facts(sound, reading.timelines[sound.index]) for sound in sounds]
    return {
        "container": container.format.name,
        # What the header promises, in milliseconds; the tracks say what is there.
        "stated_ms": None if container.duration is None else container.duration / 1000,
        "tags": words(container.metadata),
        "chapters": [words(chapter["metadata"]) for chapter in islice(container.chapters(), 200)],
        "streams": [describe(stream) for stream in container.streams],
        "video": video_facts(video, reading),
        "audio": audios[0] if audios else None,
        "audios": audios,
        "is_plain": film.is_plain(head),
        "embedded": embedded_text(path),
    }


def main() -> None:
    av.logging.set_level(av.logging.PANIC)
    json.dump(examine(sys.argv[1], json.loads(sys.argv[2])), sys.stdout)


if __name__ == "__main__":
    main()

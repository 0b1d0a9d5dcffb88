"""Runs inside the jail: looks whether what is to be hidden is hidden in finished files.

    hidden.py FOLDER OPTIONS-AS-JSON

OPTIONS: ``films`` (names of folders with a playlist, and of plain files), ``looks`` (a moment in
milliseconds, and areas in fractions of the picture), ``pictures`` (name, areas, and of a sheet the
tile as [x, y, width, height] in pixels), ``sounds`` (as films), ``mutes`` (spans in milliseconds)
and ``codec_whitelist``. Prints {"boxes": [[name, moment, deviation], …], "mutes": [[name, moment,
level in dB], …]}; what cannot be opened is not in it.
"""

import io
import json
import math
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path

import av
import av.error
import av.logging
from PIL import Image

# Started as a script, outside any package: the code's root is two folders up.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from media.core import hls

PLAYLIST = "index.m3u8"
INIT = "init.mp4"
# An encoder's blocks reach across the edge of a box: so many pixels inside it are not looked at.
EDGE_OF_FILM = 16
EDGE_OF_PICTURE = 8
BLACK = 16
FLOOR_DB = -120.0
LOUDEST = 32768
Area = list[float]
Container = av.container.InputContainer
Looks = list[tuple[int, list[Area]]]
# A moment in milliseconds, and how far from black it is there.
Found = tuple[int, float]


def listed(folder: Path) -> list[hls.Segment]:
    segments = hls.read_media_playlist((folder / PLAYLIST).read_text(encoding="utf-8"))
    if any(segment.name != Path(segment.name).name for segment in segments):
        raise hls.BrokenPlaylist("a segment in another folder")
    return segments


def joined(folder: Path, segments: list[hls.Segment], options: dict[str, str]) -> Container:
    """Some segments of a rendition, behind the head that they need; times are those of the clip."""
    parts = [folder / INIT, *(folder / segment.name for segment in segments)]
    data = io.BytesIO(b"".join(part.read_bytes() for part in parts))
    return av.open(data, mode="r", format="mov", options=options)


def opened(path: Path, options: dict[str, str]) -> Container:
    """The whole of a sound, or of a plain file."""
    if path.is_file():
        return av.open(f"file:{path}", mode="r", format="mov", options=options)
    return joined(path, listed(path), options)


def spot(area: Area, width: int, height: int, edge: int) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom of what is looked at, in pixels; None where nothing is left."""
    left, top = math.ceil(area[0] * width), math.ceil(area[1] * height)
    right, bottom = int((area[0] + area[2]) * width), int((area[1] + area[3]) * height)
    # Nothing reaches across the edge of the picture itself.
    left, right = left + edge * (left > 0), right - edge * (right < width)
    top, bottom = top + edge * (top > 0), bottom - edge * (bottom < height)
    return (left, top, right, bottom) if right > left and bottom > top else None


def deviation(frame: av.VideoFrame, area: Area) -> float | None:
    """The farthest that a point of the area is from black, of 255."""
    plain = frame.reformat(format="yuv420p")
    place = spot(area, plain.width, plain.height, EDGE_OF_FILM)
    if place is None:
        return None
    left, top, right, bottom = place
    luma = plain.planes[0]
    data, stride = memoryview(luma), luma.line_size
    rows = [bytes(data[y * stride + left : y * stride + right]) for y in range(top, bottom)]
    most, least = max(map(max, rows)), min(map(min, rows))
    return max(most - BLACK, BLACK - least) * 255 / 219


def look_at_rendition(folder: Path, looks: Looks, options: dict[str, str]) -> Iterator[Found]:
    """What is found in a rendition; of it no more is decoded than the segments of the moments."""
    start_ms = 0.0
    for segment in listed(folder):
        end_ms = start_ms + segment.duration_us / 1000
        inside = [look for look in looks if start_ms <= look[0] < end_ms]
        if inside:
            with joined(folder, [segment], options) as film:
                yield from shown_at(film.decode(picture_of(film)), inside)
        start_ms = end_ms


def look_at_plain(path: Path, looks: Looks, options: dict[str, str]) -> Iterator[Found]:
    """What is found in a plain file; from the keyframe before each moment on."""
    with opened(path, options) as film:
        stream = picture_of(film)
        for look in looks:
            film.seek(int(look[0] / 1000 / (stream.time_base or 1)), stream=stream)
            yield from shown_at(film.decode(stream), [look])


def picture_of(film: Container) -> av.VideoStream:
    film.streams.video[0].codec_context.thread_count = 1
    return film.streams.video[0]


def shown_at(frames: Iterator[av.VideoFrame], looks: Looks) -> Iterator[Found]:
    """For each moment, in order, what is farthest from black in the frame that is shown then."""
    waiting, shown = list(looks), None
    for frame in frames:
        while waiting and shown is not None and frame.time * 1000 > waiting[0][0]:
            yield from measured(shown, *waiting.pop(0))
        if not waiting:
            return
        shown = frame
    for look in waiting:
        if shown is not None:
            yield from measured(shown, *look)


def measured(frame: av.VideoFrame, at_ms: int, areas: list[Area]) -> Iterator[Found]:
    for area in areas:
        found = deviation(frame, area)
        if found is not None:
            yield at_ms, found


def picture_deviation(path: Path, tile: list[int] | None, area: Area) -> float | None:
    with Image.open(path, formats=["JPEG"]) as file:
        grey = file.convert("L")
    if tile is not None:
        x, y, width, height = tile
        grey = grey.crop((x, y, x + width, y + height))
    place = spot(area, grey.width, grey.height, EDGE_OF_PICTURE)
    return None if place is None else float(max(grey.crop(place).tobytes()))


def levels(sound: Container, mutes: list[list[int]]) -> list[tuple[int, float]]:
    """The loudest that is heard in each span, in dB of the loudest there can be."""
    loudest = [0] * len(mutes)
    resampler = av.AudioResampler(format="s16", layout="stereo", rate=48000)
    for frame in sound.decode(sound.streams.audio[0]):
        for heard in resampler.resample(frame):
            samples = array("h")
            samples.frombytes(bytes(heard.planes[0])[: heard.samples * 4])
            begin = (heard.time or 0) * 1000
            for number, (start, end) in enumerate(mutes):
                first = max(0, math.ceil((start - begin) * 48)) * 2
                last = min(heard.samples, int((end - begin) * 48)) * 2
                part = samples[first:last] if last > first else ()
                if part:
                    loudest[number] = max(loudest[number], max(part), -min(part))
    return [
        (start, 20 * math.log10(level / LOUDEST) if level else FLOOR_DB)
        for (start, _), level in zip(mutes, loudest, strict=True)
    ]


def main() -> None:
    av.logging.set_level(av.logging.PANIC)
    folder, wanted = Path(sys.argv[1]), json.loads(sys.argv[2])
    options = {"codec_whitelist": wanted["codec_whitelist"], "enable_drefs": "0"}
    boxes, mutes = [], []
    for name in wanted["films"]:
        path = folder / name
        look_at = look_at_plain if path.is_file() else look_at_rendition
        boxes += [[name, *found] for found in look_at(path, wanted["looks"], options)]
    for name, at_ms, tile, areas in wanted["pictures"]:
        found = [picture_deviation(folder / name, tile, area) for area in areas]
        boxes += [[name, at_ms, value] for value in found if value is not None]
    for name in wanted["sounds"]:
        with opened(folder / name, options) as sound:
            mutes += [[name, at_ms, level] for at_ms, level in levels(sound, wanted["mutes"])]
    json.dump({"boxes": boxes, "mutes": mutes}, sys.stdout)


if __name__ == "__main__":
    main()

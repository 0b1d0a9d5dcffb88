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
EDGE = 16
EDGE_OF_PICTURE = 8
BLACK = 16
FLOOR_DB = -120.0
LOUDEST = 32768
Area = list[float]


def opened(folder: Path, name: str, options: dict[str, str]) -> av.container.InputContainer:
    path = folder / name
    if path.is_file():
        return av.open(f"file:{path}", mode="r", format="mov", options=options)
    segments = hls.read_media_playlist((path / PLAYLIST).read_text(encoding="utf-8"))
    if any(segment.name != Path(segment.name).name for segment in segments):
        raise hls.BrokenPlaylist("a segment in another folder")
    parts = [path / INIT, *(path / segment.name for segment in segments)]
    data = io.BytesIO(b"".join(part.read_bytes() for part in parts))
    return av.open(data, mode="r", format="mov", options=options)


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
    place = spot(area, plain.width, plain.height, EDGE)
    if place is None:
        return None
    left, top, right, bottom = place
    luma = plain.planes[0]
    data, stride = memoryview(luma), luma.line_size
    rows = [bytes(data[y * stride + left : y * stride + right]) for y in range(top, bottom)]
    most, least = max(map(max, rows)), min(map(min, rows))
    return max(most - BLACK, BLACK - least) * 255 / 219


def looks_of(film: av.container.InputContainer, looks: list) -> Iterator[tuple[int, float]]:
    """For each moment what is farthest from black in its areas, in the frame that is shown then."""
    stream = film.streams.video[0]
    stream.codec_context.thread_count = 1
    waiting = sorted(looks)
    shown = None
    for frame in film.decode(stream):
        while waiting and shown is not None and frame.time * 1000 > waiting[0][0]:
            yield from measured(shown, *waiting.pop(0))
        shown = frame
    for look in waiting:
        if shown is not None and look[0] <= shown.time * 1000 + 1000:
            yield from measured(shown, *look)


def measured(frame: av.VideoFrame, at_ms: int, areas: list[Area]) -> Iterator[tuple[int, float]]:
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


def levels(sound: av.container.InputContainer, mutes: list[list[int]]) -> list[tuple[int, float]]:
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
        with opened(folder, name, options) as film:
            boxes += [[name, at_ms, found] for at_ms, found in looks_of(film, wanted["looks"])]
    for name, at_ms, tile, areas in wanted["pictures"]:
        found = [picture_deviation(folder / name, tile, area) for area in areas]
        boxes += [[name, at_ms, value] for value in found if value is not None]
    for name in wanted["sounds"]:
        with opened(folder, name, options) as sound:
            mutes += [[name, at_ms, level] for at_ms, level in levels(sound, wanted["mutes"])]
    json.dump({"boxes": boxes, "mutes": mutes}, sys.stdout)


if __name__ == "__main__":
    main()

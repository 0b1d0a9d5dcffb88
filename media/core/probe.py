"""What an examination found, as values: the picture's true size, rate and length, the sound."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from media.core.containers import LONGEST_HOLE_MS, LONGEST_MS, MOST_PIXELS
from media.core.languages import valid_tag
from media.core.web_ready import is_web_ready

HIGHEST_RATE = 60
# Rates that cameras mean when their time stamps are a little off.
USUAL_RATES = (
    Fraction(24000, 1001),
    Fraction(24),
    Fraction(25),
    Fraction(30000, 1001),
    Fraction(30),
    Fraction(48),
    Fraction(50),
    Fraction(60000, 1001),
    Fraction(60),
)
# Sound encoders write up to some thousand samples of silence before the first picture.
LONGEST_PRIMING_MS = 130
MOST_SOUNDS = 8
# ITU-T H.273 transfer characteristics: 16 is PQ (HDR10), 18 is HLG.
HDR_TRANSFERS = {16: "smpte2084", 18: "arib-std-b67"}
# How much a header may promise beyond what is there before it is worth a remark.
NOTABLE_MS = 1000
MOST_OF = 0.95
UNSPECIFIED_MATRIX = 2
BT2020_MATRICES = {9, 10}
FULL_RANGE = 2

# What is said to a person for each word that the examination may answer with.
REASONS = {
    "unreadable": "This file cannot be read as video: check that it was copied whole, "
    "or ask for it again.",
    "too_many_streams": "This file has too many streams for a recording: export it again "
    "with one picture and one sound track.",
    "encrypted": "This file is encrypted: ask for a copy without copy protection.",
    "no_video": "This file has no moving picture: send a video.",
    "no_frames": "This file has no picture in it, only a header: send the whole file.",
    "too_long": "This file is longer than 12 hours: cut it into parts and send those.",
    "torn": "This file has more than an hour without any picture in the middle: cut it into parts "
    "before and after, and send those.",
    "too_large": "The picture of this file is larger than 8K: export it at a smaller size.",
    "timeout": "This file took too long to examine: export it again as MP4 and send that.",
    "stopped": "This file made the examination fail: export it again as MP4 and send that.",
    "empty": "This file is empty: check that it was copied whole, or ask for it again.",
}


class Unusable(Exception):
    """The footage cannot be published from. ``word`` is a key of REASONS."""

    def __init__(self, word: str) -> None:
        super().__init__(REASONS[word])
        self.word = word


@dataclass(frozen=True)
class Sound:
    """One sound track. ``language`` is a BCP 47 tag, or "" where the file names none."""

    index: int
    codec: str
    channels: int
    language: str = ""


@dataclass(frozen=True)
class Probe:
    """Technical facts of footage. Sizes in pixels as shown, upright; times in milliseconds."""

    container: str
    video_index: int
    codec: str
    width: int
    height: int
    is_sideways: bool
    is_interlaced: bool
    frame_rate: Fraction
    duration_ms: int
    pixel_format: str
    matrix: int
    is_full_range: bool
    hdr_transfer: str
    sounds: tuple[Sound, ...]
    # Whether the picture may be copied into pieces without encoding it anew, and the main sound.
    web_ready: bool = False
    # Whether that sound holds nothing beside itself. If not, it has to be encoded anew.
    has_clean_sound: bool = False
    # The longest way from one keyframe to the next; 0 where nobody has looked.
    keyframe_most_ms: int = 0
    # The longest time that one frame stands.
    step_most_ms: int = 0

    @property
    def sound(self) -> Sound | None:
        """The track that the file calls its main one."""
        return self.sounds[0] if self.sounds else None

    @property
    def short_side(self) -> int:
        return min(self.width, self.height)


def true_rate(steps_ms: list[float], *, interlaced: bool = False) -> Fraction:
    """Frames per second from the steps between frames (quarter, middle, longest), at most 60.

    Headers lie (90000/1, 1000/1, 0/0): the steps do not. Where steps differ, the short ones
    count, so that no movement is lost; above 60 the rate is halved until it fits.

    >>> true_rate([33.3667, 33.3667, 33.3667]), true_rate([90.0, 100.0, 100.0]), true_rate([])
    (Fraction(30000, 1001), Fraction(100, 9), Fraction(25, 1))
    """
    step = Fraction(steps_ms[0]).limit_denominator(1000) if steps_ms else Fraction(0)
    if step <= 0:
        return Fraction(25)
    rate = 1000 / step
    if interlaced and rate > 30:
        # Two fields are one frame.
        rate /= 2
    while rate > HIGHEST_RATE * Fraction(101, 100):
        rate /= 2
    nearest = min(USUAL_RATES, key=lambda usual: abs(usual - rate))
    return nearest if abs(nearest - rate) / nearest < Fraction(1, 20) else max(rate, Fraction(1))


def shown_size(video: dict[str, Any]) -> tuple[int, int]:
    """Width and height in square pixels, upright.

    >>> shown_size({"width": 1920, "height": 1080, "rotation": 270, "sample_aspect": [1, 1]})
    (1080, 1920)
    """
    across, down = video["sample_aspect"]
    width = max(1, round(video["width"] * across / down)) if down else video["width"]
    height = video["height"]
    return (height, width) if video["rotation"] in (90, 270) else (width, height)


def length_ms(video: dict[str, Any], sound: dict[str, Any] | None) -> int:
    """From the first picture or sound to the end of the last, whatever the header claims."""
    spans = [part for part in (video, sound) if part and part["end_ms"] is not None]
    if not spans or video["end_ms"] is None:
        raise Unusable("no_frames")
    start = min(part["start_ms"] for part in spans)
    if sound and 0 < video["start_ms"] - start < LONGEST_PRIMING_MS:
        start = video["start_ms"]
    return max(1, round(max(part["end_ms"] for part in spans) - start))


def heard_tracks(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """The sound tracks in which there is something, the main one first."""
    tracks = facts.get("audios") or [facts["audio"]]
    return [track for track in tracks if track and track["packets"]][:MOST_SOUNDS]


def read_sound(track: dict[str, Any]) -> Sound:
    language = valid_tag(track.get("language", ""))
    return Sound(track["index"], track["codec"], track["channels"], language)


def read_probe(facts: dict[str, Any]) -> Probe:
    """The examination's answer as a Probe. Raises Unusable with a sentence for a person."""
    if "error" in facts:
        raise Unusable(facts["error"])
    video, tracks = facts["video"], heard_tracks(facts)
    width, height = shown_size(video)
    if video["width"] * video["height"] > MOST_PIXELS or width * height > MOST_PIXELS * 4:
        raise Unusable("too_large")
    main_sound = tracks[0] if tracks else None
    duration_ms = length_ms(video, main_sound)
    if duration_ms > LONGEST_MS:
        raise Unusable("too_long")
    # The hole would be filled with copies of one picture, a hundred thousand for each hour.
    if video["step_ms"] and video["step_ms"][-1] > LONGEST_HOLE_MS:
        raise Unusable("torn")
    return Probe(
        container=facts["container"],
        video_index=video["index"],
        codec=video["codec"],
        width=width,
        height=height,
        is_sideways=video["rotation"] in (90, 270),
        is_interlaced=video["interlaced"],
        frame_rate=true_rate(video["step_ms"], interlaced=video["interlaced"]),
        duration_ms=duration_ms,
        pixel_format=video["pixel_format"],
        matrix=video["matrix"],
        is_full_range=video["range"] == FULL_RANGE,
        hdr_transfer=HDR_TRANSFERS.get(video["transfer"], ""),
        sounds=tuple(map(read_sound, tracks)),
        web_ready=is_web_ready(facts, main_sound),
        has_clean_sound=main_sound is not None and main_sound.get("has_messages") is False,
        step_most_ms=round(video["step_ms"][-1]) if video["step_ms"] else 0,
        keyframe_most_ms=round(video.get("keyframe_most_ms") or 0),
    )


def metadata_of(facts: dict[str, Any]) -> list[dict[str, str]]:
    """Every text that the file carries beside its picture, as ``place``, ``name``, ``value``."""
    places = [("container", facts.get("tags", {}))]
    places += [(f"chapter {n}", tags) for n, tags in enumerate(facts.get("chapters", []), 1)]
    places += [
        (f"stream {stream['index']} ({stream['type']})", stream["tags"])
        for stream in facts.get("streams", [])
    ]
    return [
        {"place": place, "name": name, "value": value}
        for place, tags in places
        for name, value in tags.items()
    ] + [{"place": "bytes", "name": "", "value": value} for value in facts.get("embedded", [])]


def remarks_on(facts: dict[str, Any]) -> list[str]:
    """What an editor should know of footage that was accepted: what is left out, and why."""
    streams = facts.get("streams", [])
    others = {
        "video": "Only one of its pictures is shown: the one that the file calls its main one.",
        "audio": "It has several sound tracks: the main one is heard, the others can be chosen.",
    }
    found = [
        sentence
        for kind, sentence in others.items()
        if sum(stream["type"] == kind for stream in streams) > 1
    ]
    if any(stream["type"] == "subtitle" for stream in streams):
        found.append(
            "Subtitles inside the file are left out: add them as a transcript if you want them."
        )
    if any(stream["type"] in ("data", "attachment", "unknown") for stream in streams):
        found.append("Data beside picture and sound (position, sensors, attachments) is left out.")
    if facts.get("audio") is None:
        found.append("The file has no sound.")
    return found + _missing(facts)


def _missing(facts: dict[str, Any]) -> list[str]:
    """What a file that was cut short promises and does not hold."""
    stated_ms = facts.get("stated_ms") or 0
    found_ms = length_ms(facts["video"], facts.get("audio"))
    if stated_ms - found_ms < NOTABLE_MS or found_ms > stated_ms * MOST_OF:
        return []
    return [
        f"The file says that it lasts {stated_ms / 1000:.1f} s, but only {found_ms / 1000:.1f} s "
        "are there: ask for the whole file."
    ]

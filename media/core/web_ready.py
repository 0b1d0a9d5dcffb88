"""Whether footage can be played on the web as it is, so that its pieces need no encoding.

Judged by what the examination found in the file's bytes. Whatever is not known to be harmless is
not web-ready: encoding anew is slower, and never wrong.
"""

from typing import Any

CONTAINERS = frozenset({"mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm"})
PROFILES = frozenset({"Constrained Baseline", "Baseline", "Main", "High"})
LONGEST_SIDE = 1920
LONGEST_SHORT_SIDE = 1080
# Sixty frames a second, with time stamps in whole milliseconds.
SHORTEST_STEP_MS = 16
LONGEST_STEP_MS = 1000
LONGEST_KEYFRAME_MS = 10_000
# A player starts picture and sound together: farther apart, the difference would be heard.
NEAR_MS = 40
MOST_KBPS = 25_000
MOST_CHANNELS = 2
HIGHEST_SAMPLE_RATE = 48_000
# ITU-T H.273 numbers: BT.709, unspecified, and the two of BT.601. Transfers 16 and 18 are HDR.
MATRICES = frozenset({1, 2, 5, 6})
HDR_TRANSFERS = frozenset({16, 18})
WIDE_PRIMARIES = 9
FULL_RANGE = 2


def is_web_ready(facts: dict[str, Any], sound: dict[str, Any] | None) -> bool:
    """Whether the main picture and ``sound``, the main sound track, can be copied into pieces.

    ``facts`` are those of an examination that found a picture. Those of an earlier version lack
    what is asked here, and are not web-ready.
    """
    video = facts["video"]
    if "closed_gops" not in video or facts["container"] not in CONTAINERS:
        return False
    return (
        facts["is_plain"]
        and _is_shown_as_it_is(video)
        and _has_web_colours(video)
        and _can_be_cut(video)
        and _is_regular(video)
        and (sound is None or (_is_web_sound(sound) and _start_together(video, sound)))
        and _kbps(video, sound) <= MOST_KBPS
    )


def _is_shown_as_it_is(video: dict[str, Any]) -> bool:
    """Upright, in square pixels, progressive, of a size that every phone decodes."""
    across, down = video["sample_aspect"]
    sides = sorted((video["width"], video["height"]))
    return (
        not video["rotation"]
        and not video["is_turned"]
        and not video["interlaced"]
        and across == down
        and sides[0] <= LONGEST_SHORT_SIDE
        and sides[1] <= LONGEST_SIDE
        and not any(side % 2 for side in sides)
    )


def _has_web_colours(video: dict[str, Any]) -> bool:
    """8 bits, 4:2:0, TV range, not HDR. (yuvj420p is the full range.)"""
    return (
        video["codec"] == "h264"
        and video["profile"] in PROFILES
        and video["pixel_format"] == "yuv420p"
        and video["range"] != FULL_RANGE
        and video["matrix"] in MATRICES
        and video["transfer"] not in HDR_TRANSFERS
        and video["primaries"] != WIDE_PRIMARIES
    )


def _can_be_cut(video: dict[str, Any]) -> bool:
    longest = video["keyframe_most_ms"]
    return video["closed_gops"] and longest is not None and longest <= LONGEST_KEYFRAME_MS


def _is_regular(video: dict[str, Any]) -> bool:
    """Starts at zero, goes on in order, without holes and not too fast."""
    steps = video["step_ms"]
    return (
        _starts_at_zero(video)
        # Of a picture nothing is left out before zero either: the pieces would show it.
        and video["start_ms"] == video["shown_from_ms"] >= 0
        and bool(steps)
        and steps[0] >= SHORTEST_STEP_MS
        and steps[-1] <= LONGEST_STEP_MS
    )


def _is_web_sound(sound: dict[str, Any]) -> bool:
    return (
        sound["codec"] == "aac"
        and sound["profile"] == "LC"
        and 1 <= sound["channels"] <= MOST_CHANNELS
        and sound["sample_rate"] <= HIGHEST_SAMPLE_RATE
        and _starts_at_zero(sound)
    )


def _starts_at_zero(track: dict[str, Any]) -> bool:
    """Whether it starts near zero, is in order, and nothing after its start is left out."""
    start = track["shown_from_ms"]
    return start is not None and abs(start) <= NEAR_MS and track["in_order"] and not track["hidden"]


def _start_together(video: dict[str, Any], sound: dict[str, Any]) -> bool:
    return abs(video["shown_from_ms"] - sound["shown_from_ms"]) <= NEAR_MS


def _kbps(video: dict[str, Any], sound: dict[str, Any] | None) -> float:
    """Bits in a millisecond, which is thousands of bits in a second."""
    tracks = [video, sound] if sound else [video]
    length_ms = max(1, video["end_ms"] - video["start_ms"])
    return sum(track["bytes"] for track in tracks) * 8 / length_ms

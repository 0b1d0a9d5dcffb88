"""HLS playlists (RFC 8216): reading the ones that ffmpeg writes, writing those that readers get."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from media.core.fmp4 import KeyRange

MASTER_NAME = "master.m3u8"
INIT_NAME = "init.mp4"
INDEX_NAME = "index.m3u8"
IFRAMES_NAME = "iframes.m3u8"
AUDIO_GROUP = "sound"
UNKNOWN_LANGUAGE = "und"

# The version of RFC 8216, which brought fragmented MP4; no tag below needs a later one.
VERSION = 7
TARGET_S = 6
SECOND_US = 1_000_000

_EXTINF = re.compile(r"#EXTINF:(\d{1,9}(?:\.\d{1,12})?),?", re.ASCII)
_BYTERANGE = re.compile(r"#EXT-X-BYTERANGE:(\d{1,12})@(\d{1,12})")
# What a quoted string of a playlist cannot hold.
_UNQUOTABLE = re.compile(r'["\x00-\x1f\x7f-\x9f]')


class BrokenPlaylist(ValueError):
    """A playlist that a player could not follow."""


@dataclass(frozen=True)
class Segment:
    """A file of a media playlist, its duration in microseconds."""

    name: str
    duration_us: int


@dataclass(frozen=True)
class IFrame:
    """A keyframe inside a segment: bytes, and microseconds until the next one."""

    name: str
    offset: int
    length: int
    duration_us: int


class Rates(NamedTuple):
    """Bits per second."""

    peak_bps: int
    average_bps: int


@dataclass(frozen=True)
class Variant:
    """One rung to choose: its folder, size in pixels and rates, all of the picture alone.

    ``iframes`` are the rates of its playlist of keyframes; None where there is none yet.
    """

    name: str
    width: int
    height: int
    codecs: str
    frame_rate: Fraction
    rates: Rates
    iframes: Rates | None = None

    @property
    def is_h264(self) -> bool:
        return self.codecs.startswith("avc1.")


@dataclass(frozen=True)
class Sound:
    """One sound track: its folder, BCP 47 language ("" if unknown) and the name readers see."""

    name: str
    codecs: str
    channels: int
    language: str
    label: str
    rates: Rates


# Reading ------------------------------------------------------------------------------------


def read_media_playlist(text: str, *, growing: bool = False) -> list[Segment]:
    """The segments of a media playlist, in order. Raises BrokenPlaylist.

    It must be finished and name a segment; while it grows it need not be either.

    >>> read_media_playlist("#EXTM3U\\n#EXTINF:6.006000,\\n00000.m4s\\n#EXT-X-ENDLIST\\n")
    [Segment(name='00000.m4s', duration_us=6006000)]
    """
    lines = text.splitlines()
    if lines[:1] != ["#EXTM3U"] or (lines[-1:] != ["#EXT-X-ENDLIST"] and not growing):
        raise BrokenPlaylist("a playlist without its first or last line")
    segments = [
        Segment(_name(following), _microseconds(line))
        for line, following in pairwise([*lines, ""])
        if line.startswith("#EXTINF:")
    ]
    if not segments and not growing:
        raise BrokenPlaylist("a playlist without segments")
    return segments


def read_iframe_playlist(text: str) -> list[IFrame]:
    """The keyframes of a finished I-frame playlist, in order. Raises BrokenPlaylist."""
    lines = text.splitlines()
    segments = iter(read_media_playlist(_without_ranges(lines)))
    return [
        IFrame(segment.name, int(found[2]), int(found[1]), segment.duration_us)
        for line in lines
        if (found := _BYTERANGE.fullmatch(line))
        for segment in [next(segments)]
    ]


def _without_ranges(lines: Sequence[str]) -> str:
    return _text(line for line in lines if not _BYTERANGE.fullmatch(line))


def _name(line: str) -> str:
    if line.startswith("#") or not line:
        raise BrokenPlaylist("a segment without a name")
    return line


def _microseconds(line: str) -> int:
    found = _EXTINF.fullmatch(line)
    if not found:
        raise BrokenPlaylist("a segment without a duration")
    return round(Fraction(found[1]) * SECOND_US)


# Measuring ----------------------------------------------------------------------------------


def duration_us(segments: Iterable[Segment | IFrame]) -> int:
    """How long they last together, in microseconds."""
    return sum(segment.duration_us for segment in segments)


def target_s(segments: Iterable[Segment | IFrame], *, least: int = TARGET_S) -> int:
    """The target duration, in whole seconds, that holds for all of these segments.

    Every playlist of a package states the same: give the segments of all of them.

    >>> target_s([Segment("a", 6_499_000)]), target_s([Segment("a", 6_500_000)])
    (6, 7)
    """
    return max([least, *(_rounded_s(segment.duration_us) for segment in segments)])


def _rounded_s(duration_us: int) -> int:
    return (duration_us + SECOND_US // 2) // SECOND_US


def bit_rates(
    segments: Sequence[Segment | IFrame], sizes: Sequence[int], *, target_s: int = TARGET_S
) -> Rates:
    """Peak and average rate of segments whose sizes in bytes are given.

    The peak is that of RFC 8216: the largest of any run of segments that lasts between half and
    one and a half target durations. Where no run does, it is the average.

    >>> bit_rates([Segment("a", 2_000_000), Segment("b", 4_000_000)], [2000, 500])
    Rates(peak_bps=3333, average_bps=3333)
    """
    lengths = [segment.duration_us for segment in segments]
    average = _bps(sum(sizes), sum(lengths))
    return Rates(max(_runs(lengths, sizes, target_s * SECOND_US), default=average), average)


def _runs(lengths: Sequence[int], sizes: Sequence[int], target_us: int) -> Iterator[int]:
    """The rate of each run of neighbours that is long enough to count, and not too long."""
    pairs = list(zip(lengths, sizes, strict=True))
    for first in range(len(pairs)):
        run_us = run_size = 0
        for length_us, size in pairs[first:]:
            run_us, run_size = run_us + length_us, run_size + size
            if run_us * 2 > target_us * 3:
                break
            if run_us * 2 >= target_us:
                yield _bps(run_size, run_us)


def _bps(size: int, length_us: int) -> int:
    return round(Fraction(size * 8 * SECOND_US, max(1, length_us)))


def iframes(keys: Sequence[tuple[str, KeyRange]], *, end: int, timescale: int) -> list[IFrame]:
    """The keyframes of a rendition, each until the next one, the last until the ``end``.

    ``keys`` are file names with what ``fmp4.key_ranges`` found there; ``end`` is the last
    segment's base time and duration, in time units, of which a second has ``timescale``.
    Raises BrokenPlaylist if the times do not rise.
    """
    starts = [key.start for _, key in keys] + [end]
    if any(later <= earlier for earlier, later in pairwise(starts)):
        raise BrokenPlaylist("keyframes that do not follow one another")
    # Each moment is rounded, not each duration: their sum stays true.
    moments = [round(Fraction(start * SECOND_US, timescale)) for start in starts]
    return [
        IFrame(name, key.offset, key.length, later - earlier)
        for (name, key), (earlier, later) in zip(keys, pairwise(moments), strict=True)
    ]


def iframe_rates(frames: Sequence[IFrame]) -> Rates:
    """Rates of a playlist of keyframes, against the target duration that it states itself."""
    sizes = [frame.length for frame in frames]
    return bit_rates(frames, sizes, target_s=target_s(frames, least=1))


# Writing ------------------------------------------------------------------------------------


def media_playlist(segments: Sequence[Segment], *, target_s: int, growing: bool = False) -> str:
    """The playlist of a rendition: VOD with its end, or EVENT without one while it grows.

    ``target_s`` may not change while a playlist grows. Raises BrokenPlaylist if a segment is
    longer.
    """
    lines = _head(segments, target_s, kind="EVENT" if growing else "VOD")
    for segment in segments:
        lines += [f"#EXTINF:{_seconds(segment.duration_us)},", segment.name]
    return _text(lines if growing else [*lines, "#EXT-X-ENDLIST"])


def iframe_playlist(frames: Sequence[IFrame]) -> str:
    """The playlist of a rendition's keyframes, for a player that seeks or winds."""
    lines = _head(frames, target_s(frames, least=1), kind="VOD", only="#EXT-X-I-FRAMES-ONLY")
    for frame in frames:
        lines.append(f"#EXTINF:{_seconds(frame.duration_us)},")
        lines += [f"#EXT-X-BYTERANGE:{frame.length}@{frame.offset}", frame.name]
    return _text([*lines, "#EXT-X-ENDLIST"])


def _head(
    segments: Sequence[Segment | IFrame],
    target_s: int,
    *,
    kind: str,
    only: str = "#EXT-X-INDEPENDENT-SEGMENTS",
) -> list[str]:
    if any(_rounded_s(segment.duration_us) > target_s for segment in segments):
        raise BrokenPlaylist("a segment longer than the target duration")
    return [
        "#EXTM3U",
        f"#EXT-X-VERSION:{VERSION}",
        f"#EXT-X-TARGETDURATION:{target_s}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        f"#EXT-X-PLAYLIST-TYPE:{kind}",
        only,
        f'#EXT-X-MAP:URI="{INIT_NAME}"',
    ]


def _seconds(us: int) -> str:
    return f"{us // SECOND_US}.{us % SECOND_US:06d}"


def master_playlist(variants: Sequence[Variant], sounds: Sequence[Sound] = ()) -> str:
    """The multivariant playlist: a middle H.264 rung first, for a quick, safe start.

    The first sound is the one that plays unasked. A rung's rates and codecs take in the sound,
    as Apple's authoring specification asks: the most that can play together. Raises
    BrokenPlaylist for a name that no playlist can hold.
    """
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", "#EXT-X-INDEPENDENT-SEGMENTS"]
    lines += _sound_lines(sounds)
    ordered = _middle_first(variants)
    for variant in ordered:
        attributes = _attributes(_stream(variant, sounds))
        lines += [f"#EXT-X-STREAM-INF:{attributes}", f"{variant.name}/{INDEX_NAME}"]
    lines += [
        f"#EXT-X-I-FRAME-STREAM-INF:{_attributes(_trick(variant, variant.iframes))}"
        for variant in ordered
        if variant.iframes
    ]
    return _text(lines)


def _middle_first(variants: Sequence[Variant]) -> list[Variant]:
    """H.264 before AV1, so that the first is one that every player knows; then by rate."""
    ordered = sorted(variants, key=lambda variant: (variant.is_h264, variant.rates.average_bps))
    safe = [variant for variant in ordered if variant.is_h264] or ordered
    first = safe[len(safe) // 2]
    return [first, *(variant for variant in reversed(ordered) if variant is not first)]


def _stream(variant: Variant, sounds: Sequence[Sound]) -> dict[str, str]:
    loudest = max((sound.rates.peak_bps for sound in sounds), default=0)
    average = max((sound.rates.average_bps for sound in sounds), default=0)
    codecs = dict.fromkeys([variant.codecs, *(sound.codecs for sound in sounds)])
    return {
        "BANDWIDTH": f"{variant.rates.peak_bps + loudest}",
        "AVERAGE-BANDWIDTH": f"{variant.rates.average_bps + average}",
        "CODECS": _quoted(",".join(codecs)),
        "RESOLUTION": f"{variant.width}x{variant.height}",
        "FRAME-RATE": f"{float(variant.frame_rate):.3f}",
        "VIDEO-RANGE": "SDR",
    } | ({"AUDIO": _quoted(AUDIO_GROUP)} if sounds else {})


def _trick(variant: Variant, rates: Rates) -> dict[str, str]:
    return {
        "BANDWIDTH": f"{rates.peak_bps}",
        "AVERAGE-BANDWIDTH": f"{rates.average_bps}",
        "CODECS": _quoted(variant.codecs),
        "RESOLUTION": f"{variant.width}x{variant.height}",
        "VIDEO-RANGE": "SDR",
        "URI": _quoted(f"{variant.name}/{IFRAMES_NAME}"),
    }


def _sound_lines(sounds: Sequence[Sound]) -> Iterator[str]:
    """One group. A player chooses by language alone, so only the first of each is for it."""
    labels: list[str] = []
    languages: set[str] = set()
    for sound in sounds:
        labels.append(_unlike(labels, sound.label))
        language = sound.language or UNKNOWN_LANGUAGE
        attributes = {
            "TYPE": "AUDIO",
            "GROUP-ID": _quoted(AUDIO_GROUP),
            "NAME": _quoted(labels[-1]),
            "LANGUAGE": _quoted(language),
            "DEFAULT": "NO" if languages else "YES",
            "AUTOSELECT": "NO" if language in languages else "YES",
            "CHANNELS": _quoted(f"{sound.channels}"),
            "URI": _quoted(f"{sound.name}/{INDEX_NAME}"),
        }
        languages.add(language)
        yield f"#EXT-X-MEDIA:{_attributes(attributes)}"


def _unlike(taken: Sequence[str], label: str) -> str:
    """The label, with a number behind it if another sound of the group has it already.

    >>> _unlike(["English", "English 2"], "English")
    'English 3'
    """
    number, free = 1, label
    while free in taken:
        number += 1
        free = f"{label} {number}"
    return free


def _attributes(values: dict[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in values.items())


def _quoted(text: str) -> str:
    if _UNQUOTABLE.search(text):
        raise BrokenPlaylist("a name with a quotation mark or a control character")
    return f'"{text}"'


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"

"""HLS playlists (RFC 8216): reading the ones that ffmpeg writes, writing the multivariant one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

MASTER_NAME = "master.m3u8"
AUDIO_GROUP = "sound"


class BrokenPlaylist(ValueError):
    """A media playlist that a player could not follow."""


@dataclass(frozen=True)
class Segment:
    name: str
    duration_ms: int


@dataclass(frozen=True)
class Variant:
    """One line of choice: sizes in pixels, rates in bits per second, sound included."""

    name: str
    width: int
    height: int
    codecs: str
    frame_rate: Fraction
    peak_bps: int
    average_bps: int


def read_media_playlist(text: str) -> list[Segment]:
    """The segments of a finished media playlist, in order. Raises BrokenPlaylist.

    >>> read_media_playlist("#EXTM3U\\n#EXTINF:6.006000,\\n00000.m4s\\n#EXT-X-ENDLIST\\n")
    [Segment(name='00000.m4s', duration_ms=6006)]
    """
    lines = text.splitlines()
    if lines[:1] != ["#EXTM3U"] or lines[-1:] != ["#EXT-X-ENDLIST"]:
        raise BrokenPlaylist("a playlist without its first or last line")
    segments = []
    for line, following in pairwise(lines):
        if line.startswith("#EXTINF:"):
            if following.startswith("#") or not following:
                raise BrokenPlaylist("a segment without a name")
            segments.append(Segment(following, _milliseconds(line)))
    if not segments:
        raise BrokenPlaylist("a playlist without segments")
    return segments


def _milliseconds(line: str) -> int:
    try:
        return round(Fraction(line.removeprefix("#EXTINF:").rstrip(",")) * 1000)
    except (ValueError, ZeroDivisionError) as error:
        raise BrokenPlaylist("a segment without a duration") from error


def duration_ms(segments: Iterable[Segment]) -> int:
    return sum(segment.duration_ms for segment in segments)


def bit_rates(segments: Sequence[Segment], sizes: Sequence[int]) -> tuple[int, int]:
    """Peak and average bits per second of segments whose sizes in bytes are given.

    A segment of under half a second says nothing of the peak unless it is the only one.

    >>> bit_rates([Segment("a", 2000), Segment("b", 1000)], [2000, 500])
    (8000, 6667)
    """
    rates = [
        size * 8000 / segment.duration_ms
        for segment, size in zip(segments, sizes, strict=True)
        if segment.duration_ms >= 500
    ]
    average = round(sum(sizes) * 8000 / max(1, duration_ms(segments)))
    return max(round(max(rates, default=0)), average), average


def master_playlist(variants: Sequence[Variant], *, with_sound: bool) -> str:
    """The multivariant playlist: a rung a line, the middle one first for a quick, safe start.

    Attributes as in Apple's HLS authoring specification: CODECS, RESOLUTION, FRAME-RATE,
    BANDWIDTH and AVERAGE-BANDWIDTH, measured on the files.
    """
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if with_sound:
        lines.append(
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{AUDIO_GROUP}",NAME="Sound",DEFAULT=YES,'
            'AUTOSELECT=YES,CHANNELS="2",URI="audio/index.m3u8"'
        )
    for variant in _middle_first(variants):
        attributes = [
            f"BANDWIDTH={variant.peak_bps}",
            f"AVERAGE-BANDWIDTH={variant.average_bps}",
            f'CODECS="{variant.codecs}"',
            f"RESOLUTION={variant.width}x{variant.height}",
            f"FRAME-RATE={float(variant.frame_rate):.3f}",
            *([f'AUDIO="{AUDIO_GROUP}"'] if with_sound else []),
        ]
        lines += [f"#EXT-X-STREAM-INF:{','.join(attributes)}", f"{variant.name}/index.m3u8"]
    return "\n".join(lines) + "\n"


def _middle_first(variants: Sequence[Variant]) -> list[Variant]:
    ordered = sorted(variants, key=lambda variant: variant.average_bps)
    first = ordered[len(ordered) // 2]
    return [first, *(variant for variant in reversed(ordered) if variant is not first)]

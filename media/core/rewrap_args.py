"""The arguments of the ffmpeg processes that copy web-ready footage into pieces, without encoding.

The bits of picture and sound stay what they are, but where an encoder left its name among the
sound: that is encoded anew. All that the source says beside picture and sound goes. The
pieces and names are those of an encode, so that what comes after need not know the difference.
"""

from math import ceil

from media.core.containers import CODEC_WHITELIST, FORMAT_WHITELIST
from media.core.encode_args import (
    AUDIO_KBPS,
    CLEAN,
    MP4_NAME,
    POSTER_NAME,
    QUIET,
    SEGMENT_S,
    hls_place,
    sound_folder,
)
from media.core.filters import POSTER_SHORT_SIDE, seconds
from media.core.parts import KEYFRAME_S
from media.core.probe import UNSPECIFIED_MATRIX, Probe

# Slices and parameter sets, which a decoder needs. Into the other units encoders, cameras and
# broadcasters write their words (settings, places, captions); IDR pictures need none of them.
COPIED_PICTURE = ["-c:v", "copy", "-bsf:v", "filter_units=pass_types=1|5|7|8"]
# Containers that write down when each picture is decoded and when it is shown.
TIMED = frozenset({"mov,mp4,m4a,3gp,3g2,mj2"})
# Sound before time zero is an encoder's silence or was cut off: players would start late by it.
FROM_ZERO = ["-copypriorss:a", "0"]


def rewrap_args(probe: Probe, rung_name: str, *, source: str) -> list[str]:
    """Arguments for ffmpeg: read once, copy the main picture and the main sound.

    ``source`` is the absolute path of a web-ready file. Everything is written below the working
    directory, in which the folders of the rung and of the main sound must exist. Picture and sound
    go through the ``tee`` muxer: sound that is encoded anew is encoded once.
    """
    places = [hls_place(rung_name, "v", cut_s=KEYFRAME_S)]
    if probe.sound:
        places.append(hls_place(sound_folder(0), "a", cut_s=KEYFRAME_S))
    places.append(f"[f=mp4:movflags=+faststart]{MP4_NAME}")
    return [
        *QUIET,
        *_input(probe, source),
        *("-map", f"0:{probe.video_index}", *COPIED_PICTURE),
        *_sound(probe),
        *(*CLEAN, "-f", "tee", "|".join(places)),
    ]


def poster_args(probe: Probe, *, source: str, poster_ms: int, poster_exact: bool) -> list[str]:
    """Arguments for ffmpeg: draw the poster of a web-ready file.

    It shows the keyframe at or before ``poster_ms``, which costs one decoded frame, or that very
    moment if ``poster_exact``; at the latest the last picture.
    """
    last_ms = probe.duration_ms - round(2000 / probe.frame_rate)
    moment = ["-ss", seconds(max(0, min(poster_ms, last_ms)))]
    if not poster_exact:
        moment += ["-noaccurate_seek", "-skip_frame:v", "nokey"]
    return [*QUIET, *moment, *_input(probe, source), *_poster(probe)]


def target_s(probe: Probe) -> int:
    """The longest that a segment of such pieces can be, in whole seconds.

    A piece ends with the first keyframe after its two seconds; a segment with the piece that
    makes it long enough.
    """
    return SEGMENT_S + KEYFRAME_S + ceil(probe.keyframe_most_ms / 1000)


def _sound(probe: Probe) -> list[str]:
    if probe.sound is None:
        return []
    args = ["-map", f"0:{probe.sound.index}"]
    if probe.has_clean_sound:
        return [*args, "-c:a", "copy", *FROM_ZERO]
    args += ["-c:a", "aac", "-b:a", f"{AUDIO_KBPS}k", "-ac", "2", "-ar", "48000"]
    return [*args, "-flags:a", "+bitexact"]


def _input(probe: Probe, source: str) -> list[str]:
    args = ["-protocol_whitelist", "file", "-format_whitelist", FORMAT_WHITELIST]
    args += ["-codec_whitelist", CODEC_WHITELIST]
    if probe.container in TIMED:
        # Where every packet has both its times nothing need be decoded to guess them.
        args.append("-nofind_stream_info")
    return [*args, "-i", f"file:{source}"]


def _poster(probe: Probe) -> list[str]:
    side = min(POSTER_SHORT_SIDE, probe.short_side)
    size = f"-2:{side}" if probe.width >= probe.height else f"{side}:-2"
    # A JPEG has the matrix of BT.601 and the full range, and no place to say otherwise.
    colours = f"in_color_matrix={_matrix(probe)}:out_color_matrix=bt601:out_range=pc"
    return [
        "-map",
        f"0:{probe.video_index}",
        "-vf",
        f"scale={size}:flags=bicubic:{colours},format=yuvj420p",
        # A keyframe before the moment has a time before zero: it would be dropped.
        *("-fps_mode", "passthrough", "-frames:v", "1", "-update", "1"),
        *("-c:v", "mjpeg", "-q:v", "4"),
        *CLEAN,
        *("-flags:v", "+bitexact", "-f", "image2", POSTER_NAME),
    ]


def _matrix(probe: Probe) -> str:
    """The source's colour matrix; where the file does not say, what players guess by its size."""
    unsaid = probe.matrix == UNSPECIFIED_MATRIX and probe.short_side >= 720
    return "bt709" if probe.matrix == 1 or unsaid else "bt601"

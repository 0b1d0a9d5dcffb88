"""The arguments of the one ffmpeg process that makes a part of a package: values in, list out."""

from fractions import Fraction

from media.core import poster_forms
from media.core.containers import CODEC_WHITELIST, FORMAT_WHITELIST
from media.core.filters import (
    INDEXED,
    LOOK_AHEAD_MS,
    filter_graph,
    passed_over_s,
    seconds,
    sounds_of,
)
from media.core.hls import INIT_NAME
from media.core.ladder import AV1, Rung
from media.core.parts import KEYFRAME_S, Cut, Part, Span, gop_frames
from media.core.probe import Probe

SEGMENT_S = 6
AUDIO_KBPS = 128
MP4_NAME = "clip.mp4"
POSTER_NAME = "poster.jpg"
STORYBOARD_NAME = "storyboard.jpg"
STORYBOARD_VTT_NAME = "storyboard.vtt"
STILLS_FOLDER = "stills"
STILL_NAME = f"{STILLS_FOLDER}/%05d.jpg"
SMALL_STILL_NAME = f"{STILLS_FOLDER}/small-%05d.jpg"
# What of a package's folder shows pictures without being played.
PICTURES = frozenset(
    {POSTER_NAME, STORYBOARD_NAME, STORYBOARD_VTT_NAME, STILLS_FOLDER, poster_forms.FOLDER}
)
PIECES_NAME = "pieces.m3u8"
AUDIO_FOLDER = "audio"

# The sound's filter looks so far ahead that a reader would wait for three seconds of film more: the
# first pieces of every sound are made ahead of all the rest.
OPENING_PIECES = 2
OPENING_MS = OPENING_PIECES * KEYFRAME_S * 1000 + LOOK_AHEAD_MS + 500

# Longer stops than this would need so long a lead that chunks gain nothing.
LONGEST_STEP_MS = 2000

QUIET = ["-hide_banner", "-nostdin", "-y", "-loglevel", "repeat+error"]
# Nothing of the source leaves: no tags, no chapters, no version of the tools, no source SEI.
CLEAN = ["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"]
# Messages beside the picture: SEI in H.264, metadata OBUs in AV1.
MESSAGES_OUT = {"h264": "filter_units=remove_types=6", "av1": "filter_units=remove_types=5"}
# Two threads of work: every further one costs memory, and takes a core from the other rungs.
AV1_PARALLEL = 2


# The opening of a clip is its sound alone.
OPENING = Part(rungs=(), with_sound=True)


def encode_args(
    probe: Probe, part: Part, *, source: str, cut: Cut, most_ms: int | None = None
) -> list[str]:
    """Arguments for ffmpeg: read once, decode once, write everything that the part holds.

    ``source`` is the file's absolute path. Everything is written below the working directory, in
    which ``folders(probe, part)`` must exist. No more than ``most_ms`` of the footage is read.
    Raises ValueError where a span is asked of footage that cannot be chunked.
    """
    if part.span is not None and not can_be_chunked(probe):
        raise ValueError("this footage cannot be cut exactly: encode it whole")
    args = [*_input(source, cut, passed_over_s(probe, part.span), most_ms)]
    args += ["-filter_complex", filter_graph(probe, part, cut)]
    for number, rung in enumerate(part.rungs):
        args += _rung(probe, part, number, rung)
    for number in range(len(probe.sounds) if part.with_sound else 0):
        # The first track was written with the MP4's rung, where there is one.
        if number or not part.has_mp4:
            args += [*_audio_codec(number), *CLEAN, "-f", "tee", _sound_place(number)]
    return [*args, *(_pictures() if part.pictures else [])]


def has_opening(probe: Probe, cut: Cut) -> bool:
    """Whether ``opening_args`` make what the whole sound begins with, and are worth their while."""
    is_long = cut.length_ms(probe.duration_ms) > OPENING_MS
    return bool(probe.sounds) and is_long and probe.container in INDEXED


def opening_args(probe: Probe, *, source: str, cut: Cut) -> list[str]:
    """Arguments for ffmpeg: the beginning of every sound alone.

    Its first OPENING_PIECES pieces are those of ``encode_args`` to the byte; what comes after them
    is not. The rest is as there.
    """
    return encode_args(probe, OPENING, source=source, cut=cut, most_ms=OPENING_MS)


def folders(probe: Probe, part: Part) -> list[str]:
    """The folders that ``encode_args`` writes into."""
    sounds = range(len(probe.sounds) if part.with_sound else 0)
    stills = [STILLS_FOLDER] if part.pictures else []
    return [rung.name for rung in part.rungs] + [sound_folder(n) for n in sounds] + stills


def sound_folder(number: int) -> str:
    """The folder of a sound track, the main one being number 0.

    >>> sound_folder(0), sound_folder(1)
    ('audio', 'audio-2')
    """
    return f"{AUDIO_FOLDER}-{number + 1}" if number else AUDIO_FOLDER


def can_be_chunked(probe: Probe) -> bool:
    """Whether a span of this footage has exactly the frames that it has in a whole encode."""
    return probe.container in INDEXED and probe.step_most_ms <= LONGEST_STEP_MS


def _input(source: str, cut: Cut, passed_s: int, most_ms: int | None) -> list[str]:
    args = [*QUIET, "-protocol_whitelist", "file", "-format_whitelist", FORMAT_WHITELIST]
    args += ["-codec_whitelist", CODEC_WHITELIST]
    if passed_s:
        # From the keyframe before: a frame that is still shown after the seek may be much older.
        args.append("-noaccurate_seek")
    if cut.start_ms or passed_s:
        args += ["-ss", seconds(cut.start_ms + passed_s * 1000)]
    if most_ms is not None:
        args += ["-t", seconds(most_ms)]
    return [*args, "-i", f"file:{source}"]


def _rung(probe: Probe, part: Part, number: int, rung: Rung) -> list[str]:
    is_mp4 = rung == part.mp4_of
    sound = is_mp4 and bool(sounds_of(probe, part))
    args = ["-map", f"[v{number}]", *_video_codec(rung, probe.frame_rate)]
    if sound:
        # A picture does not wait for the sound beside it, which comes three seconds later.
        args += [*_audio_codec(0), "-max_interleave_delta", "1"]
    places = [_picture_place(rung, part.span)]
    if sound and part.with_sound:
        places.append(_sound_place(0))
    if is_mp4:
        places.append(f"[f=mp4:movflags=+faststart:bsfs/v={MESSAGES_OUT[rung.codec]}]{MP4_NAME}")
    return [*args, *CLEAN, "-f", "tee", "|".join(places)]


def _video_codec(rung: Rung, frame_rate: Fraction) -> list[str]:
    frames = str(gop_frames(frame_rate))
    own = _av1(rung) if rung.codec == AV1 else _h264(rung, frames)
    # The tee muxer does not ask for global headers: without them parameter sets would stand in the
    # pictures, and not where a player looks for them.
    args = [*own, "-pix_fmt", "yuv420p", "-crf", str(rung.crf), "-maxrate", f"{rung.cap_kbps}k"]
    # A keyframe every so many frames and nowhere else, in every rung and codec, and no picture that
    # looks back across one: a player may change between rungs there, and pieces may be joined.
    return [
        *args,
        "-g",
        frames,
        "-flags:v",
        "+global_header+bitexact+cgop",
        "-metadata:s:v",
        "encoder=",
    ]


def _h264(rung: Rung, frames: str) -> list[str]:
    args = ["-c:v", "libx264", "-preset", rung.preset, "-profile:v", "high"]
    args += ["-bufsize", f"{rung.cap_kbps * 2}k", "-keyint_min", frames, "-sc_threshold", "0"]
    # Captions inside the source's pictures are the source's words: they do not leave.
    return [*args, "-a53cc", "0"]


def _av1(rung: Rung) -> list[str]:
    # A size of buffer is not given: with one this encoder passed its cap further, in our trials.
    args = ["-c:v", "libsvtav1", "-preset", rung.preset]
    return [*args, "-dolbyvision", "0", "-svtav1-params", f"scd=0:lp={AV1_PARALLEL}"]


def _audio_codec(number: int) -> list[str]:
    args = ["-map", f"[a{number}]", "-c:a", "aac", "-b:a", f"{AUDIO_KBPS}k"]
    return [*args, "-flags:a", "+bitexact", "-metadata:s:a", "encoder="]


def _picture_place(rung: Rung, span: Span | None) -> str:
    """A rung in pieces. A picture is cut at every keyframe: its pieces are a little under two
    seconds at some rates, and would be joined if two were asked for.
    """
    options = [f"start_number={span.first}"] if span is not None else []
    options.append(f"bsfs/v={MESSAGES_OUT[rung.codec]}")
    return hls_place(rung.name, "v", *options, cut_s=KEYFRAME_S / 4)


def _sound_place(number: int) -> str:
    """A sound track in pieces: sound can be cut anywhere."""
    return hls_place(sound_folder(number), "a", cut_s=KEYFRAME_S)


def hls_place(folder: str, kind: str, *more: str, cut_s: float) -> str:
    """One rendition in pieces, as the tee muxer is told of it; ``kind`` is "v" or "a".

    A piece ends with the first keyframe after ``cut_s`` seconds. The list grows with each piece,
    which has its whole length by then.
    """
    options = [
        f"select={kind}",
        "f=hls",
        f"hls_time={cut_s}",
        "hls_playlist_type=event",
        "hls_segment_type=fmp4",
        "hls_flags=independent_segments+temp_file",
        # Decoding starts before zero where pictures are out of order. Left alone, the piece says so
        # in one entry of its edit list; shifted to zero, the picture would come after the sound in
        # players that read the first entry alone.
        "avoid_negative_ts=disabled",
        f"hls_fmp4_init_filename={INIT_NAME}",
        f"hls_segment_filename={folder}/%05d.m4s",
        *more,
    ]
    return f"[{':'.join(options)}]{folder}/{PIECES_NAME}"


def _pictures() -> list[str]:
    """The poster, the storyboard and the stills; the still of number n shows n times its step."""
    # Each frame as it comes: the gap between two is not to be filled with the first.
    jpeg = ["-fps_mode", "passthrough", "-c:v", "mjpeg"]
    jpeg += [*CLEAN, "-flags:v", "+bitexact", "-f", "image2"]
    good, light = ["-q:v", "4"], ["-q:v", "9"]
    return [
        *("-map", "[poster]", "-frames:v", "2", "-update", "1", *good, *jpeg, POSTER_NAME),
        *("-map", "[sheet]", "-frames:v", "1", "-update", "1", *good, *jpeg, STORYBOARD_NAME),
        *("-map", "[still]", "-start_number", "0", *good, *jpeg, STILL_NAME),
        *("-map", "[small]", "-start_number", "0", *light, *jpeg, SMALL_STILL_NAME),
    ]

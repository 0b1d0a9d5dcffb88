"""The arguments of the one ffmpeg process that makes a package: values in, list of strings out."""

from dataclasses import dataclass
from fractions import Fraction

from media.core.containers import CODEC_WHITELIST, FORMAT_WHITELIST
from media.core.ladder import Rung, middle_rung
from media.core.probe import BT2020_MATRICES, UNSPECIFIED_MATRIX, Probe

KEYFRAME_S = 2
SEGMENT_S = 6
AUDIO_KBPS = 128
POSTER_SHORT_SIDE = 720
MP4_NAME = "clip.mp4"
POSTER_NAME = "poster.jpg"
PLAYLIST_NAME = "index.m3u8"
AUDIO_FOLDER = "audio"

# Nothing of the source leaves: no tags, no chapters, no version of the tools, no source SEI.
CLEAN = ["-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"]
SEI_OUT = "filter_units=remove_types=6"


@dataclass(frozen=True)
class Cut:
    """Where the clip starts and ends in its footage, in milliseconds; None is the footage's end."""

    start_ms: int = 0
    end_ms: int | None = None

    def length_ms(self, source_ms: int) -> int:
        return min(self.end_ms or source_ms, source_ms) - self.start_ms


def encode_args(
    probe: Probe, rungs: tuple[Rung, ...], *, source: str, cut: Cut, poster_ms: int
) -> list[str]:
    """Arguments for ffmpeg: read once, decode once, write every rung, the MP4 and the poster.

    ``source`` is the file's absolute path. Everything is written below the working directory, in
    which ``folders(probe, rungs)`` must exist. ``poster_ms`` counts from the cut's start.
    """
    middle = middle_rung(rungs)
    args = [*_input(source, cut), "-filter_complex", filter_graph(probe, rungs, poster_ms)]
    for number, rung in enumerate(rungs):
        sound = probe.sound is not None and rung is middle
        args += ["-map", f"[v{number}]", *_video_codec(rung, probe.frame_rate)]
        if sound:
            args += [
                "-map",
                "[a]",
                "-c:a",
                "aac",
                "-b:a",
                f"{AUDIO_KBPS}k",
                "-flags:a",
                "+bitexact",
            ]
        args += [*CLEAN, "-f", "tee", _places(rung, sound=sound, mp4=rung is middle)]
    return [*args, *_poster()]


def folders(probe: Probe, rungs: tuple[Rung, ...]) -> list[str]:
    """The folders that ``encode_args`` writes into."""
    return [rung.name for rung in rungs] + ([AUDIO_FOLDER] if probe.sound is not None else [])


def _input(source: str, cut: Cut) -> list[str]:
    args = ["-hide_banner", "-nostdin", "-y", "-loglevel", "repeat+error"]
    args += ["-progress", "pipe:1", "-stats_period", "0.5"]
    args += ["-protocol_whitelist", "file", "-format_whitelist", FORMAT_WHITELIST]
    args += ["-codec_whitelist", CODEC_WHITELIST]
    if cut.start_ms:
        args += ["-ss", seconds(cut.start_ms)]
    if cut.end_ms is not None:
        args += ["-t", seconds(cut.end_ms - cut.start_ms)]
    return [*args, "-i", f"file:{source}"]


def seconds(ms: int) -> str:
    """
    >>> seconds(61005)
    '61.005'
    """
    return f"{ms // 1000}.{ms % 1000:03d}"


def filter_graph(probe: Probe, rungs: tuple[Rung, ...], poster_ms: int) -> str:
    """One decoded picture, put right once, then split to every rung and the poster."""
    branches = [f"[s{number}]" for number in range(len(rungs))] + ["[sp]"]
    chains = [
        f"[0:{probe.video_index}]{','.join(_put_right(probe))},"
        f"split={len(branches)}{''.join(branches)}"
    ]
    for number, rung in enumerate(rungs):
        chains.append(f"[s{number}]{_scale(probe, rung.short_side)}[v{number}]")
    size = min(POSTER_SHORT_SIDE, rungs[0].short_side)
    # The first frame too: a clip may end before its poster moment, and the last one written stays.
    moment = f"select='eq(n,0)+gte(t,{seconds(poster_ms)})'"
    chains.append(f"[sp]{moment},{_scale(probe, size)},scale=out_range=pc,format=yuvj420p[p]")
    if probe.sound is not None:
        # Stretches and pads so that sound that starts late, or has holes, stays with the picture.
        chains.append(
            f"[0:{probe.sound.index}]aresample=48000:async=1000:first_pts=0,"
            "aformat=channel_layouts=stereo[a]"
        )
    return ";".join(chains)


def _put_right(probe: Probe) -> list[str]:
    """Filters that turn the source's picture into progressive SDR BT.709 at a constant rate.

    ffmpeg turns it upright by itself, before these.
    """
    filters = []
    if probe.is_interlaced:
        filters.append("bwdif=mode=send_frame:deint=all")
    # A constant rate, from time zero: segments are regular, and a late first frame is held.
    filters.append(f"fps={rate(probe.frame_rate)}:start_time=0")
    if probe.hdr_transfer:
        filters += [
            f"zscale=tin={probe.hdr_transfer}:pin=bt2020:min=bt2020nc:t=linear:npl=203",
            "format=gbrpf32le",
            "zscale=p=bt709",
            "tonemap=tonemap=mobius:desat=0",
            "zscale=t=bt709:m=bt709:r=tv",
        ]
    return [*filters, "format=yuv420p" if probe.hdr_transfer else "null"]


def rate(frames: Fraction) -> str:
    return f"{frames.numerator}/{frames.denominator}"


def _scale(probe: Probe, short_side: int) -> str:
    """To square pixels with the shorter side given and the longer even, in BT.709, TV range.

    The longer side comes from the picture itself (``dar``): a decoder may have cropped it.
    """
    if probe.width >= probe.height:
        size = f"w='max(2,2*round({short_side}*dar/2))':h={short_side}"
    else:
        size = f"w={short_side}:h='max(2,2*round({short_side}/dar/2))'"
    matrix = "" if probe.hdr_transfer else f":in_color_matrix={_matrix(probe)}"
    return (
        f"scale={size}:flags=bicubic{matrix}:out_color_matrix=bt709:out_range=tv,"
        "setsar=1,setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv,"
        "format=yuv420p"
    )


def _matrix(probe: Probe) -> str:
    """The source's colour matrix; where the file does not say, what its size suggests."""
    if probe.matrix in BT2020_MATRICES:
        return "bt2020"
    if probe.matrix == 1 or (probe.matrix == UNSPECIFIED_MATRIX and probe.short_side >= 720):
        return "bt709"
    return "bt601"


def _video_codec(rung: Rung, frame_rate: Fraction) -> list[str]:
    return [
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-profile:v",
        "high",
        "-pix_fmt",
        "yuv420p",
        "-crf",
        str(rung.crf),
        "-maxrate",
        f"{rung.cap_kbps}k",
        "-bufsize",
        f"{rung.cap_kbps * 2}k",
        # Keyframes at the same moments in every rung, so that a player may change between them.
        "-force_key_frames",
        f"expr:gte(t,n_forced*{KEYFRAME_S})",
        "-g",
        str(round(frame_rate * KEYFRAME_S) or 1),
        "-sc_threshold",
        "0",
        # Captions inside the source's pictures are the source's words: they do not leave.
        "-a53cc",
        "0",
        "-flags:v",
        "+bitexact+cgop",
    ]


def _places(rung: Rung, *, sound: bool, mp4: bool) -> str:
    """Where one encode goes: its HLS folder and, for the middle rung, the sound and the MP4."""
    places = [_hls(rung.name, "v")]
    if sound:
        places.append(_hls(AUDIO_FOLDER, "a"))
    if mp4:
        places.append(f"[f=mp4:movflags=+faststart:bsfs/v={SEI_OUT}]{MP4_NAME}")
    return "|".join(places)


def _hls(folder: str, kind: str) -> str:
    options = [
        f"select={kind}",
        "f=hls",
        f"hls_time={SEGMENT_S}",
        "hls_playlist_type=vod",
        "hls_segment_type=fmp4",
        "hls_flags=independent_segments",
        "hls_fmp4_init_filename=init.mp4",
        f"hls_segment_filename={folder}/%05d.m4s",
    ]
    if kind == "v":
        options.append(f"bsfs/v={SEI_OUT}")
    return f"[{':'.join(options)}]{folder}/{PLAYLIST_NAME}"


def _poster() -> list[str]:
    # Each frame as it comes: the gap between the two is not to be filled with the first.
    args = ["-map", "[p]", "-fps_mode", "passthrough", "-frames:v", "2", "-update", "1"]
    args += ["-c:v", "mjpeg", "-q:v", "4"]
    return [*args, *CLEAN, "-flags:v", "+bitexact", "-f", "image2", POSTER_NAME]

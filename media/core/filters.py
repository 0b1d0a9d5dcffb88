"""The filter graph: one decoded picture put right, then split; every sound made stereo and even."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor

from media.core.ladder import Rung
from media.core.parts import Cut, Part, Pictures, Span, gop_frames, piece_s
from media.core.probe import BT2020_MATRICES, UNSPECIFIED_MATRIX, Probe, Sound
from media.core.tracks import pieces
from media.core.veils import Veil, widened

POSTER_SHORT_SIDE = 720
# A rung may be scaled from one that is at least so many times its size: from 720 to 480.
STEP = Fraction(3, 2)
STILL_SHORT_SIDE = 480
# For reading a clip on a slow line: fifteen of them, and three minutes of words, in 100 KB.
SMALL_STILL_SHORT_SIDE = 120
SAMPLE_RATE = 48000

# Loudness as EBU R 128 measures it. AES TD1008 asks for -18 LUFS, give or take 2, of mixed content
# on the network, and EBU and AES for peaks below -1 dBTP. The loud end of it, because clips are
# watched on telephones in noisy places; half a decibel of room for what AAC adds to a peak.
LOUDNESS_LUFS = -16
LOUDNESS_RANGE_LU = 11
TRUE_PEAK_DBTP = -1.5
# A beginning that is quieter than this is background. It is raised as if the sound to come were of
# the level given, and the gain follows once that comes: else an empty room would roar.
BACKGROUND_LUFS = -50
ASSUMED_LUFS = -26
# The filter looks three seconds ahead, and only guesses at what is shorter.
LOOK_AHEAD_MS = 3000
LOOPED_S = 6
# Two frames of AAC, and a part of ten milliseconds.
SMEAR_MS = 60

# Containers with an index: seeking is exact, and no time depends on which tracks are read.
INDEXED = frozenset({"mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm"})

# A chunk is decoded from a little before its first frame: filters that look at earlier frames
# (bwdif) see them, and a decoder that starts inside an open group has found its feet.
LEAD_S = 3
# A demuxer seeks by the times of decoding, and H.264 and HEVC may decode a frame so many early.
MOST_REORDERED = 16


def filter_graph(probe: Probe, part: Part, cut: Cut) -> str:
    """Every chain. Its outputs are [v0]..., [a0]..., [poster], [sheet], [still], [small]."""
    chains = []
    if part.rungs or part.pictures:
        chains += _pictures(probe, part, cut)
    used = sounds_of(probe, part)
    for number, sound in enumerate(used):
        chains.append(f"[0:{sound.index}]{','.join(_sound(probe, cut))}[a{number}]")
    chains += [f"[0:{sound.index}]anullsink" for sound in _heard_for_time(probe, used)]
    return ";".join(chains)


def _heard_for_time(probe: Probe, used: tuple[Sound, ...]) -> list[Sound]:
    """Sounds that are read only so that time zero is the same in every part of a clip.

    In a broadcast stream ffmpeg takes for it the earliest moment of the tracks that are used.
    """
    if probe.container in INDEXED:
        return []
    return [sound for sound in probe.sounds if sound not in used]


def sounds_of(probe: Probe, part: Part) -> tuple[Sound, ...]:
    """The tracks that are encoded: all of them, or the MP4's alone, or none."""
    if part.with_sound:
        return probe.sounds
    return probe.sounds[:1] if part.has_mp4 else ()


def passed_over_s(probe: Probe, span: Span | None) -> int:
    """Whole seconds of the clip that are passed over before the span is decoded.

    Whole ones, so that time stamps are rounded as they are without it: a frame that lies in the
    middle between two of the grid goes to the same one.
    """
    if span is None:
        return 0
    lead = max(LEAD_S, ceil(MOST_REORDERED * probe.step_most_ms / 1000))
    return max(0, floor(span.first * piece_s(probe.frame_rate)) - lead)


def _pictures(probe: Probe, part: Part, cut: Cut) -> list[str]:
    """The picture put right, then every size of it, then the still pictures.

    A small rung is scaled from a larger one (see ``drawn_from``): most of what scaling costs is
    reading the picture that it starts from.
    """
    above = drawn_from(part.rungs)
    stills = _stills(probe, part.pictures) if part.pictures else []
    whole = [f"[s{number}]" for number, other in enumerate(above) if other is None]
    labels = whole + [label for label, _ in stills]
    first = ",".join(_put_right(probe, part.span, cut))
    return [
        f"[0:{probe.video_index}]{first},split={len(labels)}{''.join(labels)}",
        *(_rung(probe, part.rungs, above, number) for number in range(len(part.rungs))),
        *(f"{label}{chain}" for label, chain in stills),
    ]


def drawn_from(rungs: Sequence[Rung]) -> list[int | None]:
    """For each rung the number of the one that it is scaled from; None is the source's picture.

    That is the smallest one of at least STEP times its size, so that what scaling twice takes from
    the fineness of a picture is less than anybody sees.
    """
    return [
        max(
            (n for n, other in enumerate(rungs) if other.short_side >= rung.short_side * STEP),
            key=lambda n: -rungs[n].short_side,
            default=None,
        )
        for rung in rungs
    ]


def _rung(probe: Probe, rungs: Sequence[Rung], above: Sequence[int | None], number: int) -> str:
    """One size of the picture, and as many more of it as smaller rungs start from."""
    below = [f"[s{n}]" for n, other in enumerate(above) if other == number]
    matrix = _matrix(probe) if above[number] is None else "bt709"
    chain = f"[s{number}]{_scale(probe, rungs[number].short_side, matrix)}"
    if below:
        chain += f",split={len(below) + 1}{''.join(below)}"
    return f"{chain}[v{number}]"


def _stills(probe: Probe, pictures: Pictures) -> list[tuple[str, str]]:
    sheet = pictures.storyboard
    tile = f"{sheet.tile_width}:{sheet.tile_height}"
    # The first frame too: a clip may end before its poster moment, and the last one written stays.
    poster = f"select='eq(n,0)+gte(t,{seconds(pictures.poster_ms)})'"
    # Frames are chosen before they are scaled: that is what makes the pictures cheap.
    cover = _cover(probe, pictures.veils)
    tiles = f"{_every(sheet.every_ms)},{_scale_to(tile, _matrix(probe))}{cover}"
    stills, small = (
        f"{_every(pictures.stills_every_ms)},{_still(probe, most, cover)}"
        for most in (STILL_SHORT_SIDE, SMALL_STILL_SHORT_SIDE)
    )
    return [
        ("[sp]", f"{poster},{_still(probe, POSTER_SHORT_SIDE, cover)}[poster]"),
        ("[st]", f"{tiles},tile={sheet.columns}x{sheet.rows},{JPEG_COLOURS}[sheet]"),
        ("[si]", f"{stills}[still]"),
        ("[sm]", f"{small}[small]"),
    ]


JPEG_COLOURS = "scale=out_range=pc,format=yuvj420p"


def _every(ms: int) -> str:
    """The first frame at or after each multiple of so many milliseconds."""
    return f"select='gte(t,selected_n*{seconds(ms)})'"


def _still(probe: Probe, most: int, cover: str) -> str:
    side = min(most, probe.short_side // 2 * 2 or 2)
    return f"{_scale(probe, side, _matrix(probe))}{cover},{JPEG_COLOURS}"


def _cover(probe: Probe, veils: tuple[Veil, ...]) -> str:
    """Black over every frame that is seen in one of the spans; also the first, if it is."""
    spans = widened(veils, frame_ms(probe))
    if not spans:
        return ""
    times = "+".join(f"gte(t,{seconds(a)})*lt(t,{seconds(b)})" for a, b in spans)
    return f",drawbox=color=black:t=fill:enable='{times}'"


def frame_ms(probe: Probe) -> int:
    """How long a frame stays, in whole milliseconds, rounded up."""
    return ceil(1000 / probe.frame_rate)


def seconds(ms: int) -> str:
    """
    >>> seconds(61005)
    '61.005'
    """
    return f"{ms // 1000}.{ms % 1000:03d}"


def _put_right(probe: Probe, span: Span | None, cut: Cut) -> list[str]:
    """Filters that turn the source's picture into progressive SDR BT.709 at a constant rate.

    ffmpeg turns it upright by itself, before these.
    """
    filters = []
    if probe.is_interlaced:
        filters.append("bwdif=mode=send_frame:deint=all")
    filters += _grid(probe, span, cut)
    if probe.hdr_transfer:
        filters += [
            f"zscale=tin={probe.hdr_transfer}:pin=bt2020:min=bt2020nc:t=linear:npl=203",
            "format=gbrpf32le",
            "zscale=p=bt709",
            "tonemap=tonemap=mobius:desat=0",
            "zscale=t=bt709:m=bt709:r=tv",
        ]
    # What a camera wrote beside its pictures (light of the room, captions) stays with the source.
    return [*filters, *(["format=yuv420p"] if probe.hdr_transfer else []), "sidedata=mode=delete"]


def _grid(probe: Probe, span: Span | None, cut: Cut) -> list[str]:
    """A constant rate, from time zero: pieces are regular, and a late first frame is held.

    A span is chosen on the grid of the whole clip: its frames are those of a single encode.
    """
    filters = []
    if passed_over_s(probe, span):
        # What the seek took off the times; and frames from before the cut are not the clip's.
        filters += [f"setpts=round(PTS+{passed_over_s(probe, span)}/TB)", "trim=start=0"]
    if cut.end_ms is not None:
        filters.append(f"trim=end={seconds(cut.end_ms - cut.start_ms)}")
    filters.append(f"fps={rate(probe.frame_rate)}:start_time=0")
    # Before anything is made of the picture: what is hidden here is in nothing that follows.
    filters += _hide(probe, cut)
    if span is not None:
        frames = gop_frames(probe.frame_rate)
        end = "" if span.end is None else f":end_pts={span.end * frames}"
        first = span.first * frames
        filters += [f"trim=start_pts={first}{end}", f"setpts=PTS-{first}"]
    return filters


def _hide(probe: Probe, cut: Cut) -> list[str]:
    """Solid black over every box, a rectangle at a time; then only what lies inside the crop.

    Never blurred, never in large squares: what was below can be found again from that.
    """
    filters = []
    if cut.boxes and probe.is_full_range:
        # The filter's black is that of the TV range: in the full one it would be a dark grey.
        filters.append("scale=in_range=pc:out_range=tv,format=yuv420p")
    for box in cut.boxes:
        for start, end, area in pieces(box.moved(-cut.start_ms), frame_ms(probe)):
            # Two pixels to spare on each side: a place between two of them belongs to the box.
            filters.append(
                f"drawbox=x=iw*{area.x:.5f}-2:y=ih*{area.y:.5f}-2:w=iw*{area.width:.5f}+4:"
                f"h=ih*{area.height:.5f}+4:color=black:t=fill:"
                f"enable='gte(t,{start / 1000:.3f})*lt(t,{end / 1000:.3f})'"
            )
    if cut.crop is not None:
        x, y, width, height = (f"{value:.5f}" for value in cut.crop)
        filters.append(
            f"crop=w='max(2,2*floor(iw*{width}/2))':h='max(2,2*floor(ih*{height}/2))':"
            f"x='iw*{x}':y='ih*{y}'"
        )
    return filters


def rate(frames: Fraction) -> str:
    return f"{frames.numerator}/{frames.denominator}"


def _scale(probe: Probe, short_side: int, matrix: str) -> str:
    """Scale to square pixels with the shorter side given and the longer even.

    The longer side comes from the picture itself (``dar``): a decoder may have cropped it.
    """
    if probe.width >= probe.height:
        return _scale_to(f"w='max(2,2*round({short_side}*dar/2))':h={short_side}", matrix)
    return _scale_to(f"w={short_side}:h='max(2,2*round({short_side}/dar/2))'", matrix)


def _scale_to(size: str, matrix: str) -> str:
    """Scale to a size, from a colour matrix to BT.709 and TV range."""
    return (
        f"scale={size}:flags=bicubic:in_color_matrix={matrix}:out_color_matrix=bt709:out_range=tv,"
        "setsar=1,setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv,"
        "format=yuv420p"
    )


def _matrix(probe: Probe) -> str:
    """The matrix of the picture put right: the source's; where its file does not say, what its
    size suggests.
    """
    if probe.hdr_transfer:
        return "bt709"
    if probe.matrix in BT2020_MATRICES:
        return "bt2020"
    if probe.matrix == 1 or (probe.matrix == UNSPECIFIED_MATRIX and probe.short_side >= 720):
        return "bt709"
    return "bt601"


def _sound(probe: Probe, cut: Cut) -> list[str]:
    # Stretches and pads so that sound that starts late, or has holes, stays with the picture.
    filters = [f"aresample={SAMPLE_RATE}:async=1000:first_pts=0"]
    if cut.end_ms is not None:
        filters.append(f"atrim=end={seconds(cut.end_ms - cut.start_ms)}")
    # Before its loudness is measured: what is silent here is not heard in what comes beside it.
    filters += _mute(cut)
    filters.append("aformat=channel_layouts=stereo")
    # The filter works at 192 kHz, where it sees true peaks, and hands that on.
    even_out = [_loudnorm(), f"aresample={SAMPLE_RATE}"]
    length_ms = cut.length_ms(probe.duration_ms)
    if length_ms > LOOK_AHEAD_MS:
        return [*filters, *even_out]
    return [*filters, *_looped(length_ms), *even_out, f"atrim=end={seconds(length_ms)}"]


def _mute(cut: Cut) -> list[str]:
    """Silence in every muted span, and so much before and after it as an encoder smears.

    The sound goes by in parts of ten milliseconds, each of which is silent or not.
    """
    spans = [(mute.start_ms - cut.start_ms, mute.end_ms - cut.start_ms) for mute in cut.mutes]
    heard = "+".join(
        f"gt(t,{(start - SMEAR_MS) / 1000:.3f})*lt(t,{(end + SMEAR_MS) / 1000:.3f})"
        for start, end in spans
    )
    part = SAMPLE_RATE // 100
    return [f"asetnsamples=n={part}:p=0", f"volume=0:enable='{heard}'"] if spans else []


def _loudnorm() -> str:
    return (
        f"loudnorm=I={LOUDNESS_LUFS}:TP={TRUE_PEAK_DBTP}:LRA={LOUDNESS_RANGE_LU}:linear=false:"
        f"measured_I={ASSUMED_LUFS}:measured_thresh={BACKGROUND_LUFS}"
    )


def _looped(length_ms: int) -> list[str]:
    """The whole of a very short sound again and again, so that its loudness can be measured."""
    samples = length_ms * SAMPLE_RATE // 1000
    return [
        f"apad=whole_dur={seconds(length_ms)}",
        f"aloop=loop=-1:size={samples}",
        f"atrim=end={LOOPED_S}",
    ]

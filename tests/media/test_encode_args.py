"""The arguments of the one ffmpeg process that makes a package."""

from fractions import Fraction
from itertools import pairwise

import pytest

from media.core.containers import CODEC_WHITELIST, FORMAT_WHITELIST
from media.core.encode_args import Cut, encode_args, filter_graph, folders, seconds
from media.core.ladder import plan_ladder
from media.core.probe import Sound
from tests.factories import a_probe

SOURCE = "/vault/aa/aabbccdd"


def arguments(probe=None, *, cut=None, poster_ms=1500):
    probe = probe or a_probe()
    rungs = plan_ladder(probe.short_side)
    return encode_args(probe, rungs, source=SOURCE, cut=cut or Cut(), poster_ms=poster_ms)


def values(args, option):
    """Every value that stands after an option."""
    return [value for name, value in pairwise(args) if name == option]


def outputs(args):
    """The arguments of each output: what stands between its first -map and its name."""
    starts = [
        at
        for at, name in enumerate(args)
        if name == "-map" and args[at + 1] != "[a]" and at > args.index("-filter_complex")
    ]
    return [args[start:end] for start, end in zip(starts, [*starts[1:], len(args)], strict=True)]


def graph(probe=None, poster_ms=1500):
    probe = probe or a_probe()
    return filter_graph(probe, plan_ladder(probe.short_side), poster_ms)


# One process --------------------------------------------------------------------------------


def test_the_source_is_opened_once_and_decoded_once():
    args = arguments()

    assert values(args, "-i") == [f"file:{SOURCE}"]
    assert values(args, "-filter_complex") == [graph()]
    assert graph().count("[0:0]") == 1
    assert graph().count("[0:1]") == 1


def test_every_rung_and_the_poster_is_an_output():
    args = arguments()

    assert [output[1] for output in outputs(args)] == [
        "[v0]",
        "[v1]",
        "[v2]",
        "[v3]",
        "[v4]",
        "[p]",
    ]


def test_the_chosen_picture_and_sound_are_read_and_no_other():
    probe = a_probe(video_index=3, sound=Sound(5, "aac", 2))

    text = graph(probe)

    assert text.startswith("[0:3]")
    assert "[0:5]aresample" in text


# What may be opened -------------------------------------------------------------------------


def test_what_ffmpeg_may_open_is_said_before_the_source():
    args = arguments()
    before = args[: args.index("-i")]

    assert values(before, "-protocol_whitelist") == ["file"]
    assert values(before, "-format_whitelist") == [FORMAT_WHITELIST]
    assert values(before, "-codec_whitelist") == [CODEC_WHITELIST]
    assert "-nostdin" in before
    # Every complaint is counted, so none may be folded into the one before.
    assert values(before, "-loglevel") == ["repeat+error"]


@pytest.mark.parametrize("word", ["concat", "hls", "dash", "image2", "sdp", "rtsp", "tee", "lavfi"])
def test_no_format_that_opens_other_files_is_allowed(word):
    assert word not in FORMAT_WHITELIST.split(",")


@pytest.mark.parametrize("word", ["ansi", "png", "gif", "tiff", "exr", "rawvideo"])
def test_no_codec_of_stills_or_text_is_allowed(word):
    assert word not in CODEC_WHITELIST.split(",")


# What is written ----------------------------------------------------------------------------


def test_every_output_lies_below_the_working_folder():
    args = arguments()

    named = [output[-1] for output in outputs(args)]
    places = [place.rpartition("]")[2] for name in named for place in name.split("|")]

    assert places == [
        "v1080/index.m3u8",
        "v720/index.m3u8",
        "v480/index.m3u8",
        "audio/index.m3u8",
        "clip.mp4",
        "v360/index.m3u8",
        "v240/index.m3u8",
        "poster.jpg",
    ]
    assert [arg for arg in args if "/vault" in arg] == [f"file:{SOURCE}"]


def test_every_segment_lies_beside_its_playlist():
    args = arguments()

    found = [
        option.partition("=")[2]
        for output in outputs(args)
        for option in output[-1].split(":")
        if option.startswith("hls_segment_filename=")
    ]

    assert [name.partition("]")[0] for name in found] == [
        f"{folder}/%05d.m4s" for folder in ("v1080", "v720", "v480", "audio", "v360", "v240")
    ]


def test_the_folders_are_those_that_are_written_into():
    probe = a_probe()

    assert folders(probe, plan_ladder(1080)) == ["v1080", "v720", "v480", "v360", "v240", "audio"]


def test_every_output_is_cleaned_of_what_the_source_said():
    for output in outputs(arguments()):
        assert values(output, "-map_metadata") == ["-1"]
        assert values(output, "-map_chapters") == ["-1"]
        assert values(output, "-fflags") == ["+bitexact"]
        assert "+bitexact" in values(output, "-flags:v")[0]


def test_every_encoded_picture_is_freed_of_messages_and_captions():
    for output in outputs(arguments())[:-1]:
        pictures = [place for place in output[-1].split("|") if "select=a" not in place]

        assert [place.count("filter_units=remove_types=6") for place in pictures] == [1] * len(
            pictures
        )
        assert values(output, "-a53cc") == ["0"]


def test_the_plain_mp4_is_of_the_middle_rung_alone():
    with_mp4 = [output[1] for output in outputs(arguments()) if "clip.mp4" in output[-1]]

    assert with_mp4 == ["[v2]"]


def test_the_plain_mp4_starts_with_its_index():
    (output,) = [output for output in outputs(arguments()) if "clip.mp4" in output[-1]]

    assert "[f=mp4:movflags=+faststart" in output[-1]


# Sound --------------------------------------------------------------------------------------


def test_sound_is_encoded_once_with_the_middle_rung():
    with_sound = [output[1] for output in outputs(arguments()) if "[a]" in output]

    assert values(arguments(), "-c:a") == ["aac"]
    assert with_sound == ["[v2]"]


def test_sound_is_stereo_at_48000_samples_from_time_zero():
    assert "aresample=48000:async=1000:first_pts=0,aformat=channel_layouts=stereo[a]" in graph()


def test_a_silent_source_has_no_sound_anywhere():
    probe = a_probe(sound=None)
    text = " ".join(arguments(probe))

    assert [
        word for word in ("[a]", "-c:a", "audio/", "select=a", "aresample") if word in text
    ] == []
    assert folders(probe, plan_ladder(1080)) == ["v1080", "v720", "v480", "v360", "v240"]


# Key frames ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "group"), [(Fraction(30000, 1001), 60), (Fraction(25), 50), (Fraction(1), 2)]
)
def test_every_rung_has_its_key_frames_at_the_same_moments(rate, group):
    found = outputs(arguments(a_probe(frame_rate=rate)))[:-1]

    assert [values(output, "-force_key_frames") for output in found] == [
        ["expr:gte(t,n_forced*2)"]
    ] * 5
    assert [values(output, "-g") for output in found] == [[str(group)]] * 5
    assert [values(output, "-sc_threshold") for output in found] == [["0"]] * 5


def test_every_rung_has_its_own_quality_and_cap():
    found = outputs(arguments())[:-1]

    assert [values(output, "-maxrate") for output in found] == [
        ["5000k"],
        ["2800k"],
        ["1400k"],
        ["800k"],
        ["400k"],
    ]


# The picture --------------------------------------------------------------------------------


def test_a_wide_picture_is_scaled_by_its_height():
    assert "scale=w='max(2,2*round(1080*dar/2))':h=1080:" in graph()


def test_a_tall_picture_is_scaled_by_its_width():
    text = graph(a_probe(width=1080, height=1920))

    assert "scale=w=1080:h='max(2,2*round(1080/dar/2))':" in text


def test_every_scaled_picture_has_square_pixels_and_named_colours():
    text = graph()

    assert text.count("setsar=1,setparams=color_primaries=bt709:color_trc=bt709") == 6


@pytest.mark.parametrize(
    ("matrix", "short_side", "word"),
    [
        (1, 480, "bt709"),
        (2, 1080, "bt709"),
        (2, 480, "bt601"),
        (6, 1080, "bt601"),
        (9, 1080, "bt2020"),
    ],
)
def test_an_unnamed_colour_matrix_is_what_the_size_suggests(matrix, short_side, word):
    probe = a_probe(matrix=matrix, width=short_side * 16 // 9, height=short_side)

    assert f":in_color_matrix={word}:" in graph(probe)


def test_an_interlaced_picture_is_made_whole_before_anything_else():
    assert graph(a_probe(is_interlaced=True)).startswith("[0:0]bwdif=mode=send_frame:deint=all,")


def test_a_progressive_picture_is_left_alone():
    assert "bwdif" not in graph()


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_a_picture_of_high_dynamic_range_is_mapped_to_the_ordinary_one(transfer):
    text = graph(a_probe(hdr_transfer=transfer))

    assert f"zscale=tin={transfer}:pin=bt2020:min=bt2020nc" in text
    assert text.count("tonemap=tonemap=") == 1
    assert "in_color_matrix" not in text


def test_the_rate_is_a_fraction_and_starts_at_zero():
    assert "fps=30000/1001:start_time=0" in graph(a_probe(frame_rate=Fraction(30000, 1001)))


def test_the_poster_is_its_moment_or_else_the_first_frame():
    assert "select='eq(n,0)+gte(t,2.050)'" in graph(poster_ms=2050)


def test_the_poster_of_a_small_picture_is_not_blown_up():
    text = graph(a_probe(width=160, height=120)).rpartition("[sp]")[2]

    assert ":h=120:" in text


# The cut ------------------------------------------------------------------------------------


def test_a_whole_clip_seeks_nowhere():
    args = arguments()

    assert "-ss" not in args
    assert "-t" not in args


def test_a_cut_seeks_in_the_source_and_bounds_what_is_read():
    args = arguments(cut=Cut(1500, 4000))
    before = args[: args.index("-i")]

    assert (values(before, "-ss"), values(before, "-t")) == (["1.500"], ["2.500"])


def test_a_cut_to_the_end_of_the_footage_has_no_length():
    args = arguments(cut=Cut(1500))

    assert "-t" not in args


@pytest.mark.parametrize(
    ("cut", "length"),
    [(Cut(), 10_000), (Cut(2000), 8000), (Cut(2000, 5000), 3000), (Cut(2000, 99_000), 8000)],
)
def test_a_cut_is_never_longer_than_its_footage(cut, length):
    assert cut.length_ms(10_000) == length


@pytest.mark.parametrize(
    ("ms", "text"), [(0, "0.000"), (7, "0.007"), (999, "0.999"), (3_600_000, "3600.000")]
)
def test_times_are_seconds_with_three_digits(ms, text):
    assert seconds(ms) == text

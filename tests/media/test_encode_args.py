"""The arguments of the one ffmpeg process that makes a package."""

import re
from fractions import Fraction
from itertools import pairwise

import pytest

from media.core.containers import CODEC_WHITELIST, FORMAT_WHITELIST
from media.core.encode_args import (
    can_be_chunked,
    encode_args,
    folders,
    sound_folder,
)
from media.core.filters import drawn_from, filter_graph, passed_over_s, seconds
from media.core.ladder import middle_rung, plan_av1, plan_ladder
from media.core.parts import Cut, Part, Pictures, Span, piece_count, piece_s
from media.core.probe import Sound
from media.core.storyboard import Storyboard
from media.core.veils import Veil
from tests.factories import a_probe

SHEET = Storyboard(1000, 10, 1, 160, 90, 10)
SOURCE = "/vault/aa/aabbccdd"


def a_part(probe, **fields):
    """Everything: the whole ladder, the sound, the MP4 and the pictures."""
    rungs = plan_ladder(probe.short_side)
    pictures = Pictures(fields.pop("poster_ms", 1500), SHEET, 6000, fields.pop("veils", ()))
    defaults = {"rungs": rungs, "with_sound": True, "mp4_of": middle_rung(rungs)}
    return Part(**{**defaults, "pictures": pictures, **fields})


def arguments(probe=None, *, cut=None, part=None, **fields):
    probe = probe or a_probe()
    part = part or a_part(probe, **fields)
    return encode_args(probe, part, source=SOURCE, cut=cut or Cut())


def values(args, option):
    """Every value that stands after an option."""
    return [value for name, value in pairwise(args) if name == option]


def outputs(args):
    """The arguments of each output: what stands between its first -map and its name."""
    ends = [at + 3 for at, name in enumerate(args) if name == "-f"]
    starts = [args.index("-filter_complex") + 2, *ends]
    return [args[start:end] for start, end in pairwise(starts)]


def graph(probe=None, *, cut=None, part=None, **fields):
    probe = probe or a_probe()
    return filter_graph(probe, part or a_part(probe, **fields), cut or Cut())


def in_rungs(args):
    """The outputs that are encoded pictures."""
    return [output for output in outputs(args) if output[1].startswith("[v")]


# One process --------------------------------------------------------------------------------


def test_the_source_is_opened_once_and_decoded_once():
    args = arguments()

    assert values(args, "-i") == [f"file:{SOURCE}"]
    assert values(args, "-filter_complex") == [graph()]
    assert graph().count("[0:0]") == 1
    assert graph().count("[0:1]") == 1


def test_every_rung_and_every_kind_of_picture_is_an_output():
    args = arguments()

    assert [output[1] for output in outputs(args)] == [
        "[v0]",
        "[v1]",
        "[v2]",
        "[v3]",
        "[v4]",
        "[poster]",
        "[sheet]",
        "[still]",
        "[small]",
    ]


def test_the_chosen_picture_and_sound_are_read_and_no_other():
    probe = a_probe(video_index=3, sounds=(Sound(5, "aac", 2),))

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
        "v1080/pieces.m3u8",
        "v720/pieces.m3u8",
        "v480/pieces.m3u8",
        "audio/pieces.m3u8",
        "clip.mp4",
        "v360/pieces.m3u8",
        "v240/pieces.m3u8",
        "poster.jpg",
        "storyboard.jpg",
        "stills/%05d.jpg",
        "stills/small-%05d.jpg",
    ]
    assert [arg for arg in args if "/vault" in arg] == [f"file:{SOURCE}"]


def test_every_piece_lies_beside_its_list():
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
    probe = a_probe(sounds=(Sound(1, "aac", 2), Sound(2, "aac", 2)))

    assert folders(probe, a_part(probe)) == [
        *("v1080", "v720", "v480", "v360", "v240"),
        *("audio", "audio-2", "stills"),
    ]
    assert folders(probe, Part(plan_av1(480))) == ["av1-480", "av1-360"]


def test_every_output_is_cleaned_of_what_the_source_said():
    for output in outputs(arguments()):
        assert values(output, "-map_metadata") == ["-1"]
        assert values(output, "-map_chapters") == ["-1"]
        assert values(output, "-fflags") == ["+bitexact"]
        assert "+bitexact" in values(output, "-flags:v")[0]


def test_every_encoded_picture_is_freed_of_messages_and_captions():
    for output in in_rungs(arguments()):
        pictures = [place for place in output[-1].split("|") if "select=a" not in place]

        assert [place.count("filter_units=remove_types=6") for place in pictures] == [1] * len(
            pictures
        )
        assert values(output, "-a53cc") == ["0"]


def test_a_picture_in_av1_is_freed_of_metadata():
    (output,) = in_rungs(arguments(part=Part(plan_av1(360))))

    assert output[-1].count("filter_units=remove_types=5") == 1
    assert values(output, "-dolbyvision") == ["0"]


def test_the_plain_mp4_is_of_the_middle_rung_alone():
    with_mp4 = [output[1] for output in outputs(arguments()) if "clip.mp4" in output[-1]]

    assert with_mp4 == ["[v2]"]


def test_the_plain_mp4_starts_with_its_index():
    (output,) = [output for output in outputs(arguments()) if "clip.mp4" in output[-1]]

    assert "[f=mp4:movflags=+faststart" in output[-1]


def test_a_part_without_the_rung_of_the_mp4_has_none():
    tall, middle, *_ = plan_ladder(720)
    text = " ".join(arguments(part=Part((tall,), mp4_of=middle)))

    assert [word for word in ("clip.mp4", "-c:a", "aresample") if word in text] == []


def test_the_mp4_has_sound_where_the_sound_has_no_folder():
    rung = plan_ladder(480)[0]
    (output,) = outputs(arguments(part=Part((rung,), mp4_of=rung)))

    assert values(output, "-map") == ["[v0]", "[a0]"]
    assert "audio/" not in output[-1]


# Sound --------------------------------------------------------------------------------------


def test_sound_is_encoded_once_with_the_middle_rung():
    with_sound = [output[1] for output in outputs(arguments()) if "[a0]" in output]

    assert values(arguments(), "-c:a") == ["aac"]
    assert with_sound == ["[v2]"]


def test_sound_is_stereo_at_48000_samples_from_time_zero():
    text = graph()

    assert "[0:1]aresample=48000:async=1000:first_pts=0,aformat=channel_layouts=stereo," in text
    assert text.endswith(",aresample=48000[a0]")


def test_sound_is_made_as_loud_as_the_constants_say():
    assert ",loudnorm=I=-16:TP=-1.5:LRA=11:" in graph()


def test_a_very_short_sound_is_measured_in_a_loop_and_cut_to_its_length():
    text = graph(a_probe(duration_ms=1500))

    assert "apad=whole_dur=1.500,aloop=loop=-1:size=72000,atrim=end=6,loudnorm=" in text
    assert text.endswith(",aresample=48000,atrim=end=1.500[a0]")


def test_every_sound_track_is_an_output_of_its_own():
    probe = a_probe(sounds=(Sound(2, "aac", 2), Sound(1, "aac", 2), Sound(4, "aac", 6)))

    found = outputs(arguments(probe, part=Part((), with_sound=True)))

    assert [output[1] for output in found] == ["[a0]", "[a1]", "[a2]"]
    assert [output[-1].rpartition("]")[2] for output in found] == [
        "audio/pieces.m3u8",
        "audio-2/pieces.m3u8",
        "audio-3/pieces.m3u8",
    ]
    assert "[0:0]" not in graph(probe, part=Part((), with_sound=True))


def test_a_silent_source_has_no_sound_anywhere():
    probe = a_probe(sounds=())
    text = " ".join(arguments(probe))

    assert [
        word for word in ("[a0]", "-c:a", "audio/", "select=a", "aresample") if word in text
    ] == []
    assert folders(probe, a_part(probe)) == ["v1080", "v720", "v480", "v360", "v240", "stills"]


# Key frames ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "group"),
    [(Fraction(30000, 1001), 60), (Fraction(25), 50), (Fraction(100, 9), 22), (Fraction(1), 2)],
)
def test_every_rung_has_its_key_frames_at_the_same_frames(rate, group):
    found = in_rungs(arguments(a_probe(frame_rate=rate)))

    assert [values(output, "-g") for output in found] == [[str(group)]] * 5
    assert [values(output, "-keyint_min") for output in found] == [[str(group)]] * 5
    assert [values(output, "-sc_threshold") for output in found] == [["0"]] * 5
    assert ["cgop" in values(output, "-flags:v")[0] for output in found] == [True] * 5


def test_the_number_of_pieces_follows_from_their_exact_length():
    rate = Fraction(30000, 1001)

    assert piece_s(rate) == Fraction(2002, 1000)
    assert [piece_count(rate, length_ms) for length_ms in (1, 2002, 2003, 20_020)] == [1, 1, 2, 10]


def test_every_rung_has_its_own_quality_and_cap():
    found = in_rungs(arguments())

    assert [values(output, "-maxrate") for output in found] == [
        ["5000k"],
        ["2800k"],
        ["1400k"],
        ["700k"],
        ["350k"],
    ]


# The picture --------------------------------------------------------------------------------


def test_a_wide_picture_is_scaled_by_its_height():
    assert "scale=w='max(2,2*round(1080*dar/2))':h=1080:" in graph()


def test_a_tall_picture_is_scaled_by_its_width():
    text = graph(a_probe(width=1080, height=1920))

    assert "scale=w=1080:h='max(2,2*round(1080/dar/2))':" in text


def test_a_small_rung_is_scaled_from_one_that_is_clearly_larger():
    assert drawn_from(plan_ladder(1080)) == [None, 0, 1, 1, 3]
    assert drawn_from(plan_ladder(900)) == [None, None, 1, 1, 3]
    assert drawn_from(plan_ladder(240)) == [None]
    without_720 = [rung for rung in plan_ladder(1080) if rung.short_side != 720]
    assert drawn_from(without_720) == [None, 0, 0, 2]


def test_a_rung_is_split_for_those_that_are_scaled_from_it():
    text = graph(a_probe(matrix=6))
    chains = dict(re.findall(r"\[s(\d)\]scale=[^;]*?in_color_matrix=(\w+)", text))

    assert ",split=5[s0][sp][st][si];" not in text
    assert ",split=5[s0][sp][st][si][sm];" in text
    assert "format=yuv420p,split=3[s2][s3][v1];" in text
    assert "format=yuv420p,split=2[s4][v3];" in text
    assert chains == {"0": "bt601", "1": "bt709", "2": "bt709", "3": "bt709", "4": "bt709"}


def test_every_scaled_picture_has_square_pixels_and_named_colours():
    text = graph()

    assert text.count("setsar=1,setparams=color_primaries=bt709:color_trc=bt709") == 9


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
    assert set(re.findall(r"in_color_matrix=(\w+)", text)) == {"bt709"}


def test_the_rate_is_a_fraction_and_starts_at_zero():
    assert "fps=30000/1001:start_time=0" in graph(a_probe(frame_rate=Fraction(30000, 1001)))


def test_the_poster_is_its_moment_or_else_the_first_frame():
    assert "select='eq(n,0)+gte(t,2.050)'" in graph(poster_ms=2050)


def test_the_poster_of_a_small_picture_is_not_blown_up():
    text = graph(a_probe(width=160, height=120)).rpartition("[sp]")[2]

    assert text.count(":h=120:") == 3


def test_tiles_and_stills_are_chosen_before_they_are_scaled():
    text = graph()

    assert "[st]select='gte(t,selected_n*1.000)',scale=160:90:" in text
    assert ",tile=10x1," in text
    assert "[si]select='gte(t,selected_n*6.000)',scale=w='max(2,2*round(480*dar/2))':h=480:" in text
    assert "[sm]select='gte(t,selected_n*6.000)',scale=w='max(2,2*round(120*dar/2))':h=120:" in text


def test_what_a_warning_is_about_is_covered_from_the_frame_that_is_still_shown_then():
    veiled = graph(veils=(Veil(2000, 4000), Veil(6000, 7000)))

    cover = "drawbox=color=black:t=fill:enable='gte(t,1.966)*lt(t,4.000)+gte(t,5.966)*lt(t,7.000)'"
    assert (veiled.count(cover), graph().count("drawbox")) == (4, 0)


def test_a_part_without_pictures_has_none():
    args = arguments(part=Part(plan_ladder(480)))

    assert [arg for arg in args if ".jpg" in arg or "select='" in arg] == []


# The cut ------------------------------------------------------------------------------------


def test_a_whole_clip_seeks_nowhere():
    args = arguments()

    assert "-ss" not in args
    assert "-t" not in args


def test_a_cut_seeks_in_the_source_and_ends_picture_and_sound():
    args = arguments(cut=Cut(1500, 5000))
    before = args[: args.index("-i")]
    text = graph(cut=Cut(1500, 5000))

    assert (values(before, "-ss"), "-noaccurate_seek" in before) == (["1.500"], False)
    assert "[0:0]trim=end=3.500,fps=" in text
    assert "first_pts=0,atrim=end=3.500,aformat" in text


def test_a_cut_to_the_end_of_the_footage_has_no_end():
    assert "trim=end" not in graph(cut=Cut(1500))


# Spans --------------------------------------------------------------------------------------


def test_a_span_is_chosen_on_the_grid_of_the_whole_clip():
    text = graph(part=Part(plan_ladder(240), span=Span(10, 20)))

    assert text.startswith(
        "[0:0]setpts=round(PTS+17/TB),trim=start=0,fps=30/1:start_time=0,"
        "trim=start_pts=600:end_pts=1200,setpts=PTS-600,"
    )


def test_a_span_is_read_from_the_keyframe_before_it():
    args = arguments(cut=Cut(1500), part=Part(plan_ladder(240), span=Span(10)))
    before = args[: args.index("-i")]

    assert values(before, "-ss") == ["18.500"]
    assert "-noaccurate_seek" in before


def test_a_span_near_the_start_is_read_from_the_start():
    args = arguments(part=Part(plan_ladder(240), span=Span(0, 1)))

    assert "-ss" not in args
    assert ",trim=start_pts=0:end_pts=60," in args[args.index("-filter_complex") + 1]


@pytest.mark.parametrize(("step_ms", "passed_s"), [(33, 17), (200, 16), (1000, 4), (2000, 0)])
def test_a_span_of_uneven_footage_is_read_from_further_back(step_ms, passed_s):
    assert passed_over_s(a_probe(step_most_ms=step_ms), Span(10)) == passed_s


def test_the_pieces_of_a_span_are_numbered_in_the_clip():
    (output,) = in_rungs(arguments(part=Part(plan_ladder(240), span=Span(10, 20))))

    assert ":start_number=10:" in output[-1]


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({}, True),
        ({"container": "matroska,webm"}, True),
        ({"container": "mpegts"}, False),
        ({"container": "avi"}, False),
        ({"step_most_ms": 2001}, False),
    ],
)
def test_only_footage_that_can_be_cut_exactly_is_chunked(fields, answer):
    assert can_be_chunked(a_probe(**fields)) is answer


def test_a_span_of_other_footage_is_an_error():
    with pytest.raises(ValueError, match="encode it whole"):
        arguments(a_probe(container="mpegts"), part=Part(plan_ladder(240), span=Span(0)))


@pytest.mark.parametrize(
    "fields",
    [
        {"with_sound": True},
        {"mp4_of": plan_ladder(240)[0]},
        {"pictures": Pictures(0, SHEET, 6000)},
    ],
)
def test_a_span_holds_rungs_alone(fields):
    with pytest.raises(ValueError, match="not of a span"):
        Part(plan_ladder(240), span=Span(0), **fields)


def test_sound_folders_are_numbered_from_the_second():
    assert [sound_folder(number) for number in range(3)] == ["audio", "audio-2", "audio-3"]


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


def test_time_zero_of_a_broadcast_stream_is_the_same_with_and_without_sound():
    rungs = plan_ladder(240)

    stream = arguments(a_probe(container="mpegts"), part=Part(rungs=rungs))
    film = arguments(a_probe(), part=Part(rungs=rungs))

    assert [";[0:1]anullsink" in " ".join(args) for args in (stream, film)] == [True, False]

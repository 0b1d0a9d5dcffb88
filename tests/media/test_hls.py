"""HLS playlists: those that ffmpeg writes are read with suspicion, the chooser is ours."""

from fractions import Fraction

import pytest

from media.core import hls
from media.core.hls import BrokenPlaylist, Segment, Variant

HEAD = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:6\n"


def playlist(body, *, head=HEAD, end="#EXT-X-ENDLIST\n"):
    return f"{head}{body}{end}"


def a_variant(name, average_bps, **fields):
    defaults = {
        "width": 854,
        "height": 480,
        "codecs": "avc1.64001f,mp4a.40.2",
        "frame_rate": Fraction(30000, 1001),
        "peak_bps": average_bps * 2,
    }
    return Variant(name=name, average_bps=average_bps, **{**defaults, **fields})


# Reading ------------------------------------------------------------------------------------


def test_segments_are_read_in_their_order():
    text = playlist("#EXTINF:6.006000,\n00000.m4s\n#EXTINF:0.033367,\n00001.m4s\n")

    assert hls.read_media_playlist(text) == [Segment("00000.m4s", 6006), Segment("00001.m4s", 33)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "not a playlist",
        playlist(""),
        playlist("#EXTINF:6.0,\n00000.m4s\n", end=""),
        playlist("#EXTINF:6.0,\n00000.m4s\n", head="#EXT-X-VERSION:7\n"),
        playlist("#EXTINF:6.0,\n#EXTINF:6.0,\n00001.m4s\n"),
        playlist("#EXTINF:6.0,\n"),
        playlist("#EXTINF:6.0,\n\n"),
        playlist("#EXTINF:long,\n00000.m4s\n"),
        playlist("#EXTINF:1/0,\n00000.m4s\n"),
        playlist("#EXTINF:,\n00000.m4s\n"),
    ],
)
def test_a_playlist_that_no_player_could_follow_is_refused(text):
    with pytest.raises(BrokenPlaylist):
        hls.read_media_playlist(text)


def test_the_duration_is_the_sum_of_the_segments():
    assert hls.duration_ms([Segment("a", 6000), Segment("b", 33)]) == 6033


# Rates --------------------------------------------------------------------------------------


def test_the_peak_is_that_of_the_largest_segment():
    segments = [Segment("a", 6000), Segment("b", 6000), Segment("c", 3000)]

    assert hls.bit_rates(segments, [600_000, 1_200_000, 300_000]) == (1_600_000, 1_120_000)


def test_a_tiny_last_segment_does_not_set_the_peak():
    segments = [Segment("a", 6000), Segment("b", 33)]

    assert hls.bit_rates(segments, [600_000, 6000]) == (803_580, 803_580)


def test_a_clip_of_one_tiny_segment_has_a_rate():
    assert hls.bit_rates([Segment("a", 100)], [1000]) == (80_000, 80_000)


def test_no_time_at_all_is_no_division_by_zero():
    assert hls.bit_rates([Segment("a", 0)], [1000]) == (8_000_000, 8_000_000)


def test_sizes_that_do_not_belong_to_the_segments_are_an_error():
    with pytest.raises(ValueError, match="zip"):
        hls.bit_rates([Segment("a", 1000)], [1, 2])


# Writing ------------------------------------------------------------------------------------


def test_a_silent_clip_of_one_rung_has_a_line_of_choice_and_no_sound():
    variants = [a_variant("v480", 700_000, codecs="avc1.64001f")]

    assert hls.master_playlist(variants, with_sound=False).splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-STREAM-INF:BANDWIDTH=1400000,AVERAGE-BANDWIDTH=700000,CODECS="avc1.64001f",'
        "RESOLUTION=854x480,FRAME-RATE=29.970",
        "v480/index.m3u8",
    ]


def test_sound_is_one_group_that_every_rung_names():
    variants = [a_variant("v480", 700_000), a_variant("v240", 200_000)]

    lines = hls.master_playlist(variants, with_sound=True).splitlines()

    assert [line for line in lines if line.startswith("#EXT-X-MEDIA:")] == [
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES,'
        'CHANNELS="2",URI="audio/index.m3u8"'
    ]
    assert [line.endswith('AUDIO="sound"') for line in lines if "STREAM-INF" in line] == [True] * 2


@pytest.mark.parametrize(
    ("rates", "order"),
    [
        ([5, 3, 1], ["v3", "v5", "v1"]),
        ([5, 4, 3, 2, 1], ["v3", "v5", "v4", "v2", "v1"]),
        ([2, 1], ["v2", "v1"]),
        ([4, 4, 4], ["v4", "v4", "v4"]),
    ],
)
def test_the_middle_rung_comes_first_and_the_others_follow_by_rate(rates, order):
    variants = [a_variant(f"v{rate}", rate) for rate in rates]

    lines = hls.master_playlist(variants, with_sound=False).splitlines()

    assert [line for line in lines if not line.startswith("#")] == [
        f"{name}/index.m3u8" for name in order
    ]


def test_a_playlist_ends_with_a_newline():
    assert hls.master_playlist([a_variant("v240", 1)], with_sound=False).endswith("m3u8\n")

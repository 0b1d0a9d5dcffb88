"""HLS playlists: ffmpeg's are read with suspicion, those that readers get are our own."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core import hls
from media.core.fmp4 import KeyRange
from media.core.hls import BrokenPlaylist, IFrame, Rates, Segment, Sound, Variant

HEAD = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:6\n"
SECOND = 1_000_000


def playlist(body, *, head=HEAD, end="#EXT-X-ENDLIST\n"):
    return f"{head}{body}{end}"


def seconds(*durations):
    """Segments of so many seconds, named by their number."""
    return [
        Segment(f"{number:05d}.m4s", round(duration * SECOND))
        for number, duration in enumerate(durations)
    ]


def a_variant(name, average_bps, **fields):
    defaults = {
        "width": 854,
        "height": 480,
        "codecs": "avc1.64001f",
        "frame_rate": Fraction(30000, 1001),
        "rates": Rates(average_bps * 2, average_bps),
    }
    return Variant(name=name, **{**defaults, **fields})


def a_sound(name="audio", **fields):
    defaults = {
        "codecs": "mp4a.40.2",
        "channels": 2,
        "language": "ar",
        "label": "العربية",
        "rates": Rates(130_000, 128_000),
    }
    return Sound(name=name, **{**defaults, **fields})


def lines_of(*variants, sounds=(), tag="#EXT-X-STREAM-INF:"):
    text = hls.master_playlist(variants, sounds)
    return [line.removeprefix(tag) for line in text.splitlines() if line.startswith(tag)]


# Reading ------------------------------------------------------------------------------------


def test_segments_are_read_in_their_order():
    text = playlist("#EXTINF:6.006000,\n00000.m4s\n#EXTINF:0.033367,\n00001.m4s\n")

    assert hls.read_media_playlist(text) == [
        Segment("00000.m4s", 6_006_000),
        Segment("00001.m4s", 33_367),
    ]


@pytest.mark.parametrize("line", ["#EXTINF:6,", "#EXTINF:6", "#EXTINF:6.0", "#EXTINF:6.0000004,"])
def test_a_duration_is_read_to_the_microsecond(line):
    assert hls.read_media_playlist(playlist(f"{line}\na.m4s\n")) == [Segment("a.m4s", 6 * SECOND)]


BROKEN = [
    "",
    "\n",
    "not a playlist",
    playlist("#EXTINF:6.0,\n00000.m4s\n", head="#EXT-X-VERSION:7\n"),
    playlist("#EXTINF:6.0,\n#EXTINF:6.0,\n00001.m4s\n"),
    playlist("#EXTINF:6.0,\n"),
    playlist("#EXTINF:6.0,\n\n"),
    playlist("#EXTINF:long,\n00000.m4s\n"),
    playlist("#EXTINF:1/2,\n00000.m4s\n"),
    playlist("#EXTINF:-1,\n00000.m4s\n"),
    playlist("#EXTINF:6.0,A title\n00000.m4s\n"),
    playlist("#EXTINF:,\n00000.m4s\n"),
    playlist("#EXTINF:٦,\n00000.m4s\n"),
]


@pytest.mark.parametrize("growing", [False, True])
@pytest.mark.parametrize("text", BROKEN)
def test_a_playlist_that_no_player_could_follow_is_refused(text, growing):
    with pytest.raises(BrokenPlaylist):
        hls.read_media_playlist(text, growing=growing)


UNFINISHED = {
    playlist(""): [],
    playlist("", end=""): [],
    playlist("#EXTINF:2.0,\n00000.m4s\n", end=""): seconds(2),
}


@pytest.mark.parametrize(("text", "segments"), UNFINISHED.items())
def test_a_playlist_may_be_unfinished_only_while_it_grows(text, segments):
    assert hls.read_media_playlist(text, growing=True) == segments
    with pytest.raises(BrokenPlaylist):
        hls.read_media_playlist(text)


def test_a_growing_playlist_that_has_just_ended_is_read_too():
    text = playlist("#EXTINF:2.0,\n00000.m4s\n")

    assert hls.read_media_playlist(text, growing=True) == seconds(2)


def test_a_growing_playlist_whose_last_segment_has_no_name_yet_is_refused():
    with pytest.raises(BrokenPlaylist):
        hls.read_media_playlist(playlist("#EXTINF:2.0,\n", end=""), growing=True)


# Measuring ----------------------------------------------------------------------------------


def test_the_duration_is_the_sum_of_the_segments():
    assert hls.duration_us(seconds(6, 0.033)) == 6_033_000


@pytest.mark.parametrize(
    ("durations", "target"), [([], 6), ([2, 2], 6), ([6.4999], 6), ([6.5, 2], 7), ([2, 12.2], 12)]
)
def test_the_target_duration_is_six_seconds_unless_a_segment_is_longer(durations, target):
    assert hls.target_s(seconds(*durations)) == target


def test_the_peak_is_that_of_the_largest_segment_of_full_length():
    rates = hls.bit_rates(seconds(6, 6, 3), [600_000, 1_200_000, 300_000])

    assert rates == Rates(peak_bps=1_600_000, average_bps=1_120_000)


def test_short_segments_count_only_together_with_their_neighbours():
    # Two seconds are less than half of the target: four and more are a run.
    rates = hls.bit_rates(seconds(2, 2, 2), [1_000_000, 200_000, 600_000])

    assert rates == Rates(peak_bps=round(1_200_000 * 8 / 4), average_bps=2_400_000)


def test_a_run_is_no_longer_than_one_and_a_half_targets():
    # All four together would make the highest rate, and last ten seconds.
    rates = hls.bit_rates(seconds(2, 4, 2, 2), [300, 0, 0, 900], target_s=6)

    assert rates.peak_bps == round(900 * 8 / 4)


def test_a_tiny_last_segment_does_not_set_the_peak():
    assert hls.bit_rates(seconds(6, 0.033), [600_000, 6000]) == Rates(803_580, 803_580)


def test_a_clip_that_is_shorter_than_half_a_target_has_one_rate():
    assert hls.bit_rates(seconds(0.1), [1000]) == Rates(80_000, 80_000)


def test_no_time_at_all_is_no_division_by_zero():
    assert hls.bit_rates(seconds(0), [1]) == Rates(8_000_000, 8_000_000)


def test_sizes_that_do_not_belong_to_the_segments_are_an_error():
    with pytest.raises(ValueError, match="zip"):
        hls.bit_rates(seconds(1), [1, 2])


@given(st.lists(st.tuples(st.integers(1, 12 * SECOND), st.integers(0, 10**7)), min_size=1))
def test_the_peak_is_the_largest_of_all_runs_of_the_right_length(pairs):
    segments = [Segment("a", length_us) for length_us, _ in pairs]
    sizes = [size for _, size in pairs]
    runs = [pairs[i:j] for i in range(len(pairs)) for j in range(i + 1, len(pairs) + 1)]
    lengths = [(sum(us for us, _ in run), sum(size for _, size in run)) for run in runs]
    counted = [size * 8 * SECOND / us for us, size in lengths if 3 * SECOND <= us <= 9 * SECOND]

    rates = hls.bit_rates(segments, sizes)

    assert rates.peak_bps == round(max(counted, default=rates.average_bps))


# Keyframes ----------------------------------------------------------------------------------


def test_a_keyframe_lasts_until_the_next_and_the_last_until_the_end():
    keys = [("00000.m4s", KeyRange(20, 900, 500)), ("00001.m4s", KeyRange(20, 800, 2500))]

    assert hls.iframes(keys, end=3000, timescale=1000) == [
        IFrame("00000.m4s", 20, 900, 2 * SECOND),
        IFrame("00001.m4s", 20, 800, SECOND // 2),
    ]


def test_the_durations_of_keyframes_do_not_drift():
    keys = [("00000.m4s", KeyRange(0, 1, 61 * number)) for number in range(1000)]

    found = hls.iframes(keys, end=61_000, timescale=30_000)

    assert hls.duration_us(found) == round(61_000 * SECOND / 30_000)


@pytest.mark.parametrize(("starts", "end"), [([0, 0], 10), ([5, 4], 10), ([0, 10], 10)])
def test_keyframes_whose_times_do_not_rise_are_refused(starts, end):
    keys = [("00000.m4s", KeyRange(0, 1, start)) for start in starts]

    with pytest.raises(BrokenPlaylist):
        hls.iframes(keys, end=end, timescale=1000)


def test_the_rates_of_keyframes_are_measured_on_their_ranges():
    found = [IFrame("a", 0, 1000, 2 * SECOND), IFrame("a", 9000, 3000, 2 * SECOND)]

    assert hls.iframe_rates(found) == Rates(peak_bps=12_000, average_bps=8000)


def test_the_playlist_of_keyframes_names_the_bytes_of_each():
    found = [IFrame("00000.m4s", 20, 900, 2 * SECOND), IFrame("00000.m4s", 9020, 800, 500_000)]

    assert hls.iframe_playlist(found).splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-TARGETDURATION:2",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-I-FRAMES-ONLY",
        '#EXT-X-MAP:URI="init.mp4"',
        "#EXTINF:2.000000,",
        "#EXT-X-BYTERANGE:900@20",
        "00000.m4s",
        "#EXTINF:0.500000,",
        "#EXT-X-BYTERANGE:800@9020",
        "00000.m4s",
        "#EXT-X-ENDLIST",
    ]


def test_the_target_of_a_playlist_of_keyframes_is_at_least_one_second():
    text = hls.iframe_playlist([IFrame("00000.m4s", 0, 1, 40_000)])

    assert "#EXT-X-TARGETDURATION:1\n" in text


# Playlists of a rendition -------------------------------------------------------------------


def test_a_finished_rendition_is_a_closed_list_of_its_segments():
    assert hls.media_playlist(seconds(2, 6.006), target_s=6) == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:7\n"
        "#EXT-X-TARGETDURATION:6\n"
        "#EXT-X-MEDIA-SEQUENCE:0\n"
        "#EXT-X-PLAYLIST-TYPE:VOD\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        '#EXT-X-MAP:URI="init.mp4"\n'
        "#EXTINF:2.000000,\n"
        "00000.m4s\n"
        "#EXTINF:6.006000,\n"
        "00001.m4s\n"
        "#EXT-X-ENDLIST\n"
    )


def test_a_rendition_that_grows_only_ever_gains_lines():
    texts = [
        hls.media_playlist(seconds(2, 2, 2, 6)[:count], target_s=6, growing=True)
        for count in range(5)
    ]

    assert all(later.startswith(earlier) for earlier, later in pairwise(texts))
    assert all("#EXT-X-PLAYLIST-TYPE:EVENT\n" in text for text in texts)
    assert [text.count("#EXTINF") for text in texts] == [0, 1, 2, 3, 4]
    assert not any("ENDLIST" in text for text in texts)


@pytest.mark.parametrize("growing", [False, True])
def test_what_is_written_is_read_again(growing):
    segments = seconds(2, 2.002, 1.99, 6.006, 0.000001)

    text = hls.media_playlist(segments, target_s=6, growing=growing)

    assert hls.read_media_playlist(text, growing=growing) == segments


def test_a_segment_that_is_longer_than_the_target_is_refused():
    assert hls.media_playlist(seconds(6.499999), target_s=6)
    with pytest.raises(BrokenPlaylist):
        hls.media_playlist(seconds(6.5), target_s=6)


# The multivariant playlist ------------------------------------------------------------------


def test_a_silent_clip_of_one_rung_has_a_line_of_choice_and_no_sound():
    assert hls.master_playlist([a_variant("v480", 700_000)]).splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-STREAM-INF:BANDWIDTH=1400000,AVERAGE-BANDWIDTH=700000,CODECS="avc1.64001f",'
        "RESOLUTION=854x480,FRAME-RATE=29.970,VIDEO-RANGE=SDR",
        "v480/index.m3u8",
    ]


def test_a_clip_with_sound_names_the_group_its_codec_and_its_rates():
    lines = lines_of(a_variant("v480", 700_000), sounds=[a_sound()])

    assert lines == [
        'BANDWIDTH=1530000,AVERAGE-BANDWIDTH=828000,CODECS="avc1.64001f,mp4a.40.2",'
        'RESOLUTION=854x480,FRAME-RATE=29.970,VIDEO-RANGE=SDR,AUDIO="sound"'
    ]


def test_a_rung_is_declared_with_the_sound_that_takes_most():
    sounds = [a_sound(), a_sound("audio-2", rates=Rates(200_000, 90_000))]

    (line,) = lines_of(a_variant("v480", 700_000), sounds=sounds)

    assert line.startswith("BANDWIDTH=1600000,AVERAGE-BANDWIDTH=828000,")


def test_a_rung_names_each_codec_of_the_sounds_once():
    sounds = [a_sound(), a_sound("audio-2", codecs="mp4a.40.5"), a_sound("audio-3")]

    (line,) = lines_of(a_variant("v480", 700_000), sounds=sounds)

    assert 'CODECS="avc1.64001f,mp4a.40.2,mp4a.40.5"' in line


def test_the_first_sound_plays_unasked():
    sounds = [a_sound(), a_sound("audio-2", language="en", label="English", channels=1)]

    assert lines_of(a_variant("v480", 1), sounds=sounds, tag="#EXT-X-MEDIA:") == [
        'TYPE=AUDIO,GROUP-ID="sound",NAME="العربية",LANGUAGE="ar",DEFAULT=YES,AUTOSELECT=YES,'
        'CHANNELS="2",URI="audio/index.m3u8"',
        'TYPE=AUDIO,GROUP-ID="sound",NAME="English",LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,'
        'CHANNELS="1",URI="audio-2/index.m3u8"',
    ]


def test_sounds_that_a_player_cannot_tell_apart_are_named_apart_and_not_chosen_by_it():
    sounds = [a_sound(f"audio-{number}", language="", label="Sound") for number in range(3)]

    lines = lines_of(a_variant("v480", 1), sounds=sounds, tag="#EXT-X-MEDIA:")

    assert [line.split(",")[2:6] for line in lines] == [
        ['NAME="Sound"', 'LANGUAGE="und"', "DEFAULT=YES", "AUTOSELECT=YES"],
        ['NAME="Sound 2"', 'LANGUAGE="und"', "DEFAULT=NO", "AUTOSELECT=NO"],
        ['NAME="Sound 3"', 'LANGUAGE="und"', "DEFAULT=NO", "AUTOSELECT=NO"],
    ]


@pytest.mark.parametrize("label", ['Say "hello"', "two\nlines", "bell\a"])
def test_a_name_that_would_break_the_line_is_refused(label):
    with pytest.raises(BrokenPlaylist):
        hls.master_playlist([a_variant("v480", 1)], [a_sound(label=label)])


def test_a_rung_with_keyframes_of_its_own_is_offered_for_winding():
    variants = [
        a_variant("v480", 700_000, iframes=Rates(90_000, 60_000)),
        a_variant("av1-480", 500_000, codecs="av01.0.04M.08", iframes=Rates(50_000, 40_000)),
        a_variant("v240", 200_000),
    ]

    assert lines_of(*variants, sounds=[a_sound()], tag="#EXT-X-I-FRAME-STREAM-INF:") == [
        'BANDWIDTH=90000,AVERAGE-BANDWIDTH=60000,CODECS="avc1.64001f",RESOLUTION=854x480,'
        'VIDEO-RANGE=SDR,URI="v480/iframes.m3u8"',
        'BANDWIDTH=50000,AVERAGE-BANDWIDTH=40000,CODECS="av01.0.04M.08",RESOLUTION=854x480,'
        'VIDEO-RANGE=SDR,URI="av1-480/iframes.m3u8"',
    ]


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
    assert choices([a_variant(f"v{rate}", rate) for rate in rates]) == order


def choices(variants):
    lines = hls.master_playlist(variants).splitlines()
    return [line.split("/")[0] for line in lines if not line.startswith("#")]


def test_av1_comes_after_every_rung_of_h264_whatever_its_rate():
    modern = [a_variant(f"av1-{rate}", rate, codecs="av01.0.08M.08") for rate in (9, 3, 1)]
    safe = [a_variant(f"v{rate}", rate) for rate in (8, 4, 2)]

    assert choices([*modern, *safe]) == ["v4", "v8", "v2", "av1-9", "av1-3", "av1-1"]


def test_a_clip_of_av1_alone_starts_with_its_middle_rung():
    variants = [a_variant(f"av1-{rate}", rate, codecs="av01.0.08M.08") for rate in (9, 3, 1)]

    assert choices(variants) == ["av1-3", "av1-9", "av1-1"]


def test_a_playlist_ends_with_a_newline():
    assert hls.master_playlist([a_variant("v240", 1)]).endswith("m3u8\n")

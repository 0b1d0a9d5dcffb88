"""Apple's HLS authoring specification for its devices, rule by rule, on the files of a package.

The numbers are those of the edition of June 2025. `docs/hls.md` says how each is met, and
which are not.
"""

import re
from pathlib import Path

import pytest

from media import assembling, encoding, intake, sealing
from media.assembling import Pieces
from media.core import fmp4, hls, mp4
from media.core.encode_args import STILLS_FOLDER, folders
from media.core.ladder import plan_av1, plan_ladder
from media.core.parts import Cut, Part, Pictures
from media.core.probe import read_probe
from media.core.storyboard import plan_storyboard, stills_every_ms
from media.encoding import Watch
from media.planning import Plan
from tests.media import studio
from tests.media.streams import (
    Package,
    Playlist,
    boxes,
    first_sample,
    frame_s,
    pixels,
    units,
)

# One package for all of them.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("apple")]

RULES = Path(__file__).resolve().parents[2] / "docs" / "hls.md"
LENGTH_S = 15
RATE = 25

IDR, PARAMETER_SETS = 5, {7, 8}
# Level -> macroblocks in a frame and in a second, at most: table A-1 of ITU-T H.264.
LEVELS = {
    10: (99, 1_485),
    11: (396, 3_000),
    12: (396, 6_000),
    13: (396, 11_880),
    20: (396, 11_880),
    21: (792, 19_800),
    22: (1_620, 20_250),
    30: (1_620, 40_500),
    31: (3_600, 108_000),
    32: (5_120, 216_000),
    40: (8_192, 245_760),
    42: (8_704, 522_240),
}


# The package --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def package(tmp_path_factory) -> Package:
    return Package(a_package_folder(tmp_path_factory.mktemp("package")))


def a_package_folder(tmp_path: Path) -> Path:
    """A whole package of a clip of 15 s, as the jobs make it: sound in two languages, and AV1."""
    film, folder = a_film(tmp_path), tmp_path / "final"
    folder.mkdir()
    plan = a_plan(film)
    tracks = []
    for part in (plan.whole, Part(rungs=plan.av1_rungs)):
        parts = tmp_path / f"parts-{len(tracks)}"
        parts.mkdir()
        encoding.encode(
            film, parts, probe=plan.probe, part=part, cut=plan.cut, watch=Watch(lambda: True)
        )
        names = [name for name in folders(plan.probe, part) if name != STILLS_FOLDER]
        tracks += [assembling.assemble(folder / name, [Pieces(parts / name)]) for name in names]
        if part.pictures:
            assembling.move_single_files(parts, folder, part.pictures, plan.length_ms)
    assembling.write_playlists(tracks, target_s=hls.TARGET_S)
    measured = sealing.measure(folder, plan, [*plan.rungs, *plan.av1_rungs])
    assembling.write_playlist(folder / hls.MASTER_NAME, sealing.master(measured))
    return folder


def a_film(folder: Path) -> Path:
    """A moving picture, and two sounds of other pitch, the first in Arabic."""
    path = folder / "film.mkv"
    tones = [f"sine={pitch}:r=48000:d={LENGTH_S}" for pitch in (440, 660)]
    studio.ffmpeg(
        *("-f", "lavfi", "-i", f"testsrc2=s=640x360:r={RATE}:d={LENGTH_S},noise=alls=20:allf=t"),
        *(word for tone in tones for word in ("-f", "lavfi", "-i", tone)),
        *("-map", "0", "-map", "1", "-map", "2", "-c:v", "libx264", "-preset", "ultrafast"),
        *("-metadata:s:a:0", "language=ara", "-metadata:s:a:1", "language=eng", path),
    )
    return path


def a_plan(film: Path) -> Plan:
    probe = read_probe(intake.examine_file(film))
    length_ms = probe.duration_ms
    return Plan(
        probe=probe,
        cut=Cut(),
        length_ms=length_ms,
        rungs=plan_ladder(probe.short_side),
        av1_rungs=plan_av1(probe.short_side),
        pictures=Pictures(0, plan_storyboard(probe, length_ms), stills_every_ms(length_ms)),
        has_chosen_poster=False,
        is_untouched=True,
        recipe="of this test",
    )


# 1. Video encoding --------------------------------------------------------------------------


def test_rule_1_1_video_is_h264_or_av1(package):
    assert {values["CODECS"][:5] for values in package.variants} == {"avc1.", "av01."}


def test_rules_1_2_and_1_39_the_container_is_fragmented_mp4(package):
    for playlist in package.opened(package.variants):
        assert boxes(playlist.init) == [b"ftyp", b"moov"]
        for entry in playlist.entries:
            assert set(boxes(entry.data)) == {b"styp", b"moof", b"mdat"}


def test_rule_1_3_h264_is_at_most_level_4_1(package):
    levels = [int(values["CODECS"][9:11], 16) for values in package.with_codec("avc1.")]

    assert levels
    assert max(levels) <= 41


def test_rule_1_4_h264_is_high_profile(package):
    profiles = {values["CODECS"][5:7] for values in package.with_codec("avc1.")}

    assert profiles == {"64"}


def test_rule_1_10_parameter_sets_are_in_the_sample_description_alone(package):
    for playlist in package.opened(package.with_codec("avc1.")):
        assert b"avcC" in playlist.init
        for entry in playlist.entries:
            assert not PARAMETER_SETS & set(units(first_sample(entry.data)))


def test_rule_1_11_no_level_is_higher_than_its_picture_needs(package):
    for values in package.with_codec("avc1."):
        width, height = pixels(values)
        blocks = -(-width // 16) * -(-height // 16)
        needs = blocks, blocks * float(values["FRAME-RATE"])
        enough = [level for level, (size, speed) in LEVELS.items() if size >= needs[0]]
        enough = [level for level in enough if LEVELS[level][1] >= needs[1]]

        # One more than pictures alone ask for, where the bit rate needs it.
        assert int(values["CODECS"][9:11], 16) <= enough[1]


def test_rule_1_12_some_video_is_h264(package):
    assert len(package.with_codec("avc1.")) >= 2


def test_rule_1_13_there_is_a_keyframe_every_two_seconds(package):
    for values, playlist in zip(package.tricks, package.opened(package.tricks), strict=True):
        gaps = [entry.seconds for entry in playlist.entries]

        assert max(gaps) <= 2 + frame_s(package.variants[0]), values["URI"]


def test_rules_1_18_and_1_19_the_frame_rate_is_one_of_film_or_video(package):
    usual = {"23.976", "24.000", "25.000", "29.970", "30.000", "50.000", "59.940", "60.000"}

    assert {values["FRAME-RATE"] for values in package.variants} <= usual


def test_the_frame_rate_that_is_declared_is_the_one_of_the_frames(package):
    for values, playlist in zip(package.variants, package.opened(package.variants), strict=True):
        counted = [fmp4.samples(entry.data) for entry in playlist.entries]
        units_of_time = sum(one.duration for one in counted)
        rate = sum(one.count for one in counted) * fmp4.timescale(playlist.init) / units_of_time

        assert rate == pytest.approx(float(values["FRAME-RATE"]), abs=0.001)


def test_rule_1_21_every_h264_picture_says_that_it_is_bt709(package):
    for playlist in package.opened(package.with_codec("avc1.")):
        colours = playlist.init.partition(b"colrnclx")[2][:7]

        assert colours == bytes([0, 1, 0, 1, 0, 1, 0])


def test_rules_1_24_and_9_16_every_picture_is_sdr(package):
    ranges = [values["VIDEO-RANGE"] for values in package.variants + package.tricks]

    assert set(ranges) == {"SDR"}


def test_rule_1_26_the_average_rate_is_the_measured_one(package):
    loudest = max(playlist.rate for playlist in package.opened(package.sounds))
    for values, playlist in zip(package.variants, package.opened(package.variants), strict=True):
        assert int(values["AVERAGE-BANDWIDTH"]) == pytest.approx(playlist.rate + loudest, rel=0.01)


def test_rules_1_27_and_9_13_the_peak_rate_is_the_measured_one(package):
    loudest = max(playlist.peak for playlist in package.opened(package.sounds))
    for values, playlist in zip(package.variants, package.opened(package.variants), strict=True):
        assert int(values["BANDWIDTH"]) == pytest.approx(playlist.peak + loudest, rel=0.01)


def test_rule_1_30_the_peak_is_at_most_twice_the_average(package):
    # Of lists of key frames alone, which nobody plays through, the rule does not speak.
    for values in package.variants:
        assert int(values["BANDWIDTH"]) <= 2 * int(values["AVERAGE-BANDWIDTH"])


def test_rule_1_32_the_first_variant_is_a_middle_one_that_every_device_plays(package):
    rates = sorted(int(values["AVERAGE-BANDWIDTH"]) for values in package.with_codec("avc1."))
    first = package.variants[0]

    assert first["CODECS"].startswith("avc1.")
    assert int(first["AVERAGE-BANDWIDTH"]) == rates[len(rates) // 2]


def test_rule_1_33_every_variant_has_the_same_shape(package):
    shapes = [width / height for width, height in map(pixels, package.variants)]

    assert max(shapes) == pytest.approx(min(shapes), rel=0.02)


def test_the_size_that_is_declared_is_the_one_of_the_pictures(package):
    for values in package.variants + package.tricks:
        (playlist,) = package.opened([values])
        track = mp4.read_track(playlist.init)

        assert pixels(values) == (track.width, track.height)


def test_rule_1_37_av1_is_at_most_level_6_2(package):
    levels = [int(values["CODECS"].split(".")[2][:2]) for values in package.with_codec("av01.")]

    # The AV1 specification numbers levels from 2.0 on, four of each.
    assert levels
    assert max(levels) <= (6 - 2) * 4 + 2


# 2. Audio encoding --------------------------------------------------------------------------


def test_rules_2_1_and_9_5_sound_is_apart_from_the_picture_in_fragmented_mp4(package):
    assert package.sounds
    for playlist in package.opened(package.sounds):
        assert boxes(playlist.init) == [b"ftyp", b"moov"]
        assert mp4.read_track(playlist.init).width == 0
        assert {kind for entry in playlist.entries for kind in boxes(entry.data)} == {
            *(b"styp", b"moof", b"mdat")
        }


def test_rule_2_3_sound_is_stereo_aac(package):
    assert {values["CHANNELS"] for values in package.sounds} == {"2"}
    assert {mp4.read_track(one.init).codecs for one in package.opened(package.sounds)} == {
        "mp4a.40.2"
    }


def test_rule_2_9_sound_takes_at_most_160_kbit_a_second(package):
    rates = [playlist.rate for playlist in package.opened(package.sounds)]

    assert max(rates) <= 160_000


def test_rules_2_15_and_8_3_every_sound_lasts_as_long_as_the_picture(package):
    lengths = [playlist.seconds for playlist in package.media]

    assert max(lengths) - min(lengths) < 0.1


def test_rule_2_17_a_segment_holds_one_track(package):
    for playlist in package.media:
        for data in [playlist.init, *(entry.data for entry in playlist.entries)]:
            moofs = data.count(b"moof")
            assert data.count(b"traf") == moofs
            assert data.count(b"trak") == (0 if moofs else 1)


# 6. Trick play ------------------------------------------------------------------------------


def test_rules_6_1_and_6_6_every_rung_has_its_keyframes_listed(package):
    rungs = [values["URI"].split("/")[0] for values in package.variants]

    assert [values["URI"] for values in package.tricks] == [
        f"{rung}/iframes.m3u8" for rung in rungs
    ]


def test_rule_6_8_a_list_of_keyframes_says_that_it_is_one(package):
    for playlist in package.opened(package.tricks):
        assert playlist.tag("EXT-X-I-FRAMES-ONLY") == [""]


def test_rule_6_9_the_peak_of_keyframes_is_the_measured_one(package):
    for values, playlist in zip(package.tricks, package.opened(package.tricks), strict=True):
        assert int(values["BANDWIDTH"]) == pytest.approx(playlist.peak, rel=0.01)
        assert int(values["AVERAGE-BANDWIDTH"]) == pytest.approx(playlist.rate, rel=0.01)


def test_rule_6_10_a_keyframe_is_listed_with_its_moof_and_can_be_shown(package, tmp_path):
    for playlist in package.opened(package.tricks):
        for entry in (playlist.entries[0], playlist.entries[-1]):
            path = tmp_path / "keyframe.mp4"
            path.write_bytes(playlist.init + entry.data)

            assert entry.data[4:8] == b"moof"
            assert len(studio.picture(path, at=0)) == 32 * 32 * 3


def test_a_list_of_keyframes_covers_the_whole_clip(package):
    for playlist in package.opened(package.tricks):
        assert playlist.seconds == pytest.approx(package.media[0].seconds, abs=0.001)


def test_rule_6_14_some_keyframes_are_h264(package):
    assert [values for values in package.tricks if values["CODECS"].startswith("avc1.")]


# 7. Media segmentation ----------------------------------------------------------------------


def test_rules_7_1_and_7_3_each_segment_starts_when_the_one_before_it_ends(package):
    for playlist in package.media:
        counted = [
            (fmp4.base_time(entry.data), fmp4.samples(entry.data).duration)
            for entry in playlist.entries
        ]

        assert counted[0][0] == 0
        assert [start + length for start, length in counted[:-1]] == [
            start for start, _ in counted[1:]
        ]


def test_rule_7_4_each_video_segment_starts_with_a_keyframe(package):
    for playlist in package.opened(package.with_codec("avc1.")):
        assert all(IDR in units(first_sample(entry.data)) for entry in playlist.entries)
    for playlist in package.opened(package.with_codec("av01.")):
        # Raises where the first sample is not marked as one.
        assert all(fmp4.key_ranges(entry.data) for entry in playlist.entries)


def test_rule_7_5_target_durations_are_six_seconds(package):
    assert {playlist.target_s for playlist in package.media} == {6}


def test_rule_7_6_segments_are_of_six_seconds_after_a_quick_start(package):
    for playlist in package.media:
        lengths = [entry.seconds for entry in playlist.entries]

        assert lengths[:3] == pytest.approx([2, 2, 2], abs=0.05)
        assert lengths[3:-1] == pytest.approx([6] * len(lengths[3:-1]), abs=0.05)
        assert len(lengths) > 4


def test_rule_7_7_no_segment_is_longer_than_the_target_by_half_a_second(package):
    for playlist in package.media:
        assert max(entry.seconds for entry in playlist.entries) <= playlist.target_s + 0.5


# 8. Media playlists -------------------------------------------------------------------------


def test_rule_8_1_the_durations_add_up_to_those_of_the_samples(package):
    for playlist in package.media:
        scale = fmp4.timescale(playlist.init)
        told = 0.0
        for entry in playlist.entries:
            told += entry.seconds
            samples = fmp4.samples(entry.data)
            real = (fmp4.base_time(entry.data) + samples.duration) / scale

            assert told == pytest.approx(real, abs=frame_s(package.variants[0]))


def test_rule_8_2_all_playlists_have_the_same_target_duration(package):
    assert len({playlist.target_s for playlist in package.media}) == 1


def test_rules_8_6_and_8_7_every_playlist_is_closed_and_starts_at_zero(package):
    for playlist in [*package.media, *package.opened(package.tricks)]:
        assert playlist.tag("EXT-X-PLAYLIST-TYPE") == ["VOD"]
        assert playlist.tag("EXT-X-MEDIA-SEQUENCE") == ["0"]
        assert playlist.lines[-1] == "#EXT-X-ENDLIST"
        assert fmp4.base_time(package_file(playlist, 0)) == 0


def package_file(playlist: Playlist, number: int) -> bytes:
    return (playlist.folder / playlist.entries[number].name).read_bytes()


def test_rule_8_8_a_playlist_that_grows_is_an_event(package):
    for playlist in package.media:
        segments = hls.read_media_playlist("\n".join(playlist.lines))

        text = hls.media_playlist(segments[:2], target_s=playlist.target_s, growing=True)

        assert "#EXT-X-PLAYLIST-TYPE:EVENT\n" in text
        assert "#EXT-X-ENDLIST" not in text


def test_rules_8_9_and_9_7_every_variant_names_the_group_of_sounds(package):
    groups = {(values["TYPE"], values["GROUP-ID"]) for values in package.sounds}

    assert groups == {("AUDIO", values["AUDIO"]) for values in package.variants}
    assert len({values["URI"] for values in package.sounds}) == len(package.sounds) == 2


def test_rule_8_10_every_sound_names_its_language(package):
    assert [values["LANGUAGE"] for values in package.sounds] == ["ar", "en"]


def test_one_sound_plays_unasked_and_each_has_a_name_of_its_own(package):
    assert [values["DEFAULT"] for values in package.sounds] == ["YES", "NO"]
    assert [values["AUTOSELECT"] for values in package.sounds] == ["YES", "YES"]
    assert len({values["NAME"] for values in package.sounds}) == 2


def test_rules_8_4_8_13_and_8_15_no_playlist_has_a_break_or_a_date(package):
    for playlist in package.media:
        assert playlist.tag("EXT-X-DISCONTINUITY") == []
        assert playlist.tag("EXT-X-PROGRAM-DATE-TIME") == []


def test_rule_8_20_every_playlist_names_its_initialisation(package):
    for playlist in [*package.media, *package.opened(package.tricks)]:
        assert playlist.tag("EXT-X-MAP") == ['URI="init.mp4"']


def test_rule_8_22_segments_begin_at_the_same_moments_everywhere(package):
    longest = max(package.media, key=lambda playlist: len(playlist.entries))

    for playlist in package.media:
        assert len(playlist.entries) == len(longest.entries)
        assert ends(playlist) == pytest.approx(ends(longest), abs=0.05)


def ends(playlist: Playlist) -> list[float]:
    lengths = [entry.seconds for entry in playlist.entries]
    return [sum(lengths[:count]) for count in range(1, len(lengths))]


def test_pictures_begin_at_exactly_the_same_moments(package):
    told = {
        tuple(entry.seconds for entry in one.entries) for one in package.opened(package.variants)
    }

    assert len(told) == 1


# 9. Multivariant playlist -------------------------------------------------------------------


def test_rules_9_1_and_9_3_every_choice_names_its_codecs(package):
    for values, playlist in zip(package.variants, package.opened(package.variants), strict=True):
        assert values["CODECS"] == f"{mp4.read_track(playlist.init).codecs},mp4a.40.2"
    for values, playlist in zip(package.tricks, package.opened(package.tricks), strict=True):
        assert values["CODECS"] == mp4.read_track(playlist.init).codecs


def test_rules_9_2_and_9_4_every_choice_names_its_size(package):
    sizes = [values["RESOLUTION"] for values in package.variants + package.tricks]

    assert all(re.fullmatch(r"\d+x\d+", size) for size in sizes)


def test_rules_9_14_and_9_15_every_choice_names_its_average_and_its_frame_rate(package):
    assert all({"AVERAGE-BANDWIDTH", "FRAME-RATE"} <= values.keys() for values in package.variants)
    assert all("AVERAGE-BANDWIDTH" in values for values in package.tricks)


def test_rule_9_9_there_are_several_rates_of_every_clip(package):
    rates = [values["BANDWIDTH"] for values in package.with_codec("avc1.")]

    assert len(set(rates)) == len(rates) >= 2


def test_rules_9_11_and_9_12_segments_are_said_to_be_independent(package):
    assert "#EXT-X-INDEPENDENT-SEGMENTS" in package.lines
    for playlist in package.opened(package.variants):
        assert playlist.tag("EXT-X-INDEPENDENT-SEGMENTS") == [""]


def test_the_version_is_the_one_that_the_tags_need(package):
    # Six brought EXT-X-MAP for ordinary segments; seven is the RFC, and nothing here is newer.
    assert "#EXT-X-VERSION:7" in package.lines
    for playlist in [*package.media, *package.opened(package.tricks)]:
        assert playlist.tag("EXT-X-VERSION") == ["7"]


# 11. Privacy --------------------------------------------------------------------------------


def test_rule_11_4_addresses_say_nothing_of_what_they_hold(package):
    addresses = [values["URI"] for values in package.variants + package.sounds + package.tricks]
    names = {entry.name for playlist in package.media for entry in playlist.entries}

    folder = r"v\d+|av1-\d+|audio(-\d+)?"
    assert all(re.fullmatch(rf"({folder})/(index|iframes)\.m3u8", one) for one in addresses)
    assert all(re.fullmatch(r"\d{5}\.m4s", name) for name in names)


# The list ------------------------------------------------------------------------------------


def test_the_list_names_every_rule_that_is_tested_and_no_test_that_is_not_there():
    listed = RULES.read_text(encoding="utf-8")
    modules = [
        path.read_text(encoding="utf-8") for path in sorted(RULES.parents[1].glob("tests/**/*.py"))
    ]
    named = set(re.findall(r"`(test_\w+)`", listed))
    there = {
        name for text in modules for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)
    }
    paths = re.findall(r"`(tests/[\w/.]+)`", listed)

    assert named - there == set()
    assert {name for name in globals() if name.startswith("test_rule")} - named == set()
    assert [path for path in paths if not (RULES.parents[1] / path).exists()] == []

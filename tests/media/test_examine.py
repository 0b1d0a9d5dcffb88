"""The examination itself, in the jail: what it finds in films that are awkward in one way."""

import struct

import pytest

from media import intake
from media.core.probe import Unusable, read_probe
from tests.media import studio


def facts_of(path):
    return intake.examine_file(path)


def probe_of(path):
    return read_probe(facts_of(path))


def test_an_ordinary_film_is_described_whole(tmp_path):
    probe = probe_of(studio.film(tmp_path, channels=2))

    assert (probe.codec, probe.width, probe.height, probe.pixel_format) == (
        "h264",
        320,
        240,
        "yuv420p",
    )
    assert (probe.frame_rate, probe.duration_ms, probe.sound.channels) == (25, 2000, 2)


@pytest.mark.parametrize(
    ("name", "options", "codec"),
    [
        ("film.mkv", (), "h264"),
        ("film.mov", (), "h264"),
        ("film.avi", ("-c:v", "mpeg4"), "mpeg4"),
        ("film.ts", ("-c:v", "libx264"), "h264"),
        ("film.mpg", ("-c:v", "mpeg2video"), "mpeg2video"),
        ("film.flv", ("-c:v", "flv"), "flv"),
        ("film.webm", ("-c:v", "libvpx-vp9", "-cpu-used", "8", "-deadline", "realtime"), "vp9"),
        ("film.wmv", ("-c:v", "wmv2"), "wmv2"),
        ("film.ogv", ("-c:v", "libtheora"), "theora"),
        ("film.mxf", ("-c:v", "mpeg2video"), "mpeg2video"),
        ("film.3gp", ("-c:v", "h263", "-s", "352x288"), "h263"),
    ],
)
def test_every_container_that_newsrooms_get_is_opened(tmp_path, name, options, codec):
    # "ultrafast" and the like are words of one encoder: the others do not know them.
    preset = ("-preset", "ultrafast") if "-c:v" not in options else ()
    path = tmp_path / name
    studio.ffmpeg(
        *("-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=1", *preset, *options),
        *("-pix_fmt", "yuv420p", path),
    )

    probe = probe_of(path)

    assert codec in probe.codec
    assert (probe.frame_rate, probe.sound) == (25, None)
    assert abs(probe.duration_ms - 1000) <= 80


@pytest.mark.parametrize(
    ("degrees", "size", "sideways"),
    [
        (0, (320, 240), False),
        (90, (240, 320), True),
        (180, (320, 240), False),
        (270, (240, 320), True),
    ],
)
def test_a_turned_film_is_measured_upright(tmp_path, degrees, size, sideways):
    probe = probe_of(studio.turned(studio.film(tmp_path), degrees))

    assert ((probe.width, probe.height), probe.is_sideways) == (size, sideways)


def test_pixels_that_are_not_square_are_counted_as_squares(tmp_path):
    probe = probe_of(studio.film(tmp_path, size="720x576", filters="setsar=64/45"))

    assert (probe.width, probe.height) == (1024, 576)


def test_an_interlaced_film_is_known(tmp_path):
    film = studio.film(tmp_path, rate="50", filters="interlace", options=("-flags", "+ilme+ildct"))

    probe = probe_of(film)

    assert (probe.is_interlaced, probe.frame_rate) == (True, 25)


@pytest.mark.parametrize(
    ("rate", "expected"), [("60", 60), ("120", 60), ("240", 60), ("10", 10), ("1", 1)]
)
def test_the_rate_is_that_of_the_frames_and_at_most_sixty(tmp_path, rate, expected):
    assert probe_of(studio.film(tmp_path, size="64x64", rate=rate)).frame_rate == expected


def test_a_film_whose_frames_come_when_they_like_keeps_its_length(tmp_path):
    wild = studio.film(
        tmp_path,
        seconds=4,
        filters="select='not(mod(n,7))+lt(n,20)'",
        options=("-fps_mode", "vfr"),
    )

    probe = probe_of(wild)

    assert probe.frame_rate == 25
    assert 3600 <= probe.duration_ms <= 4040


def test_a_film_with_a_false_length_in_its_head_is_measured(tmp_path):
    film = studio.film(tmp_path)
    data = bytearray(film.read_bytes())
    at = data.index(b"mvhd") + 4 + 16
    data[at : at + 4] = struct.pack(">I", 0x7FFFFFFF)
    film.write_bytes(data)

    assert probe_of(film).duration_ms == 2000


def test_a_film_in_fragments_is_measured(tmp_path):
    assert probe_of(studio.film(tmp_path, fragmented=True, channels=1)).duration_ms in range(
        2000, 2050
    )


def test_of_two_pictures_the_default_one_is_shown(tmp_path):
    path = tmp_path / "two.mkv"
    studio.ffmpeg(
        *(
            "-f",
            "lavfi",
            "-i",
            "testsrc2=s=640x480:d=1",
            "-f",
            "lavfi",
            "-i",
            "testsrc=s=64x64:d=1",
        ),
        *("-map", "0:v", "-map", "1:v", "-c:v", "libx264", "-preset", "ultrafast"),
        *("-disposition:v:0", "0", "-disposition:v:1", "default", path),
    )

    probe = probe_of(path)

    assert (probe.video_index, probe.width, probe.height) == (1, 64, 64)


def test_a_cover_picture_is_not_the_film(tmp_path):
    film, cover, path = studio.film(tmp_path), tmp_path / "cover.png", tmp_path / "cover.mp4"
    studio.ffmpeg("-i", film, "-frames:v", 1, "-vf", "scale=1920:1080", cover)
    studio.ffmpeg(
        *("-i", cover, "-i", film, "-map", "0", "-map", "1", "-c", "copy"),
        *("-disposition:v:0", "attached_pic", path),
    )

    probe = probe_of(path)

    assert (probe.codec, probe.width) == ("h264", 320)


@pytest.mark.parametrize("container", ["mov", "mkv"])
def test_six_channels_are_counted(tmp_path, container):
    assert probe_of(studio.film(tmp_path, name=f"f.{container}", channels=6)).sound.channels == 6


@pytest.mark.parametrize(
    ("transfer", "word"),
    [("smpte2084", "smpte2084"), ("arib-std-b67", "arib-std-b67"), ("bt709", "")],
)
def test_high_dynamic_range_is_known(tmp_path, transfer, word):
    film = studio.film(
        tmp_path,
        filters=f"setparams=color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc",
    )

    assert probe_of(film).hdr_transfer == word


def test_an_encrypted_film_is_refused(tmp_path):
    path = tmp_path / "encrypted.mp4"
    studio.ffmpeg(
        *("-i", studio.film(tmp_path), "-c", "copy", "-encryption_scheme", "cenc-aes-ctr"),
        *("-encryption_key", "76a6c65c5ea762046bd749a2e632ccbb"),
        *("-encryption_kid", "a7e61c373e219033c21091fa607bf3b8", path),
    )

    with pytest.raises(Unusable) as caught:
        probe_of(path)

    assert caught.value.word == "encrypted"


def test_tags_in_bytes_that_are_no_text_do_not_stop_the_examination(tmp_path):
    path = tmp_path / "tagged.mkv"
    studio.ffmpeg(
        *("-i", studio.film(tmp_path), "-c", "copy", "-metadata", "title=AAAABBBB"),
        *("-metadata:s:v:0", "title=CCCCDDDD", path),
    )
    data = path.read_bytes().replace(b"AAAABBBB", b"\xff\xfeAABBBB")
    path.write_bytes(data.replace(b"CCCCDDDD", b"\xff\xfeCCDDDD"))

    assert probe_of(path).width == 320


# What only some footage is: whole, cut in the right places, clean -----------------------------


WEB = ("-preset", "medium", "-bf", 2, "-g", 25, "-sc_threshold", 0, "-c:a", "aac")


def a_web_film(folder, **fields):
    """Pictures out of order, a keyframe each second, stereo."""
    return studio.film(folder, **{"channels": 2, "options": WEB, **fields})


@pytest.mark.parametrize("name", ["film.mp4", "film.mov", "film.mkv"])
def test_a_film_with_closed_groups_of_pictures_is_web_ready(tmp_path, name):
    probe = probe_of(a_web_film(tmp_path, name=name))

    assert (probe.web_ready, probe.keyframe_most_ms) == (True, 1000)


def test_a_film_with_open_groups_of_pictures_is_not_web_ready(tmp_path):
    options = ("-preset", "medium", "-bf", 2, "-g", 10, "-x264-params", "open-gop=1")
    film = a_web_film(tmp_path, options=options)

    assert facts_of(film)["video"]["closed_gops"] is False
    assert not probe_of(film).web_ready


def test_a_film_that_changes_its_parameters_is_not_web_ready(tmp_path):
    film = a_web_film(tmp_path, options=(*WEB, "-bsf:v", "dump_extra=freq=keyframe"))
    assert probe_of(film).web_ready

    data = bytearray(film.read_bytes())
    data[data.rindex(b"\x67\x64\x00", 0, data.index(b"moov")) + 2] ^= 1
    film.write_bytes(data)

    assert facts_of(film)["video"]["closed_gops"] is False


def test_a_film_whose_start_was_cut_off_by_an_edit_list_is_not_web_ready(tmp_path):
    path = tmp_path / "cut.mp4"
    studio.ffmpeg("-ss", 0.5, "-i", a_web_film(tmp_path), "-c", "copy", path)

    assert not probe_of(path).web_ready


@pytest.mark.parametrize("degrees", [90, 180])
def test_a_turned_film_is_not_web_ready(tmp_path, degrees):
    assert not probe_of(studio.turned(a_web_film(tmp_path), degrees)).web_ready


def test_a_mirrored_film_is_not_web_ready(tmp_path):
    film, path = a_web_film(tmp_path), tmp_path / "mirrored.mp4"
    studio.ffmpeg("-display_hflip", "-i", film, "-c", "copy", path)

    assert facts_of(path)["video"]["is_turned"] is True
    assert not probe_of(path).web_ready


def test_the_index_and_the_packets_say_the_same(tmp_path):
    whole = a_web_film(tmp_path, seconds=4)
    in_fragments = tmp_path / "fragments.mp4"
    studio.ffmpeg(
        *("-i", whole, "-map", "0", "-c", "copy"),
        *("-movflags", "frag_keyframe+empty_moov+delay_moov", in_fragments),
    )

    by_index, by_packets = facts_of(whole)["video"], facts_of(in_fragments)["video"]

    assert by_index["packets"] == 100
    same = ("packets", "bytes", "step_ms", "keyframe_most_ms", "closed_gops", "in_order")
    assert [by_index[name] for name in same] == [by_packets[name] for name in same]
    assert (by_index["start_ms"], by_index["end_ms"]) == (0.0, 4000.0)


def test_a_film_that_is_cut_short_is_as_long_as_what_is_there(tmp_path):
    film, path = a_web_film(tmp_path, seconds=4), tmp_path / "fast.mp4"
    studio.ffmpeg("-i", film, "-c", "copy", "-movflags", "+faststart", path)
    data = path.read_bytes()

    path.write_bytes(data[: len(data) * 6 // 10])

    facts = facts_of(path)["video"]
    assert 30 < facts["packets"] < 90
    assert 1500 < read_probe(facts_of(path)).duration_ms < 3500


def test_each_sound_track_is_described_with_its_language(tmp_path):
    film, path = a_web_film(tmp_path), tmp_path / "two.mp4"
    studio.ffmpeg(
        *("-i", film, "-map", "0:v", "-map", "0:a", "-map", "0:a", "-c", "copy"),
        *("-metadata:s:a:0", "language=ara", "-metadata:s:a:1", "language=fra"),
        *("-disposition:a:0", "0", "-disposition:a:1", "default", path),
    )

    facts = facts_of(path)

    told = [(track["index"], track["language"], track["is_default"]) for track in facts["audios"]]
    assert told == [(2, "fra", True), (1, "ara", False)]
    assert facts["audio"] == facts["audios"][0]
    assert {track["packets"] for track in facts["audios"]} == {95}


def test_a_sound_track_without_a_packet_is_known(tmp_path):
    film, path = a_web_film(tmp_path), tmp_path / "silent.mkv"
    studio.ffmpeg("-i", film, "-c", "copy", "-bsf:a", "noise=drop=1", path)

    facts = facts_of(path)

    assert [track["packets"] for track in facts["audios"]] == [0]
    assert probe_of(path).sounds == ()


@pytest.mark.parametrize(("flags", "named"), [("-bitexact", True), ("+bitexact", False)])
def test_the_name_of_an_encoder_among_the_sound_is_seen(tmp_path, flags, named):
    film = a_web_film(tmp_path, options=("-flags:a", flags))

    assert facts_of(film)["audio"]["has_messages"] is named

"""Which footage may go to readers as it is: one doubt, and it is encoded."""

import pytest

from media.core.web_ready import is_web_ready

MP4 = "mov,mp4,m4a,3gp,3g2,mj2"


def a_track(**fields):
    defaults = {
        "packets": 300,
        "bytes": 5_000_000,
        "start_ms": 0.0,
        "end_ms": 10_000.0,
        "shown_from_ms": 0.0,
        "hidden": 0,
        "in_order": True,
    }
    return {**defaults, **fields}


def a_picture(**fields):
    """What a telephone writes when it is asked for what every other telephone can play."""
    defaults = {
        "codec": "h264",
        "profile": "High",
        "step_ms": [33.3333, 33.3333, 33.3333],
        "keyframe_most_ms": 1000.0,
        "closed_gops": True,
        "width": 1920,
        "height": 1080,
        "rotation": 0,
        "is_turned": False,
        "sample_aspect": [1, 1],
        "interlaced": False,
        "pixel_format": "yuv420p",
        "matrix": 1,
        "range": 1,
        "transfer": 1,
        "primaries": 1,
    }
    return a_track(**{**defaults, **fields})


def a_sound(**fields):
    defaults = {"codec": "aac", "profile": "LC", "channels": 2, "sample_rate": 48000}
    return a_track(**{**defaults, "bytes": 160_000, **fields})


def judged(sound=None, *, container=MP4, is_plain=True, **fields):
    facts = {"container": container, "is_plain": is_plain, "video": a_picture(**fields)}
    return is_web_ready(facts, sound)


@pytest.mark.parametrize("container", [MP4, "matroska,webm"])
def test_what_every_telephone_plays_is_web_ready(container):
    assert judged(a_sound(), container=container)


@pytest.mark.parametrize(
    "fields",
    [
        {"width": 1080, "height": 1920},
        {"profile": "Constrained Baseline"},
        {"profile": "Main"},
        {"matrix": 2, "transfer": 2, "primaries": 2, "range": 0},
        {"matrix": 6, "transfer": 6, "primaries": 6},
        {"step_ms": [16.0, 17.0, 17.0]},
        {"step_ms": [33.0, 67.0, 1000.0]},
        {"keyframe_most_ms": 10_000.0},
        {"start_ms": 40.0, "shown_from_ms": 40.0},
        {"bytes": 31_000_000},
    ],
)
def test_what_differs_but_plays_is_web_ready(fields):
    assert judged(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"codec": "hevc", "profile": "Main"},
        {"profile": "High 4:2:2"},
        {"profile": "High 10", "pixel_format": "yuv420p10le"},
        {"profile": "Extended"},
        {"profile": ""},
        {"pixel_format": "yuvj420p"},
        {"range": 2},
        {"matrix": 9, "primaries": 9},
        {"matrix": 0},
        {"transfer": 16},
        {"transfer": 18},
        {"primaries": 9},
        {"rotation": 90},
        {"is_turned": True},
        {"interlaced": True},
        {"sample_aspect": [64, 45]},
        {"width": 3840, "height": 2160},
        {"width": 2560, "height": 1080},
        {"width": 1200, "height": 1200},
        {"width": 1919},
        {"height": 1079},
        {"step_ms": [8.3333, 8.3333, 8.3333]},
        {"step_ms": [33.0, 33.0, 1001.0]},
        {"step_ms": []},
        {"keyframe_most_ms": 10_001.0},
        {"keyframe_most_ms": None},
        {"closed_gops": False},
        {"in_order": False},
        {"hidden": 1},
        {"start_ms": -66.0},
        {"start_ms": -20.0, "shown_from_ms": -20.0},
        {"start_ms": 41.0, "shown_from_ms": 41.0},
        {"shown_from_ms": None},
        {"bytes": 31_300_000},
    ],
)
def test_a_picture_that_some_would_see_wrong_is_encoded(fields):
    assert judged()
    assert not judged(**fields)


def test_an_encoders_silence_before_time_zero_is_no_reason():
    assert judged(a_sound(start_ms=-23.2))


@pytest.mark.parametrize(
    "fields",
    [
        {"codec": "mp3", "profile": ""},
        {"profile": "HE-AAC"},
        {"channels": 6},
        {"channels": 0},
        {"sample_rate": 96_000},
        {"hidden": 3},
        {"in_order": False},
        {"shown_from_ms": 41.0},
        {"shown_from_ms": -41.0},
        {"shown_from_ms": None},
        {"bytes": 31_000_000},
    ],
)
def test_a_sound_that_some_would_not_hear_is_encoded(fields):
    assert not judged(a_sound(**fields))


def test_sound_and_picture_that_start_apart_are_encoded():
    picture = {"start_ms": 30.0, "shown_from_ms": 30.0}

    assert judged(a_sound(shown_from_ms=-10.0), **picture)
    assert not judged(a_sound(shown_from_ms=-11.0), **picture)


@pytest.mark.parametrize("container", ["mpegts", "avi", "flv"])
def test_a_container_that_keeps_time_another_way_is_encoded(container):
    assert not judged(container=container)


def test_a_track_that_is_described_twice_is_encoded():
    assert not judged(is_plain=False)


def test_footage_examined_by_an_earlier_version_is_encoded():
    facts = {"container": MP4, "video": {"codec": "h264"}, "audio": None}

    assert not is_web_ready(facts, None)

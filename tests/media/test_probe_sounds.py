"""Which sound tracks of footage are heard, and in which language."""

from media.core.probe import Sound, read_probe

VIDEO = {
    "index": 0,
    "codec": "h264",
    "packets": 250,
    "start_ms": 0.0,
    "end_ms": 10_000.0,
    "step_ms": [40.0, 40.0, 80.4],
    "width": 1920,
    "height": 1080,
    "rotation": 0,
    "sample_aspect": [1, 1],
    "interlaced": False,
    "pixel_format": "yuv420p",
    "bit_depth": 8,
    "matrix": 1,
    "range": 1,
    "transfer": 1,
    "primaries": 1,
}


def a_track(index, **fields):
    defaults = {"index": index, "codec": "aac", "channels": 2, "packets": 400, "language": ""}
    return {**defaults, "start_ms": 0.0, "end_ms": 10_000.0, **fields}


def probe_of(**fields):
    return read_probe({"container": "mov,mp4,m4a,3gp,3g2,mj2", "video": VIDEO, **fields})


def test_every_track_is_heard_the_main_one_first():
    tracks = [a_track(2, language="ara"), a_track(1, language="fre", channels=6)]

    probe = probe_of(audio=tracks[0], audios=tracks)

    assert probe.sounds == (Sound(2, "aac", 2, "ar"), Sound(1, "aac", 6, "fr"))
    assert probe.sound == Sound(2, "aac", 2, "ar")


def test_footage_examined_before_there_were_several_has_its_one_track():
    assert probe_of(audio=a_track(1)).sounds == (Sound(1, "aac", 2),)


def test_tracks_without_a_sample_are_left_out():
    empty = a_track(1, packets=0, start_ms=None, end_ms=None)

    assert probe_of(audio=empty, audios=[empty, a_track(2)]).sounds == (Sound(2, "aac", 2),)


def test_at_most_eight_tracks_are_heard():
    tracks = [a_track(number) for number in range(1, 12)]

    found = probe_of(audio=tracks[0], audios=tracks).sounds

    assert [sound.index for sound in found] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_silent_footage_has_no_sound():
    assert (probe_of(audio=None, audios=[]).sounds, probe_of(audio=None).sound) == ((), None)


def test_the_longest_time_that_a_frame_stands_is_known():
    assert probe_of(audio=None).step_most_ms == 80

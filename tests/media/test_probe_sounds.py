"""Which sound tracks of footage are heard, and in which language."""

from media.core.probe import Sound, read_probe
from tests.media.examined import a_sound, a_video, facts


def a_track(index, **fields):
    return a_sound(**{"index": index, "language": "", **fields})


def probe_of(**fields):
    return read_probe(facts(**fields))


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
    assert probe_of(video=a_video(step_ms=[40.0, 40.0, 80.4])).step_most_ms == 80

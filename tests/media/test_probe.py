"""What an examination found, as values: the true rate, size and length of footage."""

from fractions import Fraction

import pytest

from media.core.containers import LONGEST_MS
from media.core.probe import (
    REASONS,
    Sound,
    Unusable,
    length_ms,
    metadata_of,
    read_probe,
    remarks_on,
    shown_size,
    true_rate,
)
from tests.media.examined import a_sound, a_video, facts

NTSC = Fraction(30000, 1001)


# The rate -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("steps", "rate"),
    [
        ([40.0, 40.0, 40.0], Fraction(25)),
        ([33.3667, 33.3667, 33.3667], NTSC),
        ([33.3333, 33.3333, 33.3333], Fraction(30)),
        ([41.7083, 41.7083, 41.7083], Fraction(24000, 1001)),
        ([16.6833, 16.6833, 16.6833], Fraction(60000, 1001)),
        ([100.0, 100.0, 100.0], Fraction(10)),
    ],
)
def test_the_steps_between_frames_are_the_rate(steps, rate):
    assert true_rate(steps) == rate


@pytest.mark.parametrize(("step", "rate"), [(8.3333, 60), (4.1667, 60), (10.0, 50), (1.0, 30)])
def test_a_rate_above_sixty_is_halved_until_it_fits(step, rate):
    found = true_rate([step] * 3)

    assert abs(found - rate) / rate < 0.05
    assert found <= 60


def test_a_file_with_ninety_thousand_frames_a_second_gets_a_rate_that_plays():
    found = true_rate([1000 / 90000] * 3)

    assert 30 <= found <= 60


@pytest.mark.parametrize("step", [1e-4, 1e-7, 1e-12])
def test_steps_too_short_to_be_a_rate_do_not_stop_the_examination(step):
    assert 1 <= true_rate([step] * 3) <= 60


@pytest.mark.parametrize("steps", [[], [0.0, 0.0, 0.0], [-5.0, 10.0, 20.0]])
def test_a_file_that_tells_nothing_gets_25_frames_a_second(steps):
    assert true_rate(steps) == 25


def test_of_changing_steps_the_short_ones_count():
    assert true_rate([33.3333, 66.6667, 1570.0]) == 30


def test_two_fields_of_an_interlaced_picture_are_one_frame():
    assert true_rate([20.0, 20.0, 20.0], interlaced=True) == 25


def test_an_interlaced_picture_with_a_time_for_each_frame_keeps_its_rate():
    assert true_rate([40.0, 40.0, 40.0], interlaced=True) == 25


def test_a_frame_now_and_then_is_one_a_second():
    assert true_rate([5000.0, 5000.0, 5000.0]) == 1


# The size -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rotation", "size"),
    [(0, (1920, 1080)), (90, (1080, 1920)), (180, (1920, 1080)), (270, (1080, 1920))],
)
def test_a_picture_is_measured_upright(rotation, size):
    assert shown_size(a_video(rotation=rotation)) == size


@pytest.mark.parametrize(
    ("fields", "size"),
    [
        ({"width": 720, "height": 576, "sample_aspect": [59, 54]}, (787, 576)),
        ({"width": 10, "height": 8, "sample_aspect": [7712, 5085]}, (15, 8)),
        ({"width": 1440, "height": 1080, "sample_aspect": [4, 3], "rotation": 90}, (1080, 1920)),
        ({"width": 64, "height": 64, "sample_aspect": [1, 0]}, (64, 64)),
        ({"width": 64, "height": 64, "sample_aspect": [1, 1000]}, (1, 64)),
    ],
)
def test_pixels_are_counted_as_squares(fields, size):
    assert shown_size(a_video(**fields)) == size


# The length ---------------------------------------------------------------------------------


def test_a_recording_that_starts_before_zero_is_measured_from_its_start():
    video = a_video(start_ms=-7700.0, end_ms=-5700.0)
    sound = a_sound(start_ms=-7700.0, end_ms=-5700.0)

    assert length_ms(video, sound) == 2000


def test_silence_that_an_encoder_puts_in_front_does_not_count():
    assert length_ms(a_video(), a_sound(start_ms=-43.0)) == 10_000


def test_sound_that_starts_long_before_the_picture_counts():
    assert length_ms(a_video(start_ms=1000.0), a_sound(start_ms=0.0)) == 10_000


def test_sound_that_lasts_longer_than_the_picture_counts():
    assert length_ms(a_video(), a_sound(end_ms=16_570.0)) == 16_570


def test_a_picture_alone_is_measured_by_its_own_times():
    assert length_ms(a_video(start_ms=530.0, end_ms=6109.0), None) == 5579


def test_one_frame_without_a_duration_lasts_one_millisecond():
    assert length_ms(a_video(start_ms=0.0, end_ms=0.0), None) == 1


def test_a_picture_without_any_time_has_no_frames():
    with pytest.raises(Unusable) as caught:
        length_ms(a_video(start_ms=None, end_ms=None), a_sound())

    assert caught.value.word == "no_frames"


# The whole ----------------------------------------------------------------------------------


@pytest.mark.parametrize("word", REASONS)
def test_each_refusal_of_the_examination_has_its_sentence(word):
    with pytest.raises(Unusable) as caught:
        read_probe({"error": word})

    assert (caught.value.word, str(caught.value)) == (word, REASONS[word])


@pytest.mark.parametrize("sentence", REASONS.values())
def test_each_sentence_says_what_to_do(sentence):
    assert sentence.endswith(".")
    assert ": " in sentence


def test_ordinary_footage_is_read_whole():
    probe = read_probe(facts(audio=a_sound()))

    assert (probe.width, probe.height, probe.short_side) == (1920, 1080, 1080)
    assert (probe.frame_rate, probe.duration_ms) == (30, 10_000)
    assert probe.sound == Sound(1, "aac", 2)
    assert (probe.is_sideways, probe.is_interlaced, probe.is_full_range) == (False, False, False)


@pytest.mark.parametrize(
    ("transfer", "word"), [(16, "smpte2084"), (18, "arib-std-b67"), (1, ""), (2, "")]
)
def test_a_picture_of_high_dynamic_range_is_known_by_its_transfer(transfer, word):
    assert read_probe(facts(a_video(transfer=transfer))).hdr_transfer == word


def test_a_sound_track_without_a_sample_is_no_sound():
    assert read_probe(facts(audio=a_sound(packets=0, start_ms=None, end_ms=None))).sound is None


@pytest.mark.parametrize(
    "fields",
    [
        {"width": 8193, "height": 4353},
        {"width": 100_000, "height": 100_000},
        {"width": 1920, "height": 1080, "sample_aspect": [65535, 1]},
    ],
)
def test_a_picture_beyond_8k_is_refused(fields):
    with pytest.raises(Unusable) as caught:
        read_probe(facts(a_video(**fields)))

    assert caught.value.word == "too_large"


def test_footage_of_more_than_twelve_hours_is_refused():
    with pytest.raises(Unusable) as caught:
        read_probe(facts(a_video(end_ms=float(LONGEST_MS + 1))))

    assert caught.value.word == "too_long"


def test_footage_of_twelve_hours_is_not_refused():
    assert read_probe(facts(a_video(end_ms=float(LONGEST_MS)))).duration_ms == LONGEST_MS


# Beside the picture -------------------------------------------------------------------------


def test_every_text_of_the_file_is_listed_with_its_place():
    found = metadata_of(
        facts(
            tags={"make": "Acme"},
            chapters=[{"title": "Arrival"}],
            streams=[{"index": 2, "type": "data", "codec": "", "tags": {"handler_name": "GPS"}}],
            embedded=["+36.3400+043.1300/"],
        )
    )

    assert found == [
        {"place": "container", "name": "make", "value": "Acme"},
        {"place": "chapter 1", "name": "title", "value": "Arrival"},
        {"place": "stream 2 (data)", "name": "handler_name", "value": "GPS"},
        {"place": "bytes", "name": "", "value": "+36.3400+043.1300/"},
    ]


def stream(kind):
    return {"index": 0, "type": kind, "codec": "", "tags": {}}


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        (["video", "audio"], []),
        (["video", "video", "audio"], ["Only one of its pictures"]),
        (["video", "audio", "audio"], ["It has several sound tracks"]),
        (["video", "audio", "subtitle", "subtitle"], ["Subtitles inside the file"]),
        (["video", "audio", "data"], ["Data beside picture and sound"]),
        (["video", "audio", "attachment"], ["Data beside picture and sound"]),
        (["video", "audio", "unknown"], ["Data beside picture and sound"]),
    ],
)
def test_an_editor_is_told_what_is_left_out(kinds, words):
    found = remarks_on(facts(audio=a_sound(), streams=[stream(kind) for kind in kinds]))

    assert [any(remark.startswith(word) for word in words) for remark in found] == [True] * len(
        words
    )


def test_an_editor_is_told_that_there_is_no_sound():
    assert remarks_on(facts(streams=[stream("video")])) == ["The file has no sound."]


@pytest.mark.parametrize(
    ("stated_ms", "is_told"), [(None, False), (4100, False), (4900, False), (5100, True)]
)
def test_an_editor_is_told_that_a_file_was_cut_short(stated_ms, is_told):
    found = remarks_on(
        facts(video=a_video(end_ms=4000.0), audio=a_sound(end_ms=4000.0), stated_ms=stated_ms)
    )

    told = "The file says that it lasts 5.1 s, but only 4.0 s are there: ask for the whole file."
    assert found == ([told] if is_told else [])


def test_footage_examined_by_an_earlier_version_is_not_web_ready():
    probe = read_probe(facts(audio=a_sound()))

    assert (probe.web_ready, probe.has_clean_sound, probe.keyframe_most_ms) == (False, False, 0)


@pytest.mark.parametrize(("has_messages", "clean"), [(False, True), (True, False)])
def test_sound_is_clean_where_no_encoder_left_a_message(has_messages, clean):
    probe = read_probe(facts(audio=a_sound(has_messages=has_messages)))

    assert probe.has_clean_sound is clean

"""The demo story is whole: both languages agree, and its footage carries what must never leave."""

import json
import re
from pathlib import Path

import av
import pytest

from articles.core.body import plain_text
from articles.core.findings import names_spelled_twice, wrong_dates

DEMO = Path(__file__).resolve().parents[2] / "articles" / "demo"
FOOTAGE = {"house": "house.mov", "pistol": "pistol.mp4", "sentry": "sentry.mp4"}
LANGUAGES = ("en", "ar")

_TIMES = re.compile(r"^(\d\d):(\d\d):(\d\d)\.(\d\d\d) --> (\d\d):(\d\d):(\d\d)\.(\d\d\d)$", re.M)
_GPS = re.compile(rb"\+36\.3\d{3}\+043\.1\d{3}")


def cue_times(clip, language):
    """Return ``(start_ms, end_ms)`` of each cue in the caption file."""
    found = _TIMES.findall(captions(clip, language))
    return [(to_ms(*groups[:4]), to_ms(*groups[4:])) for groups in found]


def captions(clip, language):
    return (DEMO / "captions" / f"{clip}.{language}.vtt").read_text(encoding="utf-8")


def story(language):
    return (DEMO / f"story.{language}.html").read_text(encoding="utf-8")


def clips():
    return json.loads((DEMO / "clips.json").read_text(encoding="utf-8"))


def to_ms(hours, minutes, seconds, rest):
    return ((int(hours) * 60 + int(minutes)) * 60 + int(seconds)) * 1000 + int(rest)


def each_wording(value):
    """Yield every ``{"en": …, "ar": …}`` of the clip data, however deep."""
    if isinstance(value, dict) and set(value) & set(LANGUAGES):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from each_wording(part)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_story_has_its_three_clips_once_each_and_in_order(language):
    assert re.findall(r'<figure data-clip="([^"]*)"></figure>', story(language)) == list(FOOTAGE)


@pytest.mark.parametrize(("language", "direction"), [("en", "ltr"), ("ar", "rtl")])
def test_a_story_states_its_language_and_direction(language, direction):
    assert f'<html lang="{language}" dir="{direction}">' in story(language)


def test_both_languages_have_the_same_structure():
    english, arabic = (re.findall(r"<(h1|h2|p|figure)\b", story(each)) for each in LANGUAGES)

    assert arabic == english


def test_a_clip_is_described_in_both_languages():
    wordings = list(each_wording(clips()))

    assert len(wordings) == sum(4 + len(clip["warnings"]) for clip in clips().values())
    assert [each for each in wordings if not (each.get("en") and each.get("ar"))] == []


def test_a_clip_names_its_file_and_is_warned_of():
    assert {name: clip["file"] for name, clip in clips().items()} == FOOTAGE
    assert [name for name, clip in clips().items() if not clip["warnings"]] == []


def test_a_caption_says_that_the_clip_is_a_drawing():
    silent = [
        name
        for name, clip in clips().items()
        if "drawn reconstruction" not in clip["caption"]["en"]
        or "مشهد مرسوم" not in clip["caption"]["ar"]
    ]

    assert silent == []


@pytest.mark.parametrize("clip", FOOTAGE)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_timing_line_of_the_captions_parses(clip, language):
    text = captions(clip, language)

    assert text.startswith("WEBVTT\n\n")
    assert 6 <= text.count("-->") <= 9
    assert len(cue_times(clip, language)) == text.count("-->")


@pytest.mark.parametrize("clip", FOOTAGE)
def test_cues_end_after_they_start_and_never_overlap(clip):
    times = cue_times(clip, "en")

    moments = [moment for cue in times for moment in cue]
    assert moments == sorted(set(moments))


@pytest.mark.parametrize("clip", FOOTAGE)
def test_both_languages_are_captioned_at_the_same_times(clip):
    assert cue_times(clip, "ar") == cue_times(clip, "en")


@pytest.mark.parametrize("clip", FOOTAGE)
def test_captions_and_poster_lie_within_the_clip(clip):
    with av.open(str(DEMO / "footage" / FOOTAGE[clip])) as film:
        length_ms = film.duration // 1000

    assert 14_000 <= length_ms <= 20_000
    assert cue_times(clip, "en")[-1][1] <= length_ms
    assert clips()[clip]["poster_ms"] < length_ms


@pytest.mark.parametrize(
    ("clip", "rate", "rotation"), [("house", 30, 0), ("pistol", 30, -90), ("sentry", 25, 0)]
)
def test_footage_is_stored_wide_as_phones_store_it(clip, rate, rotation):
    with av.open(str(DEMO / "footage" / FOOTAGE[clip])) as film:
        video = film.streams.video[0]
        frame = next(film.decode(video))

    assert (video.width, video.height, video.average_rate) == (1280, 720, rate)
    assert frame.rotation == rotation


@pytest.mark.parametrize("file", FOOTAGE.values())
def test_footage_carries_the_marks_that_no_reader_may_receive(file):
    marks = (DEMO / "footage" / file).read_bytes()

    assert _GPS.search(marks)
    assert b"2015" in marks


@pytest.mark.parametrize("file", FOOTAGE.values())
def test_footage_stays_small_enough_for_the_repository(file):
    assert (DEMO / "footage" / file).stat().st_size <= 2_000_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_in_a_story_would_make_a_careful_reader_stumble(language):
    text = plain_text(story(language))

    assert (wrong_dates(text), names_spelled_twice(text)) == ((), ())

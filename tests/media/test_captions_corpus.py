"""Caption files that people and programs really wrote."""

import os
from pathlib import Path

import pytest

from media.core.captions import CaptionsError, read_captions, write_webvtt

CORPUS = Path(
    os.environ.get(
        "NEWSROOM_FOOTAGE_CORPUS", Path(__file__).resolve().parents[3] / "shared" / "footage"
    )
)
CAPTIONS = CORPUS / "captions"

pytestmark = [
    pytest.mark.corpus,
    pytest.mark.skipif(not CAPTIONS.is_dir(), reason="the folder of awkward footage is not here"),
]

# File: cues read, sentences about what was left out or mended.
READ = {
    "DJI_SRT_Parser_broken_incomplete.srt": (0, 1),
    "DJI_SRT_Parser_mavic_air2.srt": (0, 1),
    "DJI_SRT_Parser_p4p_sample.srt": (0, 1),
    "ableplayer_deadline_captions_ar.vtt": (16, 0),
    "ableplayer_deadline_captions_hi.vtt": (16, 0),
    "ableplayer_itaccess_subtitles_zh-cn.vtt": (76, 0),
    "ableplayer_paulallen_meta.vtt": (6, 1),
    "go-astisub_example-in-carriage-return.srt": (3, 0),
    "go-astisub_example-in-html-entities.srt": (3, 0),
    "go-astisub_example-in-non-utf8.srt": (6, 0),
    "go-astisub_example-in-non-utf8.vtt": (6, 2),
    "go-astisub_example-in-styled.srt": (10, 0),
    "go-astisub_missing-sequence-in.srt": (6, 0),
    "mp4parser_Tears_Of_Steel_per.vtt": (73, 0),
    "peertube_the_last_man_on_earth.srt": (4, 0),
    "peertube_the_last_man_on_earth.vtt": (4, 0),
    "pysrt_bom-utf-16-le.srt": (7, 0),
    # Two of its 37 cues end as they start: no player shows them.
    "pysrt_capability_tester.srt": (35, 2),
    "pysrt_no-indexes.srt": (7, 0),
    "shaka-player_text-clip-alt.vtt": (16, 0),
    "shaka-player_thumbnails-sprites.vtt": (3, 0),
    "shaka-player_vtt-069.vtt": (1, 1),
    "srt_gb2312.srt": (3, 1),
    "tika_testWebVTT_utf8.vtt": (10, 0),
    "tika_test_subrip.srt": (10, 0),
    "videojs_captions.ar.vtt": (77, 0),
    "videojs_captions.ja.vtt": (77, 0),
    "videojs_captions.ru.vtt": (84, 0),
    "videojs_chapters.en.vtt": (9, 0),
    "videojs_descriptions.en.vtt": (63, 0),
    "vttjs_cue-content.vtt": (1, 0),
    "vttjs_mismatched-time-spots.vtt": (1, 0),
    "vttjs_no-space-cue-times-cue-settings.vtt": (1, 0),
    "vttjs_only-nested-cues.vtt": (6, 0),
    "vttjs_regions.vtt": (6, 0),
    "vttjs_spec-example.vtt": (13, 0),
    "webvtt-py_captions_with_bom.vtt": (4, 0),
    "webvtt-py_comments.vtt": (3, 0),
    "webvtt-py_cue_tags.vtt": (3, 0),
    "webvtt-py_invalid_timeframe.vtt": (6, 1),
    "webvtt-py_invalid_timeframe_in_cue_text.vtt": (4, 1),
    "webvtt-py_metadata_headers_multiline.vtt": (2, 0),
    "webvtt-py_missing_caption_text.vtt": (5, 0),
    "webvtt-py_missing_timeframe.srt": (4, 1),
    "webvtt-py_missing_timeframe.vtt": (6, 1),
    # Its fifth cue ends before it starts.
    "webvtt-py_sample.sbv": (4, 1),
    "webvtt-py_styles.vtt": (1, 0),
    "webvtt-py_using_identifiers.vtt": (6, 0),
    "webvtt-py_youtube_dl.vtt": (4, 1),
}
REFUSED = {
    "go-astisub_broken-1-in.vtt": "neither WebVTT nor SRT",
    "go-astisub_example-in.ssa": "SubStation Alpha",
    "go-astisub_example-in.stl": "EBU STL",
    "go-astisub_example-in.ttml": "TTML",
    "pysubs2_ttml_example.ttml": "TTML",
    "vttjs_arrows.vtt": "Line 4: this cue does not end after its start",
    "vttjs_bad-double-webvtt.vtt": "The first line must be",
    "vttjs_max-spots-over-sixty.vtt": "Line 3: this cue does not end after its start",
    "webvtt-py_empty.vtt": "The file is empty",
    "webvtt-py_invalid.vtt": 'its first line "WEBVTT" is missing',
    "webvtt-py_invalid_format4.srt": "no cue that could be shown",
}
# Written by hand from what stands in the files.
WORDS = {
    "go-astisub_example-in-html-entities.srt": (0, "", "desert,\n& the gunslinger followed."),
    "pysrt_capability_tester.srt": (8, "", "tag\nThis text should be at the\ntop and"),
    "srt_gb2312.srt": (0, "", "邪恶"),
    "vttjs_cue-content.vtt": (0, "Neil deGrasse Tyson", "&am& other"),
    "vttjs_spec-example.vtt": (9, "Neil deGrasse Tyson", "Didn't we talk about enough"),
    "webvtt-py_cue_tags.vtt": (1, "", "Like a big-a pizza pie"),
    "webvtt-py_youtube_dl.vtt": (2, "", "this will happen is I'm telling"),
}


def read(name):
    return read_captions((CAPTIONS / name).read_bytes())


def test_every_file_of_the_corpus_has_an_expected_outcome():
    assert {path.name for path in CAPTIONS.iterdir()} == READ.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", READ)
def test_a_file_gives_its_cues_and_nothing_is_lost_without_a_sentence(name):
    file = read(name)

    assert (len(file.cues), len(file.problems)) == READ[name]


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(name):
    with pytest.raises(CaptionsError) as caught:
        read(name)

    assert REFUSED[name] in str(caught.value)


@pytest.mark.parametrize("name", WORDS)
def test_the_words_and_the_speaker_are_right(name):
    position, speaker, words = WORDS[name]

    cue = read(name).cues[position]

    assert cue.speaker == speaker
    assert words in cue.text


@pytest.mark.parametrize("name", [name for name, (cues, _) in READ.items() if cues])
def test_a_file_reads_back_the_same_from_our_webvtt(name):
    cues = read(name).cues

    assert read_captions(write_webvtt(cues).encode()).cues == cues


def test_only_the_logs_of_drones_are_telemetry():
    telemetry = [name for name in READ if read(name).is_telemetry]

    assert telemetry == [name for name in READ if name.startswith("DJI_")]


def test_thumbnails_are_metadata():
    metadata = [name for name in READ if read(name).kind == "metadata" and read(name).cues]

    assert metadata == ["shaka-player_thumbnails-sprites.vtt"]


def test_srt_and_webvtt_of_one_film_have_the_same_times():
    srt, vtt = (read(f"peertube_the_last_man_on_earth.{ending}").cues for ending in ("srt", "vtt"))

    assert [(cue.start_ms, cue.end_ms) for cue in srt] == [
        (cue.start_ms, cue.end_ms) for cue in vtt
    ]

"""Captions in, captions out, cue by cue. No file, no database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.core.captions import (
    CaptionsError,
    CueText,
    format_timestamp,
    media_time,
    read_captions,
    write_webvtt,
)
from media.core.cues import tidy_speaker, tidy_text
from tests.media.cues import a_cue, one_cue, texts, vtt


def voices(data):
    return [(cue.speaker, cue.text) for cue in read_captions(data).cues]


def times(line):
    return [(cue.start_ms, cue.end_ms) for cue in read_captions(f"1\n{line}\nWords".encode()).cues]


# --- Times ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "start_ms", "end_ms"),
    [
        ("00:00:01,500 --> 00:00:02,750", 1500, 2750),
        ("00:00:01.500 --> 00:00:02.750", 1500, 2750),
        ("00:01.500-->00:02.750", 1500, 2750),
        ("00:00:00.000 --> 00:20.000", 0, 20_000),
        ("00:01:39 --> 00:01:41,04", 99_000, 101_040),
        ("0:00:01,5 --> 0:00:02,75", 1500, 2750),
        ("00:00:01,123999 --> 00:00:02,000", 1123, 2000),
        ("120:00:00,000 --> 120:00:01,000", 432_000_000, 432_001_000),
        ("  00:00:01,500\t-->\t00:00:02,750  X1:40 X2:600 Y1:20 Y2:50", 1500, 2750),
        ("00:01.500 --> 00:02.750line:40% size:40%", 1500, 2750),
    ],
)
def test_times_are_read_to_the_millisecond(line, start_ms, end_ms):
    assert times(line) == [(start_ms, end_ms)]


@pytest.mark.parametrize(
    "line",
    [
        "00:00:07.000 --> 00:00:1d.890",
        "00:60:00.000 --> 00:61:00.000",
        "00:00:60.000 --> 00:01:02.000",
        "00:02:08.000 --> 00.02:32.000",
        "00:00:01:12 --> 00:00:02:13",
        "00:00:01.000 ---> 00:00:02.000",
        "600:00:00.000 --> 600:00:01.000",
        "٠٠:٠٠:٠١.٠٠٠ --> ٠٠:٠٠:٠٢.٠٠٠",
    ],
)
def test_times_that_cannot_be_read_are_reported(line):
    file = read_captions(vtt(line + "\nLost", "00:01.000 --> 00:02.000\nKept"))

    assert [cue.text for cue in file.cues] == ["Kept"]
    assert file.problems == ("Line 3: the times cannot be read, so this cue was left out.",)


@pytest.mark.parametrize("end", ["00:02.000", "00:03.000"])
def test_a_cue_that_does_not_end_after_its_start_is_reported(end):
    file = read_captions(vtt(f"00:03.000 --> {end}\nHidden", "00:04.000 --> 00:05.000\nShown"))

    assert file.cues == (a_cue("Shown", start_ms=4000, end_ms=5000),)
    assert file.problems == ("Line 3: this cue does not end after its start, so it was left out.",)


def test_cues_are_sorted_by_start_and_overlaps_are_kept():
    data = vtt(
        "00:05.000 --> 00:06.000\nC", "00:01.000 --> 00:09.000\nA", "00:01.000 --> 00:02.000\nB"
    )

    assert texts(data) == ["A", "B", "C"]


@pytest.mark.parametrize(
    ("ms", "stamp", "for_a_reader"),
    [
        (0, "00:00:00.000", "0:00"),
        (59_999, "00:00:59.999", "0:59"),
        (62_345, "00:01:02.345", "1:02"),
        (3_662_000, "01:01:02.000", "1:01:02"),
        (3_600_000_000, "1000:00:00.000", "1000:00:00"),
    ],
)
def test_times_are_written_for_a_player_and_for_a_reader(ms, stamp, for_a_reader):
    assert (format_timestamp(ms), media_time(ms)) == (stamp, for_a_reader)


@pytest.mark.parametrize("write", [format_timestamp, media_time])
def test_a_negative_time_is_not_written(write):
    with pytest.raises(ValueError, match="-1 ms lies before the start"):
        write(-1)


# --- Blocks -----------------------------------------------------------------------------------


def test_styles_regions_comments_and_identifiers_are_not_words():
    data = vtt(
        "STYLE\n::cue { color: red }",
        "REGION\nid:fred\nwidth:40%",
        "NOTE made by night",
        "second cue\n00:01.000 --> 00:02.000 region:fred\nShown",
        "NOTE\nChecked twice.",
        header="WEBVTT - A title\nLanguage: en",
    )

    file = read_captions(data)

    assert file.cues == (a_cue("Shown"),)
    assert file.problems == ()


def test_a_cue_may_be_called_style():
    assert texts(vtt("STYLE\n00:01.000 --> 00:02.000\nShown")) == ["Shown"]


def test_a_cue_inside_a_comment_stays_hidden_and_is_reported():
    data = vtt("NOTE\n00:01.000 --> 00:02.000\nHer name", "00:03.000 --> 00:04.000\nShown")

    file = read_captions(data)

    assert [cue.text for cue in file.cues] == ["Shown"]
    assert file.problems == ("Line 3: the comment holds cues, which were left out with it.",)


def test_text_without_times_is_reported():
    file = read_captions(vtt("00:01.000 --> 00:02.000\nShown", "Orphan\nof two lines"))

    assert [cue.text for cue in file.cues] == ["Shown"]
    assert file.problems == ("Line 6: this text has no times, so it was left out.",)


def test_text_above_the_number_of_an_srt_cue_is_reported():
    data = b"A title\n1\n00:00:01,000 --> 00:00:02,000\nShown\n"

    file = read_captions(data)

    assert [cue.text for cue in file.cues] == ["Shown"]
    assert file.problems == ("Line 1: this text has no times, so it was left out.",)


def test_text_above_the_times_of_an_srt_cue_is_not_taken_for_its_number():
    file = read_captions(b"Words\n00:00:01,000 --> 00:00:02,000\nShown\n")

    assert file.problems == ("Line 1: this text has no times, so it was left out.",)


def test_cues_without_an_empty_line_between_them_are_told_apart():
    data = b"1\n00:00:01,000 --> 00:00:02,000\nA\n2\n00:00:03,000 --> 00:00:04,000\nB\n"

    file = read_captions(data)

    assert [cue.text for cue in file.cues] == ["A", "B"]
    assert file.problems == (
        "Line 5: no empty line stands before this cue; it was read as a new one.",
    )


def test_a_line_of_spaces_parts_two_cues():
    data = b"1\n00:00:01,000 --> 00:00:02,000\nA\n \n2\n00:00:03,000 --> 00:00:04,000\nB\n"

    file = read_captions(data)

    assert [cue.text for cue in file.cues] == ["A", "B"]
    assert file.problems == ()


def test_an_arrow_in_the_words_is_kept():
    assert texts(one_cue("Basra --> Mosul\n<-- back")) == ["Basra --> Mosul\n<-- back"]


def test_a_cue_without_words_is_kept_beside_one_with_words():
    data = vtt("00:01.000 --> 00:02.000", "00:03.000 --> 00:04.000\nShown")

    assert texts(data) == ["", "Shown"]


def test_a_header_may_end_in_the_times_of_the_first_cue():
    assert texts(b"WEBVTT\n00:01.000 --> 00:02.000\nShown") == ["Shown"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_ending_is_read(ending):
    lines = ["1", "00:00:01,000 --> 00:00:02,000", "Two", "lines", "", ""]

    assert texts(ending.join(lines).encode()) == ["Two\nlines"]


def test_srt_numbers_may_be_missing():
    data = b"00:00:01,000 --> 00:00:02,000\nA\n\n7\n00:00:03,000 --> 00:00:04,000\nB\n"

    file = read_captions(data)

    assert [cue.text for cue in file.cues] == ["A", "B"]
    assert file.problems == ()


def test_sbv_is_read():
    data = b"0:00:00.378,0:00:11.378\nOne\nTwo\n\n0:00:11.378,0:00:12.305\nThree\n"

    assert read_captions(data).cues == (
        a_cue("One\nTwo", start_ms=378, end_ms=11_378),
        a_cue("Three", start_ms=11_378, end_ms=12_305),
    )


def test_a_shift_for_live_streams_is_ignored_and_reported():
    data = vtt(
        "02:20.000 --> 02:22.000\nWords",
        header="WEBVTT\nX-TIMESTAMP-MAP=LOCAL:01:00:00.000,MPEGTS:324000000",
    )

    file = read_captions(data)

    assert [cue.start_ms for cue in file.cues] == [140_000]
    assert file.problems == (
        "The header shifts the times for a live stream, which was ignored; check the times.",
    )


# --- Words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        ("- Hello <b>world</b>.", "- Hello world."),
        ("Like a <00:19.000>big-a <00:19.500>pizza", "Like a big-a pizza"),
        ("this<00:05:04.199><c> will</c><c.colorE5E5E5> do</c>", "this will do"),
        ("<i>Laughs</i> &am&amp; <i> &gt; &l&lt;&rl </i>\nOh &gt;", "Laughs &am&  > &l<&rl\nOh >"),
        ('<font color="#00ff00"><b>[music]</b></font>', "[music]"),
        ("{\\an8}Top{\\i1} line", "Top line"),
        ("One<br/>two<BR>three", "One\ntwo\nthree"),
        ("&amp;lt;script&amp;gt;", "&lt;script&gt;"),
        ("<script>alert(1)</script>", "alert(1)"),
        ("a < b, 2<3,5>1 and AT&T &copy that", "a < b, 2<3,5>1 and AT&T &copy that"),
        ("[Amal] Stay (here)", "[Amal] Stay (here)"),
        ("One&#10;&#10;two&#13;three", "One\ntwo\nthree"),
        ("&#0;&#xD800;&#x110000;!", "\ufffd\ufffd\ufffd!"),
    ],
)
def test_markup_is_not_shown_and_words_are_kept(payload, text):
    assert texts(one_cue(payload)) == [text]


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ("<v Amal>Stay.", [("Amal", "Stay.")]),
        ("<v.loud.first  Amal &amp;\tco >Stay.</v>", [("Amal & co", "Stay.")]),
        ("<v Amal>Stay.</v>\n<v Guard>No.</v>", [("Amal", "Stay."), ("Guard", "No.")]),
        ("<v Amal>Stay.\n<v Guard>No.", [("Amal", "Stay."), ("Guard", "No.")]),
        ("<v Amal>Stay.</v>\n<v Amal>Please.</v>", [("Amal", "Stay.\nPlease.")]),
        ("<v Amal>Stay.</v> (A door)", [("Amal", "Stay."), ("", "(A door)")]),
        ("<v>Stay.</v></v>", [("", "Stay.")]),
        ("<video>Stay.", [("", "Stay.")]),
    ],
)
def test_each_voice_gets_its_own_words(payload, expected):
    assert voices(one_cue(payload)) == expected


def test_control_characters_and_overrides_are_removed():
    assert texts(one_cue("\x07Good\x9b \u202egninrom\u202c\ufeff")) == ["Good gninrom\u202c"]


def test_the_marks_of_mixed_text_are_kept():
    text = "\u200f\u2067مرحبا\u2069 \u2066Mosul\u2069\u200e"

    assert texts(one_cue(text)) == [text]


def test_overlong_words_and_names_are_cut_and_reported():
    file = read_captions(one_cue(f"<v {'N' * 121}>{'w' * 2001}"))

    assert file.cues == (a_cue("w" * 2000, speaker="N" * 120),)
    assert file.problems == (
        "Line 3: the name was cut after 120 characters.",
        "Line 3: the text was cut after 2,000 characters.",
    )


# --- Writing ----------------------------------------------------------------------------------


def test_webvtt_is_written_in_order_with_voices_and_language():
    cues = [
        a_cue("Later.", start_ms=3000, end_ms=4000),
        a_cue("R&B <now>\nand then", speaker="Amal & co"),
    ]

    assert write_webvtt(cues, language="pt-BR") == (
        "WEBVTT\nLanguage: pt-BR\n"
        "\n00:00:01.000 --> 00:00:02.000\n<v Amal &amp; co>R&amp;B &lt;now&gt;\nand then</v>\n"
        "\n00:00:03.000 --> 00:00:04.000\nLater.\n"
    )


def test_voices_heard_together_share_a_cue():
    cues = (a_cue("Stay.", speaker="Amal"), a_cue("No.", speaker="Guard"), a_cue("(A door)"))

    written = write_webvtt(cues)

    assert written.count("-->") == 1
    assert read_captions(written.encode()).cues == cues


def test_two_cues_of_one_speaker_stay_two():
    cues = (a_cue("Stay.", speaker="Amal"), a_cue("Please.", speaker="Amal"))

    assert read_captions(write_webvtt(cues).encode()).cues == cues


def test_no_text_can_break_the_file():
    hostile = "A\r\n\r\n00:05.000 --> 00:06.000\nB\n\n</v><script>{\\an8}\u2028\ud800NOTE"
    cues = [a_cue(hostile, speaker="X>\n\n-->"), a_cue("End", start_ms=9000, end_ms=9500)]

    file = read_captions(write_webvtt(cues).encode())

    assert file.problems == ()
    assert file.cues == (
        a_cue("A\n00:05.000 --> 00:06.000\nB\n</v><script>{\\an8}\nNOTE", speaker="X> -->"),
        a_cue("End", start_ms=9000, end_ms=9500),
    )


@pytest.mark.parametrize("language", ["en\n\n00:01", "en --> fr", "-", "en_GB"])
def test_a_language_that_is_not_a_tag_is_refused(language):
    with pytest.raises(ValueError, match="is not a language tag"):
        write_webvtt([], language=language)


# --- Whatever comes ---------------------------------------------------------------------------

SNIPPETS = [
    "-->",
    "</v>",
    "<v A>",
    "&lt;",
    "&#10;",
    "{\\an8}",
    "\n\n",
    "NOTE",
    "7",
    "\u202e",
    "<",
    "&",
]
WORDS = st.lists(st.one_of(st.text(max_size=12), st.sampled_from(SNIPPETS)), max_size=8).map(
    "".join
)


@st.composite
def tidy_cues(draw):
    start_ms = draw(st.integers(0, 400_000_000))
    text = tidy_text(draw(WORDS))
    speaker = tidy_speaker(draw(WORDS)) if text else ""
    return CueText(start_ms, start_ms + draw(st.integers(1, 9_999_999)), speaker, text)


def has_words(cues):
    return any(cue.text for cue in cues)


@given(st.lists(tidy_cues(), min_size=1, max_size=5).filter(has_words))
def test_what_is_written_reads_back_the_same(cues):
    file = read_captions(write_webvtt(cues, language="ar").encode())

    assert file.cues == tuple(sorted(cues, key=lambda cue: cue.start_ms))
    assert file.problems == ()


@given(st.lists(st.tuples(WORDS, WORDS), min_size=2, max_size=4))
def test_voices_at_one_time_read_back_the_same(pairs):
    cues = tuple(a_cue(f"w{tidy_text(text)}", speaker=tidy_speaker(name)) for name, text in pairs)

    assert read_captions(write_webvtt(cues).encode()).cues == cues


def never_fails_otherwise(data):
    try:
        file = read_captions(data)
    except CaptionsError as error:
        return str(error)
    assert file.is_telemetry or has_words(file.cues)
    assert all(0 <= cue.start_ms < cue.end_ms for cue in file.cues)
    return file


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_in_a_sentence(data):
    assert never_fails_otherwise(data)


PARTS = [
    *SNIPPETS,
    *[
        "00:01.000 --> 00:02.000\n",
        "00:00:01,5 --> 00:00:02",
        "0:00:01.000,0:00:02.000\n",
        "STYLE\n",
    ],
    *["1\n", "\n", "\r", " ", "WEBVTT\n\n", "WEBVTT", "Kind: chapters\n", "GPS(1,2", "\x85", "\0"],
]


@given(
    st.lists(st.one_of(st.sampled_from(PARTS), st.text(max_size=8)), max_size=20).map("".join),
    st.sampled_from(["utf-8", "utf-16", "cp1256", "gb18030"]),
)
def test_any_arrangement_of_the_parts_of_a_file_is_read_or_refused(text, encoding):
    assert never_fails_otherwise(text.encode(encoding, errors="replace"))

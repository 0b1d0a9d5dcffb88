"""A caption file as a whole: its encoding, what is refused, and what it is for. No database."""

import pytest

from media.core.captions import LARGEST_FILE, MOST_CUES, CaptionsError, read_captions
from tests.media.cues import a_cue, one_cue, texts, vtt


def refusal(data):
    with pytest.raises(CaptionsError) as caught:
        read_captions(data)
    return str(caught.value)


# --- Encodings --------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_read_with_or_without_a_mark(encoding):
    data = "1\n00:00:01,000 --> 00:00:02,000\nجاء الجنود\n".encode(encoding)

    file = read_captions(data)

    assert file.cues == (a_cue("جاء الجنود"),)
    assert file.problems == ()


def test_big_endian_utf_16_is_read():
    data = b"\xfe\xff" + "1\n00:00:01,000 --> 00:00:02,000\nجاء\n".encode("utf-16-be")

    assert texts(data) == ["جاء"]


@pytest.mark.parametrize(
    ("encoding", "name", "text"),
    [
        ("cp1256", "Windows-1256 (Arabic)", "نحن في وسط المدينة. جاء الجنود في الليل"),
        (
            "gb2312",
            "GB 18030 (Chinese)",
            "士兵们晚上来了，带走了我的兄弟。\n我们不得不离开家，没有人回答。",
        ),
        ("cp1251", "Windows-1251 (Cyrillic)", "Они пришли ночью.\nНам пришлось покинуть дом."),
        ("cp1252", "Windows-1252 (Western European)", "“We don’t know…” – he said"),
    ],
)
def test_an_older_encoding_is_recognised_and_reported(encoding, name, text):
    file = read_captions(f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n".encode(encoding))

    assert [cue.text for cue in file.cues] == [text]
    assert file.problems == (f"The file is not UTF-8; it was read as {name}. Check its words.",)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1254", "Şehrin merkezindeyiz. Askerler gece geldi ve kardeşimi götürdü."),
        ("cp1250", "Rekao je da će se vratiti sljedeći dan, već smo čekali."),
        ("cp932", "私たちは町の中心にいます。"),
        ("cp1252", "Été"),
    ],
)
def test_an_uncertain_encoding_is_refused_rather_than_guessed(encoding, text):
    data = f"1\n00:00:01,000 --> 00:00:02,000\n{text}\n".encode(encoding)

    assert refusal(data) == (
        "The file is not UTF-8 and its encoding is not certain; open it in a text editor, "
        'choose "Save as" with the encoding UTF-8, and try again.'
    )


def test_a_broken_character_does_not_turn_utf_8_into_another_encoding():
    words = "نحن في وسط المدينة. جاء الجنود في الليل"
    data = f"1\n00:00:01,000 --> 00:00:02,000\n{words}".encode()[:-1]

    file = read_captions(data)

    assert [cue.text for cue in file.cues] == [f"{words[:-1]}\ufffd"]
    assert file.problems == ("Broken characters, shown as \ufffd: 1. Check its words.",)


def test_utf_16_without_a_mark_is_refused():
    assert refusal("WEBVTT\n\nWords".encode("utf-16-le")).startswith("The file holds binary data")


# --- Refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b" \r\n\n", "\ufeff \n".encode(), "\u2028".encode()])
def test_an_empty_file_is_refused(data):
    assert refusal(data) == "The file is empty; choose a WebVTT or SRT file."


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"850STL25.011000F", "EBU STL"),
        (b"; made by hand\n[script info]\nTitle: x", "SubStation Alpha (SSA, ASS)"),
        (b'<?xml version="1.0"?>\n<tt:tt xmlns:tt="x">', "TTML"),
        (b'<tt xml:lang="">', "TTML"),
        (b"<SAMI>\n<HEAD>", "SAMI"),
        (b"Scenarist_SCC V1.0\n", "Scenarist (SCC)"),
        (b"{0}{25}Hello", "MicroDVD"),
        (b"[00:12.00]Hello", "LRC"),
    ],
)
def test_another_format_is_named_with_the_way_out(data, name):
    assert refusal(data) == f"This is a file of the format {name}; export it as WebVTT or SRT."


@pytest.mark.parametrize("first_line", ["webvtt", "WEBVTTWEBVTT", " WEBVTT"])
def test_a_wrong_signature_is_refused(first_line):
    data = vtt("00:01.000 --> 00:02.000\nWords", header=first_line)

    assert refusal(data).startswith('The first line must be the word "WEBVTT"')


def test_webvtt_without_its_signature_is_refused():
    data = b"00:00:00.500 --> 00:00:07.000\nWords\n"

    assert refusal(data).startswith(
        'This looks like WebVTT, but its first line "WEBVTT" is missing'
    )


def test_a_text_file_is_refused():
    assert refusal(b"Dear all,\nhere it is.") == (
        "This is neither WebVTT nor SRT; export the captions as one of the two."
    )


def test_a_file_without_any_words_is_refused_and_told_why():
    assert refusal(vtt("00:01.000 --> 00:02.000", "00:01.000 --> 0x:02.000\nLost")) == (
        "The file has no cue that could be shown. Line 5: the times cannot be read, "
        "so this cue was left out. Correct the file and try again."
    )


def test_a_file_that_is_too_large_is_refused():
    assert refusal(b"W" * (LARGEST_FILE + 1)).startswith("The file is larger than 10 MB")


def test_the_largest_number_of_cues_is_read_and_one_more_refused():
    cues = ["00:01.000 --> 00:02.000\nA"] * MOST_CUES

    assert len(read_captions(vtt(*cues)).cues) == MOST_CUES
    assert refusal(vtt(*cues, cues[0])).startswith("The file has more than 20,000 cues")


def test_a_flood_of_problems_is_summed_up():
    file = read_captions(vtt("00:01.000 --> 00:02.000\nShown", *["Orphan"] * 1100))

    assert len(file.problems) == 101
    assert file.problems[-1] == "There are 1,000 more problems of this kind."


# --- What the file is for ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("WEBVTT", "captions"),
        ("WEBVTT\nKind: subtitles", "captions"),
        ("WEBVTT\nKind: Chapters", "chapters"),
        ("WEBVTT\nkind:descriptions", "descriptions"),
        ("WEBVTT\nKind: metadata", "metadata"),
        ("WEBVTT\nKind: anything", "captions"),
    ],
)
def test_the_header_names_the_kind(header, kind):
    assert read_captions(vtt("00:01.000 --> 00:02.000\nWords", header=header)).kind == kind


@pytest.mark.parametrize("payload", ["sprite.jpg#xywh=0,0,160,90", "a.webp", '{"slide": 1}'])
def test_data_for_programs_is_metadata(payload):
    assert read_captions(one_cue(payload)).kind == "metadata"


def test_words_beside_data_are_captions():
    data = vtt('00:01.000 --> 00:02.000\n{"slide": 1}', "00:02.000 --> 00:03.000\n[music]")

    assert read_captions(data).kind == "captions"


@pytest.mark.parametrize(
    "line",
    [
        "HOME(-58.4563,-34.7386) 2017.07.03 10:15:03",
        "F/3.2, SS 160, ISO 100, EV 0, GPS (8.2090, 47.4692, 18), D 49.21m",
        "GPS(W: 80.19, N: 25.7, 12)",
        "[iso : 100] [latitude: 41.420684] [longitude: 2.162162]",
        "[latitude : 41.42] [longtitude : 2.16]",
        '{"moveto": {"lat": 51.0, "lng": -2.1}}',
        "ISO:100 Shutter:400 EV:-1/3 Fnum:F2.8",
        "F/3.2, SS 160, ISO 100, EV 0",
        "signal:4 ch:1 flightTime:0 uavBat:15.3V",
    ],
)
def test_telemetry_is_recognised_and_gives_no_cue(line):
    data = f"1\n00:00:01,000 --> 00:00:02,000\n{line}\n".encode()

    file = read_captions(data)

    assert (file.cues, file.kind, file.is_telemetry) == ((), "metadata", True)
    assert file.problems[0].startswith("This file records the position of a drone or camera")
    assert len(file.problems) == 1


def test_one_position_among_spoken_words_is_enough():
    data = vtt(
        *["00:01.000 --> 00:02.000\nWords"] * 50, "00:03.000 --> 00:04.000\nGPS(36.3,43.1,20)"
    )

    assert read_captions(data).is_telemetry


@pytest.mark.parametrize(
    "words", ["Home (2019), the film", "My GPS (broken) said north", "ISO 100 is slow"]
)
def test_speech_about_places_and_cameras_is_not_telemetry(words):
    assert texts(one_cue(words)) == [words]

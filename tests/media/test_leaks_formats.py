"""The scan of playlists, captions, pictures and packed files."""

import functools
import gzip
import io
import random
import struct
import zlib

import brotli
import pytest
from PIL import Image, PngImagePlugin

from media.core.leaks import Marks, marks_from, scan
from media.core.leaks.findings import MOST_FINDINGS

NO_MARKS = Marks(())


def findings(name, data, *, marks=NO_MARKS):
    return scan(name, io.BytesIO(data), marks)


def places(name, data, **options):
    return [finding.place for finding in findings(name, data, **options)]


# Playlists ---------------------------------------------------------------------------------

PLAYLIST = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:6
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init.mp4"
#EXTINF:6.000000,
00000.m4s
#EXT-X-ENDLIST
"""

GROWING = PLAYLIST.replace("VOD", "EVENT").replace("#EXT-X-ENDLIST\n", "")

FRAMES = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-I-FRAMES-ONLY
#EXT-X-MAP:URI="init.mp4"
#EXTINF:2.000000,
#EXT-X-BYTERANGE:4312@24
00000.m4s
#EXT-X-ENDLIST
"""

SOUND = (
    '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="العربية 2",LANGUAGE="ar-IQ",DEFAULT=YES,'
    'AUTOSELECT=YES,CHANNELS="2",URI="audio/index.m3u8"'
)

VARIANT = (
    "#EXT-X-STREAM-INF:BANDWIDTH=679104,AVERAGE-BANDWIDTH=500000,"
    'CODECS="av01.0.05M.08,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=29.970,VIDEO-RANGE=SDR,'
    'AUDIO="sound"'
)

MASTER = f"""#EXTM3U
#EXT-X-VERSION:7
{SOUND}
{SOUND.replace("العربية 2", "हिन्दी").replace("audio/", "audio-2/").replace("YES", "NO")}
{VARIANT}
av1-360/index.m3u8
#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=9104,CODECS="avc1.64001f",URI="v360/iframes.m3u8"
"""


@pytest.mark.parametrize(
    "text", [PLAYLIST, GROWING, FRAMES, MASTER, PLAYLIST.replace("6.000000,", "6,")]
)
def test_a_playlist_of_known_tags_is_clean(text):
    found = findings("index.m3u8", text.encode())

    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "#EXT-X-PROGRAM-DATE-TIME:2017-05-11T06:07:08.000Z",
        '#EXT-X-DATERANGE:ID="1",START-DATE="2017-05-11T06:07:08.000Z"',
        '#EXT-X-SESSION-DATA:DATA-ID="place",VALUE="Mosul"',
        "# made from IMG_9981.MOV",
        "#EXTINF:6.0,IMG_9981",
        "#EXT-X-VERSION:7 Mosul",
        "#EXT-X-VERSION:٧",
        "#EXT-X-BYTERANGE:4312",
        SOUND.replace("NAME", "X-CAMERA"),
        SOUND.replace("العربية 2", "IMG_9981.MOV"),
        SOUND.replace("العربية 2", "+36.34+043.13/"),
        SOUND.replace("العربية 2", "a" * 41),
        SOUND.replace("ar-IQ", "Mosul, 2017"),
        SOUND.replace("audio/", "https://example.org/audio/"),
        SOUND.replace("TYPE=AUDIO", "TYPE=SUBTITLES"),
        SOUND + ',NAME="second"',
        SOUND + " Mosul",
        VARIANT.replace("av01.0.05M.08", "Mosul"),
        VARIANT.replace("SDR", "Mosul"),
        '#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=9104,URI="IMG_9981/iframes.m3u8"',
        '#EXT-X-MAP:URI="https://example.org/init.mp4"',
        '#EXT-X-MAP:URI="../originals/init.mp4"',
        '#EXT-X-MAP:URI="init.mp4",BYTERANGE="800@0"',
        "#EXT-X-MAP:",
        "https://example.org/00000.m4s",
        "/originals/00000.m4s",
        "../00000.m4s",
        "v360/../00000.m4s",
        "IMG_9981.m4s",
        "IMG_9981/index.m3u8",
        "00000.m4s?token=1",
        "00000.m4s#t=1",
        "%2e%2e/00000.m4s",
        "a\\00000.m4s",
        "00000.m4s\r",
    ],
)
def test_a_line_that_a_player_does_not_need_is_a_finding(line):
    text = PLAYLIST.replace("#EXT-X-ENDLIST", line)

    found = places("index.m3u8", text.encode())

    assert found == ["line 9"]


def test_a_playlist_that_is_not_text_is_a_finding():
    found = places("index.m3u8", b"#EXTM3U\n\xff\xfe")

    assert found == ["file"]


# Captions ----------------------------------------------------------------------------------

CAPTIONS = """WEBVTT

1
00:01.000 --> 00:02.500 align:start position:10%
<v Amina>We left at 6.30, about 36.5 kilometres

01:00:03.000 --> 01:00:04.000
سقط الجسر
"""


@pytest.mark.parametrize(
    "text",
    [
        CAPTIONS,
        "WEBVTT\n",
        CAPTIONS.replace("\n", "\r\n"),
        CAPTIONS.replace("WEBVTT", "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000"),
        "WEBVTT\n\n00:00.000 --> 00:02.000\nstoryboard.jpg#xywh=0,0,160,90\n",
    ],
)
def test_captions_of_cues_alone_are_clean(text):
    found = places("en.vtt", text.encode())

    assert found == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (CAPTIONS.replace("WEBVTT", "WEBVTT - IMG_9981"), "header"),
        (CAPTIONS.replace("WEBVTT", "WEBVTT\nX-CAMERA: EOS"), "header"),
        ("1\n00:00:01,000 --> 00:00:02,000\nHello", "header"),
        (CAPTIONS + "\nNOTE filmed from the roof\n", "block 3"),
        (CAPTIONS + "\rNOTE filmed from the roof\r", "block 3"),
        (CAPTIONS + "\nSTYLE\n::cue { color: red }\n", "block 3"),
        (CAPTIONS + "\nREGION\nid:a\n", "block 3"),
        (CAPTIONS.replace("سقط الجسر", "36.34012, 43.13034"), "block 2"),
        (CAPTIONS.replace("سقط الجسر", "+36.3401+043.1303/"), "block 2"),
        (CAPTIONS.replace("سقط الجسر", "GPS(43.1303,36.3401,19) BAROMETER:36"), "block 2"),
        (CAPTIONS.replace("سقط الجسر", "36°20′24″N"), "block 2"),
        (CAPTIONS.replace("align:start", "region:a"), "block 1"),
    ],
)
def test_captions_that_say_more_than_cues_are_a_finding(text, place):
    found = places("en.vtt", text.encode())

    assert found == [place]


TILES = """WEBVTT

00:00:00.000 --> 00:00:02.000
storyboard.jpg#xywh=0,0,160,90

00:00:02.000 --> 00:00:03.500
storyboard.jpg#xywh=160,0,160,90
"""


@pytest.mark.parametrize("name", ["storyboard.vtt", "media/abc/storyboard.vtt"])
def test_a_storyboard_of_times_and_places_is_clean(name):
    found = findings(name, TILES.encode())

    assert found == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (TILES.replace("WEBVTT", "WEBVTT - IMG_9981"), "header"),
        (TILES.replace("WEBVTT\n", "WEBVTT\n\nNOTE Mosul\n"), "block 1"),
        (TILES.replace("storyboard.jpg", "IMG_9981.jpg", 1), "block 1"),
        (TILES.replace("storyboard.jpg", "https://example.org/storyboard.jpg", 1), "block 1"),
        (TILES.replace("xywh=0,0,160,90", "xywh=0,0,160,90&Mosul"), "block 1"),
        (TILES.replace("00:00:02.000 --> ", "Mosul\n00:00:02.000 --> "), "block 2"),
        (TILES.replace("00:00:03.500", "00:00:03.500 align:start"), "block 2"),
        (TILES + "The old bridge\n", "block 2"),
        (TILES + "\n", "block 2"),
    ],
)
def test_a_storyboard_that_says_anything_else_is_a_finding(text, place):
    found = places("storyboard.vtt", text.encode())

    assert found == [place]


# Pictures ----------------------------------------------------------------------------------


@functools.cache
def picture(kind, **options):
    """A picture with some noise in it, so that its compressed form is not trivial."""
    pixels = random.Random(5).randbytes(48 * 48 * 3)
    data = io.BytesIO()
    Image.frombytes("RGB", (48, 48), pixels).save(data, kind, **options)
    return data.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("poster.jpg", picture("JPEG")),
        ("poster.JPG", picture("JPEG", progressive=True)),
        ("poster.png", picture("PNG")),
        ("poster.webp", picture("WEBP")),
        ("poster.webp", picture("WEBP", lossless=True)),
        ("640.avif", picture("AVIF")),
        ("640.avif", picture("AVIF", quality=50, speed=6, max_threads=1)),
    ],
)
def test_a_plain_picture_is_clean(name, data):
    found = places(name, data)

    assert found == []


def with_segment(kind, body):
    jpeg = picture("JPEG")
    return jpeg[:2] + struct.pack(">BBH", 0xFF, kind, len(body) + 2) + body + jpeg[2:]


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (with_segment(0xE1, b"Exif\0\0MM"), "segment FFE1 (EXIF or XMP)"),
        (with_segment(0xE2, b"ICC_PROFILE\0"), "segment FFE2 (ICC profile)"),
        (with_segment(0xFE, b"Mosul"), "segment FFFE (comment)"),
        (with_segment(0xE0, b"JFXX\0\x10"), "segment FFE0 (unknown)"),
        (with_segment(0xDB, b"\0" + bytes(64) + b"\0Mosul"), "segment FFDB (unknown)"),
        (picture("JPEG") + b"Mosul", f"byte {len(picture('JPEG'))}"),
        (picture("JPEG")[:-1], "file"),
        (picture("JPEG")[:40], "file"),
        (picture("JPEG")[:2] + b"\xff\xd9", "byte 4"),
        (picture("PNG"), "file"),
    ],
)
def test_a_jpeg_that_holds_more_than_a_picture_is_a_finding(data, place):
    found = places("poster.jpg", data)

    assert found == [place]


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_text():
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", "somebody")
    return said


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (picture("PNG", pnginfo=png_text()), "chunk 'tEXt'"),
        (picture("PNG", dpi=(72, 72)), "chunk 'pHYs'"),
        (picture("PNG")[:-12] + chunk(b"eXIf", b"MM") + picture("PNG")[-12:], "chunk 'eXIf'"),
        (picture("PNG")[:-12] + chunk(b"IEND", b"Mosul"), "chunk 'IEND'"),
        (picture("PNG") + b"Mosul", f"byte {len(picture('PNG'))}"),
        (picture("PNG")[:-1], "file"),
        (picture("JPEG"), "file"),
    ],
)
def test_a_png_that_holds_more_than_a_picture_is_a_finding(data, place):
    found = places("poster.png", data)

    assert found == [place]


def longer_webp(extra, *, counted=True):
    data = picture("WEBP") + extra
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:] if counted else data


@pytest.mark.parametrize(
    ("data", "found_places"),
    [
        (picture("WEBP", exif=b"Exif\0\0MM"), ["chunk 'VP8X'", "chunk 'EXIF'"]),
        (picture("WEBP", icc_profile=bytes(128)), ["chunk 'VP8X'", "chunk 'ICCP'"]),
        (longer_webp(b"XMP \4\0\0\0abcd"), ["chunk 'XMP '"]),
        (longer_webp(b"ALPH\1\0\0\0ab"), ["chunk 'ALPH'"]),
        (longer_webp(b"Mosul"), ["file"]),
        (longer_webp(b"ALPH\2\0\0\0ab", counted=False), ["file"]),
        (picture("JPEG"), ["file"]),
    ],
)
def test_a_webp_that_holds_more_than_a_picture_is_a_finding(data, found_places):
    found = places("poster.webp", data)

    assert found == found_places


def avif_with(old, new):
    """The same picture, a part of its boxes written otherwise, at the same length."""
    assert old in picture("AVIF")
    assert len(old) == len(new)
    return picture("AVIF").replace(old, new)


@pytest.mark.parametrize(
    ("data", "found_places"),
    [
        (picture("AVIF", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"), ["file"]),
        (picture("AVIF", xmp=b"<x:xmpmeta>Mosul</x:xmpmeta>"), ["file"]),
        (picture("AVIF", icc_profile=bytes(128)), ["ipma", "file"]),
        (picture("AVIF") + b"\0\0\0\x0dfreeMosul", ["file"]),
        (picture("AVIF") + b"Mosul", ["file"]),
        (picture("AVIF")[:-1], ["file"]),
        (avif_with(b"Color\0", b"Mosul\0"), ["iinf"]),
        (avif_with(b"pict" + bytes(13), b"pict" + b"Canon EOS R5\0"), ["hdlr"]),
        (avif_with(b"mif1", b"Cano"), ["ftyp"]),
        (avif_with(b"nclx", b"rICC"), ["colr"]),
        (avif_with(b"\x83\4", b"\x83\3"), ["ipma"]),
        (picture("JPEG"), ["file"]),
    ],
)
def test_an_avif_that_holds_more_than_a_picture_is_a_finding(data, found_places):
    found = places("640.avif", data)

    assert found == found_places


def longer_avif(extra, *, counted):
    """A unit more at the end of the picture's bytes; ``counted`` as a part of the picture."""
    data = picture("AVIF")
    at = data.index(b"mdat") - 4
    size = len(data) - at
    longer = data[:at] + struct.pack(">I", size + len(extra)) + data[at + 4 :] + extra
    old, new = (struct.pack(">I", number) for number in (size - 8, size - 8 + len(extra)))
    return longer.replace(old, new, 1) if counted else longer


def test_what_lies_beside_the_picture_in_an_avif_is_a_finding():
    metadata = b"\x2a\5Mosul"

    found = [places("640.avif", longer_avif(metadata, counted=count)) for count in (True, False)]

    assert found == [["OBU 5 (metadata)"], ["meta/iloc", "OBU 5 (metadata)"]]


# Packed files and names ---------------------------------------------------------------------


def test_a_packed_page_is_scanned_inside():
    marks = marks_from(["Canon EOS R5"])
    page = b"<p>Filmed with a Canon EOS R5</p>"

    found = {
        name: "byte 17" in places(name, data, marks=marks)
        for name, data in {
            "a.html.gz": gzip.compress(page, mtime=0),
            "b.html.br": brotli.compress(page),
            "c.html.gz": gzip.compress(b"<p>Filmed</p>", mtime=0),
            "d.html.br": brotli.compress(b"<p>Filmed</p>"),
        }.items()
    }

    assert found == {"a.html.gz": True, "b.html.br": True, "c.html.gz": False, "d.html.br": False}


def test_a_packed_file_is_held_to_the_rule_of_what_it_packs():
    page = gzip.compress(with_segment(0xFE, b"Mosul"), mtime=0)

    found = places("poster.jpg.gz", page)

    assert found == ["segment FFFE (comment)"]


@pytest.mark.parametrize(
    ("name", "data", "place"),
    [
        ("a.html.gz", gzip.compress(b"<p>", mtime=1494482828), "gzip header"),
        ("a.html.gz", gzip.compress(b"<p>", mtime=0) + b"Mosul", "file"),
        ("a.html.gz", gzip.compress(b"<p>", mtime=0)[:-1], "file"),
        ("a.html.gz", b"<p>", "file"),
        ("a.html.br", brotli.compress(b"<p>") + b"Mosul", "file"),
        ("a.html.br", brotli.compress(b"<p>" * 99)[:-1], "file"),
        ("a.html.gz.br", brotli.compress(b"<p>"), "file name"),
    ],
)
def test_a_packed_file_that_holds_more_than_it_packs_is_a_finding(name, data, place):
    found = places(name, data)

    assert found == [place]


@pytest.mark.parametrize("pack", [functools.partial(gzip.compress, mtime=0), brotli.compress])
def test_a_file_that_unpacks_to_a_flood_is_refused(monkeypatch, pack):
    monkeypatch.setattr("media.core.leaks.packed.MOST_AT_ONCE", 1 << 16)
    name = "a.html.br" if pack is brotli.compress else "a.html.gz"

    found = [places(name, pack(bytes(size))) for size in (1 << 16, (1 << 16) + 1)]

    assert found == [[], ["file"]]


@pytest.mark.parametrize("name", ["film.mov", "poster.heic", "README", "poster.jpg.exe"])
def test_a_file_without_a_rule_is_a_finding(name):
    found = findings(name, b"")

    assert [finding.place for finding in found] == ["file name"]
    assert found[0].what.startswith("There is no rule for ")


# Beside each other ----------------------------------------------------------------------


def test_marks_are_found_beside_faults_of_the_format():
    marks = marks_from(["Canon EOS R5"])

    found = places("poster.jpg", with_segment(0xFE, b"Canon EOS R5"), marks=marks)

    assert found == ["byte 6", "segment FFFE (comment)"]


def test_a_file_of_nothing_but_faults_gives_a_bounded_report():
    found = findings("index.m3u8", b"#EXTM3U\n" + b"# note\n" * 5000)

    assert len(found) == MOST_FINDINGS

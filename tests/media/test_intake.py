"""Footage in: kept whatever it is, examined behind walls, ready or rejected with a sentence."""

import json
import os
import socket
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections

from media import intake, stores
from media.core.probe import REASONS, Unusable
from media.intake import Arrival
from media.models import CustodyEvent, Footage
from tests.media import studio

pytestmark = pytest.mark.django_db

BY_HAND = Arrival(Footage.Arrival.COMMAND, "ana", "the baker")


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    return studio.film(tmp_path_factory.mktemp("film"), channels=1, seconds=1)


def receive(content, name="film.mp4"):
    return intake.receive([content], name=name, arrival=BY_HAND)


def events():
    return list(CustodyEvent.objects.values_list("kind", flat=True))


# Ready --------------------------------------------------------------------------------------


def test_a_film_is_kept_hashed_and_ready(film):
    footage = intake.receive_file(film, BY_HAND)

    footage.refresh_from_db()
    assert (footage.state, footage.reason) == ("ready", "")
    assert (footage.original_name, footage.source_alias) == ("film.mp4", "the baker")
    assert footage.probe["duration_ms"] == 1000
    assert stores.sha256_of("originals", footage.store_name) == footage.sha256
    assert events() == ["received", "examined"]


def test_an_upload_goes_the_same_way(film):
    upload = SimpleUploadedFile("phone.mp4", film.read_bytes())

    footage = intake.receive_upload(upload, Arrival(Footage.Arrival.UPLOAD, "ben"))

    assert (footage.state, footage.arrival) == ("ready", "upload")


def test_the_same_bytes_twice_are_one_footage(film):
    first = receive(film.read_bytes(), "a.mp4")
    second = receive(film.read_bytes(), "b.mp4")

    assert first == second
    assert Footage.objects.get().original_name == "a.mp4"
    assert events() == ["received", "examined", "received_again"]
    assert CustodyEvent.objects.last().detail["name"] == "b.mp4"
    assert stores.files_below("originals") == [first.store_name]


def test_where_an_original_lies_says_nothing_of_its_name_or_content(film):
    footage = intake.receive_file(film, BY_HAND)

    assert "film" not in footage.store_name
    assert footage.sha256[:8] not in footage.store_name


def test_every_text_of_the_file_is_known_to_the_archive(marked_clip):
    footage = intake.receive_file(marked_clip.path, BY_HAND)

    said = json.dumps(footage.metadata, ensure_ascii=False)
    assert [
        place
        for place in ("keys/model", "udta/©mod", "chapter 1")
        if marked_clip.marks[place] not in said
    ] == []


def test_footage_that_was_not_examined_yet_is_examined_when_it_comes_again(film):
    footage = intake.receive_file(film, BY_HAND)
    Footage.objects.update(state=Footage.State.RECEIVED, probe=None)

    again = intake.receive_file(film, BY_HAND)

    assert (again, again.state) == (footage, "ready")


# Rejected -----------------------------------------------------------------------------------


def test_an_empty_file_is_rejected_and_kept():
    footage = receive(b"", "zero.webm")

    assert (footage.state, footage.reason) == ("rejected", REASONS["empty"])
    assert stores.files_below("originals") == [footage.store_name]
    assert events() == ["received", "rejected"]


@pytest.mark.parametrize(
    "content",
    [
        b"\0" * 4096,
        bytes(range(256)) * 64,
        b"Dear editor, the video is on my other telephone.\n" * 50,
        b"\x1f\x8b\x08" + bytes(500),
        b"%PDF-1.7\n" + bytes(500),
        b"<html><script>alert(1)</script></html>",
        b"\x7fELF" + bytes(500),
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0\0\0\x08free",
    ],
    ids=["zeros", "noise", "text", "gzip", "pdf", "html", "program", "a head alone"],
)
def test_what_is_no_video_is_rejected_with_a_sentence(content):
    footage = receive(content)

    assert (footage.state, footage.reason) == ("rejected", REASONS["unreadable"])


def test_sound_alone_is_rejected(tmp_path):
    footage = intake.receive_file(studio.sound_alone(tmp_path, seconds=1), BY_HAND)

    assert (footage.state, footage.reason) == ("rejected", REASONS["no_video"])


def test_a_header_without_pictures_is_rejected(tmp_path):
    data = studio.film(tmp_path, fragmented=True).read_bytes()

    footage = receive(data[: data.index(b"moof") - 4])

    assert (footage.state, footage.reason) == ("rejected", REASONS["no_frames"])


@pytest.mark.parametrize("kind", ["png", "gif", "bmp", "webp", "tiff"])
def test_a_still_picture_is_rejected(tmp_path, kind):
    path = tmp_path / f"still.{kind}"
    studio.ffmpeg("-f", "lavfi", "-i", "testsrc2=s=64x64:d=1:r=1", "-frames:v", 1, path)

    footage = receive(path.read_bytes())

    assert footage.state == "rejected"


def test_a_file_that_was_cut_short_is_worth_what_is_there(tmp_path):
    data = studio.film(tmp_path, name="film.mkv", seconds=4).read_bytes()

    footage = receive(data[: len(data) // 2])

    assert footage.state == "ready"
    assert 0 < footage.probe["duration_ms"] < 4000


def test_rejected_footage_that_comes_again_is_still_rejected():
    receive(b"not a film")

    assert receive(b"not a film").state == "rejected"
    assert events() == ["received", "rejected", "received_again"]


# Files that name other files ----------------------------------------------------------------

LURES = {
    "ffconcat": "ffconcat version 1.0\nfile {target}\n",
    "concat without a head": "file '{target}'\n",
    "m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{target}\n#EXT-X-ENDLIST\n",
    "m3u8 over the network": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{url}\n"
    "#EXT-X-ENDLIST\n",
    "m3u8 with a key": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n"
    '#EXT-X-KEY:METHOD=AES-128,URI="{url}"\n#EXTINF:2,\n{target}\n#EXT-X-ENDLIST\n',
    "SDP": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    "SVG": '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" '
    'xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="{url}"/></svg>',
    "DASH": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
    'mediaPresentationDuration="PT2S"><Period><AdaptationSet mimeType="video/mp4">'
    '<Representation id="1" bandwidth="1"><BaseURL>{url}</BaseURL></Representation>'
    "</AdaptationSet></Period></MPD>",
    "Smooth Streaming": '<SmoothStreamingMedia MajorVersion="2"><StreamIndex Type="video" '
    'Url="{url}"/></SmoothStreamingMedia>',
    "ASX": '<asx version="3.0"><entry><ref href="{url}"/></entry></asx>',
    "RealMedia metafile": "{url}\nfile://{target}\n",
}


@pytest.fixture
def lured(film, tmp_path, settings):
    """A place that nobody may look at: a film that would open, a pipe, and a listener."""
    pipe = tmp_path / "pipe.mp4"
    os.mkfifo(pipe)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        yield {"film": film, "pipe": pipe, "listener": listener}


def was_called(listener):
    try:
        listener.accept()[0].close()
    except TimeoutError:
        return False
    return True


@pytest.mark.parametrize("target", ["film", "pipe"])
@pytest.mark.parametrize("kind", LURES)
def test_a_file_that_names_others_is_rejected_and_opens_none(lured, kind, target):
    port = lured["listener"].getsockname()[1]
    content = LURES[kind].format(
        target=lured[target], port=port, url=f"http://127.0.0.1:{port}/film.mp4"
    )

    footage = receive(content.encode())

    assert (footage.state, footage.reason) == ("rejected", REASONS["unreadable"])
    assert not was_called(lured["listener"])


def test_the_lure_would_work_on_an_examination_without_its_list(lured, tmp_path):
    lure = tmp_path / "lure.mp4"
    lure.write_text(LURES["ffconcat"].format(target=lured["film"]))
    program = "import av, sys; print(len(av.open(sys.argv[1], options={'safe': '0'}).streams))"

    found = subprocess.run([sys.executable, "-c", program, lure], capture_output=True, check=True)

    assert found.stdout == b"2\n"


# Names --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("film.mp4", "film.mp4"),
        ("فيديو 1.mp4", "فيديو 1.mp4"),
        ("a\u202egpj.exe", "a\N{REPLACEMENT CHARACTER}gpj.exe"),
        ("two\nlines\r.mp4", "two\N{REPLACEMENT CHARACTER}lines\N{REPLACEMENT CHARACTER}.mp4"),
        ("nothing\0.mp4", "nothing\N{REPLACEMENT CHARACTER}.mp4"),
        ("\x1b[31mred.mp4", "\N{REPLACEMENT CHARACTER}[31mred.mp4"),
        ("broken\udcff.mp4", "broken\N{REPLACEMENT CHARACTER}.mp4"),
        ("<script>alert(1)</script>.mp4", "<script>alert(1)</script>.mp4"),
        ("x" * 300, "x" * 255),
        ("ليلى" * 100, ("ليلى" * 100)[:255]),
        ("", ""),
    ],
)
def test_a_file_name_is_kept_as_text_that_can_be_shown(name, shown):
    footage = receive(b"not a film", name)

    footage.refresh_from_db()
    assert footage.original_name == shown
    assert CustodyEvent.objects.first().detail["name"] == shown


def test_a_name_that_looks_like_an_option_is_only_a_name(film, tmp_path):
    path = tmp_path / "-version.mp4"
    path.write_bytes(film.read_bytes())

    assert intake.receive_file(path, BY_HAND).state == "ready"


# Arriving -----------------------------------------------------------------------------------


def test_memory_does_not_grow_with_the_file():
    chunk = bytes(1024 * 1024)

    tracemalloc.start()
    footage = intake.receive((chunk for _ in range(200)), name="big.mp4", arrival=BY_HAND)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert footage.byte_size == 200 * 1024 * 1024
    assert peak < 16 * 1024 * 1024


def test_an_arrival_that_breaks_off_leaves_no_row_and_no_file():
    def chunks():
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        intake.receive(chunks(), name="film.mp4", arrival=BY_HAND)

    assert Footage.objects.count() == 0
    assert stores.files_below("originals") == []


def test_a_file_that_cannot_be_opened_is_the_callers_business(tmp_path):
    with pytest.raises(FileNotFoundError):
        intake.receive_file(tmp_path / "nothing.mp4", BY_HAND)


@pytest.mark.django_db(transaction=True)
def test_two_who_bring_the_same_bytes_at_once_share_one_row(film):
    def bring(_):
        try:
            return intake.receive_file(film, BY_HAND).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as threads:
        found = set(threads.map(bring, range(3)))

    assert found == {Footage.objects.get().pk}
    assert len(stores.files_below("originals")) == 1


# The examiner's answer ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [b"", b"nonsense", b"[]", b"null", b'"ready"', b'{"error": "nonsense"}', b'{"error": 1}'],
)
def test_an_answer_that_is_none_is_a_failed_examination(answer):
    with pytest.raises(Unusable) as caught:
        intake._understood(answer)

    assert caught.value.word == "stopped"

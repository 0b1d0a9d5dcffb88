"""Files made to harm: each ends in a sentence or in a clip, within bounded memory and time."""

import socket
import subprocess
import sys

import pytest

from media import intake, jail
from media.core.probe import REASONS
from media.models import Job
from tests.media import hostile, studio
from tests.media.films import box
from tests.media.packages import BY_HAND, a_clip_of, packaged, work

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MOST_BYTES = 1 << 30
MOST_CPU_S = 20
DAMAGED = "The picture is damaged in places: look at the whole clip before you publish it."


@pytest.fixture(params=["rlimits", "bwrap"])
def walls(request, settings):
    """Each of the two jails."""
    settings.JAIL = request.param
    jail.bubblewrap.cache_clear()
    yield request.param
    jail.bubblewrap.cache_clear()


def receive(content, name="film.mp4"):
    """Take it in, and hold its examination to what it may use."""
    with hostile.watched() as use:
        footage = intake.receive([content], name=name, arrival=BY_HAND)
    assert_bounded(use)
    return footage


def assert_bounded(use):
    assert 0 < use.peak < MOST_BYTES
    assert use.cpu_s < MOST_CPU_S


def outcome(footage):
    """The reason's word for rejected footage, else how long it lasts in milliseconds."""
    if footage.is_ready:
        return footage.probe["duration_ms"]
    assert footage.reason.endswith(".")
    return next(word for word, reason in REASONS.items() if reason == footage.reason)


# Tables that lie ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tables", "expected"),
    [
        (["stsz"], "no_frames"),
        (["stts"], 1000),
        (["stsc"], 1000),
        (["stco"], "no_frames"),
        (["ctts"], 1000),
        (["stsz", "stts", "stsc"], "no_frames"),
        (["stsz", "stts", "ctts", "stsc"], "no_frames"),
    ],
    ids=["stsz", "stts", "stsc", "stco", "ctts", "three at once", "four at once"],
)
def test_a_claim_of_67_million_samples_costs_nothing(walls, tables, expected):
    assert outcome(receive(hostile.claiming(*tables))) == expected


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (hostile.many_tracks, "unreadable"),
        (lambda: hostile.many_tracks(65), "too_many_streams"),
        (lambda: hostile.many_tracks(64), 1000),
        (hostile.many_chapters, 1000),
        (hostile.many_marks, 1000),
        (hostile.many_boxes, 1000),
        (hostile.nested, "unreadable"),
        (lambda: hostile.nested(kind="trak"), "unreadable"),
        (hostile.endless_elements, "unreadable"),
        (lambda: hostile.huge_element("1254c367"), "unreadable"),
        (lambda: hostile.huge_element("ec"), "unreadable"),
        (lambda: hostile.huge_element("1f43b675"), "no_video"),
    ],
    ids=[
        "10,000 tracks",
        "65 tracks",
        "64 tracks",
        "200,000 chapters",
        "Nero's chapters",
        "a million boxes",
        "boxes 10,000 deep",
        "tracks 10,000 deep",
        "endless elements",
        "huge tags",
        "a huge void",
        "a huge cluster",
    ],
)
def test_a_burden_of_structure_is_carried_or_refused(make, expected):
    assert outcome(receive(make())) == expected


def test_200_000_chapters_of_matroska_are_carried(tmp_path):
    assert outcome(receive(hostile.marked_matroska(tmp_path), "film.mkv")) == 1000


def test_an_index_of_half_a_gigabyte_of_zeros_is_refused(tmp_path):
    path = hostile.write_zeros(tmp_path / "zeros.mp4")
    assert path.stat().st_blocks * 512 < 1 << 20

    with hostile.watched() as use, pytest.raises(Exception, match=r"\.$") as caught:
        intake.read_probe(intake.examine_file(path))

    assert_bounded(use)
    assert caught.value.word == "no_video"


# Times that lie -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(hostile.DAY_S, "too_long"), (11 * 3600, "torn"), (3601, "torn"), (3599, 3_599_960)],
)
def test_a_hole_between_two_pictures_is_bounded(seconds, expected):
    assert outcome(receive(hostile.hole(seconds))) == expected


def test_100_000_edits_that_show_the_same_pictures_are_refused(walls):
    assert outcome(receive(hostile.many_edits())) == "timeout"


def test_a_few_edits_that_show_the_same_pictures_are_played():
    assert outcome(receive(hostile.many_edits(8))) not in REASONS


@pytest.mark.parametrize(
    ("content", "expected"),
    [(hostile.timed((25, 0)), 1000), (hostile.hurried(100_000), 1)],
    ids=["no time at all", "100,000 a second"],
)
def test_times_that_no_camera_writes_are_measured(content, expected):
    assert outcome(receive(content)) == expected


def test_a_film_of_one_picture_plays(tmp_path):
    package = packaged(studio.film(tmp_path, options=("-frames:v", "1")))

    assert (package.duration_ms, package.remarks) == (40, [])


def test_a_film_whose_pictures_have_no_length_plays(tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(hostile.timed((25, 0)))

    assert packaged(path).duration_ms > 0


# Pictures of a monstrous size ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (hostile.giant_h264, "too_large"),
        (hostile.giant_jpeg, "no_frames"),
        (hostile.giant_png, "no_video"),
    ],
)
def test_a_picture_of_256_million_pixels_is_refused(walls, make, expected):
    assert outcome(receive(make())) == expected


@pytest.mark.parametrize("make", [hostile.giant_h264, hostile.giant_jpeg])
def test_the_same_picture_of_a_usual_size_is_taken(make):
    assert outcome(receive(make(64 if make is hostile.giant_jpeg else 320))) == 1000


def test_a_picture_that_grows_in_the_middle_is_encoded_within_bounds(tmp_path):
    clip = a_clip_of(hostile.growing_picture(tmp_path))

    with hostile.watched() as use:
        job = work(clip)

    assert (job.state, job.reason) == (Job.State.DONE, "")
    assert use.peak < MOST_BYTES
    assert (clip.current_package.width, clip.current_package.height) == (320, 240)


# Files that name others ---------------------------------------------------------------------

LURES = {
    "HLS": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://{target}\n#EXT-X-ENDLIST\n",
    "HLS with a map": '#EXTM3U\n#EXT-X-MAP:URI="{target}"\n#EXTINF:2,\n{url}\n#EXT-X-ENDLIST\n',
    "HLS variants": "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{url}\n",
    "ffconcat": "ffconcat version 1.0\nfile file://{target}\noption safe 0\n",
    "a list of files": "file 'file:{target}'\nfile '{url}'\n",
    "MPD": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
    'mediaPresentationDuration="PT2S"><Period><AdaptationSet mimeType="video/mp4">'
    '<Representation id="1" bandwidth="1"><BaseURL>file://{target}</BaseURL>'
    "</Representation></AdaptationSet></Period></MPD>",
    "SDP": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=video {port} RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    "SMIL": '<smil><body><video src="file://{target}"/><video src="{url}"/></body></smil>',
    "XSPF": '<playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><location>'
    "{url}</location></track></trackList></playlist>",
    "PLS": "[playlist]\nFile1={target}\nFile2={url}\nNumberOfEntries=2\n",
    "SubRip": "1\n00:00:00,000 --> 00:00:02,000\n{target} {url}\n",
    "HTML": '<!doctype html><video src="{url}"></video><img src="file://{target}">',
    "a zip": "PK\x03\x04\x14\0\0\0\0\0{target}",
    "AviSynth": 'FFmpegSource2("{target}")\n',
}
CANARY = "the-name-of-the-source-is-"


@pytest.fixture
def canary(tmp_path):
    """A file that nobody may look at, and a place on this machine that nobody may call."""
    secret = tmp_path / "canary.mp4"
    secret.write_bytes(studio.film(tmp_path, name="secret.mp4", seconds=1).read_bytes())
    with secret.open("ab") as file:
        file.write(box("free", CANARY.encode()))
    openings = hostile.Openings(secret)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield secret, openings, listener
    openings.close()


def was_called(listener):
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def holding(folder, text):
    """The files below a folder that hold a text."""
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and text.encode() in path.read_bytes()
    ]


@pytest.mark.parametrize("kind", LURES)
def test_a_file_that_names_others_reaches_neither_file_nor_network(walls, canary, data, kind):
    secret, openings, listener = canary
    port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}/film.mp4"

    footage = receive(LURES[kind].format(target=secret, port=port, url=url).encode())

    assert outcome(footage) == "unreadable"
    assert not openings.happened()
    assert not was_called(listener)
    assert holding(data, CANARY) == []


@pytest.mark.parametrize("name", ["film.mp4", "film.mov", "film.avi", "film.m3u8", "film%03d.jpg"])
def test_no_name_makes_a_file_be_opened_as_something_else(canary, tmp_path, name):
    secret, openings, _ = canary
    path = tmp_path / name
    path.write_text(LURES["HLS"].format(target=secret))
    (tmp_path / "film001.jpg").write_bytes(b"not to be found by a pattern")

    footage = intake.receive_file(path, BY_HAND)

    assert outcome(footage) == "unreadable"
    assert not openings.happened()


@pytest.mark.parametrize("kind", ["url ", "alis"])
def test_a_film_whose_pictures_lie_in_another_file_reaches_none(
    walls, canary, data, tmp_path, kind
):
    secret, openings, _ = canary

    footage = receive(hostile.referring(tmp_path, secret, kind).read_bytes(), "film.mov")

    # A reference of the kind that ffmpeg does not follow leaves the film's own bytes.
    assert outcome(footage) == ("no_frames" if kind == "alis" else 1000)
    assert not openings.happened()
    assert holding(data, CANARY) == []


def test_the_reference_would_be_followed_without_its_ban(canary, tmp_path):
    secret, openings, _ = canary
    lure = hostile.referring(tmp_path, secret, "alis")
    options = "{'enable_drefs': '1', 'use_absolute_path': '1'}"
    program = f"import av, sys; av.open(sys.argv[1], options={options})"

    subprocess.run([sys.executable, "-c", program, lure], capture_output=True, check=False)

    assert openings.happened()


# Damage -------------------------------------------------------------------------------------

FRONT = ("-movflags", "+faststart")
PIECES = ("-movflags", "frag_keyframe+empty_moov")
WEBM = ("-c:v", "libvpx", "-b:v", "300k", "-preset", "0")


def four_seconds(folder, name, options=()):
    return studio.film(folder, name=name, seconds=4, channels=1, options=("-g", "25", *options))


@pytest.mark.parametrize(
    ("name", "options", "share", "least", "most"),
    [
        ("film.mp4", FRONT, 0.3, 1000, 1400),
        ("film.mp4", FRONT, 0.6, 2100, 2600),
        ("film.mp4", FRONT, 0.99, 3800, 4100),
        ("film.mp4", PIECES, 0.5, 1600, 2300),
        ("film.ts", (), 0.5, 1700, 2200),
        ("film.mkv", (), 0.5, 1700, 2200),
        ("film.flv", (), 0.5, 1700, 2200),
        ("film.avi", (), 0.5, 1700, 2200),
        ("film.webm", WEBM, 0.5, 1700, 2200),
    ],
)
def test_a_file_that_is_cut_short_plays_as_far_as_it_goes(
    tmp_path, name, options, share, least, most
):
    path = four_seconds(tmp_path, name, options)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])

    package = packaged(path)

    assert least <= package.duration_ms <= most


@pytest.mark.parametrize("name", ["film.mp4", "film.mkv", "film.flv", "film.ts"])
def test_a_file_with_one_byte_in_a_hundred_turned_over_plays_with_a_remark(tmp_path, name):
    path = four_seconds(tmp_path, name, FRONT if name == "film.mp4" else ())
    path.write_bytes(hostile.flipped(path.read_bytes()))

    with hostile.watched() as use:
        package = packaged(path)

    assert DAMAGED in package.remarks
    assert_bounded(use)


def test_an_mp4_that_ends_before_its_index_is_rejected_with_a_sentence(tmp_path):
    data = four_seconds(tmp_path, "film.mp4").read_bytes()

    assert outcome(receive(data[: len(data) * 9 // 10])) == "unreadable"

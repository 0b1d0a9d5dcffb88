"""Long clips in chunks: joined, they are what one encoder would have made of the whole."""

import pytest

from media import chunking, planning, queue, stores
from media.core import fmp4
from media.core.parts import Span
from media.models import Chunk, Clip, Job
from tests.media import studio
from tests.media.packages import a_clip_of, folder_of, packaged, pieces, segments, work

FILM_S = 15


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (1, [(0, None)]),
        (59, [(0, None)]),
        (60, [(0, 30), (30, None)]),
        (95, [(0, 30), (30, 60), (60, None)]),
    ],
)
def test_the_last_span_takes_what_is_left(count, expected):
    assert chunking.spans(count) == [Span(*span) for span in expected]


@pytest.fixture
def short_chunks(monkeypatch):
    """Every clip is a long one, and a chunk has two pieces of two seconds."""
    monkeypatch.setattr(planning, "LONGEST_WHOLE_MS", 5000)
    monkeypatch.setattr(chunking, "CHUNK_PIECES", 2)


@pytest.fixture
def film(tmp_path):
    return studio.film(
        tmp_path,
        size="480x360",
        rate="30000/1001",
        seconds=FILM_S,
        channels=1,
        options=("-g", "900"),
    )


pytestmark = pytest.mark.django_db(transaction=True)
slow = pytest.mark.slow


def bytes_of(package, rung):
    folder = folder_of(package) / rung
    names = [segment.name for segment in segments(package, rung)]
    return (folder / "init.mp4").read_bytes(), [(folder / name).read_bytes() for name in names]


@slow
def test_a_long_clip_is_made_in_chunks_and_nothing_of_them_is_left(film, short_chunks, data):
    clip = a_clip_of(film)

    job = work(clip)

    assert (job.state, job.reason) == ("done", "")
    asked = Job.objects.filter(kind="encode_chunk", state="done").count()
    assert (asked, Chunk.objects.count()) == (4, 0)
    assert pieces(data) == sorted(clip.packages.values_list("public_id", flat=True))


@slow
def test_joined_chunks_have_every_frame_in_its_place(film, short_chunks):
    package = packaged(film)

    init, parts = bytes_of(package, "v240")
    scale = fmp4.timescale(init)
    starts = [fmp4.base_time(part) for part in parts]
    lengths = [fmp4.samples(part, init=init) for part in parts]
    assert [start + length.duration for start, length in zip(starts, lengths, strict=True)][
        :-1
    ] == starts[1:]
    assert sum(length.count for length in lengths) == round(FILM_S * 30000 / 1001)
    assert abs(sum(length.duration for length in lengths) / scale - FILM_S) < 0.05
    assert segments(package, "v240") == segments(package, "v360")


@slow
def test_joined_chunks_show_what_a_single_encode_shows(film, tmp_path, monkeypatch):
    whole = packaged(film)
    monkeypatch.setattr(planning, "LONGEST_WHOLE_MS", 5000)
    monkeypatch.setattr(chunking, "CHUNK_PIECES", 2)
    clip = Clip.objects.get()
    queue.request("package_clip", clip.pk)

    work(clip)

    def shown(package):
        path = folder_of(package) / "v360" / "index.m3u8"
        data = studio.ffmpeg(
            *("-allowed_extensions", "ALL", "-i", path, "-vf", "scale=16:12:flags=area"),
            *("-pix_fmt", "gray", "-f", "rawvideo", "-"),
        )
        return [data[at : at + 192] for at in range(0, len(data), 192)]

    one, other = shown(whole), shown(clip.current_package)
    differences = [
        max(abs(a - b) for a, b in zip(mine, theirs, strict=True))
        for mine, theirs in zip(one, other, strict=True)
    ]
    assert whole.pk != clip.current_package.pk
    assert len(differences) == round(FILM_S * 30000 / 1001)
    assert max(differences) <= 12


@slow
def test_chunks_that_are_done_are_not_done_again(film, short_chunks):
    clip = a_clip_of(film)
    queue.work(Job.objects.about("first_play", clip.pk).get().pk)
    plan = planning.plan_for(clip)
    chunks = chunking._prepared(clip, plan, "h264")
    done = queue.request("encode_chunk", chunks[1].pk)
    queue.work(done.pk)

    work(clip)

    times = Job.objects.filter(kind="encode_chunk").count()
    assert (times, clip.current_package.state) == (4, "whole")


@slow
def test_a_chunk_that_fails_fails_its_clip_with_its_reason(film, short_chunks, data):
    clip = a_clip_of(film)
    queue.work(Job.objects.about("first_play", clip.pk).get().pk)
    (data / "originals" / clip.footage.store_name).unlink()

    job = work(clip)
    chunking.discard_abandoned()

    assert (job.state, "manage.py fixity" in job.reason) == ("failed", True)
    assert (clip.current_package.state, Chunk.objects.count()) == ("first", 0)
    assert pieces(data) == [clip.current_package.public_id]


@slow
def test_av1_is_added_to_a_package_that_is_whole(film, settings):
    settings.AV1 = True
    package = packaged(film)
    job = Job.objects.about("add_av1", package.clip.pk).get()

    queue.work(job.pk)

    clip = Clip.objects.select_related("current_package").get()
    added = clip.current_package
    names = set(added.renditions.values_list("name", flat=True))
    assert names == {"v360", "v240", "av1-360"}
    assert segments(added, "av1-360") == segments(added, "v360")
    assert (folder_of(added) / "v360/00000.m4s").samefile(folder_of(package) / "v360/00000.m4s")
    master = (folder_of(added) / "master.m3u8").read_text()
    assert master.index("avc1.") < master.index("av01.")
    assert added.scan["files"] == len(stores.files_below("packages", added.public_id))


@slow
def test_av1_of_a_long_clip_is_made_in_chunks(film, short_chunks, settings):
    settings.AV1 = True
    package = packaged(film)

    queue.work(Job.objects.about("add_av1", package.clip.pk).get().pk)

    added = Clip.objects.get().current_package
    assert segments(added, "av1-360") == segments(added, "v360")
    assert Chunk.objects.count() == 0


def test_no_av1_is_asked_for_where_it_is_switched_off(tmp_path, settings):
    settings.AV1 = False

    packaged(studio.film(tmp_path, seconds=1))

    assert not Job.objects.of_kinds(["add_av1"]).exists()


@slow
def test_av1_for_a_clip_that_was_made_anew_meanwhile_is_given_up(film, settings, data):
    settings.AV1 = True
    package = packaged(film)
    Clip.objects.update(out_ms=4000)
    before = pieces(data)

    job = Job.objects.about("add_av1", package.clip.pk).get()
    queue.work(job.pk)

    job.refresh_from_db()
    assert (job.state, pieces(data)) == ("done", before)

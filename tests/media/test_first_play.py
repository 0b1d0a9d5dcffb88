"""First play: a clip can be watched while its first package is made, and nothing leaks by that."""

import re

import pytest
from django.utils import timezone

from media import first_play, growing, intake, queue, release, stores
from media.core import hls
from media.core.probe import read_probe
from media.models import Clip, Footage, Job
from media.queue import Lease
from tests import marked
from tests.factories import a_package
from tests.media import studio
from tests.media.packages import a_clip_of, first_played, folder_of, packaged, pieces, work

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

WEB_READY = ("-g", "25", "-c:a", "aac")
# A keyframe every minute is none that a player could start at.
NOT_WEB_READY = ("-g", "1500", "-c:a", "aac")


def web_ready(folder, **fields):
    return studio.film(folder, channels=1, options=WEB_READY, **fields)


def not_web_ready(folder, **fields):
    return studio.film(
        folder, channels=1, **{"seconds": 13, "size": "640x480", "options": NOT_WEB_READY, **fields}
    )


class Looking(Lease):
    """A lease that notes what could be watched whenever the work tells how far it is."""

    def report(self, percent):
        clip = Clip.objects.select_related("current_package").get()
        if clip.current_package is not None:
            NOTES.append((clip.current_package.state, listed(clip.current_package)))
        super().report(percent)


NOTES: list[tuple[str, list[str]]] = []


def listed(package):
    """The segments that a viewer is told of, all of which must be there."""
    folder = folder_of(package)
    rung = package.renditions.get().name
    text = (folder / rung / "index.m3u8").read_text()
    names = [segment.name for segment in hls.read_media_playlist(text, growing=True)]
    assert [name for name in names if not (folder / rung / name).is_file()] == []
    return names


def looked_at(clip):
    """What could be watched, moment by moment, while the first package was made."""
    NOTES.clear()
    job = Job.objects.about("first_play", clip.pk).get()
    Job.objects.claim(job.pk, "mine")
    first_play.first_play(clip.pk, Looking(job.pk, "mine"))
    clip.refresh_from_db()
    return list(NOTES)


# What is made -------------------------------------------------------------------------------


def test_a_web_ready_film_is_taken_as_it_is(tmp_path):
    film = web_ready(tmp_path, seconds=9)

    package = first_played(film)

    folder = folder_of(package)
    assert (package.state, package.recipe, package.has_mp4) == ("first", "", True)
    source, mp4 = (read_probe(intake.examine_file(path)) for path in (film, folder / "clip.mp4"))
    assert (mp4.width, mp4.frame_rate) == (source.width, source.frame_rate)
    pictures = [
        studio.ffmpeg("-i", path, "-map", "0:v", "-f", "framemd5", "-").splitlines()[-200:]
        for path in (film, folder / "clip.mp4")
    ]
    assert pictures[0] == pictures[1]


def test_any_other_film_gets_its_middle_rung_first(tmp_path):
    package = first_played(not_web_ready(tmp_path, size="854x720", seconds=12))

    assert (package.state, package.mp4_height) == ("first", 480)
    assert [rung.name for rung in package.renditions.all()] == ["v480"]
    names = {name.split("/")[1] for name in stores.files_below("packages", package.public_id)}
    assert names == {
        *("audio", "clip.mp4", "master.m3u8", "poster.jpg", "stills", "v480"),
        *("master.m3u8.gz", "storyboard.jpg", "storyboard.vtt"),
    }


def test_the_whole_package_takes_over_what_was_encoded_first(tmp_path):
    clip = a_clip_of(not_web_ready(tmp_path))

    work(clip)

    first, whole = clip.packages.order_by("version")
    same = [
        name
        for name in ("v480/00000.m4s", "audio/00000.m4s", "clip.mp4", "storyboard.jpg")
        if (folder_of(first) / name).samefile(folder_of(whole) / name)
    ]
    assert (first.state, whole.state) == ("first", "whole")
    assert same == ["v480/00000.m4s", "audio/00000.m4s", "clip.mp4", "storyboard.jpg"]
    assert whole.pictures == first.pictures
    assert whole.scan["files"] == len(stores.files_below("packages", whole.public_id))


def test_nothing_is_taken_over_of_a_clip_that_was_cut_otherwise_meanwhile(tmp_path):
    clip = a_clip_of(not_web_ready(tmp_path))
    queue.work(Job.objects.about("first_play", clip.pk).get().pk)
    Clip.objects.update(out_ms=5000)

    work(clip)

    assert abs(clip.current_package.duration_ms - 5000) <= 40
    assert clip.current_package.recipe != clip.packages.get(version=1).recipe


def test_a_cut_of_web_ready_footage_is_encoded(tmp_path):
    package = first_played(web_ready(tmp_path, seconds=6), in_ms=1000)

    assert package.recipe != ""
    assert abs(package.duration_ms - 5000) <= 40


def test_a_film_that_cannot_be_taken_as_it_is_is_encoded_after_all(tmp_path):
    film = web_ready(tmp_path, seconds=8)
    clip = a_clip_of(film)
    # What looks like a word of the source stands in the pictures themselves.
    word = max(re.findall(rb"[A-Za-z0-9]{6,}", film.read_bytes()[2000:100_000]), key=len)
    Footage.objects.update(
        metadata=[{"place": "container", "name": "title", "value": word.decode()}]
    )

    queue.work(Job.objects.about("first_play", clip.pk).get().pk)

    clip.refresh_from_db()
    package = clip.current_package
    assert (package.state, package.recipe != "", package.scan["found"]) == ("first", True, 0)


# While it grows -----------------------------------------------------------------------------


def test_a_film_can_be_watched_before_it_is_encoded_to_its_end(tmp_path):
    clip = a_clip_of(not_web_ready(tmp_path, seconds=25, size="854x480"))

    notes = looked_at(clip)

    assert {state for state, _ in notes} == {"growing"}
    assert clip.current_package.state == "first"
    # The first pictures do not wait for the sound, which looks ahead.
    assert notes[0][1] == ["00000.m4s"]
    assert sound_lengths(clip.current_package) == [2, 2, 2, 6, 6, 6, 1]
    # Its readers are told when its pages are drawn.
    kinds = list(Job.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["first_play", "refresh_clip", "package_clip"]
    assert clip.current_package.version == 1


def sound_lengths(package):
    """The seconds of each segment of the sound."""
    text = (folder_of(package) / "audio/index.m3u8").read_text()
    return [round(segment.duration_us / 1_000_000) for segment in hls.read_media_playlist(text)]


def test_a_public_clip_grows_in_public(tmp_path, data):
    clip = a_clip_of(not_web_ready(tmp_path))
    Clip.objects.update(cleared_at=timezone.now())
    job = Job.objects.about("first_play", clip.pk).get()
    Job.objects.claim(job.pk, "mine")
    seen = []

    class Publishing(Lease):
        def report(self, percent):
            clip.refresh_from_db()
            if clip.current_package is not None:
                release.place_clip(clip)
                seen.append(len(stores.files_below("public")))

    first_play.first_play(clip.pk, Publishing(job.pk, "mine"))

    clip.refresh_from_db()
    private, public = (
        {name.partition(clip.current_package.public_id)[2] for name in stores.files_below(alias)}
        for alias in ("packages", "public")
    )
    assert seen[0] < seen[-1] <= len(public)
    assert private == public


def test_nothing_of_a_clip_that_nobody_cleared_is_public_while_it_grows(tmp_path):
    clip = a_clip_of(not_web_ready(tmp_path))

    looked_at(clip)

    assert stores.files_below("public") == []


def test_nothing_of_a_marked_clip_is_in_a_first_package(data, marked_clip):
    package = first_played(marked_clip.path)

    assert package.scan["found"] == 0
    assert marked.search(data / "packages", marked_clip.marks) == {}


def refreshed():
    """The pages are drawn: none names what is gone any more."""
    for job in Job.objects.of_kinds(["refresh_clip"]).queued():
        queue.work(job.pk)


# When it goes wrong -------------------------------------------------------------------------


def left_behind(clip):
    """A growing package whose worker has died, and one of its files."""
    package = a_package(clip, state="growing", mp4_byte_size=0)
    with stores.work_folder() as work:
        (work / "master").write_bytes(b"#EXTM3U")
        stores.put_into_package(package.public_id, "master.m3u8", work / "master")
    return package


def test_a_growing_package_of_a_dead_worker_gives_way_to_the_next_attempt(tmp_path, data):
    clip = a_clip_of(web_ready(tmp_path, seconds=3))
    dead = left_behind(clip)

    work(clip)

    refreshed()
    growing.discard_dead()
    assert list(clip.packages.values_list("state", flat=True)) == ["whole", "first"]
    assert dead.public_id not in pieces(data)


def test_a_growing_package_that_nobody_makes_is_taken_away(tmp_path, data):
    clip = a_clip_of(web_ready(tmp_path, seconds=3))
    Job.objects.update(state=Job.State.FAILED, reason="It was tried 3 times.")
    dead = left_behind(clip)

    growing.discard_dead()
    still_there = pieces(data)
    refreshed()
    growing.discard_dead()

    clip.refresh_from_db()
    assert still_there == [dead.public_id]
    assert (clip.current_package, pieces(data)) == (None, [])


def test_work_that_was_taken_away_leaves_no_trace(tmp_path, data):
    clip = a_clip_of(not_web_ready(tmp_path))
    job = Job.objects.get()
    Job.objects.claim(job.pk, "another")

    with pytest.raises(queue.LeaseLost):
        first_play.first_play(clip.pk, Lease(job.pk, "mine"))

    clip.refresh_from_db()
    assert (clip.current_package, pieces(data)) == (None, [])


def test_a_clip_that_can_be_watched_already_only_asks_for_the_rest(tmp_path):
    package = packaged(web_ready(tmp_path, seconds=2))
    job = queue.request("first_play", package.clip.pk)

    queue.work(job.pk)

    assert package.clip.packages.count() == 2
    assert Job.objects.about("package_clip", package.clip.pk).queued().exists()

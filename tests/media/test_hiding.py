"""What is to be hidden is black and silent in every file of a package, and proved to be."""

import pytest

from media import hiding, packaging, planning
from media.errors import EncodingFailed
from media.models import Clip, Package, Redaction
from tests.media import studio
from tests.media.packages import a_clip_of, folder_of, packaged, rungs, work

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def place(at_ms, x, y, width=0.3, height=0.4):
    return {"at_ms": at_ms, "x": x, "y": y, "width": width, "height": height}


def hide(clip, *, box=None, mute=None, span=(500, 1500)):
    """Hide something in a clip, as the desk does, but for its page."""
    if box:
        Redaction.objects.create(
            clip=clip, kind="box", start_ms=span[0], end_ms=span[1], keyframes=box
        )
    if mute:
        Redaction.objects.create(clip=clip, kind="mute", start_ms=mute[0], end_ms=mute[1])
    Clip.objects.filter(pk=clip.pk).update(hides=planning.hides_of(planning.cut_of(clip)))
    clip.refresh_from_db()


def brightest(path, x, y, width, height, *, at):
    """The brightest point of a part of a picture, 0 to 255; the part in pixels of 64 by 36."""
    data = studio.picture(path, at=at, width=64, height=36)
    rows = [
        data[3 * (line * 64 + x) : 3 * (line * 64 + x + width)] for line in range(y, y + height)
    ]
    return max(map(max, rows))


def test_a_box_that_moves_is_black_in_every_film_still_and_sheet_and_the_proof_says_so(
    tmp_path, settings
):
    settings.AV1 = False
    film = studio.film(tmp_path, size="640x360", seconds=2, filters="eq=brightness=0.3")
    clip = a_clip_of(film, poster_ms=1000)
    hide(clip, box=[place(500, 0.0, 0.1), place(1500, 0.5, 0.5)])

    job = work(clip)

    assert (job.state, job.reason) == ("done", "")
    package = clip.current_package
    folder = folder_of(package)
    assert package.state == Package.State.WHOLE
    assert package.hides == clip.hides != ""
    assert package.proof["looks"] >= 6
    assert package.proof["deviation"] <= hiding.MOST_DEVIATION
    # In the middle of its way the box is from 0.25 to 0.55 across, and 0.3 to 0.7 down.
    for name in ("clip.mp4", f"{rungs(package)[0]}/index.m3u8"):
        assert brightest(folder / name, 18, 13, 15, 10, at=1.0) < 12
        assert brightest(folder / name, 18, 13, 15, 10, at=0.2) > 100
        assert brightest(folder / name, 18, 13, 15, 10, at=1.8) > 100
    assert brightest(folder / "poster.jpg", 18, 13, 15, 10, at=0) < 12
    assert {job.kind for job in clip_jobs(clip)} == {"first_play", "package_clip"}


def clip_jobs(clip):
    return list(packaging.Job.objects.of_clips([clip.pk]))


def test_a_muted_span_is_silent_and_the_rest_is_heard(tmp_path, settings):
    settings.AV1 = False
    clip = a_clip_of(studio.film(tmp_path, seconds=3, channels=2))
    hide(clip, mute=(1000, 2000))

    work(clip)

    package = clip.current_package
    levels = studio.loudness(folder_of(package) / "clip.mp4")
    assert max(levels[4:8]) == 0
    assert min(levels[:3] + levels[9:]) > 300
    assert package.proof["spans"] == 2
    assert package.proof["level_db"] <= hiding.LOUDEST_DB


def test_a_crop_shows_nothing_of_what_lies_outside_it(tmp_path, settings):
    settings.AV1 = False
    film = studio.film(
        tmp_path,
        size="640x360",
        seconds=1,
        filters="drawbox=color=green:t=fill,drawbox=w=iw:h=ih/4:color=red:t=fill",
    )
    clip = a_clip_of(film)
    # Below the red, all is green.
    Clip.objects.update(crop={"x": 0.0, "y": 0.3, "width": 0.7, "height": 0.6})
    clip.refresh_from_db()
    hide(clip)

    work(clip)

    package = clip.current_package
    assert (package.width, package.height) == (448, 216)
    assert package.pictures["storyboard"]["tile_width"] == 160
    for name in ("clip.mp4", "poster.jpg"):
        assert studio.colour(folder_of(package) / name, 0.0, 0.0, at=0) == "green"


def test_a_cut_moves_no_box_and_black_is_black_in_a_picture_of_the_full_range(tmp_path, settings):
    settings.AV1 = False
    film = studio.film(
        tmp_path,
        size="640x360",
        seconds=2,
        filters="eq=brightness=0.3,scale=out_range=pc",
        options=("-pix_fmt", "yuvj420p", "-color_range", "pc"),
    )
    clip = a_clip_of(film, in_ms=1000)
    hide(clip, box=[place(1200, 0.3, 0.3)], span=(1200, 1600))

    work(clip)

    film = folder_of(clip.current_package) / "clip.mp4"
    assert clip.current_package.start_ms == 1000
    assert brightest(film, 22, 14, 14, 8, at=0.4) < 12
    assert brightest(film, 22, 14, 14, 8, at=0.08) > 100


def test_a_package_that_does_not_hide_it_is_thrown_away(tmp_path, settings, monkeypatch):
    settings.AV1 = False
    clip = packaged(studio.film(tmp_path, size="640x360", seconds=1)).clip
    hide(clip, box=[place(0, 0.3, 0.3)], span=(0, 1000))
    plan = planning.plan_for(clip)

    with pytest.raises(EncodingFailed) as caught:
        hiding.prove(folder_of(clip.current_package), plan, films=["240p"], sounds=[])

    assert str(caught.value) == hiding.UNPROVED


def test_sound_that_is_still_heard_is_no_proof(tmp_path, settings):
    settings.AV1 = False
    clip = packaged(studio.film(tmp_path, seconds=2, channels=1)).clip
    hide(clip, mute=(500, 1500))

    with pytest.raises(EncodingFailed):
        hiding.prove(
            folder_of(clip.current_package), planning.plan_for(clip), films=[], sounds=["audio"]
        )


def test_readers_lose_a_clip_in_which_something_is_to_be_hidden_until_it_is(tmp_path):
    package = packaged(studio.film(tmp_path, seconds=1), cleared_at="2026-01-01T00:00:00Z")
    clip = package.clip
    before = clip.is_playable

    hide(clip, box=[place(0, 0.3, 0.3)], span=(0, 1000))

    clip = Clip.objects.get()
    assert (before, clip.is_playable, list(Clip.objects.playable())) == (True, False, [])

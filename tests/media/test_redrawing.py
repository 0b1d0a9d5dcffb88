"""No warned pixel: what the pictures of a clip show, before and after somebody warns of a span."""

import pytest
from django.utils import timezone
from PIL import Image

from media import queue, redrawing, release, stores
from media.models import Job, Warning
from tests.articles.public import public_files, public_folder
from tests.media import studio
from tests.media.packages import a_clip_of, folder_of, packaged, work

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# Green, but for two seconds of red: those are warned of.
SPAN = (2000, 4000)
PICTURES = (".jpg", ".webp", ".avif")
FILM = "drawbox=color=green:t=fill,drawbox=color=red:t=fill:enable='gte(t,2)*lt(t,4)'"


@pytest.fixture(autouse=True)
def no_av1(settings):
    """Its rungs would bring the poster's light forms with them; here the whole package has them."""
    settings.AV1 = False


@pytest.fixture
def film(tmp_path):
    return studio.film(tmp_path, seconds=8, filters=FILM)


def warn(clip, span=SPAN):
    start, end = span
    Warning.objects.create(clip=clip, kind=Warning.Kind.DEATH, start_ms=start, end_ms=end)
    redrawing.ask_for_pictures(clip)


def redraw(clip):
    queue.work(Job.objects.about("redraw_pictures", clip.pk).queued().get().pk)
    clip.refresh_from_db()
    return clip.current_package


def colours(path):
    """Which of red, green and black a picture shows anywhere, but for the blur between tiles."""
    with Image.open(path) as picture:
        counts = {"red": 0, "green": 0, "black": 0}
        data = picture.convert("RGB").tobytes()
        for red, green in zip(data[::3], data[1::3], strict=True):
            if red > 150 and green < 90:
                counts["red"] += 1
            elif green > 90 and red < 60:
                counts["green"] += 1
            elif red < 40 and green < 40:
                counts["black"] += 1
        return {name for name, count in counts.items() if count > 20}


def pictures(folder):
    """Every picture in a folder, whatever its format, by its name."""
    paths = [path for path in folder.rglob("*") if path.suffix in PICTURES]
    return {path.relative_to(folder).as_posix(): colours(path) for path in paths}


def test_an_unwarned_clip_shows_all_of_itself(film):
    found = pictures(folder_of(packaged(film, poster_ms=2500)))

    assert found["poster.jpg"] == {"red"}
    assert found["storyboard.jpg"] == {"red", "green"}


@pytest.mark.parametrize("poster_ms", [None, 2500])
def test_a_clip_that_is_warned_of_before_it_is_made_shows_nothing_of_the_span(film, poster_ms):
    clip = a_clip_of(film, poster_ms=poster_ms)
    warn(clip)
    work(clip)

    found = pictures(folder_of(clip.current_package))

    assert (found["poster.jpg"], found["storyboard.jpg"]) == ({"green"}, {"green", "black"})
    assert set().union(*found.values()) == {"green", "black"}
    assert clip.current_package.leaves_out(clip.veils)


def test_the_posters_light_forms_show_no_more_than_the_poster(film):
    clip = a_clip_of(film, poster_ms=2500)
    warn(clip)
    work(clip)

    found = pictures(folder_of(clip.current_package))

    forms = {name: seen for name, seen in found.items() if name.startswith("posters/")}
    assert forms == {f"posters/320.{form}": {"green"} for form in ("avif", "webp", "jpg")}


def test_a_clip_that_is_warned_of_as_a_whole_span_has_black_pictures(film):
    clip = a_clip_of(film)
    warn(clip, (0, 8000))
    work(clip)

    assert set().union(*pictures(folder_of(clip.current_package)).values()) == {"black"}


def test_a_still_inside_the_span_is_black(film):
    clip = a_clip_of(film)
    warn(clip, (5000, 7000))
    work(clip)

    found = pictures(folder_of(clip.current_package))

    assert (found["stills/00000.jpg"], found["stills/00001.jpg"]) == ({"green"}, {"black"})


def test_a_warning_after_the_package_draws_the_pictures_again_and_encodes_nothing(film):
    old = packaged(film, poster_ms=2500)
    clip = old.clip
    warn(clip)

    new = redraw(clip)

    found = pictures(folder_of(new))
    assert set().union(*found.values()) == {"green", "black"}
    assert (new.version, new.is_whole, new.leaves_out(clip.veils)) == (old.version + 1, True, True)
    assert new.pictures["posters"] == [320]
    films = [sorted(folder_of(package).rglob("*.m4s")) for package in (old, new)]
    assert [path.stat().st_ino for path in films[0]] == [path.stat().st_ino for path in films[1]]


def test_a_warning_that_comes_while_the_package_is_made_is_heeded_afterwards(film):
    # Cut, so that its first package has pictures which the whole one takes over.
    clip = a_clip_of(film, out_ms=7500)
    queue.work(Job.objects.about("first_play", clip.pk).get().pk)
    clip.refresh_from_db()
    warn(clip)
    work(clip)

    new = redraw(clip)

    assert set().union(*pictures(folder_of(new)).values()) == {"green", "black"}


def test_a_warning_that_is_taken_back_shows_its_span_again(film):
    clip = a_clip_of(film, poster_ms=2500)
    warn(clip)
    work(clip)
    clip.warnings.all().delete()
    redrawing.ask_for_pictures(clip)

    assert colours(folder_of(redraw(clip)) / "poster.jpg") == {"red"}


def test_the_same_warnings_ask_for_nothing(film):
    clip = a_clip_of(film)
    warn(clip)
    work(clip)

    redrawing.ask_for_pictures(clip)

    assert not Job.objects.about("redraw_pictures", clip.pk).exists()


def test_pictures_from_before_a_warning_leave_the_public_at_once_and_come_back_clean(film):
    clip = packaged(film, poster_ms=2500).clip
    clip.cleared_at = timezone.now()
    clip.save()
    release.place_clip(clip)
    shown = [name for name in public_files() if name.endswith(PICTURES)]

    warn(clip)
    release.place_clip(clip)

    assert {name.rpartition(".")[2] for name in shown} == {"jpg", "webp", "avif"}
    assert [name for name in public_files() if name.endswith((*PICTURES, "storyboard.vtt"))] == []
    assert stores.exists("public", f"media/{clip.current_package.public_id}/clip.mp4")

    redraw(clip)
    release.place_clip(clip)

    found = pictures(public_folder())
    assert (len(found), set().union(*found.values())) == (len(shown), {"green", "black"})


def test_pictures_come_back_when_a_warning_was_a_mistake(film):
    clip = packaged(film).clip
    clip.cleared_at = timezone.now()
    clip.save()
    release.place_clip(clip)
    there = public_files()
    warn(clip)
    release.place_clip(clip)

    clip.warnings.all().delete()
    release.place_clip(clip)

    assert public_files() == there

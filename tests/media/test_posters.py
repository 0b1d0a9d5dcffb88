"""The poster in the sizes and formats that pages ask for."""

import pytest
from PIL import Image

from media import queue, stores
from media.core import poster_forms
from media.models import Clip, Job
from tests.media import studio
from tests.media.packages import folder_of, packaged

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

KINDS = {"avif": "AVIF", "webp": "WEBP", "jpg": "JPEG"}


@pytest.fixture(autouse=True)
def no_av1(settings):
    settings.AV1 = False


def forms_in(package):
    found = {}
    for path in sorted((folder_of(package) / poster_forms.FOLDER).iterdir()):
        with Image.open(path) as picture:
            found[path.name] = (picture.format, picture.size)
    return found


@pytest.mark.parametrize(
    ("size", "sizes"),
    [
        ("1920x1080", {320: (320, 180), 640: (640, 360), 960: (960, 540), 1280: (1280, 720)}),
        ("404x720", {320: (320, 570)}),
    ],
)
def test_each_size_is_there_in_each_format_and_none_is_larger_than_the_poster(
    tmp_path, size, sizes
):
    package = packaged(studio.film(tmp_path, size=size, seconds=1))

    assert forms_in(package) == {
        f"{width}.{form}": (kind, found)
        for width, found in sizes.items()
        for form, kind in KINDS.items()
    }
    assert package.pictures["posters"] == list(sizes)


def test_light_forms_are_lighter_the_better_the_format(tmp_path):
    package = packaged(studio.film(tmp_path, size="1280x720", seconds=1))
    folder = folder_of(package) / poster_forms.FOLDER

    bytes_of = [(folder / f"960.{form}").stat().st_size for form in poster_forms.FORMATS]

    assert bytes_of == sorted(bytes_of)


def test_a_poster_that_is_smaller_than_every_form_is_left_as_it_is(tmp_path):
    package = packaged(studio.film(tmp_path, size="160x120", seconds=1))

    assert (forms_in(package), package.pictures["posters"]) == ({}, [])


def test_av1_brings_the_forms_with_it(tmp_path, settings):
    settings.AV1 = True
    package = packaged(studio.film(tmp_path, size="640x360", seconds=1))
    queue.work(Job.objects.about("add_av1", package.clip_id).queued().get().pk)

    added = Clip.objects.select_related("current_package").get().current_package

    assert ("posters" in package.pictures, added.has_av1) == (False, True)
    assert added.pictures["posters"] == [320, 640]
    assert added.scan["files"] == len(stores.files_below("packages", added.public_id))

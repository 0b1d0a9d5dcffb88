"""Near duplicates: footage that shows the same pictures, however it was encoded."""

import io
from random import Random

import pytest
from django.urls import reverse
from PIL import Image

from media import comparing, stores
from media.core import likeness
from media.models import Frames, Likeness
from tests.factories import a_clip, a_footage, a_package
from tests.media.test_admin_footage import PROBE

pytestmark = pytest.mark.django_db

TILE = (160, 90)
SHEET = {"every_ms": 1000, "columns": 4, "rows": 2, "count": 8}
SHEET |= {"tile_width": TILE[0], "tile_height": TILE[1]}


def scene(seed):
    """A picture of large spots, as footage has them."""
    spots = Image.frombytes("L", (9, 8), Random(seed).randbytes(72))
    return spots.resize(TILE, Image.Resampling.BICUBIC)


def a_film(*scenes, darker=1.0, quality=80):
    """Footage with a clip whose storyboard shows these pictures."""
    sheet = Image.new("L", (TILE[0] * 4, TILE[1] * 2))
    for number, picture in enumerate(scenes):
        row, column = divmod(number, 4)
        shown = picture.point(lambda grey: int(grey * darker))
        sheet.paste(shown, (column * TILE[0], row * TILE[1]))
    package = a_package(
        a_clip(footage=a_footage(probe=PROBE)),
        pictures={"storyboard": {**SHEET, "count": len(scenes)}},
    )
    content = io.BytesIO()
    sheet.save(content, "JPEG", quality=quality)
    with stores.work_folder() as work:
        folder = work / package.public_id
        folder.mkdir()
        (folder / "storyboard.jpg").write_bytes(content.getvalue())
        stores.keep_package(folder, package.public_id)
    return package.clip.footage


def test_a_film_that_was_cut_and_encoded_again_looks_like_its_model(archivist):
    original = a_film(*map(scene, range(8)))
    other = a_film(*map(scene, range(20, 28)))
    comparing.compare_new()
    copy = a_film(*map(scene, range(2, 7)), darker=0.8, quality=25)

    comparing.compare_new()

    assert comparing.like(copy) == [(original, 5)]
    assert comparing.like(original) == [(copy, 5)]
    assert comparing.like(other) == []
    page = archivist.get(reverse("admin:media_footage_change", args=[original.pk]))
    assert page.context["like"] == [(copy, 5)]
    listed = archivist.get(reverse("admin:media_footage_changelist"), {"alike": "yes"})
    assert set(listed.context["cl"].result_list) == {original, copy}


def test_films_that_show_nothing_are_like_nothing():
    night = Image.new("L", TILE, 12)
    for _ in range(2):
        a_film(*[night] * 8)

    comparing.compare_new()

    assert [one.hashes for one in Frames.objects.all()] == [[], []]
    assert Likeness.objects.count() == 0


def test_footage_is_compared_once_and_without_a_sheet_all_the_same():
    lost = a_package(a_clip(), pictures={"storyboard": SHEET})

    comparing.compare_new()
    comparing.compare_new()

    assert [one.footage for one in Frames.objects.all()] == [lost.clip.footage]


def test_pictures_that_have_nothing_in_common_differ_in_about_half_of_their_bits():
    hashes = [likeness.hash_of(Random(seed).randbytes(72)) for seed in range(100)]

    apart = [(a ^ b).bit_count() for a in hashes for b in hashes if a < b]

    assert min(apart) > likeness.MOST_BITS_APART
    assert 28 < sum(apart) / len(apart) < 36

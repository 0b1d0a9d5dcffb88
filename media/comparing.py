"""Comparing: which footage looks like other footage, from the storyboards of their clips.

A storyboard comes from the same decode as the package, so nothing is decoded for this. What is
hidden in a clip is hidden in it, too.
"""

from collections.abc import Iterator

from django.db import transaction
from PIL import Image, UnidentifiedImageError

from media import stores
from media.core import likeness
from media.core.encode_args import STORYBOARD_NAME
from media.models import Footage, Frames, Likeness, Package

# So many at a time, because each is compared with all that were before it.
AT_A_TIME = 20


def compare_new() -> None:
    """Compare footage that has a storyboard now with all that was compared before it."""
    for package in Package.objects.with_frames_to_compare()[:AT_A_TIME]:
        compare(package)


def compare(package: Package) -> None:
    """Note the frames of a package's footage, and what looks like it."""
    footage = package.clip.footage
    hashes = sorted({found for found in _hashes(package) if found is not None})
    with transaction.atomic():
        Frames.objects.update_or_create(footage=footage, defaults={"hashes": hashes})
        Likeness.objects.bulk_create(_likenesses(footage, hashes), ignore_conflicts=True)


def _likenesses(footage: Footage, hashes: list[int]) -> list[Likeness]:
    found = []
    others = Frames.objects.exclude(footage=footage).values_list("footage_id", "hashes")
    for other_id, theirs in others.iterator():
        alike = likeness.frames_alike(hashes, theirs)
        if likeness.is_near(alike, hashes, theirs):
            found.append(Likeness(footage=footage, other_id=other_id, frames=alike))
    return found


def _hashes(package: Package) -> Iterator[int | None]:
    """Of each tile of the storyboard; of none where the sheet cannot be read."""
    sheet = package.pictures["storyboard"]
    width, height = sheet["tile_width"], sheet["tile_height"]
    with stores.localised("packages", f"{package.public_id}/{STORYBOARD_NAME}") as path:
        try:
            with Image.open(path, formats=["JPEG"]) as opened:
                grey = opened.convert("L")
        except (FileNotFoundError, UnidentifiedImageError):
            return
    for number in range(sheet["count"]):
        row, column = divmod(number, sheet["columns"])
        left, top = column * width, row * height
        tile = grey.crop((left, top, left + width, top + height))
        small = tile.resize((likeness.WIDTH, likeness.HEIGHT), Image.Resampling.BOX)
        yield likeness.hash_of(small.tobytes())


def like(footage: Footage) -> list[tuple[Footage, int]]:
    """Footage that looks like this one, with how many frames are alike, the most first."""
    found = {one.other: one.frames for one in footage.like.select_related("other")}
    found |= {one.footage: one.frames for one in footage.likened.select_related("footage")}
    return sorted(found.items(), key=lambda pair: -pair[1])

"""Pictures as the editor of stories shows them: in its text, and among those to choose from."""

from collections.abc import Iterable

from django.urls import reverse

from articles.pictures import read_image
from media.models import Picture

MOST_SHOWN = 12


def newest() -> list[dict[str, object]]:
    """Cards of the pictures that came last."""
    return cards(Picture.objects.newest_first()[:MOST_SHOWN])


def named(public_ids: Iterable[str]) -> list[dict[str, object]]:
    return cards(Picture.objects.named(public_ids))


def cards(pictures: Iterable[Picture]) -> list[dict[str, object]]:
    """What a card shows of each picture; its words are those of the story in which it stands."""
    return [_card(picture) for picture in pictures]


def _card(picture: Picture) -> dict[str, object]:
    image = read_image(picture, _private_address)
    return {
        "id": picture.public_id,
        "src": image.url,
        "width": image.width,
        "height": image.height,
        "name": picture.original_name,
        "size": f"{picture.width} × {picture.height}",
    }


def _private_address(public_id: str, name: str) -> str:
    return reverse("package_file", args=[public_id, name])

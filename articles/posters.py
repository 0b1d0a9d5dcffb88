"""Pictures in formats and sizes to choose from, and the one that stands for a clip."""

from collections.abc import Callable
from dataclasses import dataclass

from media.core.encode_args import POSTER_NAME
from media.core.poster_forms import FOLDER, FORMATS, JPEG, WEBP, form_name
from media.models import Package

MEDIA_TYPES = {form: f"image/{'jpeg' if form == JPEG else form}" for form in FORMATS}
# A player takes one address: what fits most screens, in a format of every browser that plays here.
PLAYER_WIDTH = 960


@dataclass(frozen=True)
class SourceView:
    media_type: str
    srcset: str


@dataclass(frozen=True)
class ImageView:
    """``url`` is a JPEG for every browser; ``width`` and ``height`` are in its proportions."""

    url: str
    width: int
    height: int
    sources: tuple[SourceView, ...] = ()


@dataclass(frozen=True)
class PosterView(ImageView):
    """``url`` is the whole poster, ``player_url`` what a player shows before it plays.

    There are no ``sources`` before the poster was drawn in other forms.
    """

    player_url: str = ""


def read_poster(package: Package, addresses: Callable[[str, str], str]) -> PosterView:
    """The poster of a package that has one."""
    url = addresses(package.public_id, POSTER_NAME)
    widths: list[int] = package.pictures.get(FOLDER, [])

    def address(width: int, form: str) -> str:
        return addresses(package.public_id, form_name(width, form))

    sources = (
        SourceView(
            MEDIA_TYPES[form],
            ", ".join(f"{address(width, form)} {width}w" for width in widths),
        )
        for form in FORMATS
    )
    fitting = [width for width in widths if width <= PLAYER_WIDTH]
    return PosterView(
        url=url,
        player_url=address(fitting[-1], WEBP) if fitting else url,
        width=package.width,
        height=package.height,
        sources=tuple(sources) if widths else (),
    )

"""The pictures in the text of a story, as pages show them, and the words that go with them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from articles.core.figures import PictureRef
from articles.models import Illustration
from articles.posters import MEDIA_TYPES, ImageView, SourceView
from media.core.pictures import FORMATS
from media.core.poster_forms import JPEG
from media.models import Picture

# How an address of a picture's file is made: from the picture's id and a name.
Addresses = Callable[[str, str], str]
# What is shown where a browser knows none of the sources, and where there is but one address.
ONE_WIDTH = 800


@dataclass(frozen=True)
class PictureView:
    """A picture at its place. ``whole_url`` is its widest JPEG, whose size ``image`` has.

    ``alt`` is empty for one that is decorative, and for one that nobody has described yet.
    """

    id: str
    alt: str
    caption: str
    credit: str
    warning: str
    is_decorative: bool
    image: ImageView
    whole_url: str

    @property
    def words(self) -> tuple[str, ...]:
        """All that is said of it, each once."""
        return tuple(dict.fromkeys(filter(None, (self.caption, self.alt, self.credit))))

    @property
    def may_stand_for_story(self) -> bool:
        """Whether it may be shown where nobody could be warned before."""
        return not self.is_decorative and not self.warning

    @property
    def is_tall(self) -> bool:
        return self.image.height > self.image.width


def read_pictures(
    refs: Iterable[PictureRef], addresses: Addresses
) -> dict[PictureRef, PictureView]:
    """The pictures that a body names, in one query; one that is not there leaves no trace."""
    refs = list(refs)
    if not refs:
        return {}
    known = {one.public_id: one for one in Picture.objects.named(ref.picture_id for ref in refs)}
    return {
        ref: read_picture(known[ref.picture_id], ref, addresses)
        for ref in refs
        if ref.picture_id in known
    }


def read_picture(
    picture: Picture, said: PictureRef | Illustration, addresses: Addresses
) -> PictureView:
    """A picture with what a story says of it."""
    return PictureView(
        id=picture.public_id,
        alt=said.alt,
        caption=said.caption,
        credit=said.credit,
        warning=said.warning,
        is_decorative=said.is_decorative,
        image=read_image(picture, addresses),
        whole_url=addresses(picture.public_id, picture.forms[-1]["names"][JPEG]),
    )


def read_image(picture: Picture, addresses: Addresses) -> ImageView:
    def address(form: dict, kind: str) -> str:
        return addresses(picture.public_id, form["names"][kind])

    widest = picture.forms[-1]
    fitting = [form for form in picture.forms if form["width"] <= ONE_WIDTH] or picture.forms[:1]
    return ImageView(
        url=address(fitting[-1], JPEG),
        width=widest["width"],
        height=widest["height"],
        sources=tuple(
            SourceView(
                MEDIA_TYPES[kind],
                ", ".join(f"{address(form, kind)} {form['width']}w" for form in picture.forms),
            )
            for kind in FORMATS
        ),
    )

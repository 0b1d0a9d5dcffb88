"""The words beside the pixels of an original picture: of EXIF, XMP, IPTC, profiles, comments."""

import re
from collections.abc import Iterator

from media.core.leaks.originals import texts_in

# A picture within the metadata: its tables look like words, and stand in every other picture.
_THUMBNAIL = re.compile(rb"\xff\xd8\xff.*?\xff\xd9", re.DOTALL)


def texts_beside(part: bytes) -> Iterator[str]:
    """Yield the texts of one part of a file, without the small picture that it may hold.

    >>> list(texts_beside(b"Exif\\0\\0Heron, Mosul\\0\\xff\\xd8\\xff\\xdb456789\\xff\\xd9"))
    ['Heron, Mosul']
    """
    yield from texts_in(_THUMBNAIL.sub(b"\0", part))

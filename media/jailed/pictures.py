"""Runs inside the jail: draws a picture that somebody handed in, for the text of a story.

    pictures.py FILE

Writes its forms into the working directory, as ``WIDTH.FORMAT``, and prints what it found as JSON:
``{"error": WORD}`` (see ``media.core.pictures``), or the size of the picture upright, those of the
forms, and the texts of its metadata. Only pixels get into the forms.
"""

import json
import sys
from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

from PIL import (
    ExifTags,
    Image,
    ImageCms,
    ImageFile,
    ImageOps,
    IptcImagePlugin,
    UnidentifiedImageError,
)

# Started as a script, outside any package: the code's root is two folders up.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from media.core import pictures
from media.core.leaks.pictures import texts_beside
from media.jailed import posters

READ = ("JPEG", "PNG", "WEBP", "AVIF")
HEAD = 1024
# A JPEG is read no finer than this, in pixels of each side: twice the widest form.
FINEST = (2 * pictures.WIDTHS[-1], 2 * pictures.WIDTHS[-1])
SIDEWAYS = (5, 6, 7, 8)
# Somebody waits for them: a WebP that is two percent smaller would take three times as long.
FORMATS = {**posters.FORMATS, "webp": {"format": "WEBP", "method": 4}}
HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
VALUE_LONGEST = 1000


class Refused(Exception):
    """The text is a key of ``pictures.REASONS``."""


def draw(path: str) -> dict[str, Any]:
    with Image.open(path, formats=READ) as file:
        # A phone puts a second picture (of depth, of more light) behind the one that is meant.
        if file.format != "MPO" and getattr(file, "is_animated", False):
            raise Refused("moving")
        width, height = file.size
        if width * height > pictures.MOST_PIXELS:
            raise Refused("large")
        file.draft(None, FINEST)
        file.load()
        upright = ImageOps.exif_transpose(file)
        if file.getexif().get(ExifTags.Base.Orientation) in SIDEWAYS:
            width, height = height, width
        widths = pictures.widths_for(width, height)
        widest = narrowed(flat(upright), widths[-1])
        plain = in_srgb(widest, file.info.get("icc_profile"))
        posters.draw(plain, widths, pictures.QUALITY, FORMATS)
        found = [{"name": name, "value": value} for name, value in texts_of(file)]
    sizes = [(one, max(1, round(plain.height * one / plain.width))) for one in widths]
    return {"width": width, "height": height, "sizes": sizes, "texts": found}


def narrowed(picture: Image.Image, width: int) -> Image.Image:
    size = (width, max(1, round(picture.height * width / picture.width)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def flat(picture: Image.Image) -> Image.Image:
    """In eight bits, three colours, on white where it is transparent; CMYK stays as it is."""
    if picture.mode.startswith("I"):
        # Sixteen bits of grey.
        picture = picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.mode == "CMYK":
        return picture
    if picture.mode not in ("RGBA", "LA", "PA") and "transparency" not in picture.info:
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    paper = Image.new("RGB", clear.size, "white")
    paper.paste(clear, mask=clear.getchannel("A"))
    return paper


def in_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The colours that were meant, as screens take them; the profile itself is left behind."""
    if profile:
        try:
            meant = ImageCms.ImageCmsProfile(BytesIO(profile))
            screen = ImageCms.createProfile("sRGB")
            changed = ImageCms.profileToProfile(picture, meant, screen, outputMode="RGB")
            return without_words(changed or picture)
        except (ImageCms.PyCMSError, OSError):
            # A profile for other colours than the picture has: they are taken as they are.
            pass
    return without_words(picture.convert("RGB"))


def without_words(picture: Image.Image) -> Image.Image:
    """The pixels alone, in a new image that knows nothing of the file's other parts."""
    plain = Image.new("RGB", picture.size)
    plain.paste(picture)
    return plain


def texts_of(file: ImageFile.ImageFile) -> Iterator[tuple[str, str]]:
    """Every text of the metadata, by what it is called there, as far as it is called anything."""
    exif = file.getexif()
    for tag, value in [*exif.items(), *exif.get_ifd(ExifTags.IFD.Exif).items()]:
        for text in texts_in_value(value):
            yield str(ExifTags.TAGS.get(tag, tag)), text
    gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
    if (place := position(gps)) is not None:
        yield "GPS position", place
    for tag, value in gps.items():
        for text in texts_in_value(value):
            yield str(ExifTags.GPSTAGS.get(tag, tag)), text
    for key, value in (IptcImagePlugin.getiptcinfo(file) or {}).items():
        for text in texts_in_value(value):
            yield f"IPTC {key[0]}:{key[1]}", text
    for name, value in getattr(file, "text", {}).items():
        yield "text", str(name)
        yield "text", str(value)
    parts = [value for value in file.info.values() if isinstance(value, bytes)]
    parts += [part for _, part in getattr(file, "applist", ())]
    for part in parts:
        for text in texts_beside(part):
            yield "", text


def texts_in_value(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield from texts_beside(value)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from texts_in_value(one)


def position(gps: dict[int, Any]) -> str | None:
    """Where it was taken, in degrees as pages write them, cut off so that finer ones begin so."""
    try:
        north, east = (
            (-1 if gps.get(tag - 1) in ("S", "W") else 1)
            * sum(float(part) / 60**power for power, part in enumerate(gps[tag]))
            for tag in (ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLongitude)
        )
        return f"{int(north * 10_000) / 10_000:.4f}, {int(east * 10_000) / 10_000:.4f}"
    except (KeyError, TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None


def kind_of(path: str) -> str:
    """What a file is that is no picture of ours: the word for the sentence about it."""
    with Path(path).open("rb") as file:
        head = file.read(HEAD)
    if head[4:8] == b"ftyp" and head[8:12] in HEIC:
        return "heic"
    if head.startswith(b"GIF8"):
        return "gif"
    return "svg" if b"<svg" in head.lower() else "unknown"


def answer(path: str) -> dict[str, Any]:
    try:
        found = draw(path)
    except Refused as refused:
        return {"error": str(refused)}
    except UnidentifiedImageError:
        return {"error": kind_of(path)}
    except MemoryError:
        return {"error": "large"}
    except (OSError, SyntaxError, ValueError):
        return {"error": "damaged"}
    return {**found, "texts": list(islice(each_once(found["texts"]), pictures.MOST_TEXTS))}


def each_once(texts: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    """Each text under the first of its names."""
    names: dict[str, str] = {}
    for one in texts:
        names.setdefault(one["value"].strip()[:VALUE_LONGEST], one["name"])
    return ({"name": name, "value": value} for value, name in names.items() if value)


if __name__ == "__main__":
    Image.MAX_IMAGE_PIXELS = None
    sys.stdout.write(json.dumps(answer(sys.argv[1])))

"""A picture is kept as it came; what readers get is drawn anew from its pixels alone."""

import hashlib
import os
import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from PIL import ExifTags, Image, ImageDraw

from media import packaging, picturing, release, stores
from media.core import pictures
from media.errors import LeakFound, Rejected
from media.models import Picture
from tests.factories import a_picture

pytestmark = pytest.mark.django_db

AUTHOR = "Jane Example of Heron"


def a_camera_file():
    """A JPEG of 600 × 300 that lies on its side: red above, blue below, when it stands upright."""
    lying = Image.new("RGB", (600, 300), "blue")
    ImageDraw.Draw(lying).rectangle((0, 0, 299, 299), fill="red")
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "Canon"
    exif[ExifTags.Base.Artist] = AUTHOR
    exif.get_ifd(ExifTags.IFD.GPSInfo).update(
        {1: "N", 2: (36.0, 21.0, 24.5), 3: "E", 4: (43.0, 9.0, 50.4)}
    )
    file = BytesIO()
    lying.save(file, "JPEG", exif=exif, comment=b"By the old mill")
    return file.getvalue()


def encoded(kind, *, size=(40, 30), **options):
    file = BytesIO()
    Image.new("RGB", size, "teal").save(file, kind, **options)
    return file.getvalue()


def moving():
    more = [Image.new("RGB", (40, 30), "red")]
    return encoded("WEBP", save_all=True, append_images=more)


def bomb():
    """A PNG that says it has 200 megapixels, in some hundred bytes."""

    def chunk(name, body):
        check = struct.pack(">I", zlib.crc32(name + body))
        return struct.pack(">I", len(body)) + name + body + check

    size = struct.pack(">IIBBBBB", 20_000, 10_000, 1, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def folder_of(alias):
    return Path(settings.STORAGES[alias]["OPTIONS"]["location"])


def take_in(content, name="IMG_2041.jpg"):
    return picturing.take_in([content], name=name, by=None)


def test_an_original_is_kept_byte_for_byte_and_drawn_upright_in_three_formats():
    content = a_camera_file()

    picture = take_in(content)

    assert (folder_of("originals") / picture.store_name).read_bytes() == content
    assert picture.sha256 == hashlib.sha256(content).hexdigest()
    assert (picture.width, picture.height, picture.byte_size) == (300, 600, len(content))
    [form] = picture.forms
    assert (form["width"], form["height"]) == (300, 600)
    for kind, name in form["names"].items():
        drawn = folder_of("packages") / picture.public_id / name
        digest = hashlib.sha256(drawn.read_bytes()).hexdigest()
        assert name == f"300-{digest[:16]}.{kind}"
        with Image.open(drawn) as image:
            above, below = image.convert("RGB").getpixel((150, 20)), image.getpixel((150, 580))
            assert (above[0] > 200 > above[2], below[2] > 200 > below[0]) == (True, True)
            assert (dict(image.getexif()), image.size) == ({}, (300, 600))
        assert b"Heron" not in drawn.read_bytes() and b"mill" not in drawn.read_bytes()
    told = {found["value"]: found["name"] for found in picture.metadata}
    assert {AUTHOR, "Canon", "By the old mill"} <= told.keys()
    assert told["36.3568, 43.1640"] == "GPS position"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"They came in the morning.", "unknown"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "svg"),
        (encoded("GIF"), "gif"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100), "heic"),
        (encoded("JPEG", size=(400, 300))[:-200], "damaged"),
        (moving(), "moving"),
        (bomb(), "large"),
    ],
    ids=["empty", "text", "svg", "gif", "heic", "cut off", "moving", "bomb"],
)
def test_what_is_no_picture_is_refused_with_a_sentence_and_not_kept(content, word):
    with pytest.raises(Rejected) as refusal:
        take_in(content)

    assert str(refusal.value) == pictures.REASONS[word]
    assert Picture.objects.count() == 0
    kept = [*folder_of("originals").rglob("*"), *folder_of("packages").rglob("*")]
    assert [path for path in kept if path.is_file()] == []


def test_a_file_of_too_many_bytes_is_refused_before_all_of_it_is_stored():
    sent = []

    def chunks():
        for number in range(200):
            sent.append(number)
            yield bytes(stores.CHUNK)

    with pytest.raises(Rejected, match="more than 64 MB"):
        picturing.take_in(chunks(), name="a.jpg", by=None)

    assert len(sent) == 65
    assert list(folder_of("originals").rglob("*.part")) == []


def test_the_same_bytes_again_are_the_same_picture():
    content = encoded("PNG")

    first, again = take_in(content), take_in(content, name="copy.png")

    assert first == again
    assert [picture.original_name for picture in Picture.objects.all()] == ["IMG_2041.jpg"]
    originals = [path for path in folder_of("originals").rglob("*") if path.is_file()]
    assert originals == [folder_of("originals") / first.store_name]


def test_a_file_name_says_nothing_of_where_a_picture_lies():
    picture = take_in(encoded("AVIF"), name="../../../etc/passwd\u202egnp.jpg")

    assert picture.original_name == "../../../etc/passwd\N{REPLACEMENT CHARACTER}gnp.jpg"
    assert "passwd" not in picture.store_name
    assert (folder_of("originals") / picture.store_name).is_file()


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {"error": ["large"]},
        {"error": "no word of ours"},
        {"width": 300, "height": 300, "sizes": [[800, 800]], "texts": []},
        {"width": True, "height": -1, "sizes": [], "texts": []},
        {"width": 300, "height": 300, "sizes": [[300, 300]], "texts": [{"name": 1, "value": ""}]},
        {"width": 300, "height": 300, "sizes": [[300, 300]], "texts": "many"},
    ],
)
def test_the_jail_is_believed_nothing_that_it_cannot_have_said(answer):
    with pytest.raises(ValueError, match="stopped"):
        pictures.read_facts(answer)


def test_a_picture_is_placed_with_all_its_forms_and_removed_whole():
    picture = a_picture()
    names = sorted(f"media/{picture.public_id}/{n}" for n in picture.forms[0]["names"].values())

    release.place_picture(picture)
    release.place_picture(Picture.objects.get())
    placed = stores.files_below("public", "media")
    release.remove_superseded()
    kept = stores.files_below("public", "media")
    release.remove_picture(picture)

    assert (placed, kept) == (names, names)
    assert (stores.files_below("public", "media"), Picture.objects.get().is_placed) == ([], False)


def test_a_form_that_tells_something_of_its_original_is_not_placed():
    picture = a_picture(metadata=[{"place": "picture", "name": "Artist", "value": AUTHOR}])
    name = picture.forms[0]["names"]["jpg"]
    with (folder_of("packages") / picture.public_id / name).open("ab") as drawn:
        drawn.write(AUTHOR.encode())

    with pytest.raises(LeakFound):
        release.place_picture(picture)

    assert stores.files_below("public", "media") == []


def test_forms_of_a_picture_are_no_orphans():
    picture = a_picture()
    (folder_of("packages") / "nobodys").mkdir()
    for folder in folder_of("packages").iterdir():
        os.utime(folder, (0, 0))

    packaging.remove_orphans()

    assert [path.name for path in folder_of("packages").iterdir()] == [picture.public_id]

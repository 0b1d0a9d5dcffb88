"""The marks that phones leave in a file: place, time, maker, and more.

Everything here is invented. It is planted so that the demo can show that none of it reaches a
reader: the places are street corners of a city of two million, the phones belong to nobody.
"""

import re
import struct
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple


class Phone(NamedTuple):
    """One invented phone and the moment it filmed; ``place`` is ISO 6709, ``made`` is UTC."""

    make: str
    model: str
    software: str
    latitude: float
    longitude: float
    altitude: float
    made: str
    local: str
    file_name: str
    content: str
    handlers: tuple[str, str]
    upright: bool = False

    @property
    def place(self) -> str:
        return f"{self.latitude:+08.4f}{self.longitude:+09.4f}"


HOUSE = Phone(
    "Apple",
    "iPhone 5",
    "8.1.3",
    36.3350,
    43.1189,
    223.0,
    "2015-04-11T19:26:40Z",
    "2015-04-11T22:26:40+0300",
    "IMG_0417.MOV",
    "7C1E0B52-93D4-4A6F-8E25-5B0D9A64F317",
    ("Core Media Video", "Core Media Audio"),
)
PISTOL = Phone(
    "samsung",
    "GT-I9300",
    "I9300XXUGNA8",
    36.3412,
    43.1307,
    221.0,
    "2015-04-19T18:02:13Z",
    "2015-04-19T21:02:13+0300",
    "20150419_210213.mp4",
    "2F8A61D7-0C3B-4E19-B7F2-9D41C85E6A03",
    ("VideoHandle", "SoundHandle"),
    upright=True,
)
SENTRY = Phone(
    "LGE",
    "LG-D855",
    "LG-D855-V20f",
    36.3274,
    43.1463,
    234.0,
    "2015-05-03T15:24:51Z",
    "2015-05-03T18:24:51+0300",
    "VID_20150503_182451.mp4",
    "B94D7E10-6A2C-4F58-91C3-E07F3A5D2B86",
    ("VideoHandle", "SoundHandle"),
)


def tags(phone: Phone) -> list[str]:
    """Return ffmpeg's output arguments for the tags of the container and of its streams."""
    arguments = [part for tag in _keys(phone).items() for part in ("-metadata", "=".join(tag))]
    for stream, handler in zip("va", phone.handlers, strict=True):
        arguments += [f"-metadata:s:{stream}:0", f"handler_name={handler}"]
    return [*arguments, "-movflags", "use_metadata_tags"]


def _keys(phone: Phone) -> dict[str, str]:
    if phone.make == "Apple":
        return {
            "com.apple.quicktime.location.ISO6709": f"{phone.place}{phone.altitude:+08.3f}/",
            "com.apple.quicktime.make": phone.make,
            "com.apple.quicktime.model": phone.model,
            "com.apple.quicktime.software": phone.software,
            "com.apple.quicktime.creationdate": phone.local,
            "com.apple.quicktime.content.identifier": phone.content,
            "com.apple.quicktime.displayname": phone.file_name,
        }
    return {
        # ffmpeg writes this one as a `loci` box, the place as 3GPP phones note it.
        "location": f"{phone.place}/",
        "com.android.version": "4.4.2",
        "com.android.manufacturer": phone.make,
        "com.android.model": phone.model,
        "com.android.build": phone.software,
        "com.android.capture.identifier": phone.content,
        "title": phone.file_name,
    }


def plant(film: Path, phone: Phone) -> None:
    """Add what ffmpeg has no option for: the date of the film, and Android's place."""
    data = bytearray(film.read_bytes())
    _date(data, phone)
    if phone.make != "Apple":
        _place(data, phone)
    film.write_bytes(data)


def _date(data: bytearray, phone: Phone) -> None:
    """Set the two dates of the film and of each track, in seconds from the start of 1904.

    Given to ffmpeg as a tag, the date would stand in the file a second time, as no phone does it.
    """
    since = datetime.fromisoformat(phone.made) - datetime(1904, 1, 1, tzinfo=UTC)
    seconds = int(since.total_seconds())
    index = data.rindex(b"moov")
    for header in re.finditer(rb"mvhd|tkhd|mdhd", data[index:]):
        struct.pack_into(">II", data, index + header.end() + 4, seconds, seconds)


def _place(data: bytearray, phone: Phone) -> None:
    """Add a `©xyz` box to the user data of an index that is the last box of the file.

    Nothing follows the index, so no offset has to move.
    """
    index, user_data = data.rindex(b"moov") - 4, data.rindex(b"udta") - 4
    place = f"{phone.place}/".encode()
    box = struct.pack(">I4sHH", 12 + len(place), b"\xa9xyz", len(place), 0x15C7) + place
    end = user_data + struct.unpack_from(">I", data, user_data)[0]
    data[end:end] = box
    for start in (index, user_data):
        size = struct.unpack_from(">I", data, start)[0]
        struct.pack_into(">I", data, start, size + len(box))

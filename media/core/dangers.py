"""What a file says of itself, sorted by how it could lead to whoever filmed.

Names of tags are those of QuickTime, MP4, Matroska, ASF, RIFF and XMP as demuxers tell them;
positions are written as ISO 6709 has them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum


class Danger(Enum):
    """The worst first."""

    PLACE = "place"
    PERSON = "person"
    DEVICE = "device"
    TIME = "time"
    TOOL = "tool"
    OTHER = "other"


MEANS = {
    Danger.PLACE: "where it was filmed, often to the metre",
    Danger.PERSON: "who filmed, who is seen, or whose it is",
    Danger.DEVICE: "which phone or camera, sometimes a single one in the world",
    Danger.TIME: "when it was filmed, or when the file was written",
    Danger.TOOL: "which program made the file",
    Danger.OTHER: "what nobody could sort",
}

# The first that fits counts. Looked for in names of tags.
_NAMES = (
    (Danger.PLACE, r"locat|gps|geo|iso6709|latit|longit|altit|xyz|city|country|gpmd"),
    (Danger.PERSON, r"artist|author|owner|perform|person|face|contact|copyright|credit|director"),
    (Danger.PERSON, r"title|comment|descri|keyword|url|filename|email|phone|album|name$"),
    (Danger.DEVICE, r"make|model|serial|firmware|camera|lens|device|identifier|uuid|vendor|umid"),
    (Danger.TIME, r"date|time|year|day"),
    (Danger.TOOL, r"encod|software|tool|handler|brand|version|writing|muxer|applicat|compat"),
)
# Looked for in what is written, where the name says nothing.
_VALUES = (
    (Danger.PLACE, r"[+-]\d{1,3}\.\d+[+-]\d{1,3}\.\d+|\bgps\b|location"),
    (Danger.PERSON, r"face|[\w.]+@[\w-]+\.\w+|https?://|author|creator"),
    (Danger.TIME, r"\d{4}[-:]\d\d[-:]\d\d|\d\d:\d\d:\d\d"),
    (Danger.DEVICE, r"urn:uuid|iphone|ipad|gopro|samsung|pixel|android|canon|nikon|sony|xiaomi"),
    (Danger.DEVICE, r"^[0-9A-F]{10,}$|^[A-Z]\w?\d{8,}$|serial|camera"),
    (Danger.TOOL, r"lav[cf]|handler|h\.?26[45]|core media|x26[45]|libebml|media file"),
)
_NO_NEWS = frozenset({"language", "mimetype"})
_NOTHING = re.compile(r"(?:\[?0\]?)*")
# Names that say who made the format, and nothing of the film.
_FORMAT = re.compile(r"^com\.apple\.quicktime\.")


@dataclass(frozen=True)
class Told:
    """One thing that a file says, and every place in which it says so."""

    danger: Danger
    value: str
    places: tuple[str, ...]

    @property
    def means(self) -> str:
        return MEANS[self.danger]


def danger_of(name: str, value: str) -> Danger:
    """How one text of a file endangers.

    >>> danger_of("com.apple.quicktime.location.ISO6709", "+48.8789+002.3376/").value
    'place'
    >>> danger_of("", "+48.8789+002.3376/").value, danger_of("model", "iPhone 4S").value
    ('place', 'device')
    >>> danger_of("creation_time", "2013-11-29T12:19:32Z").value, danger_of("", "ekeys").value
    ('time', 'other')
    """
    if name.lower().endswith("handler_name"):
        return Danger.TOOL
    if not name and _FORMAT.match(value) and "face" not in value:
        # The name of a tag, whose value stands beside it.
        return Danger.OTHER
    name = _FORMAT.sub("", name)
    for patterns, text in ((_NAMES, name), (_VALUES, value)):
        for danger, pattern in patterns:
            if re.search(pattern, text, re.IGNORECASE):
                return danger
    return Danger.OTHER


def report(metadata: Iterable[Mapping[str, str]]) -> list[Told]:
    """What a file says, the worst first, each thing once; ``metadata`` as footage keeps it.

    What the file says in several places has the worst name that any of them gives it.
    """
    found: dict[str, tuple[Danger, list[str]]] = {}
    ranks = list(Danger)
    for entry in metadata:
        name, value = entry["name"], entry["value"].strip()
        if _NOTHING.fullmatch(value) or name.partition("-")[0] in _NO_NEWS:
            continue
        danger = danger_of(name, value)
        worst, places = found.get(value, (danger, []))
        places.append(f"{entry['place']}: {name}" if name else entry["place"])
        found[value] = (min(worst, danger, key=ranks.index), places)
    told = [Told(d, value, tuple(dict.fromkeys(places))) for value, (d, places) in found.items()]
    return sorted(told, key=lambda one: ranks.index(one.danger))

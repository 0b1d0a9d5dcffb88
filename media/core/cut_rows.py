"""What the clip editor sends: marks on a clip, checked one by one like any other input.

Times are milliseconds of the footage, places fractions of the whole upright picture.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from media.core.tracks import Area, BadTrack, Box, read_area, read_box, require_few

MOST_MARKS = 500
LONGEST_REASON = 200
LONGEST_WORDING = 200


@dataclass(frozen=True)
class Hidden:
    """A box, or a span without sound where ``box`` is None, and why."""

    start_ms: int
    end_ms: int
    box: Box | None
    reason: str


@dataclass(frozen=True)
class Told:
    """A warning of a span."""

    start_ms: int
    end_ms: int
    kind: str
    wording: str
    language: str


@dataclass(frozen=True)
class Marks:
    """A clip as it is to be cut. ``end_ms`` None is the footage's end, ``poster_ms`` None our own
    choice of a moment, ``crop`` None the whole picture.
    """

    start_ms: int
    end_ms: int | None
    poster_ms: int | None
    crop: Area | None
    hidden: tuple[Hidden, ...]
    warnings: tuple[Told, ...]


def read_marks(told: object, *, length_ms: int, frame_ms: int, kinds: Sequence[str]) -> Marks:
    """The marks of footage that lasts ``length_ms``. Raises BadTrack with a sentence.

    ``kinds`` are those of warnings.
    """
    if not isinstance(told, list) or len(told) > MOST_MARKS:
        raise BadTrack(f"A clip has at most {MOST_MARKS} marks: take some out.")
    by_type: dict[str, list[Mapping[str, Any]]] = {}
    for mark in told:
        if not isinstance(mark, Mapping):
            raise BadTrack("A mark cannot be read: load the page again.")
        by_type.setdefault(str(mark.get("type")), []).append(mark)
    start, end = _cut(by_type.get("cut", []), length_ms)
    hidden = tuple(_hidden(by_type))
    require_few((one.box for one in hidden if one.box), frame_ms)
    return Marks(
        start_ms=start,
        end_ms=None if end >= length_ms else end,
        poster_ms=_poster(by_type.get("poster", []), start, end),
        crop=_crop(by_type.get("crop", [])),
        hidden=hidden,
        warnings=_warnings(by_type.get("warning", []), kinds),
    )


def _cut(marks: Sequence[Mapping[str, Any]], length_ms: int) -> tuple[int, int]:
    if len(marks) != 1:
        raise BadTrack("A clip has one start and one end: load the page again.")
    start, end = _span(marks[0], "The clip")
    if start >= length_ms:
        raise BadTrack("The clip starts after the end of its footage: start it earlier.")
    return start, min(end, length_ms)


def _poster(marks: Sequence[Mapping[str, Any]], start: int, end: int) -> int | None:
    if not marks:
        return None
    at_ms = _time(marks[0].get("start"), "The poster")
    if not start <= at_ms < end:
        raise BadTrack("The poster's moment lies outside the clip: choose one inside.")
    return at_ms


def _crop(marks: Sequence[Mapping[str, Any]]) -> Area | None:
    if not marks:
        return None
    crop = read_area(_mapping(marks[0].get("area")))
    if crop.width < 0.1 or crop.height < 0.1:
        raise BadTrack("So little of the picture would be seen by nobody: leave a tenth of it.")
    return None if crop == Area(0.0, 0.0, 1.0, 1.0) else crop


def _hidden(by_type: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[Hidden]:
    for mark in by_type.get("box", []):
        start, end = _span(mark, "A box")
        keys = [_key(key) for key in mark.get("keys") or []]
        yield Hidden(start, end, read_box(start, end, keys), _reason(mark))
    for mark in by_type.get("mute", []):
        yield Hidden(*_span(mark, "A muted span"), None, _reason(mark))


def _key(told: object) -> Mapping[str, Any]:
    key = _mapping(told)
    return {"at_ms": key.get("at"), **_mapping(key.get("area"))}


def _warnings(marks: Sequence[Mapping[str, Any]], kinds: Sequence[str]) -> tuple[Told, ...]:
    told = sorted((_warning(mark, kinds) for mark in marks), key=lambda one: one.start_ms)
    if len({(one.kind, one.language, one.start_ms) for one in told}) < len(told):
        raise BadTrack("Two warnings of one kind begin at the same moment: make one of them.")
    return tuple(told)


def _warning(mark: Mapping[str, Any], kinds: Sequence[str]) -> Told:
    start, end = _span(mark, "A warning")
    kind, wording = str(mark.get("kind")), str(mark.get("wording", "")).strip()
    if kind not in kinds:
        raise BadTrack("Say what a warning is about.")
    if len(wording) > LONGEST_WORDING:
        raise BadTrack(f"A warning has at most {LONGEST_WORDING} characters: make it shorter.")
    return Told(start, end, kind, wording, str(mark.get("language") or "en")[:35])


def _reason(mark: Mapping[str, Any]) -> str:
    return str(mark.get("reason", "")).strip()[:LONGEST_REASON]


def _mapping(told: object) -> Mapping[str, Any]:
    if not isinstance(told, Mapping):
        raise BadTrack("A mark cannot be read: load the page again.")
    return told


def _span(mark: Mapping[str, Any], what: str) -> tuple[int, int]:
    start, end = (_time(mark.get(name), what) for name in ("start", "end"))
    if end <= start:
        raise BadTrack(f"{what} ends before it starts: end it later.")
    return start, end


def _time(told: object, what: str) -> int:
    if isinstance(told, bool) or not isinstance(told, int) or not 0 <= told < 2**31:
        raise BadTrack(f"{what} has no moment: write minutes, seconds and thousandths.")
    return told

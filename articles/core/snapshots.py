"""A story as it was at one moment: its words, what it says of its clips, its settings.

Plain values that go into JSON and come back the same. Moments are ISO texts in UTC.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

# What a story may say of a clip; where it says nothing, the clip's own words stand.
CLIP_WORDS = ("title", "caption", "alt", "credit")


@dataclass(frozen=True)
class Named:
    """Somebody or something that a story names."""

    id: int
    name: str = field(default="", compare=False)


@dataclass(frozen=True)
class ClipState:
    """One clip in a story: what the story says of it, and what the clip itself was (``own``)."""

    id: str
    words: Mapping[str, str] = field(default_factory=dict)
    own: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.words.get("title") or self.own.get("title") or self.id


@dataclass(frozen=True)
class Told:
    """A correction, as readers are told of it."""

    at: str
    text: str


@dataclass(frozen=True)
class Snapshot:
    """``texts`` are headline, standfirst and body; ``named`` are bylines, topics and the like."""

    texts: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    named: Mapping[str, tuple[Named, ...]] = field(default_factory=dict)
    clips: tuple[ClipState, ...] = ()
    corrections: tuple[Told, ...] = ()

    @property
    def body(self) -> str:
        return self.texts.get("body", "")

    def clip(self, clip_id: str) -> ClipState:
        return next((clip for clip in self.clips if clip.id == clip_id), ClipState(clip_id))

    def known_names(self) -> dict[tuple[str, int], str]:
        return {(kind, one.id): one.name for kind, some in self.named.items() for one in some}

    def with_names(self, names: Mapping[tuple[str, int], str]) -> "Snapshot":
        """The same, with the names of those of whom only the id was known."""
        return replace(
            self,
            named={
                kind: tuple(
                    replace(one, name=one.name or names.get((kind, one.id), "")) for one in some
                )
                for kind, some in self.named.items()
            },
        )

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Snapshot":
        """
        >>> one = Snapshot({"body": "<p>A</p>"}, named={"topics": (Named(1, "Mills"),)})
        >>> Snapshot.from_json(one.as_json()) == one
        True
        """
        return cls(
            texts=data.get("texts", {}),
            settings=data.get("settings", {}),
            named={kind: _all(Named, some) for kind, some in data.get("named", {}).items()},
            clips=_all(ClipState, data.get("clips", ())),
            corrections=_all(Told, data.get("corrections", ())),
        )


def _all(kind: Any, rows: Iterable[Mapping[str, Any]]) -> tuple[Any, ...]:
    return tuple(kind(**row) for row in rows)

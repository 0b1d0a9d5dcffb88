"""Stills of a clip that may be shown to anybody: nothing that a reader is warned of."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from media import release
from media.core.encode_args import SMALL_STILL_NAME, STILL_NAME
from media.core.veils import Veil
from media.models import Package

# A still shows a frame that may begin a little later than its moment, or stay a little longer.
# Their rate is constant, and one a second at the least.
CLOSEST_TO_A_VEIL_MS = 1000


@dataclass(frozen=True)
class StillView:
    """What is seen at a moment of the clip. ``file`` is its large picture's name in `public`."""

    at_ms: int
    url: str
    small_url: str
    file: str


def read_stills(
    package: Package, veils: Iterable[Veil], addresses: Callable[[str, str], str]
) -> tuple[StillView, ...]:
    """The stills of a package outside the veils, in order; none where it has no small ones."""
    drawn = package.pictures.get("stills", {})
    if not drawn.get("small"):
        return ()
    moments = ((number, number * drawn["every_ms"]) for number in range(drawn["count"]))
    return tuple(
        _still(package.public_id, number, at_ms, addresses)
        for number, at_ms in moments
        if not any(
            veil.touches(at_ms - CLOSEST_TO_A_VEIL_MS, at_ms + CLOSEST_TO_A_VEIL_MS)
            for veil in veils
        )
    )


def _still(
    public_id: str, number: int, at_ms: int, addresses: Callable[[str, str], str]
) -> StillView:
    name = STILL_NAME % number
    return StillView(
        at_ms=at_ms,
        url=addresses(public_id, name),
        small_url=addresses(public_id, SMALL_STILL_NAME % number),
        file=f"{release.public_name(public_id)}/{name}",
    )


def still_of(
    stills: Iterable[StillView], start_ms: int, end_ms: int, reach_ms: int
) -> StillView | None:
    """The first still in a span of time, else the last within ``reach_ms`` before it."""
    near = [still for still in stills if start_ms - reach_ms < still.at_ms < end_ms]
    inside = [still for still in near if still.at_ms >= start_ms]
    return next(iter(inside or near[-1:]), None)

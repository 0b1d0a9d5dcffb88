"""What a clip's package is to hold: worked out from the clip and the facts of its footage."""

import hashlib
import json
from dataclasses import dataclass

from django.conf import settings

from media.core.encode_args import can_be_chunked
from media.core.filters import frame_ms
from media.core.ladder import Rung, middle_rung, plan_av1, plan_ladder
from media.core.parts import Cut, Part, Pictures
from media.core.probe import Probe, read_probe
from media.core.storyboard import plan_storyboard, stills_every_ms
from media.core.veils import free_moment, widened
from media.errors import EncodingFailed
from media.models import Clip

# Raised when the encoders are told something else: packages of before share no files with these.
ENCODERS = 2
POSTER_PERCENT = 15
# A clip that is longer is encoded in chunks, by every worker that is free.
LONGEST_WHOLE_MS = 180_000


@dataclass(frozen=True)
class Plan:
    """Everything that decides what the encoders do. Times in milliseconds of the clip."""

    probe: Probe
    cut: Cut
    length_ms: int
    rungs: tuple[Rung, ...]
    av1_rungs: tuple[Rung, ...]
    pictures: Pictures
    has_chosen_poster: bool
    is_untouched: bool
    recipe: str

    @property
    def middle(self) -> Rung:
        return middle_rung(self.rungs)

    @property
    def base(self) -> Part:
        """What a reader needs to watch at all, and all that is made once for the whole clip."""
        return Part(
            rungs=(self.middle,), with_sound=True, mp4_of=self.middle, pictures=self.pictures
        )

    @property
    def others(self) -> tuple[Rung, ...]:
        return tuple(rung for rung in self.rungs if rung is not self.middle)

    @property
    def whole(self) -> Part:
        """The ladder in one go."""
        return Part(rungs=self.rungs, with_sound=True, mp4_of=self.middle, pictures=self.pictures)

    @property
    def as_received(self) -> Rung:
        """The rung that has the source's own size: what is re-wrapped becomes no smaller."""
        return plan_ladder(self.probe.short_side)[0]

    @property
    def can_be_rewrapped(self) -> bool:
        return self.probe.web_ready and self.is_untouched

    @property
    def is_chunked(self) -> bool:
        return self.length_ms > LONGEST_WHOLE_MS and can_be_chunked(self.probe)


def plan_for(clip: Clip) -> Plan:
    """The plan of a clip. Raises EncodingFailed with a sentence where there can be none."""
    if not clip.footage.is_ready:
        raise EncodingFailed("Its footage is not ready: see the reason on the footage.")
    probe = read_probe(clip.footage.probe or {})
    cut = Cut(clip.in_ms, clip.out_ms)
    length_ms = cut.length_ms(probe.duration_ms)
    if length_ms <= 0:
        raise EncodingFailed("The in point lies behind the footage's end: set an earlier one.")
    rungs = plan_ladder(probe.short_side, settings.TALLEST)
    return Plan(
        probe=probe,
        cut=cut,
        length_ms=length_ms,
        rungs=rungs,
        av1_rungs=plan_av1(probe.short_side, settings.TALLEST) if settings.AV1 else (),
        pictures=_pictures(clip, probe, length_ms),
        has_chosen_poster=clip.poster_ms is not None,
        is_untouched=cut == Cut() and not clip.redactions.exists(),
        recipe=_recipe(clip),
    )


def _pictures(clip: Clip, probe: Probe, length_ms: int) -> Pictures:
    """Pictures of the whole clip; the poster's moment is one that no warning is about."""
    wanted = clip.poster_ms if clip.poster_ms is not None else length_ms * POSTER_PERCENT // 100
    # The frame that is taken may come one later than its moment.
    hidden = widened(clip.veils, 2 * frame_ms(probe))
    return Pictures(
        poster_ms=free_moment(wanted, hidden, length_ms),
        storyboard=plan_storyboard(probe, length_ms),
        stills_every_ms=stills_every_ms(length_ms),
        veils=clip.veils,
    )


def _recipe(clip: Clip) -> str:
    """The same for two packages if, and only if, their pictures and sound may be shared.

    Warned spans are no part of it: they cover what is drawn beside the moving pictures.
    """
    facts = [ENCODERS, clip.footage.sha256, clip.in_ms, clip.out_ms, clip.poster_ms]
    facts += [
        list(row) for row in clip.redactions.values_list("kind", "start_ms", "end_ms", "keyframes")
    ]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

"""What a clip's package is to hold: worked out from the clip and the facts of its footage."""

import hashlib
import json
from dataclasses import asdict, dataclass, replace

from django.conf import settings

from media.core.encode_args import can_be_chunked
from media.core.filters import frame_ms
from media.core.ladder import Rung, even, middle_rung, plan_av1, plan_ladder
from media.core.parts import Cut, Part, Pictures
from media.core.probe import Probe, read_probe
from media.core.storyboard import plan_storyboard, stills_every_ms
from media.core.tracks import Area, Box, read_area, read_box
from media.core.trim import inside
from media.core.veils import Veil, free_moment, merged, widened
from media.errors import EncodingFailed
from media.models import Clip, Redaction

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
    hides: str = ""

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
    def span(self) -> Veil:
        """What of the footage is shown, in milliseconds of it."""
        return Veil(self.cut.start_ms, self.cut.start_ms + self.length_ms)

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
    cut = cut_of(clip)
    length_ms = cut.length_ms(probe.duration_ms)
    if length_ms <= 0:
        raise EncodingFailed("The in point lies behind the footage's end: set an earlier one.")
    probe = _cropped(probe, cut.crop)
    rungs = plan_ladder(probe.short_side, settings.TALLEST)
    return Plan(
        probe=probe,
        cut=cut,
        length_ms=length_ms,
        rungs=rungs,
        av1_rungs=plan_av1(probe.short_side, settings.TALLEST) if settings.AV1 else (),
        pictures=_pictures(clip, probe, cut, length_ms),
        has_chosen_poster=clip.poster_ms is not None,
        is_untouched=cut == Cut(),
        recipe=_recipe(clip, cut),
        hides=hides_of(cut),
    )


def cut_of(clip: Clip) -> Cut:
    """What of the footage the clip is to show, and what not."""
    redactions = list(clip.redactions.all())
    return Cut(
        clip.in_ms,
        clip.out_ms,
        boxes=tuple(_box(one) for one in redactions if one.kind == Redaction.Kind.BOX),
        mutes=merged(
            Veil(one.start_ms, one.end_ms) for one in redactions if one.kind == Redaction.Kind.MUTE
        ),
        crop=read_area(clip.crop) if clip.crop else None,
    )


def _box(redaction: Redaction) -> Box:
    return read_box(redaction.start_ms, redaction.end_ms, redaction.keyframes)


def _cropped(probe: Probe, crop: Area | None) -> Probe:
    """The facts of what is left of the picture."""
    if crop is None:
        return probe
    width, height = even(round(probe.width * crop.width)), even(round(probe.height * crop.height))
    return replace(probe, width=width, height=height)


def hides_of(cut: Cut) -> str:
    """The same for two cuts if, and only if, they hide the same; empty where nothing is hidden."""
    if not cut.hides:
        return ""
    told = json.dumps([[asdict(box) for box in cut.boxes], cut.mutes, cut.crop])
    return hashlib.sha256(told.encode()).hexdigest()


def _pictures(clip: Clip, probe: Probe, cut: Cut, length_ms: int) -> Pictures:
    """Pictures of the whole clip; the poster's moment is one that no warning is about."""
    wanted = clip.poster_ms if clip.poster_ms is not None else length_ms * POSTER_PERCENT // 100
    # The frame that is taken may come one later than its moment.
    veils = _veils(clip, Veil(cut.start_ms, cut.start_ms + length_ms))
    hidden = widened(veils, 2 * frame_ms(probe))
    return Pictures(
        poster_ms=free_moment(wanted, hidden, length_ms),
        storyboard=plan_storyboard(probe, length_ms),
        stills_every_ms=stills_every_ms(length_ms),
        veils=veils,
    )


def _veils(clip: Clip, cut: Veil) -> tuple[Veil, ...]:
    """The warned spans as they will be counted when this cut is what readers see."""
    parts = (inside(start, end, cut) for start, end in clip.warned_spans)
    return merged(Veil(*part) for part in parts if part is not None)


def _recipe(clip: Clip, cut: Cut) -> str:
    """The same for two packages if, and only if, their pictures and sound may be shared.

    Warned spans are no part of it: they cover what is drawn beside the moving pictures.
    """
    facts = [ENCODERS, clip.footage.sha256, clip.in_ms, clip.out_ms, clip.poster_ms]
    facts.append(hides_of(cut))
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

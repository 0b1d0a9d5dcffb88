"""First play: something to watch at once, whatever the length of the clip."""

import logging
from collections.abc import Callable
from pathlib import Path

from media import encoding, growing, jail, planning, queue, stores
from media.core import hls
from media.core.encode_args import AUDIO_FOLDER, has_opening, sound_folder
from media.core.rewrap_args import target_s
from media.encoding import Encoded, Watch
from media.errors import EncodingFailed, LeakFound
from media.growing import Growth, Source
from media.models import Clip
from media.planning import Plan

logger = logging.getLogger(__name__)


def first_play(clip_id: int, lease: queue.Lease) -> None:
    """Job: make a clip's first package, which can be watched while it is made.

    A web-ready source is re-wrapped, anything else gets its middle rung encoded. Raises
    EncodingFailed or LeakFound with a sentence; raises LeaseLost, leaving no trace, when the job
    was given to somebody else meanwhile.
    """
    clip = Clip.objects.select_related("footage", "current_package").get(pk=clip_id)
    if clip.current_package is not None and not clip.current_package.is_growing:
        with lease.finishing():
            queue.request("package_clip", clip.pk, priority=queue.priority_of(clip))
        return
    plan = planning.plan_for(clip)
    if plan.cut.hides:
        # Nobody watches what is not proved to be hidden: the whole package comes first.
        with lease.finishing():
            queue.request("package_clip", clip.pk, priority=queue.priority_of(clip))
        return
    if plan.can_be_rewrapped and _grow(clip, plan, lease, _rewrapped(plan), _rewrap):
        return
    _grow(clip, plan, lease, _encoded(plan), _encode)


def _grow(
    clip: Clip, plan: Plan, lease: queue.Lease, source: Source, write: Callable[..., Encoded]
) -> bool:
    """Let one package grow to its end; False where the source cannot be taken as it is."""
    with stores.work_folder() as work:
        (work / "parts").mkdir()
        growth = Growth(clip, plan, source, lease, parts=work / "parts", joined=work / "joined")
        try:
            with stores.original(clip.footage.store_name) as original:
                encoded = write(original, growth, plan)
            growth.end(encoded.complaints)
        except jail.Stopped as error:
            growing.let_go(growth.package)
            raise queue.LeaseLost from error
        except (EncodingFailed, LeakFound):
            growing.let_go(growth.package)
            if source.is_encoded:
                raise
            logger.info("clip %s is encoded, not re-wrapped: see above", clip.public_id)
            return False
        except BaseException:
            growing.let_go(growth.package)
            raise
    return True


def _rewrapped(plan: Plan) -> Source:
    sounds = [AUDIO_FOLDER] if plan.probe.sound else []
    return Source(plan.as_received, sounds, target_s(plan.probe), recipe="")


def _encoded(plan: Plan) -> Source:
    sounds = [sound_folder(number) for number in range(len(plan.probe.sounds))]
    return Source(plan.middle, sounds, hls.TARGET_S, plan.recipe)


def _watch(growth: Growth) -> Watch:
    return Watch(
        keep_going=growth.lease.is_held, on_percent=growth.lease.report, on_look=growth.look
    )


def _rewrap(original: Path, growth: Growth, plan: Plan) -> Encoded:
    return encoding.rewrap(
        original,
        growth.parts,
        probe=plan.probe,
        rung_name=growth.source.rung.name,
        poster_ms=plan.pictures.poster_ms,
        poster_exact=plan.has_chosen_poster,
        watch=_watch(growth),
    )


def _encode(original: Path, growth: Growth, plan: Plan) -> Encoded:
    if has_opening(plan.probe, plan.cut):
        opening = growth.parts.with_name("opening")
        watch = Watch(keep_going=growth.lease.is_held)
        encoding.open_sound(original, opening, probe=plan.probe, cut=plan.cut, watch=watch)
        growth.open(opening)
    return encoding.encode(
        original,
        growth.parts,
        probe=plan.probe,
        part=plan.base,
        cut=plan.cut,
        watch=_watch(growth),
    )

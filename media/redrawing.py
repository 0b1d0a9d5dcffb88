"""Pictures drawn anew: after a warning about a span, none of them shows a moment of it.

Nothing is encoded for that. A package does not change, so the pictures come as a new version,
which gives every other file of the current one a second name. Until then the old pictures are not
public: see ``release``.
"""

from media import jail, packaging, planning, queue, sealing, stores
from media.core.encode_args import PICTURES
from media.core.ids import new_id
from media.core.parts import Part
from media.encoding import NICE_LADDER
from media.models import Clip, Package
from media.models.job import SPARE
from media.packaging import ENCODING_SHARE, Making
from media.planning import Plan


def ask_for_pictures(clip: Clip) -> None:
    """Have a clip's pictures drawn anew, if others of its spans are warned of than when they were.

    Call it when the warnings of a clip have changed.
    """
    package = clip.current_package
    if package is not None and package.is_whole and package.veils != clip.veils:
        queue.request("redraw_pictures", clip.pk, priority=queue.URGENT)


def redraw_pictures(clip_id: int, lease: queue.Lease) -> None:
    """Job: make a new version of a clip's whole package, with pictures for its warnings of now.

    Nothing is done where the package is not whole (the whole one will be drawn with them), or was
    made of a clip that was changed since. Raises as ``packaging.package_clip`` does.
    """
    clip = Clip.objects.select_related("footage", "current_package").get(pk=clip_id)
    plan = planning.plan_for(clip)
    current = clip.current_package
    if current is None or not current.is_whole or current.recipe != plan.recipe:
        with lease.finishing():
            return
    package = Package(
        clip=clip, public_id=new_id(), recipe=plan.recipe, mp4_height=current.mp4_height
    )
    try:
        measured = _make(clip, plan, lease, current, package)
        with lease.finishing():
            if Clip.objects.filter(pk=clip.pk, current_package=current).exists():
                sealing.make_current(package, measured)
                _ask_for_av1(plan, package)
            else:
                # Made anew meanwhile, and asked for again then if it must be.
                stores.remove_package(package.public_id)
    except jail.Stopped as error:
        raise queue.LeaseLost from error
    except BaseException:
        stores.remove_package(package.public_id)
        raise


def _make(
    clip: Clip, plan: Plan, lease: queue.Lease, current: Package, package: Package
) -> sealing.Measured:
    with stores.work_folder() as work:
        making = Making(clip, plan, lease, work, work / package.public_id)
        making.folder.mkdir()
        making.take_over(current, but=PICTURES)
        making.encode(
            Part(rungs=(), pictures=plan.pictures), nice=NICE_LADDER, share=range(ENCODING_SHARE)
        )
        rungs = [*plan.rungs, *(plan.av1_rungs if current.has_av1 else ())]
        return packaging.seal(making, package, rungs)


def _ask_for_av1(plan: Plan, package: Package) -> None:
    """What was adding them meanwhile has added them to the version before."""
    if plan.av1_rungs and not package.has_av1:
        queue.request("add_av1", package.clip_id, priority=SPARE)

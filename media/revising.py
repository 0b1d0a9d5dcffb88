"""Revisions: new versions of a whole package that give most of its files a second name.

A package does not change. What is added to it, or drawn anew, comes as a new version.
"""

from collections.abc import Callable, Sequence

from media import jail, packaging, planning, queue, sealing, stores
from media.core.ids import new_id
from media.core.ladder import Rung
from media.models import Clip, Package
from media.packaging import Making
from media.planning import Plan


def revise(
    clip_id: int,
    lease: queue.Lease,
    *,
    is_wanted: Callable[[Plan, Package], bool],
    fill: Callable[[Making, Package], None],
) -> bool:
    """Make a new version of a clip's whole package, as ``fill`` fills it from the current one.

    False where nothing is done: the package is not whole, was made of a clip that was changed
    since, or no new version ``is_wanted``. Raises as ``packaging.package_clip`` does.
    """
    clip = Clip.objects.select_related("footage", "current_package").get(pk=clip_id)
    plan = planning.plan_for(clip)
    current = clip.current_package
    if current is None or not _can_be_revised(current, plan) or not is_wanted(plan, current):
        with lease.finishing():
            return False
    package = Package(
        clip=clip, public_id=new_id(), recipe=plan.recipe, mp4_height=current.mp4_height
    )
    try:
        with stores.work_folder() as work:
            making = Making(clip, plan, lease, work, work / package.public_id)
            making.folder.mkdir()
            fill(making, current)
            measured = packaging.seal(making, package, _rungs(making))
        with lease.finishing():
            if Clip.objects.filter(pk=clip.pk, current_package=current).exists():
                sealing.make_current(package, measured)
                packaging.ask_for_av1(plan, package)
            else:
                # Made anew meanwhile: what belongs to the clip of before is no use to it.
                stores.remove_package(package.public_id)
    except jail.Stopped as error:
        raise queue.LeaseLost from error
    except BaseException:
        stores.remove_package(package.public_id)
        raise
    return True


def _can_be_revised(package: Package, plan: Plan) -> bool:
    return package.is_whole and package.recipe == plan.recipe


def _rungs(making: Making) -> Sequence[Rung]:
    """The rungs of the plan that are there: AV1 comes later, or not at all."""
    rungs = (*making.plan.rungs, *making.plan.av1_rungs)
    return [rung for rung in rungs if (making.folder / rung.name).is_dir()]

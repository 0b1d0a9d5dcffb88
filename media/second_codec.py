"""AV1 for those who can play it: rungs added to what readers have already.

A package does not change, so the new rungs come as a new version, which gives every file of the
current one a second name. H.264 stays for the rest.
"""

from media import assembling, chunking, jail, packaging, planning, queue, sealing, stores
from media.core import hls
from media.core.ids import new_id
from media.core.parts import Part
from media.encoding import NICE_SPARE
from media.models import Chunk, Clip, Package
from media.packaging import ENCODING_SHARE, Making


def add_av1(clip_id: int, lease: queue.Lease) -> None:
    """Job: encode a clip's AV1 rungs and make a new version of its package with them.

    Nothing is done where the package is not whole, has them already, or was made of a clip that
    was changed since. Raises as ``packaging.package_clip`` does.
    """
    clip = Clip.objects.select_related("footage", "current_package").get(pk=clip_id)
    plan = planning.plan_for(clip)
    current = clip.current_package
    if current is None or not current.is_whole or current.recipe != plan.recipe:
        current = None
    if current is None or current.has_av1 or not plan.av1_rungs:
        with lease.finishing():
            return
    package = Package(
        clip=clip, public_id=new_id(), recipe=plan.recipe, mp4_height=current.mp4_height
    )
    try:
        with stores.work_folder() as work:
            making = Making(clip, plan, lease, work, work / package.public_id)
            making.folder.mkdir()
            _make(making, current)
            measured = packaging.seal(making, package, [*plan.rungs, *plan.av1_rungs])
        with lease.finishing():
            if Clip.objects.filter(pk=clip.pk, current_package=current).exists():
                sealing.make_current(package, measured)
            else:
                # Made anew meanwhile: what belongs to the clip of before is no use to it.
                stores.remove_package(package.public_id)
    except jail.Stopped as error:
        raise queue.LeaseLost from error
    except BaseException:
        stores.remove_package(package.public_id)
        raise
    chunking.discard(Chunk.objects.filter(clip=clip, codec=plan.av1_rungs[0].codec))


def _make(making: Making, current: Package) -> None:
    plan = making.plan
    making.take_over(current)
    share = range(ENCODING_SHARE)
    if plan.is_chunked:
        tracks = making.encode_in_chunks(plan.av1_rungs, share=share)
    else:
        tracks = making.encode(Part(rungs=plan.av1_rungs), nice=NICE_SPARE, share=share)
    assembling.write_playlists(tracks, target_s=hls.TARGET_S)

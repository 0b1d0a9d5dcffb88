"""AV1 for those who can play it: rungs added to what readers have already.

They come as a new version of the package, and the light forms of its poster with them. H.264 stays
for the rest.
"""

from media import assembling, chunking, queue, revising
from media.core import hls
from media.core.ladder import AV1
from media.core.parts import Part
from media.encoding import NICE_SPARE
from media.models import Chunk, Package
from media.packaging import ENCODING_SHARE, Making
from media.planning import Plan


def add_av1(clip_id: int, lease: queue.Lease) -> None:
    """Job: encode a clip's AV1 rungs and make a new version of its package with them."""
    if revising.revise(clip_id, lease, is_wanted=_is_wanted, fill=_fill):
        chunking.discard(Chunk.objects.filter(clip=clip_id, codec=AV1))


def _is_wanted(plan: Plan, package: Package) -> bool:
    return bool(plan.av1_rungs) and not package.has_av1


def _fill(making: Making, current: Package) -> None:
    plan = making.plan
    making.take_over(current)
    share = range(ENCODING_SHARE)
    if plan.is_chunked:
        tracks = making.encode_in_chunks(plan.av1_rungs, share=share)
    else:
        tracks = making.encode(Part(rungs=plan.av1_rungs), nice=NICE_SPARE, share=share)
    assembling.write_playlists(tracks, target_s=hls.TARGET_S)
    if current.lacks_posters:
        making.draw_posters()

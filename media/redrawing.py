"""Pictures drawn anew: after a warning about a span, none of them shows a moment of it.

Nothing is encoded for that: they come as a new version of the package, which shares all other
files. Until then the old pictures are not public: see ``release``.
"""

from media import queue, revising
from media.core.encode_args import PICTURES
from media.core.parts import Part
from media.encoding import NICE_LADDER
from media.models import Clip, Package
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

    A package that is not whole is left alone: the whole one will be drawn with them.
    """
    revising.revise(clip_id, lease, is_wanted=_always, fill=_fill)


def _always(_: Plan, __: Package) -> bool:
    return True


def _fill(making: Making, current: Package) -> None:
    making.take_over(current, but=PICTURES)
    part = Part(rungs=(), pictures=making.plan.pictures)
    making.encode(part, nice=NICE_LADDER, share=range(ENCODING_SHARE))
    making.draw_posters()

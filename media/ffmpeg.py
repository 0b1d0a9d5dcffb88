"""Which ffmpeg is used, and running it in the jail."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import imageio_ffmpeg
from django.conf import settings

from media import jail


@cache
def program() -> str:
    """The pinned build from its wheel, or the one that NEWSROOM_FFMPEG names."""
    return settings.FFMPEG or imageio_ffmpeg.get_ffmpeg_exe()


def run(
    arguments: list[str],
    *,
    reads: Path,
    writes: Path,
    limits: jail.Limits,
    on_look: Callable[[], None] | None = None,
    keep_going: Callable[[], bool] | None = None,
) -> jail.Outcome:
    """Run ffmpeg on one input into one folder; ``on_look`` and the rest as in ``jail.run``."""
    return jail.run(
        [program(), *arguments],
        reads=reads,
        writes=writes,
        limits=limits,
        on_look=on_look,
        keep_going=keep_going,
    )

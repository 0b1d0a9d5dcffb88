"""Which ffmpeg is used, and running it in the jail."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import imageio_ffmpeg
from django.conf import settings

from media import jail

OUT_TIME = "out_time_us="


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
    on_time_ms: Callable[[int], None],
    keep_going: Callable[[], bool],
) -> jail.Outcome:
    """Run ffmpeg on one input into one folder; ``on_time_ms`` gets how far the output is."""

    def on_line(line: str) -> None:
        value = line.removeprefix(OUT_TIME)
        if value != line and value.strip().isdigit():
            on_time_ms(int(value) // 1000)

    return jail.run(
        [program(), *arguments],
        reads=reads,
        writes=writes,
        limits=limits,
        on_line=on_line,
        keep_going=keep_going,
    )

"""Encoding: from an original and a cut to a folder of files, in one process that decodes once."""

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from media import ffmpeg, jail
from media.core.encode_args import Cut, encode_args, folders
from media.core.ladder import Rung
from media.core.probe import Probe
from media.errors import EncodingFailed

logger = logging.getLogger(__name__)

FAILED = (
    "The clip could not be encoded: look at the footage's remarks, and try again or send "
    "the footage as MP4."
)
TOO_SLOW = "Encoding took too long and was stopped: cut the clip into shorter parts."
GARBAGE = "The picture cannot be decoded: nearly every frame is damaged. Ask for the file again."
# What ffmpeg says of streams that we do not use is no sign of damage.
NOT_DAMAGE = ("whitelist",)


@dataclass(frozen=True)
class Encoded:
    """What came of it: ``complaints`` is the number of decoding errors, ``cpu_s`` what it cost."""

    complaints: int
    cpu_s: float


def limits_for(length_ms: int) -> jail.Limits:
    """Room for the slowest machine we mean to serve: 60 times real time, and two minutes."""
    wall_s = 120 + length_ms * 60 // 1000
    return jail.Limits(
        wall_s=wall_s,
        cpu_s=wall_s * (os.cpu_count() or 1),
        memory_bytes=6 * jail.GiB,
        # It tells its progress twice a second, in under a thousand bytes.
        stdout_bytes=jail.MiB + wall_s * 4096,
    )


def encode(
    source: Path,
    target: Path,
    *,
    probe: Probe,
    rungs: tuple[Rung, ...],
    cut: Cut,
    poster_ms: int,
    on_percent: Callable[[int], None],
    keep_going: Callable[[], bool],
) -> Encoded:
    """Encode every rung, the MP4 and the poster into the empty folder ``target``.

    ``on_percent`` gets 0 to 100. Raises EncodingFailed with a sentence, or jail.Stopped when
    ``keep_going`` said no.
    """
    for name in folders(probe, rungs):
        (target / name).mkdir()
    length_ms = cut.length_ms(probe.duration_ms)
    arguments = encode_args(probe, rungs, source=str(source), cut=cut, poster_ms=poster_ms)
    try:
        outcome = ffmpeg.run(
            arguments,
            reads=source,
            writes=target,
            limits=limits_for(length_ms),
            on_time_ms=lambda done_ms: on_percent(min(100, done_ms * 100 // max(1, length_ms))),
            keep_going=keep_going,
        )
    except jail.DeadlineError as error:
        raise EncodingFailed(TOO_SLOW) from error
    except jail.OutputError as error:
        raise EncodingFailed(FAILED) from error
    if outcome.returncode:
        logger.error("ffmpeg ended with %d", outcome.returncode)
        raise EncodingFailed(FAILED)
    return Encoded(outcome.stderr_dropped + _complaints(outcome.stderr), outcome.cpu_s)


def _complaints(stderr: str) -> int:
    return sum(
        bool(line.strip()) and not any(word in line for word in NOT_DAMAGE)
        for line in stderr.splitlines()
    )

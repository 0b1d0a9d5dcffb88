"""Encoding: from an original to pieces, in one process that decodes once, or not at all."""

import logging
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from media import ffmpeg, jail
from media.assembling import list_state
from media.core import hls
from media.core.encode_args import (
    AUDIO_FOLDER,
    OPENING,
    OPENING_MS,
    PIECES_NAME,
    encode_args,
    folders,
    opening_args,
)
from media.core.parts import Cut, Part
from media.core.probe import Probe
from media.core.rewrap_args import poster_args, rewrap_args
from media.errors import EncodingFailed, MayPass

logger = logging.getLogger(__name__)

FAILED = (
    "The clip could not be encoded: look at the footage's remarks, and try again or send "
    "the footage as MP4."
)
TOO_SLOW = "Encoding took too long and was stopped: cut the clip into shorter parts."
DISK_FULL = "The disk is full: make room, then ask for the clip's package again."
KILLED = (
    "The encoder was stopped by the machine, perhaps for want of memory: free some, then ask for "
    "the clip's package again."
)
# What is said of streams that we do not use, or of an encoder, is no sign of damage.
NOT_DAMAGE = ("whitelist", "Svt[")
NO_SPACE = "No space left on device"
# ffmpeg has finished its files, and says only that many frames could not be decoded.
MANY_ERRORS = 69
# What bubblewrap makes of a program that was killed; ffmpeg has other codes above 128.
KILLED_BEHIND_WALLS = frozenset(
    128 + number
    for number in (signal.SIGABRT, signal.SIGBUS, signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM)
)
# Encoders that make nobody wait give way to those that do.
NICE_LADDER = 5
NICE_SPARE = 19


@dataclass(frozen=True)
class Encoded:
    """What came of it: ``complaints`` is the number of decoding errors, ``cpu_s`` what it cost."""

    complaints: int
    cpu_s: float


def _nothing(_: int) -> None:
    pass


def _no_look() -> None:
    pass


@dataclass(frozen=True)
class Watch:
    """Who looks on while footage is encoded.

    ``keep_going`` is asked once a second and stops the work by saying False. ``on_look`` is called
    twenty times a second; ``on_percent`` gets 1 to 100 whenever it is another number.
    """

    keep_going: Callable[[], bool]
    on_percent: Callable[[int], None] = _nothing
    on_look: Callable[[], None] = _no_look


def limits_for(length_ms: int, *, nice: int) -> jail.Limits:
    """Room for the slowest machine we mean to serve: 60 times real time, and two minutes."""
    wall_s = 120 + length_ms * 60 // 1000
    return jail.Limits(
        wall_s=wall_s,
        cpu_s=wall_s * (os.cpu_count() or 1),
        memory_bytes=6 * jail.GiB,
        nice=nice,
    )


def encode(
    source: Path,
    target: Path,
    *,
    probe: Probe,
    part: Part,
    cut: Cut,
    watch: Watch,
    nice: int = 0,
) -> Encoded:
    """Encode one part of a clip into the folder ``target``, in pieces.

    Raises EncodingFailed or MayPass with a sentence, or jail.Stopped when ``watch`` said no.
    """
    for name in folders(probe, part):
        (target / name).mkdir(parents=True)
    arguments = encode_args(probe, part, source=str(source), cut=cut)
    return _run(arguments, source, target, cut.length_ms(probe.duration_ms), watch, nice)


def open_sound(source: Path, target: Path, *, probe: Probe, cut: Cut, watch: Watch) -> None:
    """Encode the beginning of every sound into the folder ``target``, ahead of all the rest.

    A sound that cannot be decoded leaves a folder without pieces: what comes of it is found out
    with the whole. Raises MayPass or jail.Stopped as ``encode`` does.
    """
    for name in folders(probe, OPENING):
        (target / name).mkdir(parents=True)
    arguments = opening_args(probe, source=str(source), cut=cut)
    try:
        _run(arguments, source, target, OPENING_MS, watch, 0)
    except EncodingFailed as error:
        logger.info("no sound ahead of the pictures: %s", error)


def rewrap(
    source: Path,
    target: Path,
    *,
    probe: Probe,
    rung_name: str,
    poster_ms: int,
    poster_exact: bool,
    watch: Watch,
) -> Encoded:
    """Take a web-ready source's pictures and sound as they are, into pieces and an MP4.

    The poster is drawn by a second process: nobody who waits for the first piece waits for it.
    """
    for name in (rung_name, *([AUDIO_FOLDER] if probe.sound else [])):
        (target / name).mkdir(parents=True)
    copy = rewrap_args(probe, rung_name, source=str(source))
    copied = _run(copy, source, target, probe.duration_ms, watch, 0)
    draw = poster_args(probe, source=str(source), poster_ms=poster_ms, poster_exact=poster_exact)
    drawn = _run(draw, source, target, probe.duration_ms, watch, 0)
    return Encoded(copied.complaints + drawn.complaints, copied.cpu_s + drawn.cpu_s)


def _run(
    arguments: list[str], source: Path, target: Path, length_ms: int, watch: Watch, nice: int
) -> Encoded:
    progress = _Progress(target, length_ms, watch)
    try:
        outcome = ffmpeg.run(
            arguments,
            reads=source,
            writes=target,
            limits=limits_for(length_ms, nice=nice),
            on_look=progress.look,
            keep_going=watch.keep_going,
        )
    except jail.DeadlineError as error:
        raise EncodingFailed(TOO_SLOW) from error
    except jail.OutputError as error:
        raise EncodingFailed(FAILED) from error
    _refuse_failure(outcome)
    return Encoded(outcome.stderr_dropped + _complaints(outcome.stderr), outcome.cpu_s)


class _Progress:
    """How far an encoder is, by the pieces in its list.

    ffmpeg's own reports begin only when every output has, and a storyboard begins at the end.
    """

    def __init__(self, target: Path, length_ms: int, watch: Watch) -> None:
        self.folder = max(folder for folder in target.iterdir() if folder.is_dir())
        self.length_ms, self.watch = max(1, length_ms), watch
        self.percent = 0
        self.seen = (0, 0)

    def look(self) -> None:
        self.watch.on_look()
        if (state := list_state(self.folder)) == self.seen:
            return
        self.seen = state
        percent = min(100, self._done_ms() * 100 // self.length_ms)
        if percent != self.percent:
            self.percent = percent
            self.watch.on_percent(percent)

    def _done_ms(self) -> int:
        try:
            text = (self.folder / PIECES_NAME).read_text(encoding="utf-8")
            return hls.duration_us(hls.read_media_playlist(text, growing=True)) // 1000
        except (OSError, ValueError):
            # It is being replaced.
            return 0


def _refuse_failure(outcome: jail.Outcome) -> None:
    """Raise what a person should know of an encoder that did not finish its files."""
    if outcome.returncode in (0, MANY_ERRORS):
        return
    logger.error("ffmpeg ended with %d: %s", outcome.returncode, outcome.stderr[-500:])
    if NO_SPACE in outcome.stderr:
        raise MayPass(DISK_FULL)
    if outcome.returncode < 0 or outcome.returncode in KILLED_BEHIND_WALLS:
        raise MayPass(KILLED)
    raise EncodingFailed(FAILED)


def _complaints(stderr: str) -> int:
    return sum(
        bool(line.strip()) and not any(word in line for word in NOT_DAMAGE)
        for line in stderr.splitlines()
    )

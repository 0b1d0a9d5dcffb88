"""Proof that a package plays: its first and last second are decoded, whatever an exit code says."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media import jail
from media.errors import EncodingFailed

logger = logging.getLogger(__name__)

DECODER = Path(__file__).resolve().parent / "jailed" / "decode.py"
LIMITS = jail.Limits(wall_s=120, cpu_s=120, memory_bytes=2 * jail.GiB, file_bytes=0)
# What a package holds, and the decoders for it.
CODEC_WHITELIST = "h264,libdav1d,av1,aac"
TOLERANCE_MS = 100
UNSOUND = (
    "The encoded files are not sound and were thrown away: try again, and report it with the log."
)


@dataclass(frozen=True)
class Proof:
    """What came out of the decoder for one picture or one sound, of its first and last second.

    ``start_ms`` is when its first frame is shown, ``end_ms`` when its last one ends. ``errors``
    counts the frames that the decoder complained of: more than none in files that we encoded
    ourselves is damage, in a source that was only wrapped anew it may be the source's own.
    """

    start_ms: int
    end_ms: int
    frames_first: int
    frames_last: int
    errors: int = 0
    is_sound: bool = False

    @property
    def length_ms(self) -> int:
        return self.end_ms - self.start_ms


def prove(
    folder: Path,
    renditions: Sequence[str],
    *,
    mp4: str | None,
    sound_tolerance_ms: int = TOLERANCE_MS,
) -> dict[str, Proof]:
    """Decode the first and the last second of every rendition folder, and of the MP4, in the jail.

    ``renditions`` are names of folders below ``folder``, an absolute path. The answer has a proof
    for each of them and one for the MP4 by its own name; the MP4's sound stands under
    ``sound_of(mp4)``. The work is bounded by the longest distance between keyframes, not by the
    length of the clip.

    Raises EncodingFailed where there is no frame at the start or the end of one of them, where
    pictures differ in length by more than 0.1 s, or where a sound differs from the pictures by
    more than ``sound_tolerance_ms``.
    """
    proofs = _read(_decoded(folder, renditions, mp4), mp4)
    if missing := {*renditions, *([mp4] if mp4 else [])} - set(proofs):
        _refuse(f"nothing to decode in {', '.join(sorted(missing))}")
    for name, proof in proofs.items():
        if not proof.frames_first or not proof.frames_last:
            _refuse(f"no frame at the start or the end of {name}")
    _compare(proofs, sound_tolerance_ms)
    return proofs


def sound_of(mp4: str) -> str:
    """The name under which the sound of a plain MP4 is proved."""
    return f"{mp4} sound"


def _decoded(folder: Path, renditions: Sequence[str], mp4: str | None) -> bytes:
    options = {"renditions": list(renditions), "mp4": mp4, "codec_whitelist": CODEC_WHITELIST}
    program = jail.script(DECODER, str(folder), json.dumps(options))
    try:
        outcome = jail.run(program, limits=LIMITS, reads=folder)
    except jail.JailError as error:
        raise EncodingFailed(UNSOUND) from error
    if outcome.returncode or outcome.stderr:
        logger.error("proving ended with %d: %s", outcome.returncode, outcome.stderr[-500:])
    return outcome.stdout


def _read(answer: bytes, mp4: str | None) -> dict[str, Proof]:
    """The decoder ran on bytes of hostile descent: its answer is checked like any other input."""
    try:
        return {
            sound_of(mp4)
            if mp4 is not None and (told["name"], told["kind"]) == (mp4, "audio")
            else str(told["name"]): _proof(told)
            for told in json.loads(answer)
        }
    except (ValueError, TypeError, KeyError) as error:
        raise EncodingFailed(UNSOUND) from error


def _proof(told: Mapping[str, Any]) -> Proof:
    return Proof(
        start_ms=round(told["start_ms"] or 0),
        end_ms=round(told["end_ms"] or 0),
        frames_first=int(told["frames_first"]),
        frames_last=int(told["frames_last"]),
        errors=int(told["errors"]),
        is_sound=told["kind"] == "audio",
    )


def _compare(proofs: Mapping[str, Proof], sound_tolerance_ms: int) -> None:
    pictures = [proof.length_ms for proof in proofs.values() if not proof.is_sound]
    sounds = [proof.length_ms for proof in proofs.values() if proof.is_sound]
    if _spread(pictures) > TOLERANCE_MS:
        _refuse(f"pictures of different lengths: {dict(proofs)}")
    if pictures and any(_spread([*pictures, sound]) > sound_tolerance_ms for sound in sounds):
        _refuse(f"a sound that is not as long as the pictures: {dict(proofs)}")


def _spread(lengths: Sequence[int]) -> int:
    return max(lengths, default=0) - min(lengths, default=0)


def _refuse(reason: str) -> None:
    logger.error("the files are not sound: %s", reason)
    raise EncodingFailed(UNSOUND)

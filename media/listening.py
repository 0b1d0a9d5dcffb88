"""Listening: a first draft of a transcript, made by a machine where a model is at hand.

The model is a folder on this machine, named by NEWSROOM_SPEECH_MODEL; it runs in the jail, without
a network. What comes of it is a draft, labelled as made by a machine until a person says that they
checked it.
"""

import json
import logging
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings

from media import jail, queue, stores, transcribing
from media.core.cue_rows import Row
from media.core.cues import CueText
from media.core.encode_args import MP4_NAME
from media.core.ids import new_id
from media.core.languages import primary
from media.core.speech import cues_of
from media.errors import EncodingFailed, NewsroomError
from media.models import Clip, Job, Package, Transcript

logger = logging.getLogger(__name__)

KIND = "listen"
LISTENER = Path(__file__).resolve().parent / "jailed" / "listen.py"
NO_MODEL = (
    "No model for speech is set up here: put one on this machine and name its folder in "
    "NEWSROOM_SPEECH_MODEL, or write the words yourself."
)
NO_MODEL_THERE = (
    "There is no model in the folder that NEWSROOM_SPEECH_MODEL names: put its files there, or "
    "write the words yourself."
)
NO_PROGRAM = (
    "The program that listens is not installed: run make speech, or write the words yourself."
)
NO_SOUND = "The clip has no sound: there is nothing to listen to."
NOT_YET = "The clip is still being made: listen to it when it is ready."
FAILED = "The machine could not write the words down: write them yourself, and see the log."
NOTHING_HEARD = "The machine heard no words: write them yourself."


class CannotListen(NewsroomError):
    """There is nothing to listen with, or to; the sentence says which and what to do."""


def why_not(clip: Clip) -> str:
    """Why this clip cannot be listened to, in one sentence; "" where it can."""
    package = clip.current_package
    if not settings.SPEECH_MODEL:
        return NO_MODEL
    if not (Path(settings.SPEECH_MODEL) / "model.bin").is_file():
        return NO_MODEL_THERE
    if find_spec("faster_whisper") is None:
        return NO_PROGRAM
    if package is None or not package.has_mp4:
        return NOT_YET
    return "" if package.has_audio else NO_SOUND


def ask_to_listen(clip: Clip, *, language: str, by: str) -> Transcript:
    """An empty draft that a machine is asked to fill. Raises CannotListen.

    Where there is a transcript with words already, it is left alone and answered.
    """
    if sentence := why_not(clip):
        raise CannotListen(sentence)
    kind = Transcript.Kind.CAPTIONS
    transcript = transcribing.begin(clip, language=language, kind=kind, by=by)
    if not transcript.cues.exists():
        queue.request(KIND, transcript.pk)
    return transcript


def is_at_work(transcript: Transcript) -> bool:
    """Whether a machine is listening for this draft, or will."""
    return Job.objects.about(KIND, transcript.pk).unfinished().exists()


def listen(transcript_id: int, lease: queue.Lease) -> None:
    """Job: fill an empty draft with what a machine hears. Raises EncodingFailed.

    If somebody has written in it meanwhile, theirs stays.
    """
    transcript = Transcript.objects.select_related("clip__current_package").get(pk=transcript_id)
    package = transcript.clip.current_package
    if package is None or transcript.superseded or transcript.cues.exists():
        with lease.finishing():
            return
    cues = _heard(package, primary(transcript.language), lease)
    rows = [Row(new_id(), cue.start_ms, cue.end_ms, "", cue.text) for cue in cues]
    with lease.finishing():
        transcribing.fill(transcript, rows)


def _heard(package: Package, language: str, lease: queue.Lease) -> tuple[CueText, ...]:
    model = Path(settings.SPEECH_MODEL)
    wall_s = 600 + package.duration_ms // 100
    limits = jail.Limits(
        wall_s=wall_s, cpu_s=4 * wall_s, memory_bytes=12 * jail.GiB, file_bytes=0, nice=19
    )
    with stores.localised("packages", f"{package.public_id}/{MP4_NAME}") as film:
        program = jail.script(LISTENER, str(film), str(model), language)
        try:
            outcome = jail.run(
                program, limits=limits, reads=film, beside=model, keep_going=lease.is_held
            )
        except jail.Stopped as error:
            raise queue.LeaseLost from error
        except jail.JailError as error:
            raise EncodingFailed(FAILED) from error
    if outcome.returncode:
        logger.error("listening ended with %d: %s", outcome.returncode, outcome.stderr[-500:])
        raise EncodingFailed(FAILED)
    try:
        cues = cues_of(json.loads(outcome.stdout))
    except (ValueError, TypeError) as error:
        raise EncodingFailed(FAILED) from error
    if not cues:
        raise EncodingFailed(NOTHING_HEARD)
    return cues

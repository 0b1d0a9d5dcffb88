"""Chunks: a long clip's ladder is encoded span by span, by whatever workers are free.

A chunk is a row and, once it is done, a folder of pieces in `packages`. The worker that makes the
package waits for its chunks and encodes them itself meanwhile, so that one worker is enough. What
is done stays done: a package that is begun anew finds the chunks of the last time.
"""

import hashlib
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from django.db import transaction

from media import encoding, jail, planning, queue, stores
from media.assembling import Pieces
from media.core.ids import new_id
from media.core.ladder import Rung
from media.core.parts import Part, Span, piece_count
from media.encoding import Watch
from media.errors import EncodingFailed
from media.models import Chunk, Clip, Job
from media.planning import Plan

logger = logging.getLogger(__name__)

KIND = "encode_chunk"
CHUNK_PIECES = 30
"""A minute: a worker that dies loses so much, and a joint costs next to nothing."""
POLL_S = 0.3


def spans(pieces: int) -> list[Span]:
    """The spans of a clip of so many pieces; the last takes what is left, and has no end.

    >>> spans(75)
    [Span(first=0, end=30), Span(first=30, end=None)]
    """
    count = max(1, pieces // CHUNK_PIECES)
    firsts = [number * CHUNK_PIECES for number in range(count)]
    return [Span(first, end) for first, end in zip(firsts, [*firsts[1:], None], strict=True)]


def encode(
    clip: Clip,
    plan: Plan,
    rungs: Sequence[Rung],
    lease: queue.Lease,
    on_percent: Callable[[int], None],
) -> list[Chunk]:
    """Have every span of these rungs encoded, and wait for that; the chunks in their order.

    Raises EncodingFailed with the reason of the first chunk that failed, LeaseLost when the
    package is somebody else's by now.
    """
    codec = rungs[0].codec
    chunks = _prepared(clip, plan, codec)
    waiting = {chunk.pk for chunk in chunks if not chunk.is_done}
    queue.request_all(KIND, sorted(waiting), priority=queue.priority_of(clip))
    while waiting:
        if not lease.is_held():
            raise queue.LeaseLost
        if not queue.work_one(KIND, sorted(waiting)):
            # Where no other process sweeps, nobody else puts back what a dead one left.
            queue.put_back()
            time.sleep(POLL_S)
        waiting -= set(Chunk.objects.done().filter(pk__in=waiting).values_list("pk", flat=True))
        _refuse_failed(waiting)
        on_percent(100 * (len(chunks) - len(waiting)) // len(chunks))
    return list(Chunk.objects.of_batch(chunks[0].batch))


def _prepared(clip: Clip, plan: Plan, codec: str) -> list[Chunk]:
    """The rows of this work; those of the last time where it is the same."""
    batch = hashlib.sha256(f"{plan.recipe} {codec} {CHUNK_PIECES}".encode()).hexdigest()
    with transaction.atomic():
        for span in spans(piece_count(plan.probe.frame_rate, plan.length_ms)):
            Chunk.objects.get_or_create(
                batch=batch,
                first=span.first,
                defaults={"clip": clip, "codec": codec, "end": span.end},
            )
    return list(Chunk.objects.of_batch(batch))


def _refuse_failed(waiting: set[int]) -> None:
    over = Job.objects.filter(kind=KIND, subject_id__in=waiting).order_by("pk")
    newest = {job.subject_id: job for job in over}
    for job in newest.values():
        if job.state == Job.State.FAILED:
            raise EncodingFailed(job.reason)


def encode_chunk(chunk_id: int, lease: queue.Lease) -> None:
    """Job: encode one span of a clip. Raises EncodingFailed, or LeaseLost leaving no trace."""
    chunk = Chunk.objects.select_related("clip__footage").filter(pk=chunk_id).first()
    if chunk is None or chunk.is_done:
        with lease.finishing():
            return
    plan = planning.plan_for(chunk.clip)
    name = new_id()
    try:
        with stores.work_folder() as work:
            folder = work / name
            folder.mkdir()
            complaints = _encode_span(chunk, plan, folder, lease)
            stores.keep_package(folder, name)
        with lease.finishing():
            Chunk.objects.filter(pk=chunk.pk).update(store_name=name, complaints=complaints)
    except jail.Stopped as error:
        raise queue.LeaseLost from error
    except BaseException:
        stores.remove_package(name)
        raise


def _encode_span(chunk: Chunk, plan: Plan, folder: Path, lease: queue.Lease) -> int:
    is_spare = chunk.codec != plan.middle.codec
    with stores.original(chunk.clip.footage.store_name) as source:
        encoded = encoding.encode(
            source,
            folder,
            probe=plan.probe,
            part=Part(
                rungs=plan.av1_rungs if is_spare else plan.others,
                span=Span(chunk.first, chunk.end),
            ),
            cut=plan.cut,
            watch=Watch(keep_going=lease.is_held, on_percent=lease.report),
            nice=encoding.NICE_SPARE if is_spare else encoding.NICE_LADDER,
        )
    return encoded.complaints


def pieces_of(chunk: Chunk, rung: Rung, work: Path) -> Pieces:
    """One rung of a finished chunk, linked below ``work``."""
    folder = work / chunk.store_name
    if not folder.exists():
        stores.take_over(chunk.store_name, folder)
    return Pieces(folder / rung.name)


def discard(chunks: Iterable[Chunk]) -> None:
    """Remove the rows and files of chunks that are joined, or that nobody will join."""
    for chunk in chunks:
        if chunk.store_name:
            stores.remove_package(chunk.store_name)
        chunk.delete()


def discard_abandoned() -> None:
    """Remove the chunks of clips for which no package is asked for any more."""
    wanted = Job.objects.unfinished().filter(kind__in=("package_clip", "add_av1"))
    clips = wanted.values_list("subject_id", flat=True)
    discard(Chunk.objects.exclude(clip_id__in=clips))

"""The queue: job rows with a lease are the truth, Celery's messages only wake a worker.

A job is asked for with ``request``, taken with a token, kept alive by heartbeats while it is at
work, and put back by ``sweep`` when its worker is not heard of. Whoever holds no valid token can
change nothing: a worker that was only asleep finds its work gone.
"""

import errno
import logging
import secrets
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import BoundedSemaphore, Event, Thread
from typing import cast

from django.conf import settings
from django.db import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    close_old_connections,
    connection,
    transaction,
)
from django.utils import timezone
from django.utils.module_loading import import_string

from media import lanes
from media.errors import MayPass, NewsroomError
from media.models import Clip, Job
from media.models.job import LEASE, MOST_ATTEMPTS, ORDINARY, URGENT, JobQuerySet

logger = logging.getLogger(__name__)

HEARTBEAT_S = 3
POLL_S = 0.2
# How often to look whether there is still a worker.
LOOK_S = 10.0
# After so long a worker takes a new message: it can end, or turn to another lane.
TURN_S = 2.0
MOST_WAKES = 8
# A first play can last as long as its film: the workers that it shares with the pages are never
# all busy with it.
FIRST_AT_ONCE = 3
FIRST_PLACES = BoundedSemaphore(FIRST_AT_ONCE)

# What may pass is tried more often than what nobody foresaw, and later each time.
MOST_PATIENT_ATTEMPTS = 5
PAUSES_S = (2.0, 10.0, 60.0, 300.0)
# Jobs that failed together are not all tried again at the same moment.
JITTER = 0.2
DATABASE_AWAY = (OperationalError, InterfaceError)
FULL = (errno.ENOSPC, errno.EDQUOT)
GIVEN_UP = "It was tried {} times and ended each time: see the log."
DISK_FULL = "The disk is full: make room on it, then ask for it again."
STORE_AWAY = "A store cannot be read or written: see that its disk is there, then ask again."
DATABASE_WAS_AWAY = "The database could not be reached: see that it runs, then ask for it again."

# Set when this process is to end: it takes nothing more.
ending = Event()


@dataclass(frozen=True)
class Lease:
    """A worker's right to one job. Pass it on to whatever works for long."""

    job_id: int
    token: str

    def is_held(self) -> bool:
        """Whether the work is still ours.

        While the database is away nobody can take it from us, so hours of work go on: what counts
        is asked again by ``finishing``.
        """
        try:
            return self._row().exists()
        except DATABASE_AWAY:
            close_old_connections()
            return True

    def report(self, percent: int) -> None:
        """Show how far the work is, 0 to 100; with the database away nobody could see it."""
        try:
            self._row().update(percent=max(0, min(100, percent)))
        except DATABASE_AWAY:
            close_old_connections()

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """A transaction for the work's last step: it and the job's end happen together or not.

        Raises LeaseLost, and undoes the block, when the job was taken away meanwhile.
        """
        with transaction.atomic():
            done = self._row().update(state=Job.State.DONE, percent=100, finished_at=timezone.now())
            if not done:
                raise LeaseLost
            yield

    @contextmanager
    def holding(self) -> Iterator[None]:
        """A transaction for a step in the middle of the work.

        Raises LeaseLost, and undoes the block, when the job was taken away meanwhile.
        """
        with transaction.atomic():
            # Locked, where the database lets several in.
            if not self._row().select_for_update().exists():
                raise LeaseLost
            yield

    def _row(self) -> JobQuerySet:
        return Job.objects.held(self.job_id, self.token)


class LeaseLost(Exception):
    """The job was given to somebody else, or is finished: stop, and leave no trace."""


# What this process works on now.
at_work: set[Lease] = set()


# Asking -----------------------------------------------------------------------------------------


def request(kind: str, subject_id: int, *, priority: int = ORDINARY) -> Job:
    """Ask for work on one subject; work that is waiting already is not asked for twice.

    It becomes as urgent as the most urgent request for it. Raises KeyError for an unknown kind.
    """
    return request_all(kind, [subject_id], priority=priority)[0]


def request_all(kind: str, subject_ids: Iterable[int], *, priority: int = ORDINARY) -> list[Job]:
    """As ``request``, for many subjects at once."""
    lane = lanes.lane_of(kind)
    with transaction.atomic():
        jobs = [_ask(kind, subject_id, priority) for subject_id in subject_ids]
        # Robust: whatever the broker answers, what was committed stays, and the caller goes on.
        transaction.on_commit(lambda: lanes.wake(lane, times=len(jobs)), robust=True)
    return jobs


def _ask(kind: str, subject_id: int, priority: int) -> Job:
    # Locked, where the database lets several in: nobody starts it before our change is there.
    job, _created = Job.objects.select_for_update().get_or_create(
        kind=kind,
        subject_id=subject_id,
        state=Job.State.QUEUED,
        defaults={"priority": priority},
    )
    if job.priority < priority:
        job.priority = priority
        job.save(update_fields=["priority"])
    return job


def priority_of(clip: Clip) -> int:
    """How urgent work on a clip is."""
    return URGENT if clip.is_urgent else ORDINARY


def hurry(kind: str, subject_id: int) -> None:
    """Have work that waits done before what is ordinary."""
    hurry_all(Job.objects.about(kind, subject_id))


def hurry_all(jobs: JobQuerySet) -> int:
    """As ``hurry``, for all of these jobs that wait; answers how many were not urgent before."""
    return jobs.queued().less_urgent_than(URGENT).update(priority=URGENT)


def cancel(kind: str, subject_id: int, *, by: str) -> bool:
    """Stop work that waits or is being done, for the person named; False if there was none."""
    return cancel_all(Job.objects.about(kind, subject_id), by=by) > 0


def cancel_all(jobs: JobQuerySet, *, by: str) -> int:
    """Stop all of these jobs that are not over; answers how many. Their workers notice soon."""
    return jobs.unfinished().update(
        state=Job.State.FAILED,
        reason=f"Stopped by {by}: ask for it again when it is wanted."[:300],
        finished_at=timezone.now(),
    )


# Working ----------------------------------------------------------------------------------------


def work(job_id: int) -> bool:
    """Do one job now, if it is ours to take; False if somebody else has it or it is done.

    However the work ends, nothing is raised: the row says how, the log why.
    """
    lease = Lease(job_id, secrets.token_hex(16))
    try:
        if not Job.objects.claim(job_id, lease.token):
            return False
        _do(Job.objects.get(pk=job_id), lease)
    except DATABASE_AWAY:
        # What cannot be written now is taken up by the sweep, when the lease has run out.
        logger.warning("the database went away under job %d", job_id, exc_info=True)
        close_old_connections()
        return False
    return True


def work_turn(lane: str) -> None:
    """Do what waits in a lane, the most urgent first, until nothing does or the turn is over."""
    ends_at = time.monotonic() + TURN_S
    while not ending.is_set() and work_next(lane):
        if time.monotonic() > ends_at:
            lanes.wake(lane)
            return


def work_next(lane: str) -> bool:
    """Do the most urgent job that waits in a lane; False if there is none that we may take."""
    jobs = Job.objects.waiting().of_kinds(lanes.kinds_in(lane))
    if lane != "first":
        return _work_first(jobs)
    if not FIRST_PLACES.acquire(blocking=False):
        return False
    try:
        return _work_first(jobs)
    finally:
        FIRST_PLACES.release()


def work_one(kind: str, subject_ids: Iterable[int]) -> bool:
    """Do one waiting job about any of these subjects here and now; False if none waits.

    For whoever waits for many jobs in the middle of its own: with a single worker, nobody else
    would do them.
    """
    return _work_first(Job.objects.waiting().filter(kind=kind, subject_id__in=list(subject_ids)))


def _work_first(jobs: JobQuerySet) -> bool:
    while (job_id := jobs.values_list("pk", flat=True).first()) is not None:
        # Somebody else may have been quicker.
        if work(job_id):
            return True
    return False


def _do(job: Job, lease: Lease) -> None:
    try:
        does = import_string(settings.JOBS[job.kind]["does"])
        with _heartbeat(lease):
            cast(Callable[[int, Lease], None], does)(job.subject_id, lease)
    except LeaseLost:
        logger.info("job %d was taken away", job.pk)
    except MayPass as error:
        _try_again(job, str(error), most=MOST_PATIENT_ATTEMPTS)
    except NewsroomError as error:
        _end_failed(job, str(error))
    except DATABASE_AWAY:
        logger.warning("the database went away under job %d", job.pk, exc_info=True)
        close_old_connections()
        _try_again(job, DATABASE_WAS_AWAY, most=MOST_PATIENT_ATTEMPTS)
    except Exception as error:
        logger.exception("job %d failed", job.pk)
        if isinstance(error, OSError):
            sentence = DISK_FULL if error.errno in FULL else STORE_AWAY
            _try_again(job, sentence, most=MOST_PATIENT_ATTEMPTS)
        else:
            # Unforeseen: it may succeed the next time, so it goes back, but not for ever.
            _try_again(job, "", most=MOST_ATTEMPTS)


@contextmanager
def _heartbeat(lease: Lease) -> Iterator[None]:
    """Renew the lease from a thread of its own while the block runs."""
    stop = Event()

    def beat() -> None:
        while not stop.wait(HEARTBEAT_S):
            try:
                held = Job.objects.held(lease.job_id, lease.token)
                held.update(lease_until=timezone.now() + LEASE)
            except DATABASE_AWAY:
                # A busy database now is no reason to give up: the lease outlives several beats.
                logger.warning("a heartbeat of job %d was missed", lease.job_id, exc_info=True)
                close_old_connections()
        connection.close()

    thread = Thread(target=beat, daemon=True)
    thread.start()
    at_work.add(lease)
    try:
        yield
    finally:
        at_work.discard(lease)
        stop.set()
        thread.join()


# Ending otherwise -------------------------------------------------------------------------------


def _try_again(job: Job, reason: str, *, most: int) -> None:
    if job.attempts >= most:
        _end_failed(job, reason)
        return
    pause_s = PAUSES_S[min(job.attempts, len(PAUSES_S)) - 1]
    pause_s *= secrets.SystemRandom().uniform(1 - JITTER, 1 + JITTER)
    _put_back(job, reason=reason, pause_s=pause_s)


def _end_failed(job: Job, reason: str) -> None:
    """Without a reason of its own, a job that failed says how often it was tried."""
    reason = reason or GIVEN_UP.format(job.attempts)
    Job.objects.held(job.pk, job.token).update(
        state=Job.State.FAILED, reason=reason[:300], finished_at=timezone.now()
    )


def _put_back(job: Job, *, reason: str = "", pause_s: float = 0) -> None:
    """Let a job that is at work wait again, as it is in ``job`` with its attempts so far."""
    held = Job.objects.held(job.pk, job.token)
    now_waits = {
        "attempts": job.attempts,
        "reason": reason[:300],
        "not_before": timezone.now() + timedelta(seconds=pause_s),
    }
    try:
        with transaction.atomic():
            if not held.exists():
                return
            twin = Job.objects.about(job.kind, job.subject_id).queued()
            if twin.exists():
                # The same work was asked for again meanwhile: that one stands for both.
                twin.update(**now_waits)
                held.delete()
            else:
                held.update(state=Job.State.QUEUED, token="", **now_waits)
    except IntegrityError:
        # Asked for in this very moment: this time there is a twin to be seen.
        _put_back(job, reason=reason, pause_s=pause_s)


def put_back() -> None:
    """Put back what dead workers left behind."""
    for job in Job.objects.abandoned():
        if job.attempts >= MOST_ATTEMPTS:
            _end_failed(job, "")
        else:
            _put_back(job, pause_s=job.attempts - 1)


def let_go() -> None:
    """Give back what this process works on: it is to end, which is no fault of the work.

    So the next worker takes it at once, and the try is not counted.
    """
    ending.set()
    for lease in list(at_work):
        job = Job.objects.held(lease.job_id, lease.token).first()
        if job is not None:
            job.attempts -= 1
            _put_back(job)


def sweep() -> None:
    """Put back what dead workers left behind, and wake somebody for all that waits."""
    put_back()
    for lane in settings.LANES:
        waiting = Job.objects.waiting().of_kinds(lanes.kinds_in(lane))[:MOST_WAKES].count()
        if waiting:
            lanes.wake_up_to(lane, waiting)


# Waiting for the end ----------------------------------------------------------------------------


def work_or_wait(job: Job, *, seconds: float) -> Job:
    """Do one job in this process, or wait while somebody else does it; the job as it ended.

    After ``seconds`` the job is returned as it is then: it will be finished all the same.
    """
    deadline = time.monotonic() + seconds
    while not work(job.pk):
        job = _as_it_is(job)
        if job.is_over or time.monotonic() > deadline:
            break
        time.sleep(POLL_S)
    return _as_it_is(job)


def see_through(job: Job, *, on_percent: Callable[[int], None]) -> Job:
    """Wait for a job's end; the job as it ended.

    Where no worker of its lane runs, this process does it, and whatever is more urgent or was
    asked for before: work can need other work.
    """
    look_again_at = 0.0
    is_alone = False
    while not job.is_over:
        if time.monotonic() > look_again_at:
            is_alone = not lanes.has_worker(lanes.lane_of(job.kind))
            look_again_at = time.monotonic() + LOOK_S
        if not (is_alone and _work_alone(lanes.lane_of(job.kind))):
            time.sleep(POLL_S)
        job = _as_it_is(job)
        on_percent(job.percent)
    return job


def _work_alone(lane: str) -> bool:
    """Do the most urgent job of this lane and of all others but the spare one."""
    # Nobody else puts back what a worker left that has died meanwhile.
    put_back()
    wanted = [other for other in settings.LANES if other != "spare" or lane == "spare"]
    return _work_first(Job.objects.waiting().of_kinds(lanes.kinds_in(*wanted)))


def _as_it_is(job: Job) -> Job:
    """The row as it is now, or the one that stands for it: see ``_put_back``."""
    found = Job.objects.filter(pk=job.pk).first()
    return found or Job.objects.about(job.kind, job.subject_id).latest("pk")

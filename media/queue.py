"""The queue: job rows with a lease are the truth, Celery's messages only wake a worker.

A job is asked for with ``request``, taken with a token, kept alive by heartbeats while it is at
work, and put back by ``sweep`` when its worker is not heard of. Whoever holds no valid token can
change nothing: a worker that was only asleep finds its work gone.
"""

import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread
from typing import cast

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError

from media.errors import NewsroomError
from media.models import Job
from media.models.job import LEASE, MOST_ATTEMPTS

logger = logging.getLogger(__name__)

HEARTBEAT_S = 3
PING_S = 1.0
POLL_S = 0.2
# How often to look whether there is still a worker.
LOOK_S = 10.0
WAKE_TASK = "media.tasks.work"


@dataclass(frozen=True)
class Lease:
    """A worker's right to one job. Pass it on to whatever works for long."""

    job_id: int
    token: str

    def is_held(self) -> bool:
        return Job.objects.held(self.job_id, self.token).exists()

    def report(self, percent: int) -> None:
        """Show how far the work is, 0 to 100."""
        Job.objects.held(self.job_id, self.token).update(percent=max(0, min(100, percent)))

    @contextmanager
    def finishing(self) -> Iterator[None]:
        """A transaction for the work's last step: it and the job's end happen together or not.

        Raises LeaseLost, and undoes the block, when the job was taken away meanwhile.
        """
        with transaction.atomic():
            done = Job.objects.held(self.job_id, self.token).update(
                state=Job.State.DONE, percent=100, finished_at=timezone.now()
            )
            if not done:
                raise LeaseLost
            yield


class LeaseLost(Exception):
    """The job was given to somebody else, or is finished: stop, and leave no trace."""


def request(kind: str, subject_id: int, *, priority: int = 0) -> Job:
    """Ask for work on one subject; work that is waiting already is not asked for twice."""
    with transaction.atomic():
        # Locked, where the database lets several in: nobody starts it before our change is there.
        job, _created = Job.objects.select_for_update().get_or_create(
            kind=kind,
            subject_id=subject_id,
            state=Job.State.QUEUED,
            defaults={"priority": priority},
        )
        # Robust: whatever the broker answers, what was committed stays, and the caller goes on.
        transaction.on_commit(lambda: wake(job.pk), robust=True)
    return job


def wake(job_id: int) -> None:
    """Tell the workers. A broker that is down loses nothing: the sweep tells them again."""
    try:
        current_app.send_task(WAKE_TASK, args=[job_id], retry=False)
    except (OperationalError, OSError) as error:
        logger.warning(
            "the queue cannot be reached (%s); job %d waits", type(error).__name__, job_id
        )


def work(job_id: int) -> bool:
    """Do one job now, if it is ours to take; False if somebody else has it or it is done."""
    lease = Lease(job_id, secrets.token_hex(16))
    if not Job.objects.claim(job_id, lease.token):
        return False
    job = Job.objects.get(pk=job_id)
    action = cast(Callable[[int, Lease], None], import_string(settings.JOBS[job.kind]))
    try:
        with _heartbeat(lease):
            action(job.subject_id, lease)
    except LeaseLost:
        logger.info("job %d was taken away", job_id)
    except NewsroomError as error:
        _end_failed(lease, str(error))
    except Exception:
        # Unforeseen: it may succeed the next time, so it goes back, but not for ever.
        logger.exception("job %d failed", job_id)
        _give_back(lease, attempts=job.attempts)
        raise
    return True


def work_or_wait(job: Job, *, seconds: float) -> Job:
    """Do one job in this process, or wait while somebody else does it; the job as it ended.

    After ``seconds`` the job is returned as it is then: it will be finished all the same.
    """
    deadline = time.monotonic() + seconds
    while not work(job.pk):
        job.refresh_from_db()
        if job.is_over or time.monotonic() > deadline:
            break
        time.sleep(POLL_S)
    job.refresh_from_db()
    return job


def see_through(job: Job, *, on_percent: Callable[[int], None]) -> Job:
    """Wait for a job's end; where no worker runs, do it in this process. The job as it ended."""
    look_again_at = 0.0
    is_alone = False
    while not job.is_over:
        if time.monotonic() > look_again_at:
            is_alone = not has_worker()
            look_again_at = time.monotonic() + LOOK_S
        if is_alone:
            # Nobody else puts back what a worker left that has died meanwhile.
            put_back()
        if not (is_alone and work(job.pk)):
            time.sleep(POLL_S)
        job.refresh_from_db()
        on_percent(job.percent)
    return job


def has_worker() -> bool:
    """Whether a worker answers on the queue now."""
    try:
        return bool(current_app.control.ping(timeout=PING_S))
    except (OperationalError, OSError):
        return False


def put_back() -> None:
    """Put back what dead workers left behind."""
    for job in Job.objects.abandoned():
        _give_back(Lease(job.pk, job.token), attempts=job.attempts)


def sweep() -> None:
    """Put back what dead workers left behind, and wake somebody for all that waits."""
    put_back()
    for job_id in Job.objects.waiting().values_list("pk", flat=True)[:100]:
        wake(job_id)


def _give_back(lease: Lease, *, attempts: int) -> None:
    held = Job.objects.held(lease.job_id, lease.token)
    if attempts >= MOST_ATTEMPTS:
        _end_failed(lease, f"It was tried {attempts} times and ended each time: see the log.")
        return
    with transaction.atomic():
        job = held.first()
        if job is None:
            return
        twin = Job.objects.about(job.kind, job.subject_id).queued()
        if twin.exists():
            # The same work was asked for again meanwhile: that one stands for both.
            twin.update(attempts=attempts)
            held.delete()
        else:
            held.update(
                state=Job.State.QUEUED,
                token="",
                not_before=timezone.now() + timedelta(seconds=attempts - 1),
            )


def _end_failed(lease: Lease, reason: str) -> None:
    Job.objects.held(lease.job_id, lease.token).update(
        state=Job.State.FAILED, reason=reason[:300], finished_at=timezone.now()
    )


@contextmanager
def _heartbeat(lease: Lease) -> Iterator[None]:
    """Renew the lease from a thread of its own while the block runs."""
    stop = Event()

    def beat() -> None:
        while not stop.wait(HEARTBEAT_S):
            try:
                held = Job.objects.held(lease.job_id, lease.token)
                held.update(lease_until=timezone.now() + LEASE)
            except DatabaseError:
                # A busy database now is no reason to give up: the lease outlives several beats.
                logger.warning("a heartbeat of job %d was missed", lease.job_id, exc_info=True)
        connection.close()

    thread = Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()

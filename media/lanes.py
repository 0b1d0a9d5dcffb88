"""Lanes: which work waits for which workers, and the messages that wake them.

A message carries its lane and nothing else. It is a hint: which job is done is read from the
rows, so that a message too many does no harm and one that is lost delays by one sweep.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from celery import current_app, group
from django.conf import settings
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

WAKE_TASK = "media.tasks.work"
ANSWER_S = 1.0


def lane_of(kind: str) -> str:
    """Raises KeyError for a kind of work that nobody knows."""
    return settings.JOBS[kind]["lane"]


def kinds_in(*lanes: str) -> list[str]:
    return [kind for kind, job in settings.JOBS.items() if job["lane"] in lanes]


def wake(lane: str, *, times: int = 1) -> None:
    """Tell the workers of a lane, all messages at once.

    A broker that is down loses nothing: the sweep tells them again.
    """
    message = current_app.signature(
        WAKE_TASK, args=(lane,), options={"queue": lane, "retry": False}, immutable=True
    )
    with _broker_may_be_down(lane):
        group([message.clone() for _ in range(times)], app=current_app).apply_async()


def wake_up_to(lane: str, times: int) -> None:
    """As ``wake``, but the messages that nobody has taken yet count: they must not pile up."""
    with _broker_may_be_down(lane):
        missing = times - _messages_for(lane)
        if missing > 0:
            wake(lane, times=missing)


def has_worker(lane: str) -> bool:
    """Whether a worker of the lane answers now."""
    try:
        answers = current_app.control.inspect(timeout=ANSWER_S).active_queues() or {}
    except (OperationalError, OSError):
        return False
    return any(queue["name"] == lane for queues in answers.values() for queue in queues)


@contextmanager
def _broker_may_be_down(lane: str) -> Iterator[None]:
    try:
        yield
    except (OperationalError, OSError) as error:
        logger.warning(
            "the queue cannot be reached (%s); lane %s waits", type(error).__name__, lane
        )


def _messages_for(lane: str) -> int:
    with current_app.connection_or_acquire() as broker:
        try:
            declared = broker.default_channel.queue_declare(lane, passive=True)
        except broker.channel_errors:
            # An empty queue does not exist for a broker that keeps queues as lists.
            return 0
        except broker.connection_errors as error:
            raise OperationalError(str(error)) from error
    return int(declared.message_count)

"""The clock: stories whose moment has come go out, and those whose time is over leave.

Every worker keeps it, whatever lanes it serves, so that one that is started again costs no moment.
It counts by the monotonic clock, because the other one jumps; what the time is, the database says.
"""

import logging
from threading import Event, Thread

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils.module_loading import import_string

logger = logging.getLogger(__name__)

TICK_S = 0.5
DATABASE_AWAY = (OperationalError, InterfaceError)


def start(**_of_a_signal: object) -> None:
    """Keep the time from now on, in a thread of its own, to the end of the process."""
    Thread(target=keep_time, args=(Event(),), daemon=True, name="the clock").start()


def keep_time(stop: Event) -> None:
    """Look twice a second, until ``stop`` is set; a database that is away is waited for."""
    was_there = True
    while not stop.wait(TICK_S):
        was_there = _look(was_there=was_there)
    connection.close()


def _look(*, was_there: bool) -> bool:
    try:
        import_string(settings.KEEPS_TIME)()
    except DATABASE_AWAY:
        close_old_connections()
        if was_there:
            logger.warning("the clock waits for the database", exc_info=True)
        return False
    except Exception:
        # One story must not stop the clock for all others.
        logger.exception("the clock met what nobody foresaw")
    return True

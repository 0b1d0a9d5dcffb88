"""No process outlives the service it belongs to.

The kernel ends a service with its supervisor (see media/jailed/launcher.py). The web server and
the workers' clock start processes of their own, which it does not end: those watch for it
themselves.
"""

import os
import signal
import time
from threading import Thread
from typing import Any

INTERVAL_S = 0.5
SERVED = "NEWSROOM_SERVED"


def end_with_the_service(**_of_a_signal: Any) -> None:
    """Call in a process that a service started: it ends soon after the service has.

    Does nothing but under `manage.py serve`: elsewhere the init system looks after processes.
    """
    if os.environ.get(SERVED):
        Thread(target=_watch, daemon=True, name="watch the service").start()


def _watch() -> None:
    # Every service leads a session of its own, so its processes know it without being told.
    service = os.getsid(0)
    while os.getppid() == service:
        time.sleep(INTERVAL_S)
    os.killpg(0, signal.SIGKILL)

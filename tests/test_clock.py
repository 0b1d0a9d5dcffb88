"""The clock that every worker keeps: it goes on whatever happens, and whatever the time is."""

import time
from threading import Event, Thread

import pytest
from celery.signals import worker_ready
from django.db import OperationalError

from newsroom import clock

looks: list[float] = []
trouble: list[Exception] = []


def look_once():
    """What the clock calls here in place of publishing."""
    looks.append(time.monotonic())
    if trouble:
        raise trouble.pop()


@pytest.fixture
def ticking(settings, monkeypatch):
    """Looks, twenty times a second; the clock ends with the test."""
    looks.clear()
    trouble.clear()
    settings.KEEPS_TIME = f"{__name__}.look_once"
    monkeypatch.setattr(clock, "TICK_S", 0.05)
    stop = Event()
    thread = Thread(target=clock.keep_time, args=(stop,))
    thread.start()
    yield looks
    stop.set()
    thread.join()


def looks_again(since):
    deadline = time.monotonic() + 20
    while len(looks) < since + 2:
        assert time.monotonic() < deadline, "the clock has stopped"
        time.sleep(0.02)
    return True


def test_a_wall_clock_that_is_set_back_does_not_stop_it(ticking, monkeypatch):
    started = time.time()
    monkeypatch.setattr(time, "time", lambda: started - 3600)

    assert looks_again(len(ticking))


@pytest.mark.parametrize("error", [OperationalError("away"), ValueError("unforeseen")])
def test_trouble_does_not_stop_it(ticking, error):
    trouble.append(error)

    assert looks_again(len(ticking))


def test_every_worker_keeps_it():
    receivers = [receiver for _key, receiver in worker_ready.receivers]

    assert clock.start in receivers

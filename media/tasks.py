"""Doors for the workers: each calls one function."""

from threading import Thread
from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down
from django.db import connection

from media import purging, queue, upkeep


@shared_task
def work(lane: str) -> None:
    queue.work_turn(lane)


@shared_task
def sweep() -> None:
    queue.sweep()
    purging.purge()


@shared_task
def tidy() -> None:
    upkeep.tidy()


@worker_shutting_down.connect
def let_go(**_of_a_signal: Any) -> None:
    # A handler of a signal is no place to wait for the database.
    Thread(target=_let_go).start()


def _let_go() -> None:
    queue.let_go()
    connection.close()

"""Doors for the workers: each calls one function."""

from celery import shared_task

from media import packaging, queue, release


@shared_task
def work(job_id: int) -> None:
    queue.work(job_id)


@shared_task
def sweep() -> None:
    queue.sweep()


@shared_task
def tidy() -> None:
    packaging.remove_orphans()
    release.remove_superseded()

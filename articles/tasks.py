"""Doors for the workers: each calls one function."""

from celery import shared_task

from articles import publishing


@shared_task
def publish_due() -> None:
    publishing.publish_due()

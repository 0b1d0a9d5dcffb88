"""Newsroom: a news story with its video clips and their transcript."""

from newsroom.celery import app as celery_app

__all__ = ["celery_app"]

"""The Celery application. Its messages only wake a worker: the job row is the truth."""

import os

from celery import Celery
from celery.signals import beat_embedded_init

from newsroom import orphans

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")

app = Celery("newsroom")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

beat_embedded_init.connect(orphans.end_with_the_service)

from celery.signals import worker_ready
from django.apps import AppConfig

from newsroom import checks, clock


class NewsroomConfig(AppConfig):
    name = "newsroom"

    def ready(self) -> None:
        checks.register_all()
        worker_ready.connect(clock.start, weak=False)

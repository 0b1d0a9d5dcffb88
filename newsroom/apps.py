from celery.signals import worker_ready
from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig

from newsroom import checks, clock


class NewsroomConfig(AppConfig):
    name = "newsroom"

    def ready(self) -> None:
        checks.register_all()
        worker_ready.connect(clock.start, weak=False)


class DeskConfig(AdminConfig):
    """Django's admin, with our own first page."""

    default_site = "newsroom.admin.Desk"

from celery.signals import worker_ready
from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import import_string

from newsroom import checks, clock


class NewsroomConfig(AppConfig):
    name = "newsroom"

    def ready(self) -> None:
        # Once there are models: who comes and goes is one of them.
        import_string("newsroom.sign_ins.listen")()
        checks.register_all()
        worker_ready.connect(clock.start, weak=False)


class DeskConfig(AdminConfig):
    """Django's admin, with our own first page."""

    default_site = "newsroom.desk.Desk"

from celery.signals import worker_ready
from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.module_loading import import_string

from newsroom import clock


class NewsroomConfig(AppConfig):
    name = "newsroom"

    def ready(self) -> None:
        # What these stand on has models, which are not there any sooner.
        import_string("newsroom.sign_ins.listen")()
        import_string("newsroom.checks.register_all")()
        worker_ready.connect(clock.start, weak=False)


class DeskConfig(AdminConfig):
    """Django's admin, with our own first page."""

    default_site = "newsroom.desk.Desk"

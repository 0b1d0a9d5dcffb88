"""manage.py prepare : database, groups, static files and public pages as this version has them."""

from django.core.management import call_command
from django.core.management.base import BaseCommand

from articles import placement
from media import walls
from newsroom.people import make_groups

WALLS_WERE_DOWN = (
    "The database would have let the custody log be changed. Its walls stand again: find out who "
    "took them down, and run manage.py custody verify."
)


class Command(BaseCommand):
    help = "Make or upgrade database, groups, static files and public pages. Safe to repeat."
    requires_migrations_checks = False

    def handle(self, *args: object, **options: object) -> None:
        call_command("migrate", interactive=False, verbosity=0)
        call_command("createcachetable", verbosity=0)
        if mended := walls.mend():
            self.stderr.write(f"{WALLS_WERE_DOWN} ({', '.join(mended)})")
        make_groups()
        call_command("collectstatic", interactive=False, verbosity=0)
        placement.place_everything()

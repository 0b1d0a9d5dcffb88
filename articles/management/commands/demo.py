"""manage.py demo : load the demo content, once."""

from typing import Any

from articles import demonstration
from articles.reading import absolute
from media.management.base import NewsroomCommand


class Command(NewsroomCommand):
    help = "Load the demo story, its clips and its two users; what is there already stays."

    def handle(self, *args: object, **options: Any) -> None:
        passwords = demonstration.people()
        article = demonstration.load(self.show_progress)
        url = absolute(article.get_absolute_url())
        lines = [f"The demo story plays: {url}", f"Sign in at {absolute('/admin/')} as"]
        lines += [f"  {name} with the password {password}" for name, password in passwords.items()]
        self.answer({"url": url, "users": passwords}, "\n".join(lines), as_json=options["json"])

    def show_progress(self, name: str, percent: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(f"\r{name} {percent:3d} %", ending="\r")

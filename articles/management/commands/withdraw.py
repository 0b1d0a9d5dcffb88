"""manage.py withdraw SLUG --reason R : take a story back at once."""

from typing import Any

from django.core.management.base import CommandParser

from articles import publishing
from articles.writing import story_at
from media.management.base import NewsroomCommand


class Command(NewsroomCommand):
    help = "Withdraw a published story: its pages answer 410 and its clips are gone."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("--reason", required=True, metavar="R")

    def handle(self, *args: object, **options: Any) -> None:
        article = publishing.withdraw(story_at(options["slug"]), by=None, reason=options["reason"])
        facts = {"slug": article.slug, "status": article.status}
        self.answer(facts, f"{article.slug} is withdrawn.", as_json=options["json"])

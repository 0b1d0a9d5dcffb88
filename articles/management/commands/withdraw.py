"""manage.py withdraw SLUG --reason R : take a story back at once."""

from typing import Any

from django.core.management.base import CommandParser

from articles import withdrawing
from articles.writing import story_at
from media.management.base import NewsroomCommand


class Command(NewsroomCommand):
    help = "Withdraw a published story: its pages answer 410 and its clips are gone."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("--reason", required=True, metavar="R")

    def handle(self, *args: object, **options: Any) -> None:
        article = story_at(options["slug"])
        gone = withdrawing.withdraw_story(article, by=None, reason=options["reason"])
        article.refresh_from_db()
        facts = {
            "slug": article.slug,
            "status": article.status,
            "seconds": round(gone.seconds, 2),
            "not_recalled": gone.left,
        }
        lines = [gone.sentence, *(f"Could not be recalled. {sentence}" for sentence in gone.left)]
        self.answer(facts, "\n".join(lines), as_json=options["json"])

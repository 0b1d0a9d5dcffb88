"""manage.py publish SLUG : through the same verbs and checks as the admin."""

from datetime import datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from articles import publishing
from articles.reading import absolute
from articles.writing import story_at
from media.management.base import NewsroomCommand


class Command(NewsroomCommand):
    help = "Publish a story, or schedule it."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("slug", metavar="SLUG")
        parser.add_argument("--at", metavar="ISO", help="when, as 2026-01-31T06:00+00:00")

    def handle(self, *args: object, **options: Any) -> None:
        article = story_at(options["slug"])
        at = _moment(options["at"]) if options["at"] else None
        article = publishing.publish(article, by=None, at=at)
        url = absolute(article.get_absolute_url())
        facts = {"slug": article.slug, "url": url, "status": article.status}
        self.answer(facts, f"{url} ({article.status})", as_json=options["json"])


def _moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
    except ValueError:
        # Well written, but there is no such day.
        moment = None
    if moment is None:
        raise CommandError(f"“{text}” is no time: write it as 2026-01-31T06:00+00:00.")
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment

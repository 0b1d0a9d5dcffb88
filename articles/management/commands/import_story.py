"""manage.py import_story FILE : a story from a text or HTML file."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from articles import importing, publishing
from articles.core.body import plain_text
from articles.reading import absolute
from media.management.base import NewsroomCommand


class Command(NewsroomCommand):
    help = "Import a story: headline, standfirst, paragraphs in order, quotations."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--slug", default="", metavar="S", help="the story's address")
        parser.add_argument("--publish", action="store_true", help="publish it at once")

    def handle(self, *args: object, **options: Any) -> None:
        try:
            data = options["file"].read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read ({error.strerror}).") from error
        article = importing.import_story(data, slug=options["slug"])
        if options["publish"]:
            article = publishing.publish(article, by=None)
        facts = {
            "slug": article.slug,
            "url": absolute(article.get_absolute_url()),
            "headline": article.headline,
            "paragraphs": len(plain_text(article.body).splitlines()),
            "status": article.status,
        }
        self.answer(
            facts, f"{article.headline}: {facts['url']} ({article.status})", as_json=options["json"]
        )

"""Importing a story from a text or HTML file."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.text import slugify

from articles import keeping
from articles.core.story_text import StoryText, StoryTextError, read_story
from articles.models import Article, Author, Byline, Revision
from articles.writing import place_figures
from media.core.ids import new_id
from media.errors import NewsroomError

SLUG_LONGEST = 80


class ImportRefused(NewsroomError):
    """The file cannot become a story; the sentence says why and what to do."""


def import_story(data: bytes, *, slug: str = "") -> Article:
    """Make a draft of a file's headline, standfirst and paragraphs. Raises ImportRefused."""
    try:
        text = read_story(data)
    except StoryTextError as error:
        raise ImportRefused(str(error)) from error
    return create_story(text, slug=slug)


def create_story(text: StoryText, *, slug: str = "", body: str | None = None) -> Article:
    """Make a draft of a story that was read; ``body`` replaces its own. Raises ImportRefused."""
    _refuse_long(text)
    address = _address(text.headline, slug)
    with transaction.atomic():
        article = Article.objects.create(
            slug=address,
            headline=text.headline,
            standfirst=text.standfirst,
            body=text.body_html if body is None else body,
            language=text.language,
        )
        _credit(article, [text.byline] if text.byline else [])
        place_figures(article)
        keeping.keep(article, by=None, kind=Revision.Kind.IMPORTED)
    return article


def _refuse_long(text: StoryText) -> None:
    for what, words, field in (
        ("headline", text.headline, Article._meta.get_field("headline")),
        ("byline", text.byline, Author._meta.get_field("name")),
    ):
        longest = field.max_length or 0
        if len(words) > longest:
            raise ImportRefused(
                f"The {what} has {len(words)} characters, more than the {longest} that it may "
                "have: shorten it in the file."
            )


def _address(headline: str, wanted: str) -> str:
    """A free address: the wanted one, or one made from the headline."""
    if wanted:
        slug = slugify(wanted)[:SLUG_LONGEST]
        if not slug or slug != wanted:
            raise ImportRefused(
                f"“{wanted}” cannot be an address: write small letters, digits and hyphens."
            )
        if Article.objects.filter(slug=slug).exists():
            raise ImportRefused(
                f"There is a story at /stories/{slug}/ already: choose another address."
            )
        return slug
    slug = slugify(headline)[:SLUG_LONGEST].strip("-")
    if slug and not Article.objects.filter(slug=slug).exists():
        return slug
    return f"{slug[: SLUG_LONGEST - 13]}-{new_id()}".strip("-")


def _credit(article: Article, names: Sequence[str]) -> None:
    for position, name in enumerate(names):
        author = Author.objects.filter(name=name).first()
        if author is None:
            author = Author.objects.create(name=name, slug=_author_address(name))
        Byline.objects.create(article=article, author=author, position=position)


def _author_address(name: str) -> str:
    slug = slugify(name)[:SLUG_LONGEST]
    return slug if slug and not Author.objects.filter(slug=slug).exists() else new_id()

"""Checks of the pictures in a story: each is there, and said to those who cannot see it."""

from collections.abc import Iterator

from django.urls import reverse

from articles.core.body import picture_refs
from articles.core.quotations import shortened
from articles.models import Article
from articles.writing import UnknownFigure, pictures_of
from media.clearance import Check, judge

NAME_LONGEST = 60


def checks(article: Article) -> Iterator[Check]:
    url = reverse("admin:articles_article_change", args=[article.pk])
    refs = picture_refs(article.body)
    if not refs:
        return
    try:
        names = {one.public_id: one.original_name for one in pictures_of(article.body)}
    except UnknownFigure as error:
        yield judge("pictures", "Story", "Pictures", str(error), f"{url}#id_body")
        return
    for ref in dict.fromkeys(refs):
        name = shortened(ref.caption, NAME_LONGEST) or names[ref.picture_id]
        yield judge(
            f"picture {ref.picture_id}: described",
            f"Picture “{name}”",
            "described for those who cannot see it",
            "" if ref.is_described else _undescribed(name),
            f"{url}#picture-{ref.picture_id}",
        )


def _undescribed(name: str) -> str:
    return (
        f"The picture “{name}” has no description for those who cannot see it: "
        "write one, or say that it is decorative."
    )

"""The story and what belongs to it."""

from articles.models.article import Article, Author, Byline, Correction, Embed, Topic
from articles.models.page import PublicPage
from articles.models.passage import Passage
from articles.models.preview import PreviewLink, PreviewVisit

__all__ = [
    "Article",
    "Author",
    "Byline",
    "Correction",
    "Embed",
    "Passage",
    "PreviewLink",
    "PreviewVisit",
    "PublicPage",
    "Topic",
]

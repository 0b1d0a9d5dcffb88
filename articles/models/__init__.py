"""The story and what belongs to it."""

from articles.models.article import Article, Author, Byline, Correction, Embed, Topic
from articles.models.page import PublicPage

__all__ = ["Article", "Author", "Byline", "Correction", "Embed", "PublicPage", "Topic"]

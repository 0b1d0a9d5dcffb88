"""The editors' desk: stories, the people who wrote them, and their topics."""

from articles.admin.people import NamedAdmin
from articles.admin.stories import ArticleAdmin

__all__ = ["ArticleAdmin", "NamedAdmin"]

"""The story and what belongs to it."""

from articles.models.act import Act
from articles.models.article import Article, Author, Byline, Correction, Embed, Topic
from articles.models.draft import Draft
from articles.models.page import PublicPage
from articles.models.passage import Passage
from articles.models.picture import Illustration
from articles.models.preview import PreviewLink, PreviewVisit
from articles.models.revision import Revision
from articles.models.together import Assignment, Comment, Notice, Presence

__all__ = [
    "Act",
    "Article",
    "Assignment",
    "Author",
    "Byline",
    "Comment",
    "Correction",
    "Draft",
    "Embed",
    "Illustration",
    "Notice",
    "Passage",
    "Presence",
    "PreviewLink",
    "PreviewVisit",
    "PublicPage",
    "Revision",
    "Topic",
]

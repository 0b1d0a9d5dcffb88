"""Which public files exist, and what each of them shows."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from articles.models.article import Article


class PublicPageQuerySet(models.QuerySet["PublicPage"]):
    def below(self, *beginnings: str) -> "PublicPageQuerySet":
        """The files whose path begins with one of these."""
        wanted = Q(pk__in=[])
        for beginning in beginnings:
            wanted |= Q(path__startswith=beginning)
        return self.filter(wanted)

    def at(self, paths: Iterable[str]) -> "PublicPageQuerySet":
        return self.filter(path__in=list(paths))

    def held(self, paths: Iterable[str]) -> "PublicPageQuerySet":
        """Locked to the end of the transaction, by everybody in the same order."""
        return self.at(paths).select_for_update().order_by("path")

    def of_story(self, article: Article) -> "PublicPageQuerySet":
        """The files that are this story's own: its pages, those of its clips, its data."""
        files = [f"{article.path}.json", f"{article.path}.ninjs.json"]
        return self.filter(Q(path__startswith=f"{article.path}/") | Q(path__in=files))


class PublicPage(models.Model):
    """One file that was placed in the public store for readers."""

    path = models.CharField(_("file"), max_length=300, unique=True)
    sha256 = models.CharField("SHA-256", max_length=64)
    placed_at = models.DateTimeField(_("placed"), auto_now=True)
    # The stories that it shows: a correction renders again exactly the pages that show it.
    articles = models.ManyToManyField(Article, related_name="pages", verbose_name=_("stories"))

    objects = PublicPageQuerySet.as_manager()

    class Meta:
        verbose_name = _("public page")
        verbose_name_plural = _("public pages")
        ordering = ["path"]

    def __str__(self) -> str:
        return self.path

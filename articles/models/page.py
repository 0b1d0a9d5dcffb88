"""Which public files exist, and what each of them shows."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.article import Article


class PublicPage(models.Model):
    """One file that was placed in the public store for readers."""

    path = models.CharField(_("file"), max_length=300, unique=True)
    sha256 = models.CharField("SHA-256", max_length=64)
    placed_at = models.DateTimeField(_("placed"), auto_now=True)
    # The stories that it shows: a correction renders again exactly the pages that show it.
    articles = models.ManyToManyField(Article, related_name="pages", verbose_name=_("stories"))

    class Meta:
        verbose_name = _("public page")
        verbose_name_plural = _("public pages")
        ordering = ["path"]

    def __str__(self) -> str:
        return self.path

"""Where a picture stands in a story."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from articles.models.article import Article
from media.models import Picture


class IllustrationQuerySet(models.QuerySet["Illustration"]):
    def public(self) -> "IllustrationQuerySet":
        """Places in stories that readers may see."""
        return self.filter(article__in=Article.objects.published())


class Illustration(models.Model):
    """A picture in a story, rebuilt from the body whenever it is saved.

    Its words are those of its first place in the body, for what shows a story without its text.
    """

    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="illustrations", verbose_name=_("story")
    )
    picture = models.ForeignKey(
        Picture,
        on_delete=models.PROTECT,
        related_name="illustrations",
        verbose_name=_("picture"),
    )
    # Counted with the clips of the story.
    position = models.PositiveSmallIntegerField(_("order"))
    alt = models.TextField(_("description for those who cannot see it"), blank=True)
    caption = models.TextField(_("caption"), blank=True)
    credit = models.TextField(_("credit"), blank=True)
    warning = models.TextField(_("warning"), blank=True)
    is_decorative = models.BooleanField(_("decorative"), default=False)

    objects = IllustrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture in this story")
        verbose_name_plural = _("pictures in this story")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["article", "picture"], name="one_place_a_picture"),
        ]

    @property
    def may_stand_for_story(self) -> bool:
        """Whether it may be shown where nobody could be warned before."""
        return not self.is_decorative and not self.warning

    def __str__(self) -> str:
        return f"{self.article}: {self.picture}"

"""Previews for people without an account: each link is for one person, for a while, and counted."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from articles.models.article import Article
from media.core.ids import LENGTH, new_id


class PreviewLinkQuerySet(models.QuerySet["PreviewLink"]):
    def open(self) -> "PreviewLinkQuerySet":
        """Links that still show something: in time, not taken back, of a story that stands."""
        return self.filter(revoked_at=None, expires_at__gt=timezone.now()).exclude(
            article__status=Article.Status.WITHDRAWN
        )

    def of_story(self, article: Article) -> "PreviewLinkQuerySet":
        return self.filter(article=article).select_related("made_by").prefetch_related("visits")


class PreviewLink(models.Model):
    """An address under which one person may see a story before its public does."""

    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="preview_links", verbose_name=_("story")
    )
    public_id = models.CharField(max_length=LENGTH, unique=True, default=new_id, editable=False)
    recipient = models.CharField(_("for whom"), max_length=80)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("made by"),
    )
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("ends"))
    revoked_at = models.DateTimeField(_("taken back"), null=True)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return self.recipient

    @property
    def has_ended(self) -> bool:
        return self.expires_at <= timezone.now()


class PreviewVisit(models.Model):
    """One look at a preview: when, and nothing else of who looked."""

    link = models.ForeignKey(
        PreviewLink, on_delete=models.CASCADE, related_name="visits", verbose_name=_("link")
    )
    at = models.DateTimeField(_("at"), auto_now_add=True)

    class Meta:
        verbose_name = _("look at a preview")
        verbose_name_plural = _("looks at previews")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} UTC"

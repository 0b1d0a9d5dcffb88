"""Publishing: schedule, publish, withdraw. What readers see changes here and nowhere else."""

import logging
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from articles import clearance, placement
from articles.models import Article
from articles.writing import place_clips
from media import clips, custody
from media.errors import NewsroomError, NotCleared
from media.models import CustodyEvent

logger = logging.getLogger(__name__)


def publish(article: Article, *, by: User | None, at: datetime | None = None) -> Article:
    """Publish a story now, or schedule it; an embargo that ends later wins.

    Its clips are signed off with it. Raises NotCleared with every reason, or LeakFound; nothing
    has changed then.
    """
    with transaction.atomic():
        article = Article.objects.select_for_update().get(pk=article.pk)
        place_clips(article)
        clearance.require(article)
        _sign(article, by=by, moment=_moment(article, at))
        placement.rehearse(article)
    if article.is_public or article.pages.exists():
        # A public story that is put off leaves at once and comes back when it is due.
        placement.refresh_now(article)
    return article


def _moment(article: Article, at: datetime | None) -> datetime:
    """When readers may see it first. A story that is out already keeps its date."""
    now = timezone.now()
    if at is None and article.is_public and article.published_at is not None:
        return article.published_at
    moment = at or now
    embargo = article.embargo_until
    return max(moment, embargo) if embargo is not None else moment


def _sign(article: Article, *, by: User | None, moment: datetime) -> None:
    is_due = moment <= timezone.now()
    article.status = Article.Status.PUBLISHED if is_due else Article.Status.SCHEDULED
    article.published_at = moment
    article.withdrawn_at, article.withdrawn_reason = None, ""
    article.updated_by = by or article.updated_by
    article.save()
    clips.clear(article.clips.all(), by=by)


def publish_due() -> None:
    """Publish what was scheduled and is due; one story that fails does not hold up the others."""
    for pk in list(Article.objects.due().values_list("pk", flat=True)):
        # Asked again: while the others were published it may have been withdrawn or put off.
        article = Article.objects.due().filter(pk=pk).first()
        if article is None:
            continue
        try:
            publish(article, by=article.updated_by, at=article.published_at)
        except NewsroomError:
            logger.exception("the scheduled story %s was not published", article.slug)


def withdraw(article: Article, *, by: User | None, reason: str) -> Article:
    """Take a story back: its pages answer 410 and its clips' files are gone, at once.

    Raises NotCleared when there is no reason, or nothing to withdraw.
    """
    if not reason.strip():
        raise NotCleared("A story is withdrawn with a reason: write one.")
    with transaction.atomic():
        article = Article.objects.select_for_update().get(pk=article.pk)
        if article.status not in (Article.Status.PUBLISHED, Article.Status.SCHEDULED):
            raise NotCleared("Only a published or scheduled story can be withdrawn.")
        article.status = Article.Status.WITHDRAWN
        article.withdrawn_at = timezone.now()
        article.withdrawn_reason = reason.strip()[:300]
        article.updated_by = by or article.updated_by
        article.save()
        for clip in article.clips.select_related("footage"):
            custody.record(
                clip.footage,
                CustodyEvent.Kind.WITHDRAWN,
                actor=str(by or "command"),
                detail={"clip": clip.public_id, "story": article.slug},
            )
    placement.refresh_now(article)
    return article

"""Publishing: schedule, publish, expire, withdraw. What readers see changes here and nowhere else.

Every moment is one of the database's clock: see media.models.clock.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from articles import acts, clearance, placement, workflow
from articles.models import Act, Article
from articles.writing import place_figures
from media import clips, consent, custody
from media.errors import NewsroomError, NotCleared
from media.models import CustodyEvent

logger = logging.getLogger(__name__)

# A story that was held back is tried again when something about it changes, and else so often.
TRY_AGAIN = timedelta(minutes=1)


def publish(article: Article, *, by: User | None, at: datetime | None = None) -> Article:
    """Publish a story now, or schedule it; an embargo that ends later wins.

    Its clips are signed off with it. ``by`` is None on the command line, where nobody is asked:
    what nobody decided is written down then. Raises NotCleared with every reason, or LeakFound;
    nothing has changed then.
    """
    with transaction.atomic():
        article = Article.objects.select_for_update().get(pk=article.pk)
        place_figures(article)
        workflow.approve_with(article, by=by)
        if by is None:
            clearance.answer_unasked(article, at=at)
        _release(article, by=by, actor=acts.actor_of(by), at=at)
    if article.is_public or article.pages.exists():
        # A public story that is put off leaves at once and comes back when it is due.
        placement.refresh_now(article)
    return article


def _release(article: Article, *, by: User | None, actor: str, at: datetime | None) -> None:
    """Sign a story that the caller holds, if all of it is cleared. Raises NotCleared, LeakFound."""
    clearance.require(article, at=at)
    _sign(article, by=by, at=at)
    placement.rehearse(article)
    is_out = article.status == Article.Status.PUBLISHED
    kind = Act.Kind.PUBLISHED if is_out else Act.Kind.SCHEDULED
    moments = {"at": article.published_at, "embargo": article.embargo_until}
    detail = {name: moment.isoformat() for name, moment in moments.items() if moment}
    acts.record(article, kind, actor=actor, **detail)


def _sign(article: Article, *, by: User | None, at: datetime | None) -> None:
    """Date the story, and sign off its clips. A story that is out already keeps its date."""
    now = Article.objects.moment()
    if at is None:
        at = article.published_at if article.is_public else now
    goes_out = max(filter(None, (at, article.embargo_until)))
    is_due = goes_out <= now
    article.status = Article.Status.PUBLISHED if is_due else Article.Status.SCHEDULED
    # What is scheduled keeps its own moment, so that it comes sooner if the embargo is lifted.
    article.published_at = goes_out if is_due else at
    article.withdrawn_at, article.withdrawn_reason = None, ""
    article.updated_by = by or article.updated_by
    article.released()
    article.save()
    clips.clear(article.clips.all(), by=by)


# What time alone does -----------------------------------------------------------------------------


def keep_time() -> None:
    """Publish what is due, and take away what has expired, stories and films.

    Any number of processes may do it at once; one story that fails does not hold up the others.
    """
    consent.end_terms()
    for pk in Article.objects.due().pks():
        _guarded(pk, _publish_due)
    for pk in Article.objects.overstaying().pks():
        _guarded(pk, _expire)


def _guarded(pk: int, act: Callable[[int], None]) -> None:
    try:
        act(pk)
    except NewsroomError as error:
        _hold(pk, str(error))


def _publish_due(pk: int) -> None:
    with transaction.atomic():
        # Asked again: another process may have been quicker, or it was withdrawn or put off.
        article = Article.objects.due().select_for_update().filter(pk=pk).first()
        if article is None:
            return
        place_figures(article)
        _release(article, by=article.updated_by, actor=acts.CLOCK, at=article.published_at)
    placement.refresh_now(article)


def _expire(pk: int) -> None:
    with transaction.atomic():
        article = Article.objects.overstaying().select_for_update().filter(pk=pk).first()
        if article is None:
            return
        told = article.acts.expiries().first()
        if told is None or article.expires_at is None or told.at < article.expires_at:
            # Its pages are there until they are taken away below: another clock may come by.
            acts.record(article, Act.Kind.EXPIRED, actor=acts.CLOCK)
        article.released()
        article.save(update_fields=["held_reason", "try_again_at"])
    placement.refresh_now(article)


def _hold(pk: int, reason: str) -> None:
    """Say once why a story did not go out, or did not leave, and leave it alone for a while."""
    with transaction.atomic():
        article = Article.objects.select_for_update().get(pk=pk)
        if article.held_reason != reason:
            logger.error("the story %s is held back: %s", article.slug, reason)
            acts.record(article, Act.Kind.HELD, actor=acts.CLOCK, reason=reason)
        if article.is_public:
            # It is out, and its pages are a job's concern, which says so itself.
            return
        article.held_reason = reason
        article.try_again_at = Article.objects.moment() + TRY_AGAIN
        article.save(update_fields=["held_reason", "try_again_at"])


def set_times(
    article: Article,
    *,
    embargo_until: datetime | None,
    expires_at: datetime | None,
    by: User,
    reason: str,
) -> Article:
    """Set or lift a story's embargo and its expiry; what is public follows at once.

    Raises NotCleared without a reason, or if it would expire under its embargo.
    """
    if not reason.strip():
        raise NotCleared(
            "Write why: an embargo is somebody's word, and an expiry somebody's right."
        )
    if embargo_until and expires_at and expires_at <= embargo_until:
        raise NotCleared("It would expire before its embargo ends: let it expire later.")
    with transaction.atomic():
        article = Article.objects.select_for_update().get(pk=article.pk)
        article.embargo_until, article.expires_at = embargo_until, expires_at
        article.updated_by = by
        article.released()
        article.save()
        workflow.follow_changes(article, by=by)
        article.save(update_fields=["status", "updated_at"])
        acts.record_times(article, by=by, reason=reason.strip())
    if article.is_public or article.pages.exists():
        placement.refresh_now(article)
    return article


def withdraw(article: Article, *, by: User | None, reason: str) -> Article:
    """Take a story back: its pages answer 410 and its clips' files are gone, at once.

    Raises NotCleared when there is no reason, or nothing to withdraw.
    """
    if not reason.strip():
        raise NotCleared("A story is withdrawn with a reason: write one.")
    reason = reason.strip()[:300]
    with transaction.atomic():
        article = Article.objects.select_for_update().get(pk=article.pk)
        if article.status not in (Article.Status.PUBLISHED, Article.Status.SCHEDULED):
            raise NotCleared("Only a published or scheduled story can be withdrawn.")
        acts.record(article, Act.Kind.WITHDRAWN, actor=acts.actor_of(by), reason=reason)
        article.status = Article.Status.WITHDRAWN
        article.withdrawn_at = Article.objects.moment()
        article.withdrawn_reason = reason
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

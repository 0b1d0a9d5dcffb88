"""Workflow: from the draft to its approval. Who may take which step, articles.core.states says."""

from django.contrib.auth.models import User
from django.db import transaction

from articles import acts
from articles.core.states import APPROVE, SEND_BACK, SUBMIT, Step
from articles.models import Act, Article
from media.core.fingerprints import fingerprint
from media.errors import NotCleared

KINDS = {
    SUBMIT.name: Act.Kind.SUBMITTED,
    APPROVE.name: Act.Kind.APPROVED,
    SEND_BACK.name: Act.Kind.SENT_BACK,
}


def take(step: Step, article: Article, *, by: User, reason: str = "") -> Article:
    """Take a story one step on, or back. Raises NotCleared where that cannot be."""
    reason = reason.strip()
    if step.needs_reason and not reason:
        raise NotCleared("Write why: whoever wrote the story has to know what to mend.")
    with transaction.atomic():
        article = Article.objects.select_for_update().get(pk=article.pk)
        if not step.is_open_to(article.status):
            state = Article.State(article.state).label
            raise NotCleared(f"The story is {state} by now: look at it again, then decide.")
        _write_down(step, article, by=by, reason=reason)
        article.status = step.after
        if step is SEND_BACK:
            article.published_at = None
            article.released()
        article.save()
    return article


def _write_down(step: Step, article: Article, *, by: User, reason: str) -> None:
    """With the words of this moment: an approval is of these, and of no others."""
    words = words_of(article)
    acts.record(article, KINDS[step.name], actor=acts.actor_of(by), reason=reason, words=words)


def words_of(article: Article) -> str:
    """What stands for all that an approval is about."""
    said = article.embeds.values_list("clip__public_id", "title", "caption", "alt", "credit")
    return fingerprint(
        article.headline,
        article.standfirst,
        article.body,
        article.language,
        [list(row) for row in said],
    )


def follow_changes(article: Article, *, by: User | None) -> None:
    """A story that was changed after its approval is to be approved again; one that was put under
    an embargo leaves its readers, and comes back when that is over. Does not save it.
    """
    if article.status == Article.Status.PUBLISHED and article.is_under_embargo:
        article.status = Article.Status.SCHEDULED
    if article.status != Article.Status.APPROVED:
        return
    approval = article.acts.approvals().first()
    if approval is None or approval.detail["words"] != words_of(article):
        article.status = Article.Status.REVIEW
        acts.record(article, Act.Kind.CHANGED, actor=acts.actor_of(by))


def approve_with(article: Article, *, by: User | None) -> None:
    """Whoever publishes a story that nobody approved approves it with that, if they may.

    Raises NotCleared if they may not. Nobody is asked on the command line.
    """
    if by is None or article.status not in APPROVE.before:
        return
    if not by.has_perm(APPROVE.permission):
        raise NotCleared("Nobody has approved this story yet: ask an editor to approve it.")
    _write_down(APPROVE, article, by=by, reason="")

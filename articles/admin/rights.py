"""Who may do what to a story: the questions that its pages ask of whoever opens them."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from articles.core.states import APPROVE, OPEN_TO_WRITERS, STEPS, Step
from articles.models import Article

ACTS = ("publish", "withdraw", "answer", "time")


def require(request: HttpRequest, permission: str) -> None:
    """Raises PermissionDenied."""
    if not request.user.has_perm(permission):
        raise PermissionDenied


def allowed(request: HttpRequest) -> dict[str, bool]:
    """``can_publish`` and so on, for templates."""
    return {f"can_{act}": request.user.has_perm(f"articles.{act}_article") for act in ACTS}


def open_steps(request: HttpRequest, article: Article) -> list[Step]:
    """The steps that this person may take with this story now."""
    return [
        step
        for step in STEPS.values()
        if step.is_open_to(article.status) and request.user.has_perm(step.permission)
    ]


def needs_approval(request: HttpRequest, article: Article) -> bool:
    """Whether somebody else has to approve the story before this person may publish it."""
    return article.status in APPROVE.before and not request.user.has_perm(APPROVE.permission)


def may_write(request: HttpRequest, article: Article | None) -> bool:
    """From its approval on, only who may approve a story may change it."""
    is_open = article is None or article.status in OPEN_TO_WRITERS
    return is_open or request.user.has_perm(APPROVE.permission)


def may_be_withdrawn(article: Article | None) -> bool:
    return article is not None and article.status in (
        Article.Status.SCHEDULED,
        Article.Status.PUBLISHED,
    )

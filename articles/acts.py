"""Acts: writing down who did what to a story, when and why."""

from django.contrib.auth.models import User

from articles.models import Act, Article
from media import custody

# Who acts where no person does.
COMMAND = "command line"
CLOCK = custody.CLOCK


def actor_of(by: User | None) -> str:
    return by.get_username() if by is not None else COMMAND


def record_times(article: Article, *, by: User, reason: str) -> Act:
    """Write down a story's embargo and expiry as they are from now on."""
    times = {"embargo": article.embargo_until, "expiry": article.expires_at}
    detail = {name: moment and moment.isoformat() for name, moment in times.items()}
    return record(article, Act.Kind.TIMED, actor=actor_of(by), reason=reason, **detail)


def record(
    article: Article, kind: Act.Kind, *, actor: str, reason: str = "", **detail: object
) -> Act:
    """Write down one act, at the moment of the database's clock."""
    return Act.objects.create(
        article=article,
        kind=kind,
        at=Article.objects.moment(),
        actor=actor,
        reason=reason,
        detail=detail,
    )

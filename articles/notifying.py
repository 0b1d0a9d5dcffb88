"""Notifying: telling people of a story, in the admin and, where mail is set up, by mail.

A mail is read by whoever runs the servers on its way: it says that there is something to read and
where, and not one word of a story, of its clips, or of a comment.
"""

import logging
from collections.abc import Iterable
from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Notice

logger = logging.getLogger(__name__)

SUBJECT = "Something waits for you in the newsroom"
TEXT = "Sign in to see what it is: {}"


def tell(people: Iterable[User], article: Article, *, by: User, kind: str, text: str = "") -> None:
    """Tell these people, and not the one who did it."""
    told = {person.pk: person for person in people if person.is_active and person.pk != by.pk}
    Notice.objects.bulk_create(
        Notice(person=person, article=article, by=by, kind=kind, text=text[:300])
        for person in told.values()
    )
    addresses = [person.email for person in told.values() if person.email]
    if addresses:
        transaction.on_commit(lambda: _mail(addresses, "admin:articles_article_notices"))


def read_all(person: User) -> None:
    person.notices.unread().update(read_at=timezone.now())


def tell_of_damage() -> None:
    """Mail those who look after the stores that something in them is damaged, and not what."""
    keepers = User.objects.with_perm(
        "media.view_fixitycheck", backend="django.contrib.auth.backends.ModelBackend"
    )
    addresses = keepers.exclude(email="").order_by("pk").values_list("email", flat=True)
    _mail(addresses, "admin:media_fixitycheck_changelist")


def _mail(addresses: Iterable[str], page: str) -> None:
    """Each gets a mail alone: nobody learns who else is told."""
    place = f"{settings.BASE_URL}{reverse(page)}"
    for address in addresses:
        try:
            EmailMessage(SUBJECT, TEXT.format(place), to=[address]).send()
        except (SMTPException, OSError):
            logger.exception("a notice could not be mailed; it stands in the admin")

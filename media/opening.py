"""Opening an original: the one way in which a person sees its bytes, or takes a copy.

It asks for the password again and for a reason, of superusers too. Who opened it and why stands in
the custody log, committed, before a first byte leaves. What is given then is a grant: an address
that is signed, ends soon, and works in the session of the person who asked for it, nowhere else.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib.auth.models import User
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from media import custody, stores
from media.errors import NewsroomError
from media.models import CustodyEvent, Footage

logger = logging.getLogger(__name__)

SALT = "newsroom.original"
PERMISSION = "media.open_footage"
# Whoever watches may do so to the end, and look at something twice.
LASTS = timedelta(minutes=15)
LONGEST = timedelta(hours=4)
# A reason is written for those who ask years later: a word is none.
SHORTEST_REASON, LONGEST_REASON = 10, 300
# What browsers play, by the name of the container. Nothing else is answered as a film: what a file
# says of itself decides nothing.
PLAYED = {"mov,mp4,m4a,3gp,3g2,mj2": "video/mp4", "matroska,webm": "video/webm"}


class NotOpened(NewsroomError):
    """An original that stays closed."""


class WrongPassword(NotOpened):
    def __init__(self) -> None:
        super().__init__("That is not your password: write the one that you sign in with.")


class How(models.TextChoices):
    WATCH = "watch", _("watch it here")
    COPY = "copy", _("take a copy")


@dataclass(frozen=True)
class Grant:
    """The right to read one original for a while. ``key`` stands in its address."""

    footage: Footage
    how: How
    until: datetime
    event: int
    key: str

    @property
    def content_type(self) -> str:
        """How it is answered: as bytes of no kind, unless it is to be watched."""
        is_watched = self.how == How.WATCH
        return film_type(self.footage) if is_watched else "application/octet-stream"


def film_type(footage: Footage) -> str:
    """What a browser is told an original is; "" where browsers play nothing of that kind."""
    container = footage.probe.get("container", "") if footage.is_ready and footage.probe else ""
    return PLAYED.get(container, "")


def open_original(
    footage: Footage, how: How, *, request: HttpRequest, password: str, reason: str
) -> Grant:
    """Let who is signed in read an original for a while, and write that down first.

    Raises WrongPassword, or NotOpened with the sentence for the person.
    """
    user, reason = request.user, reason.strip()
    assert isinstance(user, User)
    if not user.has_perm(PERMISSION):
        raise NotOpened("You may not open originals: ask an archivist.")
    if len(reason) < SHORTEST_REASON:
        raise NotOpened("Write why, in a few words that somebody understands in ten years.")
    if how == How.WATCH and not film_type(footage):
        raise NotOpened("Browsers do not play this kind of file: take a copy.")
    if not _is_password_of(user, password, request):
        logger.warning("a wrong password was given for the original of %s", footage.public_id)
        raise WrongPassword
    if not stores.exists("originals", footage.store_name):
        raise NotOpened(stores.MISSING)
    until = timezone.now() + _lasts(footage, how)
    return _grant(footage, how, until, _written_down(footage, how, user, reason), request)


def _is_password_of(user: User, password: str, request: HttpRequest) -> bool:
    """Counted like an attempt to sign in. Raises NotOpened for who may try no more for a while."""
    adapter = get_adapter(request)
    try:
        found = adapter.authenticate(request, username=user.get_username(), password=password)
    except ValidationError as error:
        raise NotOpened("The password was wrong too often: wait five minutes.") from error
    return bool(found == user)


def _lasts(footage: Footage, how: How) -> timedelta:
    if how == How.COPY or not footage.probe:
        return LASTS
    return min(LASTS + timedelta(milliseconds=footage.probe["duration_ms"]), LONGEST)


def _written_down(footage: Footage, how: How, user: User, reason: str) -> CustodyEvent:
    kind = CustodyEvent.Kind.VIEWED if how == How.WATCH else CustodyEvent.Kind.DOWNLOADED
    # Durable: it is committed when the block ends, and no transaction around it can undo that.
    with transaction.atomic(durable=True):
        return custody.record(
            footage,
            kind,
            actor=user.get_username(),
            detail={
                "reason": reason[:LONGEST_REASON],
                "sha256": footage.sha256,
                "byte_size": footage.byte_size,
            },
        )


def _grant(
    footage: Footage, how: How, until: datetime, event: CustodyEvent, request: HttpRequest
) -> Grant:
    told: dict[str, Any] = {
        "footage": footage.public_id,
        "how": how.value,
        "until": until.timestamp(),
        "event": event.number,
        "holder": _holder(request),
    }
    return Grant(footage, how, until, event.number, signing.dumps(told, salt=SALT))


def _holder(request: HttpRequest) -> str:
    """Who may use a grant: this person in this session. The session's own key stays a secret."""
    session = request.session.session_key or ""
    return salted_hmac(SALT, f"{request.user.pk} {session}", algorithm="sha256").hexdigest()


def granted(key: str, request: HttpRequest) -> Grant | None:
    """The grant that a key is for who asks with it; None where it is over, or somebody else's."""
    try:
        told = signing.loads(key, salt=SALT)
    except signing.BadSignature:
        return None
    until = datetime.fromtimestamp(told["until"], tz=timezone.get_default_timezone())
    if until <= timezone.now() or told["holder"] != _holder(request):
        return None
    if not request.user.has_perm(PERMISSION):
        return None
    footage = Footage.objects.filter(public_id=told["footage"]).first()
    if footage is None:
        return None
    return Grant(footage, How(told["how"]), until, told["event"], key)

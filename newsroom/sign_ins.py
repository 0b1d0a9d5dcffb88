"""Sign-ins: writing down who comes and goes, and ending the sessions of whoever may do less now."""

from typing import Any

from allauth.account.signals import user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
)
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_out
from django.contrib.sessions.models import Session
from django.db.models.signals import m2m_changed, pre_save
from django.http import HttpRequest

from newsroom.models import SignIn

Kind = SignIn.Kind
# Where allauth keeps by which means somebody came in: a list of {"method": …, "type": …}.
MEANS = "account_authentication_methods"
POWERS = ("is_active", "is_staff", "is_superuser")


def note(kind: Kind, name: str, *, how: str = "") -> None:
    """Write one line; a name that nobody here has is not written down."""
    person = name if name and User.objects.filter(username=name).exists() else ""
    SignIn.objects.create(kind=kind, person=person, how=how[:60])


def end_sessions(user: User) -> int:
    """End every session of a person, and answer how many there were."""
    theirs = [
        session.session_key
        for session in Session.objects.all()
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    Session.objects.filter(session_key__in=theirs).delete()
    if theirs:
        note(Kind.ENDED, user.get_username(), how=f"{len(theirs)}: may do less now")
    return len(theirs)


# What is listened to -----------------------------------------------------------------------------


def listen() -> None:
    """Have what happens written down from now on."""
    user_logged_in.connect(_came)
    user_logged_out.connect(_left)
    authentication_failed.connect(_failed)
    authenticator_added.connect(_added)
    authenticator_removed.connect(_removed)
    pre_save.connect(_demoted, sender=User)
    for through in (User.groups.through, User.user_permissions.through):
        m2m_changed.connect(_deprived, sender=through)


def _came(request: HttpRequest, user: User, **_more: Any) -> None:
    means = [told.get("type") or told.get("method", "") for told in request.session.get(MEANS, [])]
    note(Kind.CAME, user.get_username(), how=" and ".join(dict.fromkeys(means)))


def _left(user: User | None, **_more: Any) -> None:
    if user is not None:
        note(Kind.LEFT, user.get_username())


def _failed(user: User, authenticator: Authenticator | None = None, **_more: Any) -> None:
    note(Kind.WRONG_FACTOR, user.get_username(), how=_named(authenticator))


def _added(user: User, authenticator: Authenticator, **_more: Any) -> None:
    note(Kind.FACTOR_ADDED, user.get_username(), how=_named(authenticator))


def _removed(user: User, authenticator: Authenticator, **_more: Any) -> None:
    note(Kind.FACTOR_REMOVED, user.get_username(), how=_named(authenticator))


def _named(authenticator: Authenticator | None) -> str:
    return str(authenticator.type) if authenticator is not None else ""


def _demoted(instance: User, **_more: Any) -> None:
    before = User.objects.filter(pk=instance.pk).first()
    if before is None:
        return
    if any(getattr(before, power) and not getattr(instance, power) for power in POWERS):
        end_sessions(instance)


def _deprived(instance: Any, action: str, reverse: bool, pk_set: Any, **_more: Any) -> None:
    if action not in ("pre_remove", "pre_clear"):
        return
    if not reverse:
        end_sessions(instance)
        return
    # From the group's side: those who are taken out of it.
    members = instance.user_set.all() if pk_set is None else User.objects.filter(pk__in=pk_set)
    for user in members:
        end_sessions(user)

"""Signing in: one door to the desk, with a second factor, and locked for who guesses.

django-allauth does the work behind it: passkeys, codes of an app, recovery codes, and the counting
of attempts. This says how we use it.
"""

import base64
import hashlib
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from newsroom import sign_ins
from newsroom.models import SignIn

# What somebody without a second factor may still do: add one, and leave.
OPEN = "/account/"


class Accounts(DefaultAccountAdapter):
    """Nobody signs up: accounts are made at the desk."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        sign_ins.note(SignIn.Kind.WRONG_PASSWORD, credentials.get("username", ""))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            sign_ins.note(SignIn.Kind.LOCKED_OUT, credentials.get("username", ""))
            raise

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return reverse("admin:login")


class SecondFactors(DefaultMFAAdapter):
    """What an app's codes are made from is not legible in a copy of the database."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()


def _box() -> Fernet:
    key = hashlib.sha256(b"second factors:" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


class SignInForm(AdminAuthenticationForm):
    """Name and password, whose attempts are counted."""

    def clean(self) -> dict[str, Any]:
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if name and password:
            adapter = get_adapter(self.request)
            self.user_cache = adapter.authenticate(self.request, username=name, password=password)
            if self.user_cache is None:
                raise self.get_invalid_login_error()
            self.confirm_login_allowed(self.user_cache)
        return self.cleaned_data


class SignInView(LoginView):
    """The first of two steps; the second comes where the person has a second factor."""

    authentication_form = SignInForm
    template_name = "admin/login.html"

    def form_valid(self, form: BaseForm) -> HttpResponse:
        assert isinstance(form, SignInForm)
        user = form.get_user()
        login = Login(user=user, redirect_url=self.get_success_url())
        return perform_password_login(self.request, {"username": user.get_username()}, login)


def is_number(host: str) -> bool:
    """Whether a host is an address in numbers.

    >>> is_number("127.0.0.1:8000"), is_number("[::1]"), is_number("desk.example.org")
    (True, True, False)
    """
    try:
        ip_address(urlsplit(f"//{host}").hostname or "")
    except ValueError:
        return False
    return True


class AskForSecondFactor:
    """Middleware: where it is demanded, nobody works at the desk without a second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not settings.DEMANDS_SECOND_FACTOR or _may_pass(request):
            return self.get_response(request)
        messages.info(request, "Add a second factor first: a passkey, or the codes of an app.")
        return redirect("mfa_index")


def _may_pass(request: HttpRequest) -> bool:
    if request.path.startswith(OPEN) or not request.path.startswith(reverse("admin:index")):
        return True
    user = request.user
    if not isinstance(user, User) or not user.is_staff or is_mfa_enabled(user):
        return True
    return request.path == reverse("admin:logout")

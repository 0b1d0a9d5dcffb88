"""The desk: Django's admin with a home of its own, which keeps itself up to date."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from articles import desk
from media import queue
from media.models import Job
from newsroom.signing_in import SignInView, is_number


class Desk(AdminSite):
    index_template = "admin/home.html"

    def get_urls(self) -> list[URLPattern | URLResolver]:
        ask_again_view = self.admin_view(require_POST(ask_again))
        return [
            path("home/", self.admin_view(home), name="home"),
            path("home/again/<int:pk>/", ask_again_view, name="ask_again"),
            *super().get_urls(),
        ]

    @method_decorator(never_cache)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The one door: see newsroom.signing_in."""
        if request.method == "GET" and self.has_permission(request):
            return redirect("admin:index")
        context = {
            **self.each_context(request),
            "title": "Log in",
            "app_path": request.get_full_path(),
            # Browsers keep passkeys for names, and not for numbers.
            "has_passkeys": not is_number(request.get_host()),
            **(extra_context or {}),
        }
        return cast(HttpResponse, SignInView.as_view(extra_context=context)(request))

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(request, {"home": _home_of(request), **(extra_context or {})})


def home(request: HttpRequest) -> HttpResponse:
    """The inner part of the first page as it would be drawn now, for home.js."""
    return render(request, "admin/_home.html", {"home": _home_of(request)})


def ask_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Have work done that failed."""
    if not request.user.has_perm("media.change_clip"):
        raise PermissionDenied
    job = get_object_or_404(Job.objects.unmended(), pk=pk)
    queue.request(job.kind, job.subject_id, priority=job.priority)
    messages.success(request, "It was asked for again.")
    return redirect("admin:index")


def _home_of(request: HttpRequest) -> desk.Home:
    return desk.home_of(request.user)  # type: ignore[arg-type]

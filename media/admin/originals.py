"""Originals at the desk: whoever opens one gives the password again and says why."""

from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from media import opening
from media.desk import page_context, view_of
from media.errors import NewsroomError
from media.forms import OpeningForm
from media.models import Footage
from media.opening import Grant, WrongPassword

# Whoever found a session open may guess so often.
MOST_GUESSES = 5
GUESSES = "wrong passwords for originals"
OVER = "Your permission to read this original is over: give your password and a reason again."


class OriginalPages:
    """What the admin of footage answers about the original itself."""

    def original_urls(self) -> list[URLPattern]:
        return [
            path(
                "<int:pk>/original/",
                view_of(self, self.original_view),  # type: ignore[arg-type]
                name="media_footage_original",
            ),
            path(
                "<int:pk>/original/<str:key>/",
                view_of(self, self.opened_view),  # type: ignore[arg-type]
                name="media_footage_opened",
            ),
        ]

    @method_decorator(sensitive_post_parameters("password"))
    def original_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The questions before an original is opened."""
        if not request.user.has_perm(opening.PERMISSION):
            raise PermissionDenied
        footage = get_object_or_404(Footage, pk=pk)
        form = OpeningForm(request.POST or None, can_be_watched=bool(opening.film_type(footage)))
        if request.method == "POST" and form.is_valid():
            try:
                grant = opening.open_original(footage, request=request, **form.cleaned_data)
            except WrongPassword as error:
                if _has_guessed_enough(request):
                    logout(request)
                    messages.error(request, "The password was wrong too often: sign in again.")
                    return redirect("admin:media_footage_original", pk)
                form.add_error("password", str(error))
            except NewsroomError as error:
                form.add_error(None, str(error))
            else:
                request.session.pop(GUESSES, None)
                return redirect("admin:media_footage_opened", pk, grant.key)
        return self._page(request, "original", footage, "Open the original", form=form)

    @method_decorator(require_safe)
    def opened_view(self, request: HttpRequest, pk: int, key: str) -> HttpResponse:
        """The original's player, or the link to its copy, for as long as the grant lasts."""
        grant = opening.granted(key, request)
        if grant is None or grant.footage.pk != pk:
            messages.warning(request, OVER)
            return redirect("admin:media_footage_original", pk)
        return self._page(request, "opened", grant.footage, _title(grant), grant=grant)

    def _page(
        self, request: HttpRequest, name: str, footage: Footage, title: str, **context: object
    ) -> HttpResponse:
        whole = page_context(self, request, original=footage, title=title, **context)  # type: ignore[arg-type]
        return TemplateResponse(request, f"admin/media/footage/{name}.html", whole)


def _title(grant: Grant) -> str:
    return "The original" if grant.how == opening.How.WATCH else "A copy of the original"


def _has_guessed_enough(request: HttpRequest) -> bool:
    request.session[GUESSES] = request.session.get(GUESSES, 0) + 1
    return bool(request.session[GUESSES] >= MOST_GUESSES)

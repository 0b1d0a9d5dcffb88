"""Finding footage: every word that is known of it, filters, and filters that are kept."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from media.desk import view_of
from media.models import Footage, SavedFilter
from media.models.saved_filter import LONGEST_QUERY

SEARCHED = (
    *("public_id", "original_name", "sha256"),
    *("source_alias", "source_reached", "risk_note", "obtained_how", "recorded_by"),
    *("recorded_when", "recorded_where", "verified_when", "verified_where"),
    *("verification_steps", "rights_holder", "consent_scope", "restrictions", "tags"),
    *("clips__title", "clips__caption"),
)
# What an address carries of the moment, and not of the question.
PASSING = ("p", "all", "o", "_popup", "_to_field")


class TagFilter(admin.SimpleListFilter):
    """The tags that footage has."""

    title = "tag"
    parameter_name = "tag"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(tag, tag) for tag in Footage.objects.known_tags()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Footage]) -> QuerySet[Footage]:
        tag = self.value()
        return queryset if tag is None else queryset & Footage.objects.tagged(tag)


class TwiceFilter(admin.SimpleListFilter):
    """Exact duplicates are one footage that came more than once."""

    title = "came more than once"
    parameter_name = "twice"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Footage]) -> QuerySet[Footage]:
        return queryset if self.value() is None else queryset & Footage.objects.came_again()


class AlikeFilter(admin.SimpleListFilter):
    """Near duplicates."""

    title = "looks like other footage"
    parameter_name = "alike"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Yes")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Footage]) -> QuerySet[Footage]:
        if self.value() is None:
            return queryset
        return queryset.filter(pk__in=Footage.objects.alike().values("pk"))


FILTERS = (
    *("state", "verification", "consent", "source_risk"),
    *(TagFilter, TwiceFilter, AlikeFilter, "arrival", "received_at"),
)


class FindPages:
    """What the admin of footage answers about filters that somebody keeps."""

    def find_urls(self) -> list[URLPattern]:
        doors = {
            "filters/keep/": (self.keep_view, "media_footage_filter_keep"),
            "filters/<int:pk>/forget/": (self.forget_view, "media_footage_filter_forget"),
        }
        return [
            path(address, view_of(self, view), name=name)  # type: ignore[arg-type]
            for address, (view, name) in doors.items()
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        kept = list(SavedFilter.objects.of(request.user))
        query = _asked(request.GET.urlencode())
        context = {
            "kept_filters": [(one, one.query == query) for one in kept],
            "can_keep": bool(query) and query not in [one.query for one in kept],
            "query": query,
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)  # type: ignore[misc]

    @method_decorator(require_POST)
    def keep_view(self, request: HttpRequest) -> HttpResponse:
        """Keep a search with its filters under a name; one of that name is replaced."""
        if not request.user.has_perm("media.view_footage"):
            raise PermissionDenied
        name = request.POST.get("name", "").strip()[:60]
        query = _asked(request.POST.get("query", ""))
        if not name or not query or len(query) > LONGEST_QUERY:
            told = "Search or filter first, then write a name for it."
            self.message_user(request, told, messages.ERROR)  # type: ignore[attr-defined]
        else:
            SavedFilter.objects.update_or_create(
                owner_id=request.user.pk, name=name, defaults={"query": query}
            )
        return redirect(f"{reverse('admin:media_footage_changelist')}?{query}")

    @method_decorator(require_POST)
    def forget_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        get_object_or_404(SavedFilter.objects.of(request.user), pk=pk).delete()
        return redirect("admin:media_footage_changelist")


def _asked(query: str) -> str:
    """The question in an address, in one order."""
    told = QueryDict(query, mutable=True)
    for name in PASSING:
        told.pop(name, None)
    asked = sorted((name, value) for name, values in told.lists() for value in values if value)
    ordered = QueryDict(mutable=True)
    for name, value in asked:
        ordered.appendlist(name, value)
    return ordered.urlencode()

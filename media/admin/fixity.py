"""The state of the vault at the desk: what was looked at, when, and what was found."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from media import fixity
from media.desk import ReadOnly
from media.models import FixityCheck
from media.models.checked import EVERY
from media.models.fixity import FixityQuerySet
from media.progress import badge


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("damaged", "damaged"), ("whole", "whole")]

    def queryset(self, request: HttpRequest, queryset: Any) -> FixityQuerySet:
        words = {"damaged": queryset.damaged, "whole": queryset.whole}
        return words.get(self.value() or "", queryset.all)()


@admin.register(FixityCheck)
class FixityAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("name", "state", "checked_at", "clip")
    list_display_links = None
    list_filter = (StateFilter,)
    search_fields = ("footage__public_id", "package__public_id", "problem")

    def get_queryset(self, request: HttpRequest) -> QuerySet[FixityCheck]:
        found: FixityQuerySet = super().get_queryset(request)
        return found.with_subjects()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        told = {
            "title": "The state of the vault",
            "shares": fixity.shares(),
            "days": EVERY.days,
            "damaged": FixityCheck.objects.damaged().count(),
        }
        return super().changelist_view(request, {**told, **(extra_context or {})})

    @admin.display(description="what")
    def name(self, check: FixityCheck) -> str:
        return str(check)

    @admin.display(description="state", ordering="problem")
    def state(self, check: FixityCheck) -> SafeString:
        if check.is_whole:
            return badge("ready", "whole")
        return format_html("{} {}", badge("failed", "damaged"), check.problem)

    @admin.display(description="clip")
    def clip(self, check: FixityCheck) -> SafeString | str:
        if check.package is None:
            return "-"
        clip = check.package.clip
        return format_html('<a href="{}">{}</a>', clip.get_admin_url(), clip)

"""The custody log at the desk: read, never written."""

from django.contrib import admin

from media.desk import ReadOnly
from media.models import CustodyEvent


@admin.register(CustodyEvent)
class CustodyAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("number", "at", "kind", "footage", "actor", "premis_name")
    list_filter = ("kind",)
    list_select_related = ("footage",)
    search_fields = ("footage__public_id", "actor")
    ordering = ("-number",)

    @admin.display(description="PREMIS", ordering="kind")
    def premis_name(self, event: CustodyEvent) -> str:
        return event.premis

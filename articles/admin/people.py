"""Who wrote stories, and what they are about."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from articles import writing
from articles.models import Author, Topic


@admin.register(Author, Topic)
class NamedAdmin(admin.ModelAdmin):
    list_display = ("name", "slug")
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change:
            writing.renamed(obj)

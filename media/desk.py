"""What the pages of the desk share: marks for their lists, and what may be done on them."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.forms import Textarea
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from media.core.encode_args import POSTER_NAME
from media.models import Clip
from media.progress import Progress
from media.withdrawing import Withdrawn

SMALL_TEXT = {models.TextField: {"widget": Textarea(attrs={"rows": 3, "cols": 60})}}
PROGRESS_SCRIPT = Script("js/admin/progress.js", type="module")


def poster(clip: Clip) -> SafeString | str:
    """The clip's picture for a list; its alternative text is the title beside it."""
    if clip.current_package is None:
        return "-"
    address = reverse("package_file", args=[clip.current_package.public_id, POSTER_NAME])
    return format_html('<img class="thumbnail" src="{}" alt="" loading="lazy">', address)


def progress_mark(clip: Clip, progress: Progress) -> SafeString:
    """The clip's state, kept up to date by progress.js while it moves."""
    return format_html(
        '<span class="badge badge--{}" data-progress="{}" data-url="{}"{}>{}</span>',
        progress.word,
        clip.pk,
        reverse("admin:media_clip_progress"),
        SafeString(" data-moving") if progress.is_moving else "",
        progress.sentence,
    )


def tell_withdrawn(desk: admin.ModelAdmin, request: HttpRequest, done: Withdrawn) -> None:
    """Say what is gone and how long that took, and what is still in others' hands."""
    desk.message_user(request, done.sentence, messages.SUCCESS)
    for sentence in done.left:
        desk.message_user(request, f"Could not be recalled. {sentence}", messages.WARNING)


class ReadOnly:
    """What is only looked at: no one adds, changes or deletes it here."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NamedCells:
    """Inputs in a table of inlines, where no label stands: each says what it is."""

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
        if field is not None:
            field.widget.attrs.setdefault("aria-label", str(field.label))
        return field


class NothingDeleted:
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def view_of(
    desk: admin.ModelAdmin, view: Callable[..., HttpResponse]
) -> Callable[..., HttpResponse]:
    """A page of our own behind the admin's sign-in and its check of forged requests."""
    return desk.admin_site.admin_view(view)


def page_context(
    desk: admin.ModelAdmin, request: HttpRequest, **context: object
) -> dict[str, object]:
    """What every page of our own needs to look like one of the admin's."""
    return {
        **desk.admin_site.each_context(request),
        "opts": desk.opts,
        "media": desk.media,
        **context,
    }

"""Pictures at the desk: handed in where a story is written, looked at in a list, never deleted."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles import picture_cards
from articles.admin.page import StoryPages, person
from media import picturing, stores
from media.core import dangers
from media.desk import ReadOnly
from media.errors import NewsroomError
from media.models import Picture

FULL = "It could not be stored: look at the disk's free space, then choose it again."
CHOOSE = "Choose a picture file."


class PicturePages(StoryPages):
    """What the editor of stories asks when a picture is inserted."""

    def picture_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.pictures_view)
        return [path("pictures.json", view, name="articles_article_pictures")]

    def pictures_view(self, request: HttpRequest) -> HttpResponse:
        """The pictures that came last, or those that are named with ``?id=``; POST takes one in."""
        if request.method == "POST":
            return self._take_in(request)
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        wanted = request.GET.getlist("id")
        found = picture_cards.named(wanted) if wanted else picture_cards.newest()
        return JsonResponse({"pictures": found})

    def _take_in(self, request: HttpRequest) -> JsonResponse:
        """One file; the answer has its card, or the sentence that says what is wrong."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        upload = request.FILES.get("picture")
        if upload is None:
            return JsonResponse({"sentence": CHOOSE}, status=400)
        chunks = upload.chunks(stores.CHUNK)
        try:
            picture = picturing.take_in(chunks, name=upload.name or "", by=person(request))
        except NewsroomError as error:
            return JsonResponse({"sentence": str(error)}, status=400)
        except OSError:
            return JsonResponse({"sentence": FULL}, status=507)
        return JsonResponse({"picture": picture_cards.cards([picture])[0]})


@admin.register(Picture)
class PictureAdmin(ReadOnly, admin.ModelAdmin):
    """Every picture that was handed in, and where it stands."""

    list_display = ("shown", "original_name", "pixels", "received_at", "received_by", "story_count")
    list_display_links = ("original_name",)
    list_select_related = ("received_by",)
    search_fields = ("original_name", "public_id", "sha256", "illustrations__caption")
    fields = (
        *("seen", "stories", "original_name", "pixels", "size", "sha256"),
        *("received_at", "received_by", "left_behind"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Picture]:
        counted = Count("illustrations", distinct=True)
        return super().get_queryset(request).annotate(story_count=counted)

    @admin.display(description="picture")
    def shown(self, picture: Picture) -> SafeString:
        [card] = picture_cards.cards([picture])
        return format_html('<img class="thumbnail" src="{}" alt="" loading="lazy">', card["src"])

    @admin.display(description="picture")
    def seen(self, picture: Picture) -> SafeString:
        [card] = picture_cards.cards([picture])
        return format_html('<img class="picture-seen" src="{}" alt="">', card["src"])

    @admin.display(description="pixels")
    def pixels(self, picture: Picture) -> str:
        return f"{picture.width} × {picture.height}"

    @admin.display(description="in stories", ordering="story_count")
    def story_count(self, picture: Picture) -> int:
        return picture.story_count  # type: ignore[attr-defined]

    @admin.display(description="stands in")
    def stories(self, picture: Picture) -> SafeString | str:
        places = picture.illustrations.select_related("article")
        rows = ((place.article.get_admin_url(), place.article) for place in places)
        return format_html_join("\n", '<p><a href="{}">{}</a></p>', rows) or "No story."

    @admin.display(description="original")
    def size(self, picture: Picture) -> str:
        return f"{filesizeformat(picture.byte_size)} ({picture.byte_size:,} bytes), as it came"

    @admin.display(description="what the file says of itself: none of it leaves")
    def left_behind(self, picture: Picture) -> SafeString | str:
        """The worst first: what could lead to whoever took it."""
        rows = ((told.danger.value, told.value) for told in dangers.report(picture.metadata))
        return format_html_join("\n", "<p>{}: {}</p>", rows) or "-"

"""Clips as the editor of stories shows them: in its picker, and as cards in the text."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.urls import reverse

from media.core.encode_args import POSTER_NAME
from media.models import Clip
from media.progress import progress_of

MOST_FOUND = 30


def matching(words: str) -> QuerySet[Clip]:
    """Clips whose title, caption, credit, address or id holds every one of the words, new first."""
    found = Clip.objects.filter(withdrawn_at=None)
    for word in words.split()[:8]:
        places = ("title", "caption", "credit", "slug", "public_id")
        found = found.filter(_any_of(places, word))
    return found[:MOST_FOUND]


def _any_of(places: Iterable[str], word: str) -> Q:
    query = Q()
    for place in places:
        query |= Q(**{f"{place}__icontains": word})
    return query


def cards(clips: Iterable[Clip]) -> list[dict[str, object]]:
    """What a card says of each clip, in their order, in a number of queries that does not grow."""
    pks = [clip.pk for clip in clips]
    whole = Clip.objects.select_related("current_package").prefetch_related("warnings").in_bulk(pks)
    states = progress_of(whole.values())
    return [_card(whole[pk]) | {"state": states[pk].as_json()} for pk in pks]


def _card(clip: Clip) -> dict[str, object]:
    return {
        "id": clip.public_id,
        "title": clip.title or "Clip without a title",
        "poster": _poster(clip),
        "warnings": [str(warning) for warning in clip.warnings.all()],
        "url": clip.get_admin_url(),
    }


def _poster(clip: Clip) -> str:
    package = clip.current_package
    return reverse("package_file", args=[package.public_id, POSTER_NAME]) if package else ""

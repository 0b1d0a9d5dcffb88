"""Writing: what follows from saving a story."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from articles import keeping, placement, workflow
from articles.core.body import append_clip, clip_ids, figures_of, picture_refs
from articles.core.figures import ClipRef, PictureRef
from articles.models import Article, Author, Embed, Illustration, Revision, Topic
from media import queue
from media.errors import NewsroomError
from media.models import Clip, Picture


class UnknownFigure(NewsroomError):
    """The body names a clip or a picture that does not exist."""


class UnknownStory(NewsroomError):
    """There is no story at this address."""


def clips_of(body: str) -> list[Clip]:
    """The clips that a body names, in its order. Raises UnknownFigure."""
    wanted = clip_ids(body)
    found = {clip.public_id: clip for clip in Clip.objects.with_facts(wanted)}
    _refuse_missing("clips", [clip_id for clip_id in wanted if clip_id not in found])
    return [found[clip_id] for clip_id in wanted]


def pictures_of(body: str) -> list[Picture]:
    """The pictures that a body names, each once. Raises UnknownFigure."""
    wanted = {ref.picture_id for ref in picture_refs(body)}
    found = list(Picture.objects.named(wanted)) if wanted else []
    _refuse_missing("pictures", sorted(wanted - {picture.public_id for picture in found}))
    return found


def _refuse_missing(what: str, missing: list[str]) -> None:
    if missing:
        raise UnknownFigure(
            f"The story names {what} that do not exist ({', '.join(missing)}): "
            "take them out, or insert them again."
        )


def place_figures(article: Article) -> None:
    """Make the story's embeds and illustrations those of its body.

    What was written about each clip is kept. Raises UnknownFigure.
    """
    clips = {clip.public_id: clip for clip in clips_of(article.body)}
    pictures = {picture.public_id: picture for picture in pictures_of(article.body)}
    figures = list(enumerate(figures_of(article.body)))
    with transaction.atomic():
        _place_clips(
            article,
            [(clips[one.clip_id], at) for at, one in figures if isinstance(one, ClipRef)],
        )
        # Nothing is known of them but what stands in the body.
        article.illustrations.all().delete()
        Illustration.objects.bulk_create(
            _illustration(article, pictures[one.picture_id], one, at)
            for at, one in figures
            if isinstance(one, PictureRef)
        )


def _place_clips(article: Article, placed: list[tuple[Clip, int]]) -> None:
    gone = article.embeds.exclude(clip__in=[clip for clip, _ in placed])
    for clip_id in gone.values_list("clip", flat=True):
        # Its files leave `public`, unless another story shows it.
        queue.request("refresh_clip", clip_id, priority=10)
    gone.delete()
    Embed.objects.bulk_create(
        [Embed(article=article, clip=clip, position=position) for clip, position in placed],
        update_conflicts=True,
        unique_fields=["article", "clip"],
        update_fields=["position"],
    )


def _illustration(
    article: Article, picture: Picture, said: PictureRef, position: int
) -> Illustration:
    return Illustration(
        article=article,
        picture=picture,
        position=position,
        alt=said.alt,
        caption=said.caption,
        credit=said.credit,
        warning=said.warning,
        is_decorative=said.is_decorative,
    )


def saved(article: Article, *, by: User | None) -> Revision:
    """After a story and all that belongs to it were saved: place its clips, keep it as it is now,
    redraw its pages.
    """
    revision = settle(article, by=by)
    refresh(article)
    return revision


def settle(article: Article, *, by: User | None, **kept: Any) -> Revision:
    """What belongs into the transaction of the save; ``kept`` is for the revision."""
    with transaction.atomic():
        place_figures(article)
        workflow.follow_changes(article, by=by)
        article.try_again()
        article.updated_by = by
        article.save(update_fields=["status", "updated_by", "updated_at"])
        return keeping.keep(article, by=by, **kept)


def refresh(article: Article) -> None:
    """The part of it that readers see."""
    if article.is_public or article.pages.exists():
        placement.refresh_now(article)


def renamed(named: Topic | Author) -> None:
    """After a topic or an author was given another name or address: redraw what shows it."""
    stories = Article.objects.published()
    shown = stories.about(named) if isinstance(named, Topic) else stories.by(named)
    queue.request_all("refresh_story", shown.values_list("pk", flat=True))


def attach_clip(article: Article, clip: Clip) -> None:
    """Put a clip at the end of a story, unless it stands there already."""
    with transaction.atomic():
        # Read anew: somebody may have written on while the clip was made.
        article = keeping.hold(article.pk)
        article.body = append_clip(article.body, clip.public_id)
        article.save(update_fields=["body", "updated_at"])
        place_figures(article)
        keeping.keep(article, by=None, kind=Revision.Kind.CLIP)


def story_at(slug: str) -> Article:
    """The story with this address. Raises UnknownStory."""
    article = Article.objects.filter(slug=slug).first()
    if article is None:
        raise UnknownStory(f"There is no story at /stories/{slug}/: check the address.")
    return article


def attacher(slug: str) -> Callable[[Clip], None]:
    """What puts clips at the end of the story at this address. Raises UnknownStory."""
    article = story_at(slug)
    return lambda clip: attach_clip(article, clip)

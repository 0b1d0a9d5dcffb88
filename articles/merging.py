"""Saving a whole version of a story: two people's put together, an older one, words taken up."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from articles import keeping, writing
from articles.core.form_words import MOMENTS
from articles.core.merge import Merge, Outcome, merge
from articles.core.snapshots import CLIP_WORDS, Snapshot
from articles.models import Article, Author, Byline, Correction, Draft, Embed, Revision, Topic
from media.errors import NewsroomError

CHOICES = frozenset({Outcome.THEIRS, Outcome.YOURS, Outcome.BOTH})
# A version that was put together decides when readers see the story; one of before does not:
# it would lift an embargo, or move a page that readers have kept.
NOT_RESTORED = frozenset({"slug", "embargo_until", "expires_at"})


class Undecided(NewsroomError):
    """Both changed a place, and nobody has said what is to stand there."""


class Unfit(NewsroomError):
    """The words cannot be saved as they are; the sentence says what to mend."""


def merge_of(draft: Draft) -> Merge:
    """What somebody wrote, beside what the story is now and was when they began."""
    article = draft.article
    assert article is not None
    before = keeping.revision(article, draft.began_from).snapshot
    theirs = keeping.revision(article, keeping.number_of(article)).snapshot
    return merge(before, theirs, draft.snapshot)


def save(article: Article, wanted: Snapshot, *, by: User | None, began_from: int) -> Revision:
    """Save a story's words. Raises Stale if others were saved since ``began_from``, or Unfit."""
    with transaction.atomic():
        article, kept = _saved(article, wanted, by=by, began_from=began_from)
    writing.refresh(article)
    return kept


def put_together(
    draft: Draft, choices: Mapping[str, str], *, by: User | None, began_from: int
) -> Revision:
    """Save a draft merged with what was saved meanwhile, up to ``began_from``; the draft is gone.

    Raises Undecided without a choice for each conflict, Stale if more was saved since, or Unfit.
    """
    article = draft.article
    assert article is not None
    both = merge_of(draft)
    if any(choices.get(part.key) not in CHOICES for part in both.conflicts):
        raise Undecided("Choose one of the versions at each place that both of you changed.")
    wanted = both.resolved(choices)
    kind = Revision.Kind.MERGED
    with transaction.atomic():
        article, kept = _saved(article, wanted, by=by, began_from=began_from, kind=kind)
        draft.delete()
    writing.refresh(article)
    return kept


def take_together(draft: Draft, choices: Mapping[str, str]) -> None:
    """Make a draft what it is when put together with the story of now, and save nothing yet."""
    article = draft.article
    assert article is not None
    draft.words = merge_of(draft).resolved(choices).as_json()
    draft.began_from = keeping.number_of(article)
    draft.save(update_fields=["words", "began_from"])


def restore(article: Article, number: int, *, by: User | None, began_from: int) -> Revision:
    """Save the words of an older revision as a new one; its moments and its address stay.

    Raises Stale, NoSuchRevision or Unfit.
    """
    old = keeping.revision(article, number).snapshot
    settings = {name: text for name, text in old.settings.items() if name not in NOT_RESTORED}
    wanted = replace(old, settings=settings)
    how: dict[str, Any] = {"kind": Revision.Kind.RESTORED, "restored_from": number}
    with transaction.atomic():
        article, kept = _saved(article, wanted, by=by, began_from=began_from, **how)
    writing.refresh(article)
    return kept


def _saved(
    article: Article, wanted: Snapshot, *, by: User | None, began_from: int, **how: Any
) -> tuple[Article, Revision]:
    """The part in the database: the story as it is now, and its revision."""
    article = keeping.hold(article.pk)
    if keeping.is_stale(article, began_from):
        raise keeping.Stale
    _write(article, wanted)
    return article, writing.settle(article, by=by, **how)


# Writing a snapshot into the story ---------------------------------------------------------------


def _write(article: Article, wanted: Snapshot) -> None:
    for name, text in wanted.texts.items():
        setattr(article, name, text)
    for name, text in wanted.settings.items():
        setattr(article, name, _value(name, text))
    original = [one.id for one in wanted.named.get("translation_of", ())]
    article.translation_of = Article.objects.filter(pk__in=original).first()
    if article.status != Article.Status.DRAFT:
        # Readers may have kept its address.
        article.slug = Article.objects.values_list("slug", flat=True).get(pk=article.pk)
    _refuse_unfit(article)
    article.save()
    article.topics.set(
        Topic.objects.filter(pk__in=[one.id for one in wanted.named.get("topics", ())])
    )
    _write_bylines(article, wanted)
    writing.place_figures(article)
    _write_clip_words(article, wanted)
    _write_corrections(article, wanted)


def _value(name: str, text: str) -> object:
    return _moment(text) if name in MOMENTS else text


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError as error:
        raise Unfit(f"“{text}” is no moment: write one like 2026-03-31T18:00.") from error


def _refuse_unfit(article: Article) -> None:
    try:
        article.full_clean()
    except ValidationError as error:
        reasons = [f"{name}: {' '.join(said)}" for name, said in error.message_dict.items()]
        raise Unfit(" ".join(reasons)) from error


def _write_bylines(article: Article, wanted: Snapshot) -> None:
    """Those whom the version names, in its order; who is no author any more is left out."""
    ids = [one.id for one in wanted.named.get("bylines", ())]
    known = Author.objects.in_bulk(ids)
    article.bylines.exclude(author__in=known).delete()
    Byline.objects.bulk_create(
        [
            Byline(article=article, author_id=pk, position=position)
            for position, pk in enumerate(dict.fromkeys(ids))
            if pk in known
        ],
        update_conflicts=True,
        unique_fields=["article", "author"],
        update_fields=["position"],
    )


def _write_clip_words(article: Article, wanted: Snapshot) -> None:
    embeds = list(article.embeds.select_related("clip"))
    for embed in embeds:
        for name, text in wanted.clip(embed.clip.public_id).words.items():
            setattr(embed, name, text)
    Embed.objects.bulk_update(embeds, CLIP_WORDS)


def _write_corrections(article: Article, wanted: Snapshot) -> None:
    """Corrections are added, and never taken back."""
    told = {(one.at, one.text) for one in article.corrections.all()}
    for one in wanted.corrections:
        at = _moment(one.at) or timezone.now()
        if (at, one.text) not in told:
            Correction.objects.create(article=article, text=one.text, at=at)

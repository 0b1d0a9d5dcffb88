"""Indexing: what can be found of a story is what its pages show, and is written with them.

The passages come from the same view of the story that its pages are drawn from and scanned: what
may not stand on a page cannot get into the index.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from django.db import transaction

from articles.core import folding
from articles.core.body import plain_text
from articles.models import Article, Passage
from articles.reading import (
    ClipBlock,
    ClipView,
    LapsedView,
    PictureBlock,
    StoryView,
    TextBlock,
)
from articles.spoken import CueView, TranscriptView
from media.models import Clip, Transcript

Kind = Passage.Kind
WEIGHTS = {
    Kind.HEADLINE: 10,
    Kind.STANDFIRST: 5,
    Kind.ABOUT: 4,
    Kind.TITLE: 4,
    Kind.CAPTION: 3,
    Kind.PICTURE: 3,
    Kind.TEXT: 2,
    Kind.CUE: 2,
    Kind.CORRECTION: 1,
}
# So many words of the next cue belong to what a cue says.
WORDS_AFTER = 12
# What makes two passages the same.
FIELDS = (
    "position", "kind", "clip_id", "transcript_id", "start_ms", "end_ms", "language", "text",
    "after", "words", "own_words", "weight",
)  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """A passage before it has a row; ids are public ones, "" for none."""

    kind: Kind
    text: str
    language: str
    clip_id: str = ""
    transcript_id: str = ""
    start_ms: int | None = None
    end_ms: int | None = None
    after: str = ""


def index_story(article: Article, story: StoryView) -> None:
    """Make the story's passages those of its pages. Writes nothing where nothing has changed."""
    with transaction.atomic():
        # Held, so that two processes do not write at once, and asked again: it may have left.
        held = Article.objects.published().select_for_update().filter(pk=article.pk).first()
        passages = _passages(article, story) if held else []
        if _rows(passages) == list(article.passages.order_by("position").values_list(*FIELDS)):
            return
        remove_story(article)
        Passage.objects.bulk_create(passages)


def remove_story(article: Article) -> None:
    """From now on nothing of the story is found."""
    article.passages.all().delete()


def _rows(passages: list[Passage]) -> list[tuple[object, ...]]:
    return [tuple(getattr(passage, name) for name in FIELDS) for passage in passages]


def _passages(article: Article, story: StoryView) -> list[Passage]:
    drafts = [draft for draft in _drafts(story) if draft.text.strip()]
    clips = _pks(Clip, {draft.clip_id for draft in drafts})
    transcripts = _pks(Transcript, {draft.transcript_id for draft in drafts})
    found = []
    for position, draft in enumerate(drafts):
        own, after = folding.words(draft.text), folding.words(draft.after)
        found.append(
            Passage(
                article=article,
                position=position,
                kind=draft.kind.value,
                clip_id=clips.get(draft.clip_id),
                transcript_id=transcripts.get(draft.transcript_id),
                start_ms=draft.start_ms,
                end_ms=draft.end_ms,
                language=draft.language,
                text=draft.text,
                after=draft.after,
                words=" ".join([*own, *after]),
                own_words=len(own),
                weight=WEIGHTS[draft.kind],
            )
        )
    return found


def _pks(model: type[Clip] | type[Transcript], public_ids: set[str]) -> dict[str, int]:
    rows = model.objects.filter(public_id__in=public_ids)
    return dict(rows.values_list("public_id", "pk"))


def _drafts(story: StoryView) -> Iterator[Draft]:
    """Everything that the story's page says, in its order; a clip that stands twice once."""
    language = story.language
    names = [byline.author.name for byline in story.bylines]
    about = [story.section, *names, *(topic.name for topic in story.topics)]
    yield Draft(Kind.HEADLINE, story.headline, language)
    yield Draft(Kind.STANDFIRST, story.standfirst, language)
    yield Draft(Kind.ABOUT, " · ".join(filter(None, about)), language)
    shown: set[str] = set()
    for block in story.blocks:
        if isinstance(block, TextBlock):
            for line in plain_text(block.html).split("\n"):
                yield Draft(Kind.TEXT, line, language)
        elif isinstance(block, PictureBlock):
            yield from (Draft(Kind.PICTURE, text, language) for text in block.picture.words)
        elif block.clip.id not in shown:
            shown.add(block.clip.id)
            if isinstance(block, ClipBlock):
                yield from _clip(block.clip, language)
            else:
                yield from _lapsed(block.clip, language)
    for correction in story.corrections:
        yield Draft(Kind.CORRECTION, correction.text, language)


def _clip(clip: ClipView, language: str) -> Iterator[Draft]:
    yield Draft(Kind.TITLE, clip.title, language, clip.id)
    for text in (clip.caption, clip.credit):
        yield Draft(Kind.CAPTION, text, language, clip.id)
    for transcript in clip.transcripts:
        yield from _cues(clip, transcript)


def _lapsed(clip: LapsedView, language: str) -> Iterator[Draft]:
    """Its words are the story's own text now; what is folded on the page is not found."""
    for text in (clip.title, clip.caption, clip.credit):
        yield Draft(Kind.TEXT, text, language)
    for transcript in clip.transcripts:
        for stretch in transcript.stretches:
            for turn in () if stretch.warnings else stretch.turns:
                for cue in turn.cues:
                    yield Draft(Kind.TEXT, cue.text, transcript.language)


def _cues(clip: ClipView, transcript: TranscriptView) -> Iterator[Draft]:
    speaker = ""
    for cue, following in _with_following(transcript.cues):
        goes_on = following is not None and following.speaker == cue.speaker
        # Named where they begin to speak, as on the page.
        is_new = cue.speaker not in ("", speaker)
        speaker = cue.speaker
        yield Draft(
            Kind.CUE,
            f"{cue.speaker}: {cue.text}" if is_new else cue.text,
            transcript.language,
            clip.id,
            transcript.id,
            cue.start_ms,
            cue.end_ms,
            after=_beginning(following.text) if following and goes_on else "",
        )


def _with_following(cues: Iterable[CueView]) -> Iterator[tuple[CueView, CueView | None]]:
    return ((cue, following) for cue, following in pairwise([*cues, None]) if cue is not None)


def _beginning(text: str) -> str:
    return " ".join(text.split()[:WORDS_AFTER])

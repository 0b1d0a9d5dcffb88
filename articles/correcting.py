"""Corrections: those that an editor writes, and those of a clip's words, told by its stories."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.utils import translation
from django.utils.translation import gettext as _

from articles import acts
from articles.models import Act, Article, Correction
from articles.reading import ClipView, StoryView
from articles.spoken import CueView, TranscriptView


def written(corrections: Iterable[Correction], *, by: User) -> None:
    """After an editor added corrections: write down who did."""
    for correction in corrections:
        actor = acts.actor_of(by)
        acts.record(correction.article, Act.Kind.CORRECTED, actor=actor, reason=correction.text)


def note_corrections(article: Article, story: StoryView) -> bool:
    """Make each line that was corrected since the story came out a correction of the story.

    Safe to repeat. True if there was one that the story did not tell of yet.
    """
    told = {(correction.at, correction.text) for correction in story.corrections}
    found = [
        Correction(article=article, at=cue.corrected_at, text=_text(article, clip, transcript, cue))
        for clip in story.clips
        for transcript in clip.transcripts
        for cue in transcript.cues
        if cue.corrected_at and article.published_at and cue.corrected_at > article.published_at
    ]
    missing = {(new.at, new.text): new for new in found if (new.at, new.text) not in told}
    Correction.objects.bulk_create(missing.values())
    return bool(missing)


def _text(article: Article, clip: ClipView, transcript: TranscriptView, cue: CueView) -> str:
    with translation.override(article.language):
        return _("“%(title)s”, transcript (%(language)s), %(time)s: %(reason)s") % {
            "title": clip.title or article.headline,
            "language": transcript.name,
            "time": cue.start,
            "reason": cue.correction,
        }

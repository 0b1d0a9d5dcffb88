"""Checks of the clips that stand in a story, and of what the story says of each."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from django.urls import reverse

from articles.clearance import withheld
from articles.models import Article, Embed
from articles.writing import UnknownFigure, clips_of
from media.clearance import (
    LOOKED_AT,
    WORDS,
    Check,
    Weight,
    clip_check,
    clip_checks,
    judge,
    with_all_facts,
)
from media.core.languages import language_name, primary
from media.models import Clip, Transcript


def checks(article: Article, *, on: date) -> Iterator[Check]:
    """Every check of every clip of the story, if they are public on a day."""
    url = reverse("admin:articles_article_change", args=[article.pk])
    try:
        clips = clips_of(article.body)
    except UnknownFigure as error:
        yield judge("clips", "Story", "Clips", str(error), f"{url}#id_body")
        return
    yield from withheld.checks(article, clips)
    embeds = {embed.clip_id: embed for embed in article.embeds.all()}
    for clip in with_all_facts(clips):
        look = reverse("admin:articles_article_look", args=[article.pk, clip.pk])
        for check in clip_checks(clip, on=on):
            yield replace(check, url=look) if check.name == LOOKED_AT and check.url else check
        embed = embeds.get(clip.pk, Embed())
        yield clip_check(
            clip,
            "described for those who cannot see it",
            ""
            if embed.alt or clip.alt
            else f"“{clip}” has no description for those who cannot see it: write one.",
            place="#id_alt",
            weight=Weight.ASKS,
        )
        yield clip_check(
            clip,
            "title",
            ""
            if embed.title or clip.title
            else f"The clip “{clip}” has no title: search engines and lists take the headline.",
            place="#id_title",
            weight=Weight.ASKS,
        )
        yield clip_check(
            clip, "words in the story's language", _foreign(clip, article), weight=Weight.ASKS
        )


def _foreign(clip: Clip, article: Article) -> str:
    """Of a clip with approved words: why readers of the story do not understand them."""
    spoken = {
        primary(words.language)
        for words in clip.transcripts.all()
        if words.kind in WORDS and words.state == Transcript.State.APPROVED
    }
    if not spoken or primary(article.language) in spoken:
        return ""
    wanted = language_name(article.language)
    return f"“{clip}” has no captions in the story's language ({wanted}): add subtitles."

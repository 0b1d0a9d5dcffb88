"""Checks that a story does not say what the transcripts of its clips withhold."""

from collections.abc import Iterator

from django.urls import reverse

from articles.core.body import picture_refs, plain_text
from articles.models import Article, Embed
from media import withholding
from media.clearance import Check, Weight, judge
from media.core.withheld import said_openly
from media.models import Clip, Transcript

NAME = "Words withheld in a transcript"


def checks(article: Article, clips: list[Clip]) -> Iterator[Check]:
    """One line, green where no part of the story says such a word.

    The word itself is not repeated: what is red here stays on the story's record.
    """
    live = Transcript.objects.live().filter(clip__in=clips).prefetch_related("cues")
    words = withholding.withheld_in(live)
    if not words:
        return
    places = list(_places(article, clips))
    said = [places[number] for number in said_openly([text for _, _, text in places], words)]
    reason = (
        f"Words that a transcript withholds stand in {_listed([name for name, _, _ in said])}: "
        "take them out."
    )
    yield judge(
        "withheld words",
        "Story",
        NAME,
        reason if said else "",
        said[0][1] if said else "",
        weight=Weight.STOPS,
        facts=tuple(text for _, _, text in said),
    )


def _places(article: Article, clips: list[Clip]) -> Iterator[tuple[str, str, str]]:
    """What readers get to read beside the transcripts: what it is, where it is mended, the text."""
    form = reverse("admin:articles_article_change", args=[article.pk])
    yield "the headline", f"{form}#id_headline", article.headline
    yield "the standfirst", f"{form}#id_standfirst", article.standfirst
    yield "the text", f"{form}#id_body", plain_text(article.body)
    for ref in picture_refs(article.body):
        where = f"{form}#picture-{ref.picture_id}"
        yield "the words of a picture", where, "\n".join([ref.alt, ref.caption, ref.credit])
    embeds = {embed.clip_id: embed for embed in article.embeds.all()}
    for clip in clips:
        here = embeds.get(clip.pk, Embed())
        words = [clip.title, clip.caption, clip.alt, clip.credit]
        words += [here.title, here.caption, here.alt, here.credit]
        yield f"what is said of “{clip.public_id}”", clip.get_admin_url(), "\n".join(words)


def _listed(names: list[str]) -> str:
    """
    >>> _listed(["the headline"]), _listed(["the headline", "the text", "the standfirst"])
    ('the headline', 'the headline, the text and the standfirst')
    """
    return " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))

"""What can be found: the words of public stories, place by place, as their pages show them."""

from collections.abc import Iterable

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from articles.models.article import Article, Embed
from media.core.languages import direction
from media.models import Clip, Transcript

# What stands over the places of a story; each story has few of them, and thousands of places.
HEADS = Q(kind__in=["headline", "standfirst", "title"])


class PassageQuerySet(models.QuerySet["Passage"]):
    def visible(self) -> "PassageQuerySet":
        """What a reader may read now, whatever the index still holds."""
        # Asked row by row: as sets, all clips and transcripts of the site would be gone through.
        story = Article.objects.published().filter(pk=OuterRef("article"))
        clip = Clip.objects.playable().filter(pk=OuterRef("clip"))
        stands_there = Embed.objects.filter(article=OuterRef("article"), clip=OuterRef("clip"))
        transcript = Transcript.objects.approved().filter(pk=OuterRef("transcript"))
        return self.filter(
            Exists(story),
            Q(clip=None) | Q(Exists(clip), Exists(stands_there)),
            Q(transcript=None) | Q(Exists(transcript)),
        )

    def heads_of(self, story_ids: Iterable[int]) -> "PassageQuerySet":
        """What stands over the places of these stories: headlines, standfirsts, titles of clips."""
        return self.filter(HEADS, article__in=story_ids).select_related("article")

    def with_places(self) -> "PassageQuerySet":
        """With what a hit says of its place, in a number of queries that does not grow."""
        return self.select_related("article", "clip", "transcript").prefetch_related(
            "clip__warnings"
        )


class Passage(models.Model):
    """One place of a public story that can be found: a paragraph, a caption, a cue.

    The databases keep an index of ``words`` beside the rows by themselves: the migration that
    makes this table says how. A migration that has SQLite make the table anew must do so again.
    """

    class Kind(models.TextChoices):
        HEADLINE = "headline", _("headline")
        STANDFIRST = "standfirst", _("standfirst")
        ABOUT = "about", _("section, names and topics")
        TEXT = "text", _("text")
        TITLE = "title", _("title of a clip")
        CAPTION = "caption", _("caption of a clip")
        PICTURE = "picture", _("words of a picture")
        CUE = "cue", _("cue")
        CORRECTION = "correction", _("correction")

    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="passages", verbose_name=_("story")
    )
    clip = models.ForeignKey(
        Clip, on_delete=models.CASCADE, null=True, related_name="+", verbose_name=_("clip")
    )
    transcript = models.ForeignKey(
        Transcript,
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        verbose_name=_("transcript"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    position = models.PositiveIntegerField(_("number"))
    start_ms = models.PositiveIntegerField(_("from (ms)"), null=True)
    end_ms = models.PositiveIntegerField(_("to (ms)"), null=True)
    language = models.CharField(_("language"), max_length=35)
    text = models.TextField(_("text"))
    # How the next cue begins: people speak on where a cue ends, and what they say is found whole.
    after = models.TextField(_("what follows"), blank=True)
    # Both texts, folded; so many of the words are the passage's own.
    words = models.TextField(_("words"))
    own_words = models.PositiveIntegerField(_("number of its own words"))
    # A place in the headline counts for more than one in a cue.
    weight = models.PositiveSmallIntegerField(_("weight"))

    objects = PassageQuerySet.as_manager()

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering = ["article", "position"]
        constraints = [
            models.UniqueConstraint(fields=["article", "position"], name="one_passage_a_place"),
        ]
        indexes = [models.Index(fields=["article"], name="passage_heads", condition=HEADS)]

    def __str__(self) -> str:
        return f"{self.article}: {self.position}"

    @property
    def direction(self) -> str:
        return direction(self.language)

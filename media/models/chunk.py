"""Chunks: spans of a long clip that workers encode side by side."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from media.core.ids import LENGTH
from media.models.clip import Clip


class ChunkQuerySet(models.QuerySet["Chunk"]):
    def of_batch(self, batch: str) -> "ChunkQuerySet":
        return self.filter(batch=batch)

    def done(self) -> "ChunkQuerySet":
        return self.exclude(store_name="")


class Chunk(models.Model):
    """One span of one clip's ladder. Its rows and files live until the package is made."""

    # What is encoded, from what: the same work asked for again finds what is done already.
    batch = models.CharField(max_length=64)
    clip = models.ForeignKey(
        Clip, on_delete=models.CASCADE, related_name="chunks", verbose_name=_("clip")
    )
    codec = models.CharField(_("codec"), max_length=8)
    # Pieces (groups of pictures) of the clip, the end exclusive; an end of null is the clip's end.
    first = models.PositiveIntegerField(_("first piece"))
    end = models.PositiveIntegerField(_("end"), null=True)
    # The folder in `packages` of what came of it; empty until it is done.
    store_name = models.CharField(max_length=LENGTH, blank=True)
    complaints = models.PositiveIntegerField(_("complaints of the decoder"), default=0)

    objects = ChunkQuerySet.as_manager()

    class Meta:
        verbose_name = _("chunk")
        verbose_name_plural = _("chunks")
        ordering = ["first"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "first"], name="one_chunk_a_span"),
        ]

    def __str__(self) -> str:
        return f"{self.batch[:8]} {self.first}-{self.end or ''}"

    @property
    def is_done(self) -> bool:
        return self.store_name != ""

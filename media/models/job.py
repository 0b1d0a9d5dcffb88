"""Jobs: what is to be done in the background. The row is the truth, the message only wakes."""

from collections.abc import Iterable
from datetime import timedelta

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from media.models.chunk import Chunk

LEASE = timedelta(seconds=15)
MOST_ATTEMPTS = 3
# With less than that done, what is left is a guess.
FEWEST_PERCENT = 3
# The kinds whose subject is a clip, and the one whose subject is a chunk of it.
CLIP_KINDS = ("first_play", "package_clip", "redraw_pictures", "add_av1", "draw_waveform")
CHUNK_KIND = "encode_chunk"

# How urgent work is among that of its lane; any number between them will do.
FIRST_PLAY = 100
URGENT = 50
ORDINARY = 0
SPARE = -10


class JobQuerySet(models.QuerySet["Job"]):
    def queued(self) -> "JobQuerySet":
        return self.filter(state=Job.State.QUEUED)

    def failed(self) -> "JobQuerySet":
        return self.filter(state=Job.State.FAILED)

    def waiting(self) -> "JobQuerySet":
        """Jobs whose moment has come and that nobody has taken, the most urgent first."""
        has_come = Q(not_before=None) | Q(not_before__lte=timezone.now())
        return self.queued().filter(has_come).order_by("-priority", "pk")

    def abandoned(self) -> "JobQuerySet":
        """Jobs whose worker has not been heard of since its lease ran out."""
        return self.filter(state=Job.State.RUNNING, lease_until__lt=timezone.now())

    def unfinished(self) -> "JobQuerySet":
        return self.filter(state__in=[Job.State.QUEUED, Job.State.RUNNING])

    def about(self, kind: "str | OuterRef", subject_id: "int | OuterRef") -> "JobQuerySet":
        return self.filter(kind=kind, subject_id=subject_id)

    def at_work(self) -> "JobQuerySet":
        """Jobs that somebody does now, those that began first before the others."""
        return self.filter(state=Job.State.RUNNING).order_by("started_at", "pk")

    def unmended(self) -> "JobQuerySet":
        """Jobs that failed and were not asked for again since, the newest first."""
        later = Job.objects.about(OuterRef("kind"), OuterRef("subject_id"))
        return self.failed().filter(~Exists(later.filter(pk__gt=OuterRef("pk")))).order_by("-pk")

    def of_kinds(self, kinds: Iterable[str]) -> "JobQuerySet":
        return self.filter(kind__in=list(kinds))

    def of_clips(self, clip_ids: Iterable[int]) -> "JobQuerySet":
        """Jobs that make packages of these clips, in whole or in chunks."""
        clip_ids = list(clip_ids)
        chunks = Chunk.objects.filter(clip_id__in=clip_ids).values("pk")
        return self.filter(
            Q(kind__in=CLIP_KINDS, subject_id__in=clip_ids)
            | Q(kind=CHUNK_KIND, subject_id__in=chunks)
        )

    def less_urgent_than(self, priority: int) -> "JobQuerySet":
        return self.filter(priority__lt=priority)

    def claim(self, pk: int, token: str) -> bool:
        """Take one waiting job for the holder of ``token``; False if it is not ours to take."""
        return bool(
            self.waiting()
            .filter(pk=pk)
            .update(
                state=Job.State.RUNNING,
                token=token,
                attempts=F("attempts") + 1,
                percent=0,
                reason="",
                started_at=timezone.now(),
                lease_until=timezone.now() + LEASE,
            )
        )

    def held(self, pk: int, token: str) -> "JobQuerySet":
        """The job, as long as it is still ours."""
        return self.filter(pk=pk, token=token, state=Job.State.RUNNING)


class Job(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("at work")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    # A key of settings.JOBS.
    kind = models.CharField(_("kind"), max_length=40)
    subject_id = models.PositiveBigIntegerField(_("subject"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.QUEUED)
    priority = models.SmallIntegerField(_("priority"), default=0)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    # Null: at once, whatever the clock does meanwhile.
    not_before = models.DateTimeField(_("not before"), null=True, blank=True)
    percent = models.PositiveSmallIntegerField(_("percent"), default=0)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    started_at = models.DateTimeField(_("begun"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-pk"]
        constraints = [
            # Two requests for the same work are one job; a third may wait while one is at work.
            models.UniqueConstraint(
                fields=["kind", "subject_id"],
                condition=Q(state="queued"),
                name="one_waiting_job_a_subject",
            ),
            models.CheckConstraint(condition=Q(percent__lte=100), name="job_percent_at_most_100"),
            models.CheckConstraint(
                condition=~Q(state="failed") | ~Q(reason=""), name="job_failed_has_reason"
            ),
        ]
        indexes = [models.Index(fields=["state", "-priority", "id"], name="job_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id} ({self.state})"

    @property
    def seconds_left(self) -> int | None:
        """How long it will take if it goes on as it did; None as long as nobody can say."""
        if self.started_at is None or self.percent < FEWEST_PERCENT:
            return None
        so_far = (timezone.now() - self.started_at).total_seconds()
        return max(0, round(so_far * (100 - self.percent) / self.percent))

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED)

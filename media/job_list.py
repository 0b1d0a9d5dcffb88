"""The list of jobs at the desk: what is waiting, at work or failed, and a way to step in."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from media import queue
from media.desk import ReadOnly
from media.models import Clip, Job
from media.models.job import CLIP_KINDS, JobQuerySet
from media.progress import badge

# Job states in the words whose colours the badges have.
BADGES = {"queued": "waiting", "running": "running", "failed": "failed", "done": "ready"}


class JobChangeList(ChangeList):
    """One page of jobs, each with its clip, in a number of queries that does not grow."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        about = {job.pk: job.subject_id for job in self.result_list if job.kind in CLIP_KINDS}
        clips = Clip.objects.in_bulk(about.values())
        for job in self.result_list:
            job.clip = clips.get(about.get(job.pk, 0))


class JobAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("what", "about", "state_badge", "priority", "attempts", "reason", "created_at")
    list_filter = ("state", "kind")
    list_display_links = None
    actions = ("stop", "hurry", "ask_again")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return JobChangeList

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may see the clips may see the work on them."""
        return request.user.has_perm("media.view_clip")

    def has_step_in_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("media.change_clip")

    @admin.display(description="work", ordering="kind")
    def what(self, job: Job) -> str:
        return job.kind.replace("_", " ")

    @admin.display(description="on")
    def about(self, job: Job) -> str:
        return str(job.clip or job.subject_id)  # type: ignore[attr-defined]

    @admin.display(description="state", ordering="state")
    def state_badge(self, job: Job) -> SafeString:
        percent = f", {job.percent} %" if job.state == Job.State.RUNNING else ""
        return badge(BADGES[job.state], f"{job.get_state_display()}{percent}")

    @admin.action(description="Stop", permissions=["step_in"])
    def stop(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        stopped = queue.cancel_all(_plain(chosen), by=request.user.get_username())
        self.message_user(request, f"Jobs stopped: {stopped}.", messages.SUCCESS)

    @admin.action(description="Do it before ordinary work", permissions=["step_in"])
    def hurry(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        hurried = queue.hurry_all(_plain(chosen))
        self.message_user(request, f"Jobs that are urgent now: {hurried}.", messages.SUCCESS)

    @admin.action(description="Ask for it again", permissions=["step_in"])
    def ask_again(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        failed = _plain(chosen).failed()
        for job in failed:
            queue.request(job.kind, job.subject_id, priority=job.priority)
        self.message_user(request, f"Jobs asked for again: {len(failed)}.", messages.SUCCESS)


def _plain(chosen: QuerySet[Job]) -> JobQuerySet:
    """The chosen jobs alone: what the list added to their rows is in the way of a change."""
    return Job.objects.filter(pk__in=list(chosen.values_list("pk", flat=True)))

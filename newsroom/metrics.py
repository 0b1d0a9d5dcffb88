"""/metrics: figures for whoever watches the site, in the text format of Prometheus.

Sums alone: no name, no address, no fact of a story, a source or a person. Names and units follow
https://prometheus.io/docs/practices/naming/.
"""

import hmac
import shutil
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_address

from django.conf import settings
from django.db.models import Count, Min, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from articles.models import Article
from media.models import Clip, FixityCheck, Footage, Job, Purge, Upload
from newsroom.models import SignIn


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """All figures of this moment, each read from the database now."""
    if not _may_read(request):
        return HttpResponseForbidden("Ask on this machine, or with NEWSROOM_METRICS_TOKEN.\n")
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Figures())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    """Whoever has the token; without one, whoever asks on this machine and through nobody else."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    passed_on = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not passed_on and ip_address(request.META["REMOTE_ADDR"]).is_loopback


class Figures(Collector):
    """What is counted at each request."""

    def collect(self) -> Iterator[Metric]:
        yield from _jobs()
        yield _counted("newsroom_stories", "Stories by where they are.", Article, "status")
        yield _counted("newsroom_footage", "Footage by what became of it.", Footage, "state")
        yield _one(
            "newsroom_clips_public", "Clips that readers may see.", Clip.objects.playable().count()
        )
        yield from _fixity()
        yield _one(
            "newsroom_cache_purges_waiting",
            "Addresses that the cache in front has yet to forget.",
            Purge.objects.count(),
        )
        yield _one(
            "newsroom_uploads_unfinished",
            "Uploads under way.",
            Upload.objects.still_coming().count(),
        )
        yield _counted("newsroom_sign_ins", "What happened at the door, ever.", SignIn, "kind")
        yield from _bytes()


def _jobs() -> Iterator[Metric]:
    jobs = GaugeMetricFamily("newsroom_jobs", "Jobs by kind and state.", labels=["kind", "state"])
    counted = Job.objects.order_by().values_list("kind", "state").annotate(Count("pk"))
    for kind, state, count in counted:
        jobs.add_metric([kind, state], count)
    yield jobs
    oldest = GaugeMetricFamily(
        "newsroom_job_oldest_waiting_seconds",
        "Since when the oldest job of a kind waits.",
        labels=["kind"],
    )
    waiting = Job.objects.queued().order_by().values_list("kind").annotate(Min("created_at"))
    for kind, since in waiting:
        oldest.add_metric([kind], _age(since))
    yield oldest


def _fixity() -> Iterator[Metric]:
    damaged = FixityCheck.objects.damaged().count()
    yield _one("newsroom_fixity_damaged", "Originals and packages that are damaged.", damaged)
    oldest = FixityCheck.objects.aggregate(since=Min("checked_at"))["since"]
    if oldest is not None:
        words = "Since when the one that was looked at longest ago was not looked at."
        yield _one("newsroom_fixity_oldest_check_seconds", words, _age(oldest))


def _bytes() -> Iterator[Metric]:
    held = Footage.objects.aggregate(total=Sum("byte_size"))["total"] or 0
    yield _one("newsroom_originals_bytes", "How much the vault holds.", held)
    free = shutil.disk_usage(settings.DATA_DIR).free
    yield _one("newsroom_disk_free_bytes", "What is free where the data lies.", free)


def _counted(name: str, words: str, model: type, field: str) -> Metric:
    family = GaugeMetricFamily(name, words, labels=[field])
    rows = model.objects.order_by().values_list(field).annotate(Count("pk"))  # type: ignore[attr-defined]
    for value, count in rows:
        family.add_metric([value], count)
    return family


def _one(name: str, words: str, value: float) -> Metric:
    return GaugeMetricFamily(name, words, value=value)


def _age(since: datetime) -> float:
    return max(0.0, (timezone.now() - since).total_seconds())

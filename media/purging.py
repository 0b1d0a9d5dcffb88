"""Purging: a cache in front of the site is told what it has to forget.

Each address is sent to the cache with the method PURGE, which Varnish, nginx, Squid and most hosted
caches take. What it did not take is sent again until it does.
"""

import http.client
import logging
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from media.models import Purge

logger = logging.getLogger(__name__)

PACKED = (".gz", ".br")
SECONDS = 5
# So many at a time: whoever sweeps has other things to do.
MOST = 500
# What a cache says that never had it.
FORGOTTEN = frozenset({200, 202, 204, 404, 410, 412})


def note(names: Iterable[str]) -> None:
    """Have the cache forget these public files, once it is asked; nothing where there is none."""
    if settings.PURGE:
        now = timezone.now()
        wanted = {name for name in names if not name.endswith(PACKED)}
        Purge.objects.bulk_create(
            [Purge(name=name, asked_at=now) for name in sorted(wanted)],
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["asked_at"],
        )


def address_of(name: str) -> str:
    """The path under which readers, and so the cache, ask for a public file.

    >>> address_of("stories/cells/index.html"), address_of("media/k7/clip.mp4")
    ('/stories/cells/', '/media/k7/clip.mp4')
    """
    return "/" + name.removesuffix("index.html")


def purge() -> int:
    """Tell the cache what it is to forget; how much of it is left to be told."""
    if not settings.PURGE:
        return 0
    try:
        for row in Purge.objects.all()[:MOST]:
            _tell(address_of(row.name))
            # What changed again meanwhile is told of again.
            Purge.objects.filter(pk=row.pk, asked_at=row.asked_at).delete()
    except (OSError, http.client.HTTPException) as error:
        logger.warning("the cache at %s forgets nothing for now: %s", settings.PURGE, error)
    return Purge.objects.count()


def _tell(path: str) -> None:
    """Raises OSError where the cache cannot be reached, or refuses."""
    cache, site = urlsplit(settings.PURGE), urlsplit(settings.BASE_URL)
    kind = http.client.HTTPSConnection if cache.scheme == "https" else http.client.HTTPConnection
    connection = kind(cache.netloc, timeout=SECONDS)
    try:
        connection.request("PURGE", path, headers={"Host": site.netloc})
        status = connection.getresponse().status
    finally:
        connection.close()
    if status not in FORGOTTEN:
        raise OSError(f"it answers {status} to PURGE {path}")

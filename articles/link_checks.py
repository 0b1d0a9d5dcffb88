"""Looking whether links to elsewhere are alive: only when somebody asks, and only on public hosts.

What was found is an act of the story, so that it stays on its record with its date.
"""

import http
import http.client
import ipaddress
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.contrib.auth.models import User

from articles import acts
from articles.clearance.links import own_and_foreign
from articles.models import Act, Article

SECONDS = 4
AT_ONCE = 8
MOST_LINKS = 40
# What a server says that answers GET alone.
REFUSE_HEAD = (403, 405, 501)
Found = dict[str, object]


class _StayHere(HTTPRedirectHandler):
    """A page that moved is alive; where to, is for the editor to look at."""

    def redirect_request(self, *_of_a_redirect: object) -> None:
        return None


def is_public_host(host: str) -> bool:
    """Whether a host name leads to the public internet alone, and not into our own network."""
    try:
        places = {info[4][0] for info in socket.getaddrinfo(host, None)}
    except OSError:
        return False
    return all(ipaddress.ip_address(place).is_global for place in places)


def check_links(
    article: Article, *, by: User, may_reach: Callable[[str], bool] = is_public_host
) -> dict[str, Found]:
    """Ask every address elsewhere to which the story links; how each is, by address.

    A host that ``may_reach`` refuses is not asked.
    """
    foreign = own_and_foreign(article)[1][:MOST_LINKS]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = dict(zip(foreign, pool.map(lambda url: _ask(url, may_reach), foreign), strict=True))
    acts.record(article, Act.Kind.LINKS_CHECKED, actor=acts.actor_of(by), links=found)
    article.try_again()
    return found


def _ask(url: str, may_reach: Callable[[str], bool]) -> Found:
    host = urlsplit(url).hostname
    if not host or not may_reach(host):
        return {"alive": False, "says": "no such host"}
    status = _status(url, "HEAD")
    if status in REFUSE_HEAD:
        status = _status(url, "GET")
    # Whoever is to sign in, or to come back later, is told so by a page that is there.
    alive = 0 < status < http.HTTPStatus.BAD_REQUEST or status in (401, 403, 429)
    return {"alive": alive, "says": str(status) if status else "no answer"}


def _status(url: str, method: str) -> int:
    """The status of an address; 0 where nobody answers."""
    # Only http and https are links to elsewhere: see own_and_foreign.
    request = Request(url, method=method, headers={"User-Agent": "Newsroom"})  # noqa: S310
    try:
        with build_opener(_StayHere).open(request, timeout=SECONDS) as answer:
            return int(answer.status)
    except HTTPError as error:
        return error.code
    except (URLError, OSError, http.client.HTTPException, ValueError):
        return 0

"""A cache in front of the site forgets what changed and what is gone."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from articles import placement, publishing, withdrawing
from media import purging
from media.models import Purge
from tests.factories import a_draft, a_person, a_ready_clip

pytestmark = pytest.mark.django_db


class Cache(HTTPServer):
    """Takes PURGE, and keeps what it was told."""

    def __init__(self):
        self.told, self.status = [], 200
        super().__init__(("127.0.0.1", 0), Told)

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"


class Told(BaseHTTPRequestHandler):
    def do_PURGE(self):
        self.server.told.append((self.headers["Host"], self.path))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_of_a_request):
        pass


@pytest.fixture
def cache(settings):
    cache = Cache()
    settings.PURGE, settings.BASE_URL = cache.address, "https://news.example"
    Thread(target=cache.serve_forever, daemon=True).start()
    yield cache
    cache.shutdown()
    cache.server_close()


@pytest.fixture
def article(cache):
    article = publishing.publish(a_draft(a_ready_clip(slug="mill"), slug="cells"), by=None)
    purging.purge()
    cache.told.clear()
    return article


def test_everything_of_a_withdrawn_story_is_forgotten_at_once(cache, article):
    package = article.clips.get().current_package.public_id

    done = withdrawing.withdraw_story(article, by=a_person("eli"), reason="Danger.")

    told = {path for host, path in cache.told if host == "news.example"}
    assert told >= {
        *("/stories/cells/", "/stories/cells/mill/", "/stories/cells.json", "/"),
        *(f"/media/{package}/clip.mp4", f"/media/{package}/360p/index.m3u8"),
    }
    assert [sentence for sentence in done.left if "not forgotten" in sentence] == []


def test_a_page_that_is_drawn_anew_is_forgotten_and_what_stays_is_not(cache, article):
    article.headline = "Another headline"
    article.save()

    placement.refresh_now(article)
    purging.purge()

    told = [path for _, path in cache.told]
    assert "/stories/cells/" in told
    assert not [path for path in told if path.startswith("/media/") or path.endswith(".gz")]


@pytest.mark.parametrize("status", [500, 403])
def test_what_the_cache_does_not_take_is_told_again(cache, article, status):
    cache.status = status

    done = withdrawing.withdraw_story(article, by=a_person("eli"), reason="Danger.")
    kept = Purge.objects.count()
    cache.status = 204
    left = purging.purge()

    assert f"has not forgotten {kept} addresses yet" in done.left[-1]
    assert (kept > 5, left) == (True, 0)


def test_a_cache_that_is_away_stops_nothing(settings, article):
    settings.PURGE = "http://127.0.0.1:9"

    withdrawing.withdraw_story(article, by=a_person("eli"), reason="Danger.")

    assert Purge.objects.filter(name="stories/cells/index.html").exists()


def test_without_a_cache_nothing_is_noted():
    publishing.publish(a_draft(a_ready_clip()), by=None)

    assert Purge.objects.count() == 0

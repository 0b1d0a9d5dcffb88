"""Links to elsewhere: asked when somebody wants to know, and never within our own network."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.urls import reverse

from articles import clearance, link_checks
from tests.articles.test_admin import said
from tests.factories import a_draft, a_person

pytestmark = pytest.mark.django_db

STATUSES = {"/alive": 200, "/moved": 301, "/members": 401, "/gone": 410, "/only-get": 405}


class Elsewhere(BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.answer(STATUSES.get(self.path, 404))

    def do_GET(self):
        self.answer(200 if self.path == "/only-get" else STATUSES.get(self.path, 404))

    def answer(self, status):
        self.send_response(status)
        self.send_header("Location", "/nowhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_of_a_request):
        pass


@pytest.fixture
def elsewhere():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def linking_to(*urls):
    return a_draft(body="".join(f'<p><a href="{url}">there</a></p>' for url in urls))


def trouble(article):
    return [check.reason for check in clearance.checks(article) if check.stops]


def test_what_is_alive_is_green_and_what_is_dead_is_named_with_its_answer(elsewhere):
    alive = [f"{elsewhere}/{name}" for name in ("alive", "moved", "members", "only-get")]
    dead = f"{elsewhere}/gone"
    good, bad = linking_to(*alive), linking_to(*alive, dead)

    for article in (good, bad):
        link_checks.check_links(article, by=a_person(article.slug), may_reach=lambda _host: True)

    [reason] = trouble(bad)
    assert trouble(good) == []
    assert reason.endswith(f": {dead} (410).")


def test_a_link_that_was_written_later_was_not_looked_at(elsewhere):
    article = linking_to(f"{elsewhere}/alive")
    link_checks.check_links(article, by=a_person("eli"), may_reach=lambda _host: True)
    article.body += '<p><a href="https://example.org/new">there</a></p>'

    assert trouble(article) == [
        "Nobody has looked whether these links are alive: https://example.org/new."
    ]


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "localhost"])
def test_nothing_within_our_own_network_is_asked(client, host):
    article = linking_to(f"http://{host}/")
    client.force_login(a_person("eli", "editors"))

    page = client.post(reverse("admin:articles_article_links", args=[article.pk]), follow=True)

    assert said(page) == ["Links looked at: 1."]
    assert "(no such host)" in trouble(article)[0]

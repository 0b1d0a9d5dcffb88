"""The walk after a withdrawal: whoever knew an address, or a segment, gets nothing from it."""

import time
from http import HTTPStatus

import pytest

from articles import publishing, withdrawing
from media import withdrawing as clip_withdrawing
from media.models import Clip
from newsroom.front import PublicFiles
from tests.articles.addresses import addresses_of
from tests.articles.public import LISTS, public_files, public_folder
from tests.articles.test_embargo import a_secret_draft
from tests.factories import a_draft, a_person, a_ready_clip

pytestmark = pytest.mark.django_db

SECONDS = 5
# What stands there whatever is published, and what is asked about a story at such an address.
STAYS = {"lists", "search"}


class Site:
    """As readers get it: the front's files first, Django behind them."""

    def __init__(self, client):
        self.client = client
        self.front = PublicFiles(client, public_folder(), policy="")

    def status_of(self, address):
        path, _, query = address.partition("?")
        asked = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query}
        answer = self.front.answer(asked)
        if answer is None:
            return self.client.get(address).status_code
        answer.file.close()
        return answer.status


def every_address(article):
    """Those that the probe for embargoes walks, and every file of the story as it lies there."""
    known = [a for kind, some in addresses_of(article).items() if kind not in STAYS for a in some]
    files = [f"/{name.removesuffix('index.html')}" for name in public_files() if name not in LISTS]
    return [*known, *files]


@pytest.fixture
def site(client):
    return Site(client)


def segments_of(clip):
    """Segments that a player has read in a playlist."""
    folder = public_folder() / "media" / clip.current_package.public_id / "360p"
    for number in range(3):
        (folder / f"{number:05}.m4s").write_bytes(b"segment")
    return [f"/media/{folder.parent.name}/360p/{number:05}.m4s" for number in range(3)]


@pytest.mark.parametrize("how", ["story", "source"])
def test_every_address_of_a_withdrawn_story_is_gone_within_seconds(site, how):
    article = publishing.publish(a_secret_draft(), by=None)
    clip = article.clips.get()
    clip.footage.source_alias = "miller"
    clip.footage.save()
    addresses = [*segments_of(clip), *every_address(article)]
    there = {site.status_of(address) for address in addresses}
    person = a_person("eli", "editors")

    began = time.monotonic()
    if how == "story":
        gone = [withdrawing.withdraw_story(article, by=person, reason="Danger.")]
    else:
        gone = withdrawing.withdraw_source("miller", stories=[article], by=person, reason="Danger.")
    after = {address: site.status_of(address) for address in addresses}

    assert HTTPStatus.OK in there
    assert set(after.values()) == {HTTPStatus.GONE, HTTPStatus.NOT_FOUND}, after
    assert after[article.get_absolute_url()] == HTTPStatus.GONE
    assert sum(one.seconds for one in gone) <= time.monotonic() - began < SECONDS


def test_a_withdrawn_clip_leaves_every_story_that_stays(site):
    clip, kept = a_ready_clip(title="The mill"), a_ready_clip(title="The yard")
    article = publishing.publish(a_draft(clip, kept), by=None)
    of_clip = [name for name in public_files() if clip.public_id in name or clip.slug in name]
    of_clip += [name for name in public_files() if clip.current_package.public_id in name]

    clip_withdrawing.withdraw_clips([clip], by="eli", reason="Danger.")

    statuses = {site.status_of(f"/{name.removesuffix('index.html')}") for name in of_clip}
    assert len(of_clip) > 5
    assert statuses <= {HTTPStatus.GONE, HTTPStatus.NOT_FOUND}
    assert site.status_of(article.get_absolute_url()) == HTTPStatus.OK
    assert list(Clip.objects.playable()) == [kept]

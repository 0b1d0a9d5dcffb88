"""The player in somebody else's page: it may be framed, asks first, and goes with its clip."""

import pytest

from articles import placement, publishing
from media import clips, queue
from media.models import Clip, Warning
from tests.articles.public import finish_jobs, page
from tests.articles.test_pages import BASE, elements
from tests.factories import a_draft, a_ready_clip

pytestmark = pytest.mark.django_db


def published(*clips, **fields):
    return publishing.publish(a_draft(*clips, **fields), by=None)


def embed_of(clip):
    return f"embed/{clip.public_id}/index.html"


def test_the_player_holds_the_clip_and_leads_to_its_page(client):
    clip = a_ready_clip(slug="fire", title="A fire")
    published(clip, slug="cells")

    response = client.get(f"/embed/{clip.public_id}/")

    found = elements(response.content.decode())
    [canonical] = [a["href"] for a in found.named("link") if a.get("rel") == "canonical"]
    assert found.having("data-clip") == [("figure", clip.public_id)]
    assert canonical == f"{BASE}/stories/cells/fire/"
    assert canonical in [a.get("href") for a in found.named("a") if a.get("target") == "_blank"]
    assert found.code == []


def test_anybody_may_frame_the_player_and_nobody_anything_else(client):
    clip = a_ready_clip()
    article = published(clip)

    player, story = client.get(f"/embed/{clip.public_id}/"), client.get(article.get_absolute_url())

    assert "X-Frame-Options" not in player
    assert "frame-ancestors" not in player["Content-Security-Policy"]
    assert "default-src 'none'" in player["Content-Security-Policy"]
    assert story["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'self'" in story["Content-Security-Policy"]


@pytest.mark.parametrize(("moment", "ending"), [("2.5", "#t=2.5"), ("soon", "")])
def test_the_player_starts_at_the_second_in_its_address(client, moment, ending):
    clip = a_ready_clip()
    published(clip)

    response = client.get(f"/embed/{clip.public_id}/", {"t": moment})

    [source] = elements(response.content.decode()).named("source")
    assert source["src"] == f"/media/{clip.current_package.public_id}/clip.mp4{ending}"
    assert "X-Frame-Options" not in response
    assert "frame-ancestors" not in response["Content-Security-Policy"]


def test_there_is_no_second_of_a_clip_that_nobody_may_see(client):
    draft, withdrawn = a_ready_clip(), a_ready_clip()
    a_draft(draft)
    publishing.withdraw(published(withdrawn), by=None, reason="Danger.")

    answers = [client.get(f"/embed/{clip.public_id}/?t=2") for clip in (draft, withdrawn)]

    assert [answer.status_code for answer in answers] == [404, 410]


def test_a_warned_clip_asks_first_in_the_frame_too():
    clip = a_ready_clip()
    Warning.objects.create(clip=clip, kind=Warning.Kind.FIRE, wording="A house burns.")
    published(clip)

    found = elements(page(embed_of(clip)))

    [video] = found.named("video")
    assert found.having("data-warning") == [("details", None)]
    assert ("poster" in video, video["preload"]) == (False, "none")


def test_the_player_speaks_as_the_first_story_and_then_as_the_next(client):
    clip = a_ready_clip(slug="fire")
    first, second = published(clip, slug="first"), published(clip, slug="second", language="ar")

    spoken = page(embed_of(clip))
    publishing.withdraw(first, by=None, reason="Danger.")

    assert "/stories/first/fire/" in spoken
    assert "/stories/second/fire/" in page(embed_of(clip))
    assert '<html lang="ar" dir="rtl">' in page(embed_of(clip))
    publishing.withdraw(second, by=None, reason="Danger.")
    assert client.get(f"/embed/{clip.public_id}/").status_code == 410


def test_a_clip_that_is_taken_back_takes_its_player_with_it(client):
    clip = a_ready_clip()
    published(clip)

    clips.withdraw_clip(clip, by="archivist")
    finish_jobs()

    assert client.get(f"/embed/{clip.public_id}/").status_code == 410


def test_a_change_of_the_clip_is_seen_in_the_player():
    clip = a_ready_clip()
    published(clip)
    Clip.objects.update(title="Another title")

    queue.request("refresh_clip", clip.pk)
    finish_jobs()

    assert "Another title" in page(embed_of(clip))


def test_a_clip_of_no_story_has_no_player(client):
    clip = a_ready_clip()
    published()

    placement.place_everything()

    assert client.get(f"/embed/{clip.public_id}/").status_code == 404

"""The probe: whoever knows every address finds nothing of a story that is not public."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import placement, publishing
from media import queue
from tests.articles.public import finish_jobs, public_folder
from tests.factories import a_draft, a_ready_clip, a_transcript

pytestmark = pytest.mark.django_db

SECRETS = {
    "headline": "The cells beneath the mill",
    "standfirst": "Nobody was to know of the mill.",
    "slug": "beneath-the-mill",
    "section": "Millworks",
}


def a_secret_draft():
    clip = a_ready_clip(title="The mill at night", slug="mill-at-night")
    a_transcript(clip, "Behind the mill they wait.")
    return a_draft(clip, **SECRETS)


def drafted(article):
    return article


def scheduled(article):
    return publishing.publish(article, by=None, at=timezone.now() + timedelta(hours=1))


def under_embargo(article):
    article.embargo_until = timezone.now() + timedelta(hours=1)
    article.save()
    return publishing.publish(article, by=None)


def withdrawn(article):
    publishing.publish(article, by=None)
    return publishing.withdraw(article, by=None, reason="The mill is in danger.")


def put_off(article):
    return scheduled(publishing.publish(article, by=None))


def published(article):
    return publishing.publish(article, by=None)


def words_of(article):
    clip = article.clips.get()
    [transcript] = clip.transcripts.all()
    ids = [clip.public_id, clip.current_package.public_id, transcript.public_id]
    return [*SECRETS.values(), clip.title, clip.slug, *ids, "Behind the mill", "is in danger"]


def addresses_of(article):
    clip = article.clips.get()
    [transcript] = clip.transcripts.all()
    story = f"/stories/{article.slug}/"
    watch = f"{story}{clip.slug}/"
    media = f"/media/{clip.current_package.public_id}"
    return {
        "its own": [
            *(story, watch, f"{watch}?t=1", f"{watch}read/", f"{watch}q/1-1/"),
            f"{watch}q/1-1/card.jpg",
            *(f"{story}find/", f"{story}find/?q=mill"),
        ],
        "media": [
            *(f"{media}/{name}" for name in ("master.m3u8", "clip.mp4", "poster.jpg")),
            f"/media/{transcript.public_id}/captions.vtt",
        ],
        "lists": ["/", "/feeds/stories.atom", "/feeds/stories.rss", "/sitemap.xml", "/robots.txt"],
        "search": ["/search/?q=mill", "/search/?q=wait+danger"],
    }


def walk(client, article):
    """The status of each address, and the secrets in answers and public files, with their place."""
    words, statuses, found = words_of(article), {}, []
    for kind, addresses in addresses_of(article).items():
        answers = [client.get(address) for address in addresses]
        statuses[kind] = {answer.status_code for answer in answers}
        told = [
            (a.request["PATH_INFO"], a.content.decode(errors="ignore") + str(a.headers))
            for a in answers
        ]
        found += [(place, word) for place, text in told for word in words if word in text]
    for path in filter(lambda path: path.is_file(), public_folder().rglob("*")):
        text = f"{path.relative_to(public_folder())} {path.read_bytes().decode('utf-8', 'ignore')}"
        found += [(path.name, word) for word in words if word in text]
    return statuses, found


@pytest.mark.parametrize(
    ("brought_there", "status"),
    [(drafted, 404), (scheduled, 404), (under_embargo, 404), (withdrawn, 410), (put_off, 404)],
)
def test_nothing_is_found_of_a_story_that_is_not_public(client, brought_there, status):
    publishing.publish(a_draft(a_ready_clip()), by=None)
    article = brought_there(a_secret_draft())
    queue.request("refresh_story", article.pk)
    queue.request("refresh_clip", article.clips.get().pk)
    publishing.publish_due()
    placement.place_everything()
    finish_jobs()

    statuses, found = walk(client, article)

    assert found == []
    assert statuses == {"its own": {status}, "media": {404}, "lists": {200}, "search": {200}}


def test_everything_is_found_of_the_same_story_when_it_is_public(client):
    article = published(a_secret_draft())

    statuses, found = walk(client, article)

    unseen = set(words_of(article)) - {word for _place, word in found}
    assert unseen == {"is in danger"}
    # Media are the front's to answer, which does not run here.
    assert statuses == {"its own": {200}, "media": {404}, "lists": {200}, "search": {200}}


def test_a_reader_gets_no_cookie_whatever_the_answer(client):
    article = published(a_secret_draft())
    gone = withdrawn(a_draft(slug="gone"))
    everything = [address for kind in addresses_of(article).values() for address in kind]

    for address in (*everything, gone.get_absolute_url(), "/nowhere/"):
        client.get(address)

    assert dict(client.cookies) == {}

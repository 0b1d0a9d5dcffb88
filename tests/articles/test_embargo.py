"""The probe: whoever knows every address finds nothing of a story that is not public."""

from datetime import timedelta

import pytest
from django.urls import resolve
from django.utils import timezone

from articles import placement, publishing, urls, writing
from articles.models import Author, Byline, Correction, Topic
from media import queue
from tests.articles.addresses import addresses_of
from tests.articles.public import finish_jobs, public_folder
from tests.factories import a_draft, a_figure, a_picture, a_ready_clip, a_transcript

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
    article = a_draft(clip, **SECRETS)
    article.body += a_figure(a_picture(), alt="The wheel of the mill.")
    article.save()
    writing.place_figures(article)
    Correction.objects.create(article=article, text="The mill was closed.")
    article.topics.add(Topic.objects.create(name="Milling", slug="milling"))
    miller = Author.objects.create(name="Mary Miller", slug="mary-miller")
    Byline.objects.create(article=article, author=miller)
    return article


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
    names = ["Milling", "milling", "Mary Miller", "mary-miller", "mill was closed"]
    told = [clip.title, clip.slug, *ids, *names, "Behind the mill", "is in danger"]
    return [*SECRETS.values(), *told]


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
    publishing.keep_time()
    placement.place_everything()
    finish_jobs()

    statuses, found = walk(client, article)

    assert found == []
    assert statuses == {
        "its own": {status},
        "asked about": {status},
        "media": {404},
        "alone": {404},
        "lists": {200},
        "search": {200},
        "previews": {404},
        "later pages": {404},
    }


def test_everything_is_found_of_the_same_story_when_it_is_public(client):
    article = published(a_secret_draft())

    statuses, found = walk(client, article)

    unseen = set(words_of(article)) - {word for _place, word in found}
    assert unseen == {"is in danger"}
    # Media are the front's to answer, which does not run here.
    assert statuses == {
        "its own": {200},
        "asked about": {200},
        "media": {404},
        "alone": {200},
        "lists": {200},
        "search": {200},
        "previews": {404},
        "later pages": {404},
    }


def test_the_probe_knows_every_address_of_the_product():
    known = {
        resolve(address.partition("?")[0]).url_name
        for kind, addresses in addresses_of(a_secret_draft()).items()
        for address in addresses
        if kind != "media"
    }

    # The parts of a sitemap are known by two of them.
    assert {pattern.name for pattern in urls.urlpatterns} - known == set()


def test_a_reader_gets_no_cookie_whatever_the_answer(client):
    article = published(a_secret_draft())
    gone = withdrawn(a_draft(slug="gone"))
    everything = [address for kind in addresses_of(article).values() for address in kind]

    for address in (*everything, gone.get_absolute_url(), "/nowhere/"):
        client.get(address)

    assert dict(client.cookies) == {}

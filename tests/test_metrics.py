"""/metrics: what it counts, and who may read it."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from articles.models import Article
from media.models import Job
from newsroom.models import SignIn
from tests.factories import a_draft, a_footage, a_playable_clip, an_article

pytestmark = pytest.mark.django_db


def figures(client, **headers):
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.content.decode())
        for sample in family.samples
    }


def test_it_counts_work_stories_footage_and_the_door(client):
    clip = a_playable_clip()
    an_article(clip)
    a_draft()
    Job.objects.create(kind="package_clip", subject_id=clip.pk)
    SignIn.objects.create(kind=SignIn.Kind.WRONG_PASSWORD)

    found = figures(client)

    assert found["newsroom_jobs", "package_clip", "queued"] == 1
    assert found["newsroom_job_oldest_waiting_seconds", "package_clip"] >= 0
    assert found["newsroom_stories", Article.Status.PUBLISHED] == 1
    assert found["newsroom_stories", Article.Status.DRAFT] == 1
    assert found["newsroom_footage", "ready"] == 1
    assert (found["newsroom_clips_public",], found["newsroom_originals_bytes",]) == (1, 1000)
    assert found["newsroom_sign_ins", "password"] == 1
    assert found["newsroom_disk_free_bytes",] > 0


def test_it_tells_nothing_of_a_source_or_a_story(client):
    a_footage(source_alias="heron", original_name="mosul-gate.mov", recorded_where="Mosul")
    a_draft(headline="A secret", slug="secret")

    text = client.get("/metrics").content.decode().lower()

    assert [word for word in ("heron", "mosul", "secret") if word in text] == []


def test_its_cost_does_not_grow(client, django_assert_max_num_queries):
    for _ in range(3):
        an_article(a_playable_clip())

    with django_assert_max_num_queries(12):
        client.get("/metrics")


@pytest.mark.parametrize(
    "asked",
    [
        {"REMOTE_ADDR": "203.0.113.5"},
        {"HTTP_X_FORWARDED_FOR": "203.0.113.5"},
        {"HTTP_FORWARDED": "for=203.0.113.5"},
    ],
)
def test_without_a_token_it_is_for_this_machine_alone(client, asked):
    assert client.get("/metrics", **asked).status_code == 403


def test_with_a_token_it_is_for_whoever_has_it(client, settings):
    settings.METRICS_TOKEN = "a long word"

    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"authorization": "Bearer no"}).status_code == 403
    away = {"REMOTE_ADDR": "203.0.113.5", "HTTP_AUTHORIZATION": "Bearer a long word"}
    assert client.get("/metrics", **away).status_code == 200

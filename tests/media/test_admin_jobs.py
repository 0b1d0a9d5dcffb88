"""The desk and the queue: who may stop work, hurry it and ask for it again."""

import pytest
from django.urls import reverse

from media import queue
from media.models import Job
from media.models.job import ORDINARY, URGENT
from tests.factories import a_clip, a_person
from tests.media.desk import said
from tests.media.test_admin import change, written

pytestmark = pytest.mark.django_db

LIST = reverse("admin:media_job_changelist")


@pytest.fixture
def editor(client):
    client.force_login(a_person("ed", "editors"))
    return client


def act(client, action, *chosen, address=LIST):
    form = {"action": action, "_selected_action": [row.pk for row in chosen]}
    return client.post(address, form, follow=True)


def states():
    return list(Job.objects.order_by("pk").values_list("kind", "state", "reason"))


def test_the_list_of_jobs_names_the_clip_and_why_it_failed(editor):
    clip = a_clip(title="At the gate")
    job = queue.request("package_clip", clip.pk)
    Job.objects.filter(pk=job.pk).update(state="failed", reason="Too long.")

    page = editor.get(LIST).content.decode()

    assert "package clip" in page
    assert "At the gate" in page
    assert "Too long." in page


def test_the_list_of_jobs_takes_as_many_queries_for_many_as_for_one(
    editor, django_assert_num_queries, django_assert_max_num_queries
):
    queue.request("package_clip", a_clip().pk)
    with django_assert_max_num_queries(20) as one:
        editor.get(LIST)
    for _ in range(3):
        queue.request("package_clip", a_clip().pk)

    with django_assert_num_queries(len(one)):
        editor.get(LIST)


def test_a_job_is_neither_added_nor_changed_nor_deleted_by_hand(editor):
    job = queue.request("package_clip", a_clip().pk)

    page = editor.get(LIST)

    assert editor.get(reverse("admin:media_job_add")).status_code == 403
    assert "delete_selected" not in page.content.decode()
    assert list(Job.objects.all()) == [job]


def test_an_editor_stops_a_job(editor):
    chosen = queue.request("package_clip", a_clip().pk)
    queue.request("package_clip", a_clip().pk)

    response = act(editor, "stop", chosen)

    stopped = "Stopped by ed: ask for it again when it is wanted."
    assert said(response) == ["Jobs stopped: 1."]
    assert states() == [("package_clip", "failed", stopped), ("package_clip", "queued", "")]


def test_an_editor_asks_again_for_what_failed(editor):
    failed = queue.request("package_clip", a_clip().pk)
    waiting = queue.request("package_clip", a_clip().pk)
    queue.cancel("package_clip", failed.subject_id, by="ed")

    response = act(editor, "ask_again", failed, waiting)

    assert said(response) == ["Jobs asked for again: 1."]
    found = Job.objects.queued().order_by("pk").values_list("subject_id", flat=True)
    assert list(found) == [waiting.subject_id, failed.subject_id]


def test_an_editor_makes_a_job_urgent(editor):
    chosen = queue.request("package_clip", a_clip().pk)
    queue.request("package_clip", a_clip().pk)

    response = act(editor, "hurry", chosen)

    assert said(response) == ["Jobs that are urgent now: 1."]
    assert list(Job.objects.order_by("pk").values_list("priority", flat=True)) == [URGENT, ORDINARY]


def test_whoever_may_not_see_clips_does_not_see_jobs(client):
    client.force_login(a_person("ona"))

    assert client.get(LIST).status_code == 403


def test_the_work_on_a_clip_is_stopped_from_the_list_of_clips(editor):
    clip, other = a_clip(), a_clip()
    for kind in ("first_play", "package_clip", "refresh_clip"):
        queue.request(kind, clip.pk)
    queue.request("package_clip", other.pk)

    response = act(editor, "stop_work", clip, address=reverse("admin:media_clip_changelist"))

    assert said(response) == ["Jobs stopped: 2."]
    assert [state for _, state, _ in states()] == ["failed", "failed", "queued", "queued"]


def test_a_clip_that_becomes_urgent_goes_ahead_of_the_others(editor):
    clip, other = a_clip(), a_clip()
    queue.request("package_clip", other.pk)
    queue.request("package_clip", clip.pk)

    editor.post(change(clip), written(clip, is_urgent="on"))

    clip.refresh_from_db()
    assert clip.is_urgent
    assert [job.subject_id for job in Job.objects.waiting().filter(kind="package_clip")] == [
        clip.pk,
        other.pk,
    ]

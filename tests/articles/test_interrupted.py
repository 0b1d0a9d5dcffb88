"""Publishing that is interrupted, or done by two at once: the last word counts."""

import time
from contextlib import contextmanager
from threading import Thread

import pytest
from django.db import connection
from django.utils import timezone

from articles import placement, publishing
from articles.models import Article
from media import queue, release, stores
from media.models import Clip, Job
from tests.articles.public import LISTS, finish_jobs, media_files, page, public_files, story_files
from tests.articles.test_publishing import SECOND, STATUSES
from tests.factories import a_draft, a_ready_clip

pytestmark = pytest.mark.django_db


WRITES_ROWS = 'UPDATE "articles_publicpage"'
SAYS_WHAT_THEY_SHOW = 'INSERT OR IGNORE INTO "articles_publicpage_articles"'


@contextmanager
def done_before(statement, action, *, nth=1):
    """Another process's ``action``, in the moment in which ours sends the database a statement."""
    done, seen = [], []

    def step_in(execute, sql, params, many, context):
        if sql.startswith(statement):
            seen.append(sql)
            if len(seen) >= nth and not done:
                done.append(action)
                action()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(step_in):
        yield done


def claimed_by_a_dead_worker(kind, subject):
    """The state after the worker that placed a story was killed: its lease has run out."""
    job = queue.request(kind, subject.pk)
    Job.objects.claim(job.pk, "dead")
    Job.objects.update(lease_until=timezone.now() - SECOND)
    return job


def sweep_and_work():
    queue.sweep()
    Job.objects.update(not_before=timezone.now() - SECOND)
    finish_jobs()


def test_what_a_killed_process_did_not_place_is_placed_by_the_next():
    clip = a_ready_clip(cleared_at=timezone.now())
    article = a_draft(clip, status=STATUSES.PUBLISHED, published_at=timezone.now())
    claimed_by_a_dead_worker("refresh_story", article)

    sweep_and_work()

    assert public_files() == sorted([*LISTS, *media_files(clip), *story_files(article, clip)])
    assert [job.state for job in Job.objects.all()] == [Job.State.DONE]


def test_what_a_killed_process_did_not_remove_is_removed_by_the_next():
    article = publishing.publish(a_draft(a_ready_clip()), by=None)
    Article.objects.update(
        status=STATUSES.WITHDRAWN, withdrawn_at=timezone.now(), withdrawn_reason="Danger."
    )
    claimed_by_a_dead_worker("refresh_story", article)

    sweep_and_work()

    assert public_files() == LISTS


def test_a_story_that_is_withdrawn_while_it_is_placed_does_not_come_back():
    """Two processes: one still places what the other has just removed."""
    clip = a_ready_clip()
    article = publishing.publish(a_draft(clip), by=None)
    article.headline = "Changed"
    article.save()

    def withdraw():
        publishing.withdraw(article, by=None, reason="Danger.")

    with done_before(WRITES_ROWS, withdraw) as done:
        placement.refresh_now(article)

    assert done == [withdraw]
    assert public_files() == LISTS


def test_a_story_that_is_changed_while_it_is_placed_shows_the_last_words():
    article = publishing.publish(a_draft(), by=None)
    article.headline = "Second"
    article.save()

    def change():
        article.headline = "Third"
        article.save()

    with done_before(WRITES_ROWS, change) as done:
        placement.refresh_now(article)

    assert done == [change]
    assert "Third" in page(f"stories/{article.slug}/index.html")


def test_lists_that_are_drawn_while_another_story_is_withdrawn_do_not_show_it():
    other = publishing.publish(a_draft(slug="other"), by=None)
    kept = a_draft(slug="kept")

    def withdraw():
        publishing.withdraw(other, by=None, reason="Danger.")

    # Its own pages come first, then the lists.
    with done_before(SAYS_WHAT_THEY_SHOW, withdraw, nth=2) as done:
        publishing.publish(kept, by=None)

    assert done == [withdraw]
    assert [name for name in LISTS if "other" in page(name)] == []


@pytest.mark.django_db(transaction=True)
def test_a_clip_that_can_be_played_from_now_on_is_not_taken_away_by_who_saw_it_before():
    clip = a_ready_clip()
    a_draft(clip, status=STATUSES.PUBLISHED, published_at=timezone.now())
    job = queue.request("refresh_clip", clip.pk)
    other = Thread(target=lambda: (queue.work(job.pk), connection.close()))

    with stores.placing():
        other.start()
        until_at_work(job)
        Clip.objects.update(cleared_at=timezone.now())
        release.place_clip(Clip.objects.get())
    other.join()

    job.refresh_from_db()
    assert job.state == Job.State.DONE
    assert set(media_files(clip)) <= set(public_files())


def until_at_work(job):
    deadline = time.monotonic() + 20
    while not Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)

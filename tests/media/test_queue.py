"""The queue: whatever dies, the work is done once, by somebody who holds its lease."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from media import queue
from media.models import Job
from media.models.job import LEASE, MOST_ATTEMPTS
from media.queue import Lease, LeaseLost
from tests.media import jobs
from tests.media.jobs import DONE, MAY_END, STARTED, abandoned, beside, the_job

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def kinds(settings):
    jobs.use(settings)


# Asking -------------------------------------------------------------------------------------


def test_work_that_is_asked_for_waits():
    job = queue.request("note", 7, priority=5)

    assert (job.kind, job.subject_id, job.priority) == ("note", 7, 5)
    assert list(Job.objects.waiting()) == [job]


def test_work_that_waits_already_is_the_same_job():
    first = queue.request("note", 7)
    second = queue.request("note", 7)

    assert first == second
    assert list(Job.objects.all()) == [first]


def test_work_for_another_subject_is_another_job():
    queue.request("note", 7)
    queue.request("note", 8)

    assert Job.objects.count() == 2


def test_work_that_waits_becomes_as_urgent_as_its_most_urgent_request():
    for priority in (5, 50, 20):
        queue.request("note", 7, priority=priority)

    assert the_job().priority == 50


def test_work_of_an_unknown_kind_cannot_be_asked_for():
    with pytest.raises(KeyError):
        queue.request("forgotten", 7)

    assert not Job.objects.exists()


def test_work_on_many_subjects_is_asked_for_at_once():
    queue.request("note", 2)

    asked = queue.request_all("note", [1, 2, 3], priority=4)

    assert [(job.subject_id, job.priority) for job in asked] == [(1, 4), (2, 4), (3, 4)]
    assert Job.objects.count() == 3


def test_no_subjects_are_no_work():
    assert queue.request_all("note", []) == []


def test_work_that_is_asked_for_while_it_runs_is_done_once_more_afterwards():
    running = queue.request("note", 7)
    Job.objects.claim(running.pk, "somebody")

    again = queue.request("note", 7)

    assert again != running
    assert list(Job.objects.order_by("pk").values_list("state", flat=True)) == ["running", "queued"]


def test_the_most_urgent_work_comes_first():
    queue.request("note", 1)
    queue.request("note", 2, priority=10)
    queue.request("note", 3)

    assert [job.subject_id for job in Job.objects.waiting()] == [2, 1, 3]


def test_many_who_ask_at_once_get_one_job():
    def ask(_):
        try:
            return queue.request("note", 7).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        found = set(threads.map(ask, range(12)))

    assert found == {the_job().pk}


# Taking and finishing -----------------------------------------------------------------------


def test_of_two_claimers_one_wins():
    job = queue.request("note", 7)

    assert [Job.objects.claim(job.pk, "first"), Job.objects.claim(job.pk, "second")] == [
        True,
        False,
    ]
    assert (the_job().token, the_job().attempts) == ("first", 1)


def test_of_many_workers_at_once_one_does_the_work():
    job = queue.request("note", 7)

    def work(_):
        try:
            return queue.work(job.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(work, range(8)))

    assert sorted(found) == [False] * 7 + [True]
    assert DONE == [7]


def test_work_that_is_done_is_done():
    job = queue.request("note", 7)

    assert queue.work(job.pk)
    assert not queue.work(job.pk)

    assert (the_job().state, the_job().percent, DONE) == ("done", 100, [7])
    assert the_job().is_over


def test_work_whose_moment_has_not_come_is_not_taken():
    job = queue.request("note", 7)
    Job.objects.update(not_before=timezone.now() + timedelta(minutes=1))

    assert not queue.work(job.pk)
    assert DONE == []


def test_a_job_that_does_not_exist_is_nobodys():
    assert not queue.work(999_999)


def test_a_worker_without_its_lease_can_finish_nothing():
    job = queue.request("note", 7)
    lease = Lease(job.pk, "mine")
    Job.objects.claim(job.pk, "theirs")

    with pytest.raises(LeaseLost), lease.finishing():
        queue.request("note", 8)

    assert list(Job.objects.values_list("subject_id", "state")) == [(7, "running")]


def test_what_fails_at_the_last_step_leaves_the_job_unfinished():
    job = queue.request("note", 7)
    lease = Lease(job.pk, "mine")
    Job.objects.claim(job.pk, "mine")

    with pytest.raises(ZeroDivisionError), lease.finishing():
        queue.request("note", 8)
        raise ZeroDivisionError

    assert list(Job.objects.values_list("subject_id", "state")) == [(7, "running")]


@pytest.mark.parametrize(("said", "shown"), [(-5, 0), (42, 42), (300, 100)])
def test_progress_is_shown_by_whoever_holds_the_lease(said, shown):
    job = queue.request("note", 7)
    Job.objects.claim(job.pk, "mine")

    Lease(job.pk, "mine").report(said)
    Lease(job.pk, "theirs").report(77)

    assert the_job().percent == shown


# Dying --------------------------------------------------------------------------------------


def test_what_a_dead_worker_left_is_done_by_another():
    job = queue.request("note", 7)
    abandoned(job, attempts=1)

    queue.sweep()

    assert queue.work(job.pk)
    assert (the_job().state, DONE) == ("done", [7])


def test_a_worker_that_wakes_up_too_late_changes_nothing():
    job = queue.request("note", 7)
    abandoned(job, attempts=1)
    queue.sweep()
    Job.objects.claim(job.pk, "alive")

    Lease(job.pk, "dead").report(50)
    with pytest.raises(LeaseLost), Lease(job.pk, "dead").finishing():
        pass

    assert not Lease(job.pk, "dead").is_held()
    assert (the_job().state, the_job().token, the_job().percent) == ("running", "alive", 0)


def test_a_living_worker_keeps_its_job():
    job = queue.request("note", 7)
    Job.objects.claim(job.pk, "alive")

    queue.sweep()

    assert (the_job().state, the_job().token) == ("running", "alive")


def test_a_job_that_kills_its_worker_each_time_is_given_up():
    job = queue.request("note", 7)
    abandoned(job, attempts=MOST_ATTEMPTS)

    queue.sweep()

    assert the_job().state == "failed"
    assert the_job().reason == "It was tried 3 times and ended each time: see the log."


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="lets only one write at a time")
def test_an_abandoned_job_that_is_asked_for_in_this_very_moment_becomes_one():
    job = queue.request("note", 7)
    abandoned(job, attempts=2)
    is_asked_for = Event()

    def ask_and_wait_for_who_puts_back():
        with transaction.atomic():
            queue.request("note", 7)
            is_asked_for.set()
            with connection.cursor() as cursor:
                waiting = 0
                while not waiting:
                    cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                    (waiting,) = cursor.fetchone()

    asking = beside(ask_and_wait_for_who_puts_back)
    assert is_asked_for.wait(30)
    queue.put_back()
    asking.join(30)

    assert (the_job().state, the_job().attempts) == ("queued", 2)


def test_an_abandoned_job_that_was_asked_for_again_becomes_one():
    job = queue.request("note", 7)
    abandoned(job, attempts=2)
    again = queue.request("note", 7)

    queue.sweep()

    assert the_job() == again
    assert the_job().attempts == 2


def test_whoever_waits_for_a_job_that_became_another_sees_the_other_end():
    job = queue.request("note", 7)
    abandoned(job, attempts=1)
    queue.request("note", 7)
    queue.sweep()

    assert queue.see_through(job, on_percent=lambda _: None).state == "done"


@pytest.mark.slow
def test_a_heartbeat_keeps_the_lease_of_work_that_lasts(monkeypatch):
    monkeypatch.setattr(queue, "HEARTBEAT_S", 0.1)
    job = queue.request("last_long", 7)
    worker = beside(queue.work, job.pk)
    STARTED.wait(10)
    Job.objects.update(lease_until=timezone.now())

    deadline = timezone.now() + timedelta(seconds=10)
    while the_job().lease_until < timezone.now() + LEASE / 2 and timezone.now() < deadline:
        Event().wait(0.05)
    queue.sweep()
    MAY_END.set()
    worker.join(10)

    assert (the_job().state, the_job().attempts, DONE) == ("done", 1, [7])


# Waiting ------------------------------------------------------------------------------------


def test_whoever_waits_does_the_work_where_nobody_else_does():
    job = queue.work_or_wait(queue.request("note", 7), seconds=5)

    assert (job.state, DONE) == ("done", [7])


def test_whoever_waits_gives_up_after_a_while():
    job = queue.request("note", 7)
    Job.objects.claim(job.pk, "somebody")

    assert queue.work_or_wait(job, seconds=0.3).state == "running"


def test_whoever_waits_sees_the_end_of_work_that_another_does():
    job = queue.request("last_long", 7)
    worker = beside(queue.work, job.pk)
    STARTED.wait(10)
    MAY_END.set()

    found = queue.work_or_wait(job, seconds=10)
    worker.join(10)

    assert found.state == "done"


def test_where_no_worker_runs_a_job_is_seen_through_here():
    said = []

    job = queue.see_through(queue.request("note", 7), on_percent=said.append)

    assert (job.state, said) == ("done", [100])


def test_where_no_worker_runs_what_the_work_asks_for_is_done_as_well():
    queue.request("note_spare", 90)
    first = queue.request("ask_for_more", 7, priority=100)

    queue.see_through(first, on_percent=lambda _: None)
    queue.see_through(Job.objects.get(subject_id=8), on_percent=lambda _: None)

    assert jobs.states() == [(90, "queued"), (7, "done"), (8, "done")]


def test_where_no_worker_runs_work_that_can_wait_is_done_for_whoever_waits_for_it():
    job = queue.see_through(queue.request("note_spare", 7), on_percent=lambda _: None)

    assert job.state == "done"


def test_where_no_worker_runs_the_most_urgent_is_done_first():
    queue.request("note_page", 1)
    awaited = queue.request("note", 2)
    queue.request("note_first", 3, priority=100)

    queue.see_through(awaited, on_percent=lambda _: None)

    assert DONE == [3, 1, 2]

"""The queue: whatever dies, the work is done once, by somebody who holds its lease."""

import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event, Thread

import pytest
from celery import current_app
from django.db import connections, transaction
from django.utils import timezone

from media import queue
from media.errors import NewsroomError
from media.models import Job
from media.models.job import LEASE, MOST_ATTEMPTS
from media.queue import Lease, LeaseLost

pytestmark = pytest.mark.django_db(transaction=True)

DONE = []
STARTED, MAY_END = Event(), Event()


def note(subject_id, lease):
    """A job that does its work."""
    DONE.append(subject_id)
    with lease.finishing():
        pass


def refuse(subject_id, lease):
    raise NewsroomError("The clip is too long: cut it.")


def stumble(subject_id, lease):
    raise ZeroDivisionError


def last_long(subject_id, lease):
    STARTED.set()
    MAY_END.wait(30)
    note(subject_id, lease)


@pytest.fixture(autouse=True)
def kinds(settings):
    """The kinds of work of this module."""
    names = ("note", "refuse", "stumble", "last_long")
    settings.JOBS = {name: f"{__name__}.{name}" for name in names}
    for thing in (DONE, STARTED, MAY_END):
        thing.clear()


def the_job():
    return Job.objects.get()


def abandoned(job, **fields):
    """A job whose worker was last heard of long ago."""
    past = timezone.now() - timedelta(seconds=1)
    fields = {"state": Job.State.RUNNING, "token": "dead", "lease_until": past, **fields}
    Job.objects.filter(pk=job.pk).update(**fields)


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


# Failing ------------------------------------------------------------------------------------


def test_a_foreseen_failure_ends_the_job_with_its_sentence():
    job = queue.request("refuse", 7)

    assert queue.work(job.pk)

    assert (the_job().state, the_job().reason) == ("failed", "The clip is too long: cut it.")
    assert the_job().finished_at is not None


def test_an_unforeseen_failure_gives_the_job_back():
    job = queue.request("stumble", 7)

    with pytest.raises(ZeroDivisionError):
        queue.work(job.pk)

    assert (the_job().state, the_job().token, the_job().attempts) == ("queued", "", 1)


def test_what_fails_each_time_is_given_up_with_a_sentence():
    job = queue.request("stumble", 7)

    for _ in range(MOST_ATTEMPTS):
        Job.objects.update(not_before=timezone.now())
        with pytest.raises(ZeroDivisionError):
            queue.work(job.pk)

    assert the_job().state == "failed"
    assert the_job().reason == "It was tried 3 times and ended each time: see the log."


def test_a_second_try_waits_a_little_longer_than_the_first():
    job = queue.request("stumble", 7)

    waits = []
    for _ in range(2):
        Job.objects.update(not_before=timezone.now())
        with pytest.raises(ZeroDivisionError):
            queue.work(job.pk)
        waits.append((the_job().not_before - timezone.now()).total_seconds())

    assert waits[0] <= 0 < waits[1]


def test_a_kind_of_work_that_nobody_knows_is_not_lost():
    job = queue.request("forgotten", 7)

    with pytest.raises(KeyError):
        queue.work(job.pk)

    assert not the_job().is_over


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


def test_an_abandoned_job_that_was_asked_for_again_becomes_one():
    job = queue.request("note", 7)
    abandoned(job, attempts=2)
    again = queue.request("note", 7)

    queue.sweep()

    assert the_job() == again
    assert the_job().attempts == 2


@pytest.mark.slow
def test_a_heartbeat_keeps_the_lease_of_work_that_lasts(monkeypatch):
    monkeypatch.setattr(queue, "HEARTBEAT_S", 0.1)
    job = queue.request("last_long", 7)
    worker = Thread(target=lambda: (queue.work(job.pk), connections.close_all()))
    worker.start()
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
    worker = Thread(target=lambda: (queue.work(job.pk), connections.close_all()))
    worker.start()
    STARTED.wait(10)
    MAY_END.set()

    found = queue.work_or_wait(job, seconds=10)
    worker.join(10)

    assert found.state == "done"


def test_where_no_worker_runs_a_job_is_seen_through_here():
    said = []

    job = queue.see_through(queue.request("note", 7), on_percent=said.append)

    assert (job.state, said) == ("done", [100])


# The broker ---------------------------------------------------------------------------------


def test_a_broker_that_is_down_loses_nothing(caplog):
    job = queue.request("note", 7)

    assert list(Job.objects.waiting()) == [job]
    assert f"job {job.pk} waits" in caplog.text


def test_a_broker_that_is_down_has_no_worker():
    assert not queue.has_worker()


@pytest.fixture
def a_full_broker():
    """A broker that answers every command that it has no memory left."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            while True:
                try:
                    client, _ = listener.accept()
                except OSError:
                    return
                Thread(target=refuse_all, args=[client], daemon=True).start()

        Thread(target=serve, daemon=True).start()
        before = current_app.conf.broker_url
        current_app.conf.broker_url = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        current_app.pool.force_close_all()
        current_app._pool = None
        current_app.amqp._producer_pool = None
        yield
        current_app.conf.broker_url = before
        current_app._pool = None
        current_app.amqp._producer_pool = None


def refuse_all(client):
    with client:
        while data := client.recv(65536):
            commands = max(1, data.count(b"*"))
            client.sendall(b"-OOM command not allowed\r\n" * commands)


def test_a_broker_that_refuses_a_message_does_not_undo_what_was_written(a_full_broker):
    with transaction.atomic():
        job = queue.request("note", 7)

    assert list(Job.objects.waiting()) == [job]

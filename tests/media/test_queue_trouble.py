"""The queue in trouble: what may pass is tried again, what will not is told, nothing is lost."""

from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from media import queue
from media.models import Job
from media.models.job import MOST_ATTEMPTS, ORDINARY, URGENT
from tests.factories import a_clip
from tests.media import jobs
from tests.media.jobs import DONE, MAY_END, STARTED, beside, its_moment_has_come, the_job

pytestmark = pytest.mark.django_db(transaction=True)

GIVEN_UP = "It was tried 3 times and ended each time: see the log."
STOPPED = "Stopped by Amal: ask for it again when it is wanted."


@pytest.fixture(autouse=True)
def kinds(settings):
    jobs.use(settings)


def pauses(job, most):
    """Work a job until it is over; how many seconds it paused after each try but the last."""
    found = []
    for _ in range(most):
        its_moment_has_come()
        queue.work(job.pk)
        if not the_job().is_over:
            found.append((the_job().not_before - timezone.now()).total_seconds())
    return found


# Failing ------------------------------------------------------------------------------------


def test_a_failure_that_will_not_pass_ends_the_job_with_its_sentence():
    job = queue.request("refuse", 7)

    assert queue.work(job.pk)

    assert (the_job().state, the_job().reason) == ("failed", "The clip is too long: cut it.")
    assert the_job().finished_at is not None


def test_an_unforeseen_failure_gives_the_job_back(caplog):
    job = queue.request("stumble", 7)

    assert queue.work(job.pk)

    assert (the_job().state, the_job().token, the_job().attempts) == ("queued", "", 1)
    assert "ZeroDivisionError" in caplog.text


def test_what_fails_each_time_is_given_up_with_a_sentence():
    job = queue.request("stumble", 7)

    tried_again = pauses(job, MOST_ATTEMPTS)

    assert len(tried_again) == 2
    assert (the_job().state, the_job().reason) == ("failed", GIVEN_UP)


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("hope", "The store does not answer: see that it runs."),
        ("fill_the_disk", "The disk is full: make room on it, then ask for it again."),
        (
            "lose_the_database",
            "The database could not be reached: see that it runs, then ask for it again.",
        ),
    ],
)
def test_what_may_pass_is_tried_again_later_and_later(kind, sentence):
    job = queue.request(kind, 7)

    found = pauses(job, 5)

    assert found == [pytest.approx(pause_s, rel=0.25) for pause_s in queue.PAUSES_S]
    assert (the_job().state, the_job().attempts, the_job().reason) == ("failed", 5, sentence)


def test_whoever_looks_at_work_that_pauses_sees_why():
    job = queue.request("hope", 7)

    queue.work(job.pk)

    assert (the_job().state, the_job().reason) == (
        "queued",
        "The store does not answer: see that it runs.",
    )


def test_what_has_passed_is_not_told_any_more():
    job = queue.request("note", 7)
    Job.objects.update(reason="The disk is full.", attempts=2)

    queue.work(job.pk)

    assert (the_job().state, the_job().reason) == ("done", "")


def test_jobs_that_failed_together_are_not_tried_again_together():
    asked = queue.request_all("hope", range(8))

    for job in asked:
        queue.work(job.pk)

    moments = sorted(job.not_before for job in Job.objects.all())
    assert moments[-1] - moments[0] > timedelta(milliseconds=50)


def test_a_kind_of_work_that_nobody_knows_any_more_is_not_lost():
    job = Job.objects.create(kind="forgotten", subject_id=7)

    assert queue.work(job.pk)

    assert (the_job().state, the_job().attempts) == ("queued", 1)


def test_one_job_that_fails_does_not_keep_the_next_waiting():
    queue.request("stumble", 1)
    queue.request("note", 2)

    queue.work_turn("encode")

    assert (DONE, jobs.states()) == ([2], [(1, "queued"), (2, "done")])


# The database goes away -----------------------------------------------------------------------


@pytest.fixture
def locked(monkeypatch):
    """A call that lets nobody write into the database any more, and one that lets them again."""
    monkeypatch.setitem(connections.databases["default"]["OPTIONS"], "timeout", 0.2)
    connection.close()
    is_locked, may_go = Event(), Event()

    def hold():
        with transaction.atomic():
            Job.objects.filter(pk=0).update(percent=0)
            is_locked.set()
            may_go.wait(30)

    holders = []

    def lock():
        holders.append(beside(hold))
        is_locked.wait(10)

    def unlock():
        may_go.set()
        for holder in holders:
            holder.join(10)

    yield lock, unlock
    unlock()
    connection.close()


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="locks as SQLite does")
def test_a_job_whose_database_goes_away_at_its_end_is_not_lost(locked):
    lock, unlock = locked
    jobs.BEFORE_THE_END[:] = [lock]
    job = queue.request("note", 7)
    beside(queue.work, job.pk).join(30)
    unlock()
    left_behind = (the_job().state, list(DONE))
    jobs.BEFORE_THE_END.clear()
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))

    queue.put_back()
    its_moment_has_come()

    assert left_behind == ("running", [])
    assert queue.work(job.pk)
    assert (the_job().state, DONE) == ("done", [7])


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="locks as SQLite does")
def test_work_goes_on_while_the_database_is_away(locked):
    lock, unlock = locked
    job = queue.request("note", 7)
    Job.objects.claim(job.pk, "mine")
    lease = queue.Lease(job.pk, "mine")

    lock()
    lease.report(50)
    unheard = lease.is_held()
    unlock()
    lease.report(60)

    assert (unheard, the_job().percent) == (True, 60)


# Stopping -----------------------------------------------------------------------------------


def test_work_that_waits_can_be_stopped():
    job = queue.request("note", 7)
    queue.request("note", 8)

    assert queue.cancel("note", 7, by="Amal")

    assert not queue.work(job.pk)
    assert jobs.states() == [(7, "failed"), (8, "queued")]
    assert Job.objects.get(subject_id=7).reason == STOPPED


def test_work_that_is_being_done_can_be_stopped_and_leaves_no_trace():
    job = queue.request("last_long", 7)
    worker = beside(queue.work, job.pk)
    STARTED.wait(10)

    assert queue.cancel("last_long", 7, by="Amal")
    worker.join(10)

    assert not worker.is_alive()
    assert (the_job().state, the_job().reason, DONE) == ("failed", STOPPED, [])


def test_work_that_is_over_cannot_be_stopped():
    queue.work(queue.request("note", 7).pk)

    assert not queue.cancel("note", 7, by="Amal")
    assert the_job().state == "done"


def test_work_that_was_stopped_can_be_asked_for_again():
    queue.request("note", 7)
    queue.cancel("note", 7, by="Amal")

    queue.work(queue.request("note", 7).pk)

    assert jobs.states() == [(7, "failed"), (7, "done")]


def test_the_work_on_a_clip_is_stopped_with_its_chunks():
    clip, other = a_clip(), a_clip()
    chunk = clip.chunks.create(batch="a", codec="h264", first=0, end=10)
    for kind, subject_id in (
        ("package_clip", clip.pk),
        ("encode_chunk", chunk.pk),
        ("package_clip", other.pk),
        ("refresh_clip", clip.pk),
    ):
        Job.objects.create(kind=kind, subject_id=subject_id)

    stopped = queue.cancel_all(Job.objects.of_clips([clip.pk]), by="Amal")

    left = Job.objects.queued().order_by("pk").values_list("kind", "subject_id")
    assert (stopped, list(left)) == (2, [("package_clip", other.pk), ("refresh_clip", clip.pk)])


# Hurrying -----------------------------------------------------------------------------------


def test_work_that_is_hurried_goes_ahead_of_what_is_ordinary():
    queue.request("note", 1)
    queue.request("note", 2)

    queue.hurry("note", 2)

    assert [(job.subject_id, job.priority) for job in Job.objects.waiting()] == [
        (2, URGENT),
        (1, ORDINARY),
    ]


def test_what_is_more_urgent_than_urgent_stays_so():
    queue.request("note", 1, priority=100)

    queue.hurry("note", 1)

    assert the_job().priority == 100


# Ending -------------------------------------------------------------------------------------


@pytest.fixture
def an_ending(monkeypatch):
    monkeypatch.setattr(queue, "ending", Event())


def test_a_worker_that_is_to_end_gives_its_work_back_uncounted(an_ending):
    job = queue.request("last_long", 7)
    worker = beside(queue.work_turn, "encode")
    STARTED.wait(10)

    queue.let_go()
    worker.join(10)

    assert not worker.is_alive()
    assert (the_job().state, the_job().attempts, DONE) == ("queued", 0, [])
    MAY_END.set()
    assert queue.work(job.pk)
    assert (the_job().state, DONE) == ("done", [7])


def test_a_worker_that_is_to_end_takes_nothing_more(an_ending):
    queue.request("note", 7)

    queue.let_go()
    queue.work_turn("encode")

    assert (the_job().state, DONE) == ("queued", [])

"""Lanes: no work waits for work of another kind, and messages only say which lane to look at."""

import json
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from threading import Thread

import pytest
from celery import current_app
from celery.contrib.testing.worker import start_worker
from django.conf import settings as django_settings
from django.db import transaction
from django.utils.module_loading import import_string
from kombu import pools
from redis import Redis
from redis.exceptions import RedisError

from media import lanes, queue
from media.models import Job
from newsroom import supervisor
from tests.media import jobs
from tests.media.jobs import DONE, MAY_END, STARTED, abandoned, beside

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_S = 15


@pytest.fixture(autouse=True)
def kinds(settings):
    jobs.use(settings)


def eventually(is_so):
    deadline = time.monotonic() + PATIENCE_S
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.05)
    return is_so()


# Which work is whose ------------------------------------------------------------------------


def test_every_kind_of_work_has_a_lane_that_exists():
    assert {job["lane"] for job in django_settings.JOBS.values()} <= set(django_settings.LANES)


def test_the_parts_that_clean_up_are_there(settings):
    assert [name for name in settings.SWEEPS if not callable(import_string(name))] == []


def test_a_worker_does_what_waits_in_its_lane_and_nothing_else():
    queue.request("note", 1)
    queue.request("note_page", 2)

    assert [queue.work_next("pages"), queue.work_next("pages")] == [True, False]

    assert jobs.states() == [(1, "queued"), (2, "done")]


def test_a_turn_does_all_that_waits_the_most_urgent_first():
    queue.request("note", 1)
    queue.request("note", 2, priority=50)
    queue.request("note", 3)

    queue.work_turn("encode")

    assert DONE == [2, 1, 3]


def test_a_turn_ends_between_two_jobs_when_it_lasted_long_enough(monkeypatch):
    monkeypatch.setattr(queue, "TURN_S", 0)
    queue.request_all("note", [1, 2])

    queue.work_turn("encode")

    assert jobs.states() == [(1, "done"), (2, "queued")]


def test_first_plays_leave_a_worker_for_the_pages():
    queue.request_all("last_long_first", range(queue.FIRST_AT_ONCE + 1))
    queue.request("note_page", 9)
    busy = [beside(queue.work_turn, "first") for _ in range(queue.FIRST_AT_ONCE)]
    assert eventually(lambda: Job.objects.filter(state="running").count() == queue.FIRST_AT_ONCE)

    assert [queue.work_next("first"), queue.work_next("pages")] == [False, True]

    MAY_END.set()
    for worker in busy:
        worker.join(PATIENCE_S)
    assert sorted(DONE) == [0, 1, 2, 3, 9]
    assert queue.FIRST_PLACES.acquire(blocking=False)
    queue.FIRST_PLACES.release()


# Work that needs other work -----------------------------------------------------------------


def test_whoever_waits_for_others_with_the_only_worker_does_their_work():
    leader = queue.request("lead_others", 10)

    assert queue.work(leader.pk)

    assert DONE == [11, 12, 10]
    assert set(jobs.states()) == {(10, "done"), (11, "done"), (12, "done")}


def test_of_several_subjects_only_those_that_are_named_are_worked_on():
    queue.request_all("note", [1, 2])

    assert [queue.work_one("note", [2, 3]), queue.work_one("note", [2, 3])] == [True, False]

    assert DONE == [2]


@pytest.mark.slow
def test_work_inside_other_work_keeps_both_leases(monkeypatch):
    monkeypatch.setattr(queue, "HEARTBEAT_S", 0.1)
    outer = queue.request("note_first", 1)
    inner = queue.request("last_long", 2)
    jobs.BEFORE_THE_END[:] = [lambda: queue.work_one("last_long", [2])]
    worker = beside(queue.work, outer.pk)
    STARTED.wait(PATIENCE_S)

    def leases():
        return dict(Job.objects.values_list("pk", "lease_until"))

    before = leases()

    assert eventually(lambda: all(leases()[pk] > before[pk] for pk in (outer.pk, inner.pk)))
    jobs.BEFORE_THE_END.clear()
    MAY_END.set()
    worker.join(PATIENCE_S)
    assert jobs.states() == [(1, "done"), (2, "done")]


# Upkeep -------------------------------------------------------------------------------------

TIDIED = []


def tidy_something():
    TIDIED.append("something")


def stumble():
    raise ZeroDivisionError


def test_what_cannot_be_tidied_does_not_stop_the_rest(settings, caplog):
    settings.SWEEPS = [f"{__name__}.stumble", f"{__name__}.tidy_something"]

    import_string("media.upkeep.tidy")()

    assert TIDIED.pop() == "something"
    assert f"{__name__}.stumble did not end well" in caplog.text


# The broker ---------------------------------------------------------------------------------


def use_broker(url):
    """Have Celery forget its connections; answers the address that it had."""
    before = current_app.conf.broker_url
    current_app.conf.broker_url = url
    pools.reset()
    current_app._pool = None
    current_app.amqp._producer_pool = None
    return before


@pytest.fixture
def broker():
    """A real queue server of its own; answers a client of it."""
    with tempfile.TemporaryDirectory(prefix="nr") as folder:
        path = str(Path(folder, "queue.sock"))
        options = ["--port", "0", "--unixsocket", path, "--save", "", "--dir", folder]
        server = subprocess.Popen([supervisor.queue_server(), *options], stdout=subprocess.DEVNULL)
        client = Redis(unix_socket_path=path)
        before = use_broker(f"redis+socket://{path}")
        try:
            assert eventually(lambda: answers(client))
            yield client
        finally:
            use_broker(before)
            client.close()
            server.kill()
            server.wait()


def answers(client):
    try:
        return client.ping()
    except RedisError:
        return False


def messages(client):
    """What each lane's messages say, for the lanes that have any."""
    found = {}
    for lane in django_settings.LANES:
        for message in client.lrange(lane, 0, -1):
            headers = json.loads(message)["headers"]
            found.setdefault(lane, []).append((headers["task"], headers["argsrepr"]))
    return found


def test_a_message_goes_to_its_lane_and_says_nothing_else(broker):
    queue.request("note_page", 7)

    assert messages(broker) == {"pages": [("media.tasks.work", "('pages',)")]}


def test_a_batch_wakes_as_many_workers_as_there_are_jobs(broker):
    queue.request_all("note", range(5))

    assert messages(broker) == {"encode": [("media.tasks.work", "('encode',)")] * 5}


def test_a_request_that_is_undone_wakes_nobody(broker):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue.request("note", 7)
        raise ZeroDivisionError

    assert messages(broker) == {}


def test_a_broker_that_lost_everything_is_told_again(broker):
    queue.request_all("note", range(3))
    queue.request("note_first", 7)
    broker.flushall()

    queue.sweep()

    assert {lane: len(found) for lane, found in messages(broker).items()} == {
        "encode": 3,
        "first": 1,
    }


def test_messages_that_nobody_takes_do_not_pile_up(broker):
    queue.request_all("note", range(20))
    broker.flushall()

    for _ in range(5):
        queue.sweep()

    assert len(messages(broker)["encode"]) == queue.MOST_WAKES


def test_a_turn_that_is_over_wakes_the_next(broker, monkeypatch):
    monkeypatch.setattr(queue, "TURN_S", 0)
    queue.request_all("note", [1, 2])
    broker.flushall()

    queue.work_turn("encode")

    assert len(messages(broker)["encode"]) == 1


@pytest.mark.slow
def test_a_worker_with_threads_does_what_is_asked_for(broker):
    import_string("media.tasks.work")
    assert not lanes.has_worker("pages")
    with start_worker(
        current_app,
        pool="threads",
        concurrency=4,
        queues=["pages", "first"],
        perform_ping_check=False,
    ):
        assert eventually(lambda: lanes.has_worker("pages"))
        assert not lanes.has_worker("encode")
        queue.request_all("note_page", range(6))
        queue.request("note_first", 6)

        assert eventually(lambda: sorted(DONE) == list(range(7)))


def test_a_broker_that_is_down_loses_nothing(caplog):
    job = queue.request("note", 7)

    assert list(Job.objects.waiting()) == [job]
    assert "lane encode waits" in caplog.text


def test_a_sweep_without_a_broker_still_puts_back(caplog):
    job = queue.request("note", 7)
    abandoned(job, attempts=1)

    queue.sweep()

    assert list(Job.objects.waiting()) == [job]


def test_a_broker_that_is_down_has_no_worker():
    assert not lanes.has_worker("encode")


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
        before = use_broker(f"redis://127.0.0.1:{listener.getsockname()[1]}/0")
        yield
        use_broker(before)


def refuse_all(client):
    with client:
        while data := client.recv(65536):
            commands = max(1, data.count(b"*"))
            client.sendall(b"-OOM command not allowed\r\n" * commands)


def test_a_broker_that_refuses_a_message_does_not_undo_what_was_written(a_full_broker):
    with transaction.atomic():
        job = queue.request("note", 7)
    queue.sweep()

    assert list(Job.objects.waiting()) == [job]

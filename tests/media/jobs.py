"""Jobs for tests of the queue: each kind behaves in a way of its own, in a lane of its own."""

import errno
from datetime import timedelta
from threading import Event, Thread

from django.db import OperationalError, connections
from django.utils import timezone

from media import queue
from media.errors import MayPass, NewsroomError
from media.models import Job

LANES = {
    "note": "encode",
    "note_page": "pages",
    "note_first": "first",
    "note_spare": "spare",
    "refuse": "encode",
    "stumble": "encode",
    "hope": "encode",
    "fill_the_disk": "encode",
    "lose_the_database": "encode",
    "last_long": "encode",
    "last_long_first": "first",
    "ask_for_more": "first",
    "lead_others": "encode",
}
DONE = []
# What happens to `note` between its work and its end.
BEFORE_THE_END = []
STARTED, MAY_END = Event(), Event()


def note(subject_id, lease):
    """A job that does its work."""
    for happens in BEFORE_THE_END:
        happens()
    with lease.finishing():
        DONE.append(subject_id)


note_page = note_first = note_spare = note


def refuse(subject_id, lease):
    raise NewsroomError("The clip is too long: cut it.")


def stumble(subject_id, lease):
    raise ZeroDivisionError


def hope(subject_id, lease):
    raise MayPass("The store does not answer: see that it runs.")


def fill_the_disk(subject_id, lease):
    raise OSError(errno.ENOSPC, "No space left on device")


def lose_the_database(subject_id, lease):
    raise OperationalError("terminating connection due to administrator command")


def last_long(subject_id, lease):
    """Work that looks at its lease, as long as it may not end."""
    STARTED.set()
    while not MAY_END.wait(0.05):
        if not lease.is_held():
            raise queue.LeaseLost
    note(subject_id, lease)


last_long_first = last_long


def ask_for_more(subject_id, lease):
    """Work whose end asks for other work, in another lane."""
    with lease.finishing():
        queue.request("note", subject_id + 1)


def lead_others(subject_id, lease):
    """Work that is done when work on two other subjects is done."""
    others = [subject_id + 1, subject_id + 2]
    queue.request_all("note", others)
    while queue.work_one("note", others):
        pass
    note(subject_id, lease)


def use(settings):
    """Make these the kinds of work that there are, and forget what earlier tests did."""
    settings.JOBS = {
        kind: {"does": f"{__name__}.{kind}", "lane": lane} for kind, lane in LANES.items()
    }
    for thing in (DONE, BEFORE_THE_END, STARTED, MAY_END):
        thing.clear()


def the_job():
    return Job.objects.get()


def states():
    return list(Job.objects.order_by("pk").values_list("subject_id", "state"))


def its_moment_has_come():
    """Whatever pauses now need not wait any longer."""
    Job.objects.update(not_before=timezone.now())


def abandoned(job, **fields):
    """A job whose worker was last heard of long ago."""
    past = timezone.now() - timedelta(seconds=1)
    fields = {"state": Job.State.RUNNING, "token": "dead", "lease_until": past, **fields}
    Job.objects.filter(pk=job.pk).update(**fields)


def beside(action, *arguments):
    """Run something in a thread of its own, as a worker does; answers the thread."""

    def run():
        try:
            action(*arguments)
        finally:
            connections.close_all()

    thread = Thread(target=run)
    thread.start()
    return thread

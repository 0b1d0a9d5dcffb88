"""manage.py doctor : look at the whole installation and say the next step."""

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from media import ffmpeg, jail
from newsroom import health, supervisor

SHORT = jail.Limits(wall_s=10, cpu_s=5)
SERVICES = ("queue", "worker")
GOOD, ADVICE, BAD = "good", "advice", "wrong"
Finding = tuple[str, str]


class Command(BaseCommand):
    help = "Check the installation, one line a part, and say the next step; exit 1 if it is wrong."
    # It reports them itself, as lines like all others.
    requires_system_checks = []
    requires_migrations_checks = False

    def handle(self, *args: object, **options: object) -> None:
        findings = [*user(), *system_checks(), *parts(), *migrations(), *programs()]
        for word, sentence in findings:
            self.stdout.write(f"{word:<7} {sentence}")
        wrong = [sentence for word, sentence in findings if word == BAD]
        if wrong:
            raise CommandError(f"{len(wrong)} of {len(findings)} are wrong. Next: {wrong[0]}")
        self.stdout.write("Everything works.")


def user() -> Iterator[Finding]:
    if os.geteuid() == 0:
        yield ADVICE, "user: it runs as root; give it a user of its own, who owns the data folder."


def system_checks() -> Iterator[Finding]:
    messages = checks.run_checks()
    for message in messages:
        word = BAD if message.is_serious() else ADVICE
        yield word, f"{message.id}: {message.msg} {message.hint or ''}".rstrip()
    if not messages:
        yield GOOD, "settings: nothing to say against them"


def parts() -> Iterator[Finding]:
    broken = health.problems()
    # What was not started is not wrong.
    asleep = not settings.REDIS_URL and not supervisor.is_running()
    if asleep:
        yield ADVICE, "queue, worker: nothing runs on this data folder; start it with `make serve`."
    for name in health.PARTS:
        if asleep and name in SERVICES:
            continue
        yield (BAD, f"{name}: {broken[name]}") if name in broken else (GOOD, f"{name}: works")


def migrations() -> Iterator[Finding]:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        # Said already, as the database that does not answer.
        return
    if waiting:
        yield BAD, f"migrations: {len(waiting)} are to be applied: run `manage.py prepare`."
    else:
        yield GOOD, "migrations: all applied"


def programs() -> Iterator[Finding]:
    if health.works(health.check_ffmpeg):
        program = ffmpeg.program()
        outcome = jail.run([program, "-version"], limits=SHORT, reads=Path(program))
        version = outcome.stdout.decode().partition(" Copyright")[0]
        if outcome.returncode == 0 and version:
            yield GOOD, version
        else:
            yield (
                BAD,
                f"{program!r} does not work in the jail: set NEWSROOM_FFMPEG to one that does.",
            )
    yield GOOD, f"jail: {jail.bubblewrap() or 'limits and no network, without bubblewrap'}"

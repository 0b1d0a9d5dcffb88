"""A `manage.py serve` of its own for a test: real processes on a free port of this machine."""

import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

MANAGE = Path(__file__).resolve().parent.parent / "manage.py"
PROCESSES = Path("/proc")
# A busy machine takes long to start so many processes.
PATIENCE_S = 90


class Newsroom:
    """A `manage.py serve` in a data folder and on a port of its own.

    Its database is the one at ``database_url``, else SQLite in the data folder.
    """

    def __init__(self, data: Path, port: int | None = None, *, database_url: str = "") -> None:
        self.data, self.database_url = data, database_url
        self.port = port or a_free_port()
        self.log = data.with_name(f"{data.name}-{time.monotonic_ns()}.log")
        unset = {"NEWSROOM_BASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
        told = {name: text for name, text in os.environ.items() if name not in unset}
        # The second codec would take the machine from whatever a test waits for.
        self.environment = {"NEWSROOM_AV1": "false", **told, "DATABASE_URL": database_url}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, MANAGE, "serve", "--port", str(self.port)],
                env={**self.environment, "NEWSROOM_DATA_DIR": str(data)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=data.parent,
            )

    def lines(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines()

    def ready_lines(self) -> list[str]:
        return [line for line in self.lines() if "is ready" in line]

    def processes(self) -> dict[int, str]:
        """Every process that was given our data folder: its id and command."""
        return _processes("environ", f"NEWSROOM_DATA_DIR={self.data}\0")

    def jailed(self) -> dict[int, str]:
        """Every process that works on our footage: those are told nothing, not even the folder."""
        return _processes("cmdline", str(self.data / "originals"))

    def workers(self, name: str = "") -> list[int]:
        """The processes of all workers, or of the one with that name, in the order of their ids."""
        mark = f" worker --hostname {name}"
        return sorted(pid for pid, command in self.processes().items() if mark in command)

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body

    def manage(self, *arguments: str) -> dict[str, Any]:
        """Run a command with ``--json`` beside the services; its last line."""
        done = subprocess.run(
            [sys.executable, MANAGE, *arguments, "--json"],
            env={**self.environment, "NEWSROOM_DATA_DIR": str(self.data)},
            capture_output=True,
            text=True,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return answer

    def row(self, query: str) -> tuple[object, ...]:
        """The first row of a query, read from the database beside the services."""
        with closing(self._connect()) as database:
            return tuple(database.execute(query).fetchone() or ())

    def _connect(self) -> sqlite3.Connection | psycopg.Connection:
        if self.database_url:
            return psycopg.connect(self.database_url)
        return sqlite3.connect(self.data / "newsroom.sqlite3", timeout=20)

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE_S)


def _processes(file: str, mark: str) -> dict[int, str]:
    """The processes with a mark in that file of theirs: their ids and commands."""
    found = {}
    for folder in PROCESSES.glob("[0-9]*"):
        try:
            if mark.encode() in (folder / file).read_bytes():
                command = (folder / "cmdline").read_bytes()
                found[int(folder.name)] = command.replace(b"\0", b" ").decode()
        except OSError:
            # It has ended meanwhile, or belongs to somebody else.
            continue
    return found


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(
    is_so: Callable[[], object], newsroom: Newsroom, *, patience_s: float = PATIENCE_S
) -> None:
    deadline = time.monotonic() + patience_s
    while not is_so():
        assert time.monotonic() < deadline, "\n".join(newsroom.lines())
        time.sleep(0.1)

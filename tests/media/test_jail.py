"""The jail: real programs that try to do what they must not."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured

from media import jail
from media.jail import MiB

ROOT = Path(__file__).resolve().parents[2]
HAS_BWRAP = shutil.which("bwrap") is not None or "CI" in os.environ
MODES = [
    pytest.param("bwrap", marks=pytest.mark.skipif(not HAS_BWRAP, reason="no bubblewrap here")),
    "rlimits",
]


def in_jail(mode, settings):
    settings.JAIL = mode
    jail.bubblewrap.cache_clear()
    yield mode
    jail.bubblewrap.cache_clear()


@pytest.fixture(params=MODES)
def mode(request, settings):
    """Both kinds of jail, one after the other."""
    yield from in_jail(request.param, settings)


@pytest.fixture
def walled(settings):
    """Only the jail with walls."""
    if not HAS_BWRAP:
        pytest.skip("no bubblewrap here")
    yield from in_jail("bwrap", settings)


@pytest.fixture
def folder(tmp_path):
    """A folder that the program may write, beside the file that it may read."""
    (tmp_path / "film.mov").write_bytes(b"film")
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def python(code, folder, *, wall_s=20, on_look=None, keep_going=None, **limits):
    """Run a few lines of Python in the jail."""
    return jail.run(
        [sys.executable, "-I", "-S", "-c", code],
        limits=jail.Limits(wall_s=wall_s, cpu_s=20, **limits),
        reads=folder.parent / "film.mov",
        writes=folder,
        on_look=on_look,
        keep_going=keep_going,
    )


def running(word):
    """The processes whose command line holds a word."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in path.read_bytes() and path.parent.name != str(os.getpid()):
                found.append(path.parent.name)
        except OSError:
            continue
    return found


def has_begun(word):
    """Whether, beside its worker, the program itself runs behind its walls and limits."""
    commands = [Path(f"/proc/{pid}/cmdline") for pid in running(word)]
    told = [path.read_bytes() for path in commands if path.exists()]
    return len([command for command in told if b"launcher.py" not in command]) == 2


def gone_within(seconds, word):
    deadline = time.monotonic() + seconds
    while running(word) and time.monotonic() < deadline:
        time.sleep(0.05)
    return running(word) == []


# What a program may do ----------------------------------------------------------------------


def test_a_program_reads_its_file_and_writes_its_folder(mode, folder):
    source = folder.parent / "film.mov"

    outcome = python(f"open('copy', 'wb').write(open({str(source)!r}, 'rb').read())", folder)

    assert (outcome.returncode, outcome.stderr) == (0, "")
    assert (folder / "copy").read_bytes() == b"film"


def test_a_program_is_told_apart_by_its_return_code(mode, folder):
    assert python("raise SystemExit(7)", folder).returncode == 7


def test_the_caller_looks_at_the_work_while_it_goes_on(mode, folder):
    seen = []

    python(
        "import time\nfor n in range(4): open(str(n), 'w'); time.sleep(0.3)",
        folder,
        on_look=lambda: seen.append(len(list(folder.iterdir()))),
    )

    assert seen == sorted(seen)
    assert {1, 2, 3} <= set(seen)


def test_what_it_cost_is_measured(mode, folder):
    outcome = python("import time; t = time.process_time\nwhile t() < 0.5: pass", folder)

    assert outcome.wall_s >= 0.4
    # Bubblewrap does not hand on what its children used.
    assert outcome.cpu_s >= (0.4 if mode == "rlimits" else -0.01)


# Time ---------------------------------------------------------------------------------------


def test_a_program_that_does_not_end_is_killed_with_all_it_started(mode, folder):
    word = f"sleeper-{mode}-{os.getpid()}"
    sleep = "import time; time.sleep(60)"
    start = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', {!r}, {!r}]); "
    child = start.format(sleep, word) + sleep
    code = start.format(child, word) + sleep
    started = time.monotonic()

    with pytest.raises(jail.DeadlineError):
        python(code, folder, wall_s=2)

    assert time.monotonic() - started < 5
    assert gone_within(2, word)


def test_a_program_that_goes_silent_is_killed_at_its_deadline(mode, folder):
    code = "import os, time; os.close(1); os.close(2); time.sleep(60)"
    started = time.monotonic()

    with pytest.raises(jail.DeadlineError):
        python(code, folder, wall_s=1.5)

    assert time.monotonic() - started < 4


def test_what_a_program_left_running_does_not_outlive_it(mode, folder):
    word = f"orphan-{mode}-{os.getpid()}"
    code = (
        "import subprocess, sys; subprocess.Popen([sys.executable, '-c', "
        f"'import time; time.sleep(60)', '{word}'], stdout=-3, stderr=-3)"
    )

    outcome = python(code, folder)

    assert outcome.returncode == 0
    assert gone_within(2, word)


def test_work_that_was_taken_away_is_stopped(mode, folder):
    word = f"taken-{mode}-{os.getpid()}"
    answers = iter([True, False])
    started = time.monotonic()

    with pytest.raises(jail.Stopped):
        python(f"import time; time.sleep(60) # {word}", folder, keep_going=lambda: next(answers))

    assert time.monotonic() - started < 6
    assert gone_within(2, word)


def test_a_program_that_burns_its_seconds_is_ended(mode, folder):
    limits = jail.Limits(wall_s=20, cpu_s=1)

    outcome = jail.run(
        [sys.executable, "-I", "-S", "-c", "while True: pass"],
        limits=limits,
        reads=folder.parent / "film.mov",
    )

    assert outcome.returncode != 0
    assert outcome.wall_s < 10


# Output, memory, files ----------------------------------------------------------------------


def test_a_program_that_says_too_much_is_stopped(mode, folder):
    with pytest.raises(jail.OutputError):
        python("while True: print('word ' * 1000)", folder, stdout_bytes=MiB)


def test_of_complaints_the_last_are_kept_and_the_others_counted(mode, folder):
    code = "import sys\nfor n in range(100_000): print(n, file=sys.stderr)"

    outcome = python(code, folder)

    lines = outcome.stderr.splitlines()
    assert lines[-1] == "99999"
    assert len(outcome.stderr) <= jail.STDERR_KEPT
    assert outcome.stderr_dropped + len(lines) in (100_000, 100_001)


def test_a_program_that_wants_too_much_memory_fails(mode, folder):
    outcome = python("bytearray(512 * 1024 * 1024)", folder, memory_bytes=256 * MiB)

    assert outcome.returncode != 0
    assert "MemoryError" in outcome.stderr


def test_a_file_that_grows_too_large_is_cut_off(mode, folder):
    code = "f = open('big', 'wb')\nfor _ in range(64): f.write(bytes(1024 * 1024))"

    outcome = python(code, folder, file_bytes=4 * MiB)

    assert outcome.returncode != 0
    assert (folder / "big").stat().st_size <= 4 * MiB


@pytest.mark.parametrize(("nice", "behind"), [(0, 0), (7, 7), (-5, 0)])
def test_a_program_steps_behind_others_and_never_ahead_of_them(mode, folder, nice, behind):
    outcome = python("import os; print(os.nice(0))", folder, nice=nice)

    assert int(outcome.stdout) - os.nice(0) == behind


# What it may not see ------------------------------------------------------------------------


def test_a_program_gets_none_of_our_environment(mode, folder, monkeypatch):
    monkeypatch.setenv("NEWSROOM_SECRET_KEY", "tell nobody")
    monkeypatch.setenv("http_proxy", "http://proxy.example")

    outcome = python("import json, os; print(json.dumps(dict(os.environ)))", folder)

    assert set(json.loads(outcome.stdout)) <= {"LANG", "LC_CTYPE", "PATH", "PWD"}


def test_a_program_gets_no_open_file_of_ours(mode, folder):
    with (folder.parent / "film.mov").open("rb") as ours:
        os.set_inheritable(ours.fileno(), True)

        outcome = python("import os; print(sorted(os.listdir('/proc/self/fd')))", folder)

    assert len(json.loads(outcome.stdout.decode().replace("'", '"'))) <= 4


def test_a_program_that_reads_its_input_finds_nothing(mode, folder):
    assert python("import sys; print(repr(sys.stdin.read()))", folder).stdout == b"''\n"


def test_a_program_reaches_no_network(mode, folder):
    if mode == "rlimits" and os.geteuid() != 0 and not may_unshare():
        pytest.skip("this kernel lets nobody but root cut the network")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.5)
        port = listener.getsockname()[1]

        outcome = python(
            f"import socket; socket.create_connection(('127.0.0.1', {port}), 5)", folder
        )

        with pytest.raises(TimeoutError):
            listener.accept()
    assert outcome.returncode != 0


def may_unshare():
    return subprocess.run(["unshare", "-Un", "true"], check=False).returncode == 0


def test_a_listener_would_have_heard_a_program_outside_the_jail():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(5)
        port = listener.getsockname()[1]
        code = f"import socket; socket.create_connection(('127.0.0.1', {port}), 5)"

        subprocess.run([sys.executable, "-c", code], check=True)

        listener.accept()[0].close()


@pytest.mark.parametrize(
    "what", ["/etc/passwd", "/etc/hosts", "/home", str(ROOT / "var"), str(ROOT / "tests")]
)
def test_behind_walls_the_machine_is_not_to_be_seen(walled, folder, what):
    outcome = python(f"import os; print(os.path.exists({what!r}))", folder)

    assert outcome.stdout == b"False\n"


def test_behind_walls_the_other_footage_is_not_to_be_seen(walled, folder):
    other = folder.parent / "other.mov"
    other.write_bytes(b"other")

    outcome = python(f"open({str(other)!r})", folder)

    assert "FileNotFoundError" in outcome.stderr


def test_behind_walls_the_data_folder_is_not_to_be_seen(walled, folder):
    database = str(django_settings.DATABASES["default"]["NAME"])

    outcome = python(f"import os; print(os.path.exists({database!r}))", folder)

    assert outcome.stdout == b"False\n"


@pytest.mark.parametrize("place", ["..", str(ROOT), "/usr/lib", sys.prefix])
def test_behind_walls_nothing_is_written_but_into_the_folder(walled, folder, place):
    target = str(Path(place, "canary-of-the-jail"))

    outcome = python(f"open({target!r}, 'w')", folder)

    assert [
        path for path in (Path(target), folder.parent / "canary-of-the-jail") if path.exists()
    ] == []
    assert outcome.returncode != 0 or place in ("..", str(ROOT))


def test_behind_walls_the_source_cannot_be_changed(walled, folder):
    source = folder.parent / "film.mov"

    outcome = python(f"open({str(source)!r}, 'wb').write(b'changed')", folder)

    assert outcome.returncode != 0
    assert source.read_bytes() == b"film"


def test_behind_walls_no_other_process_is_to_be_seen(walled, folder):
    outcome = python("import os; print(sum(n.isdigit() for n in os.listdir('/proc')))", folder)

    assert int(outcome.stdout) <= 3


def test_walls_that_are_asked_for_and_do_not_stand_stop_the_work(settings, folder, monkeypatch):
    settings.JAIL = "bwrap"
    monkeypatch.setenv("PATH", str(folder))
    jail.bubblewrap.cache_clear()

    with pytest.raises(ImproperlyConfigured, match="install it, or write auto"):
        python("pass", folder)
    jail.bubblewrap.cache_clear()


def test_a_machine_without_bubblewrap_is_served_with_limits(settings, folder, monkeypatch):
    settings.JAIL = "auto"
    monkeypatch.setenv("PATH", str(folder))
    jail.bubblewrap.cache_clear()

    assert python("pass", folder).returncode == 0
    jail.bubblewrap.cache_clear()


# Death of the worker ------------------------------------------------------------------------

WORKER = """
import sys
from pathlib import Path
import django
from django.conf import settings
settings.configure(JAIL=sys.argv[1], FFMPEG="")
from media import jail
code = "import time; time.sleep(60)"
jail.run([sys.executable, "-c", code, sys.argv[2]],
    limits=jail.Limits(wall_s=60, cpu_s=60), reads=Path(sys.argv[3]),
    on_look=lambda: print('up', flush=True))
"""


# Bubblewrap that starts so late that its worker is dead before it ties itself to its life.
LATE_WALLS = """#!/bin/sh
case "$*" in
  */bin/true) ;;
  *) while kill -0 $PPID 2>/dev/null; do /bin/sleep 0.05; done ;;
esac
exec {bubblewrap} "$@"
"""


def a_worker(mode, word, folder, **environment):
    """A process that has a program run in the jail, and has begun to listen to it."""
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, mode, word, str(folder.parent / "film.mov")],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
    )
    assert worker.stdout.readline() == b"up\n"
    return worker


def kill(worker):
    worker.kill()
    worker.wait()
    worker.stdout.close()


def test_a_program_dies_with_its_worker(mode, folder):
    word = f"widow-{mode}-{os.getpid()}"
    worker = a_worker(mode, word, folder)
    while not has_begun(word):
        time.sleep(0.05)

    kill(worker)

    assert gone_within(2, word)


def test_a_program_whose_worker_died_before_its_walls_stood_does_not_begin(walled, folder):
    late = folder.parent / "bwrap"
    late.write_text(LATE_WALLS.format(bubblewrap=shutil.which("bwrap")))
    late.chmod(0o755)
    word = f"orphan-{os.getpid()}"
    worker = a_worker("bwrap", word, folder, PATH=f"{late.parent}:{os.environ['PATH']}")

    kill(worker)

    assert gone_within(10, word)


# Services -----------------------------------------------------------------------------------


def a_service(code):
    environment = {"PATH": os.environ["PATH"], "NAME": "newsroom"}
    return jail.start_service([sys.executable, "-c", code], environment=environment)


def test_a_service_speaks_through_one_pipe_in_its_own_environment():
    code = "import os, sys; print(os.environ['NAME'], flush=True); print('no', file=sys.stderr)"

    service = a_service(code)

    assert service.stdout.read() == b"newsroom\nno\n"
    jail.stop_service(service, patience_s=5)
    service.stdout.close()


def test_a_service_is_asked_to_end():
    code = "import signal, sys, time\nsignal.signal(15, lambda *a: sys.exit(3))\nprint(flush=True)"
    service = a_service(f"{code}\ntime.sleep(60)")
    service.stdout.readline()

    jail.stop_service(service, patience_s=10)

    assert service.returncode == 3
    service.stdout.close()


def test_a_service_that_does_not_listen_is_ended():
    code = (
        "import signal, time\nsignal.signal(15, signal.SIG_IGN)\nprint(flush=True)\ntime.sleep(60)"
    )
    service = a_service(code)
    service.stdout.readline()

    jail.stop_service(service, patience_s=0.5)

    assert service.returncode == -signal.SIGKILL
    service.stdout.close()

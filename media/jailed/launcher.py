"""First program inside the jail: puts on the limits, then becomes the program that was asked for.

Runs as a script of its own, with nothing imported but the standard library, so that no thread of
the caller is copied by a fork and every limit is in place before the first byte of footage is read.

    launcher.py LIMITS-AS-JSON PROGRAM [ARGUMENT ...]

Standard output is a pipe to whoever started it. LIMITS: ``trusted`` (true: only tied to its
parent's life), else ``memory`` (bytes of address space), ``cpu`` (seconds), ``file`` (bytes for
each file) and ``nice`` (steps behind other programs), and the network is cut where the kernel lets
us.
"""

import ctypes
import json
import os
import resource
import select
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000


def prctl(option: int, value: int) -> None:
    """Linux only; elsewhere there is no such call, and the deadline alone must do."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "prctl", None)
    if call is not None:
        call(option, value, 0, 0, 0)


def is_heard() -> bool:
    """Whether whoever started us still reads what we say: behind walls it cannot be seen.

    A worker that was killed before bubblewrap had tied itself to its life is found out here.
    """
    output = select.poll()
    output.register(sys.stdout.fileno(), 0)
    return not output.poll(0)


def cut_network() -> bool:
    """Move into a network of our own with nothing in it; False where the kernel refuses."""
    call = getattr(ctypes.CDLL(None, use_errno=True), "unshare", None)
    if call is None:
        return False
    return call(CLONE_NEWNET) == 0 or call(CLONE_NEWUSER | CLONE_NEWNET) == 0


def put_on(limits: dict[str, int]) -> None:
    for kind, value in (
        (resource.RLIMIT_AS, limits["memory"]),
        (resource.RLIMIT_CPU, limits["cpu"]),
        (resource.RLIMIT_FSIZE, limits["file"]),
        (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(kind)[1]
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (allowed, allowed))


def main() -> None:
    limits = json.loads(sys.argv[1])
    program = sys.argv[2:]
    # Dies with the worker that started it, however that worker ends, and at once if it has ended.
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if not is_heard():
        sys.exit("the parent is gone")
    if not limits["trusted"]:
        cut_network()
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        put_on(limits)
        # Only ever behind others: never ahead of them.
        os.nice(max(0, limits["nice"]))
    os.execv(program[0], program)


if __name__ == "__main__":
    main()

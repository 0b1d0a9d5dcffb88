"""A client that asks one thing of a web server as fast as it answers, over some open connections.

Written on bare sockets: a client that parsed every answer would be slower than what it measures.
"""

import re
import socket
import time

CONNECTIONS = 8
LARGEST_READ = 256 * 1024
PATIENCE_S = 30
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding: *chunked", re.IGNORECASE)
LAST_CHUNK = b"0\r\n\r\n"
HEAD_END = b"\r\n\r\n"
# What has no body, whatever its head says.
BODYLESS = (204, 304)


def answered_each_second(
    address: tuple[str, int], path: str, headers: dict[str, str], *, status: int, seconds: float
) -> float:
    """Answers a second. Raises RuntimeError for an answer with another status."""
    request = _request(address, path, headers)
    opened = [socket.create_connection(address, timeout=PATIENCE_S) for _ in range(CONNECTIONS)]
    try:
        for one in opened:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            one.sendall(request)
        count, started = 0, time.perf_counter()
        while (took := time.perf_counter() - started) < seconds:
            for one in opened:
                # Every connection has a question under way while another one's answer is read.
                _read_answer(one, status)
                one.sendall(request)
            count += len(opened)
        return count / took
    finally:
        for one in opened:
            one.close()


def _request(address: tuple[str, int], path: str, headers: dict[str, str]) -> bytes:
    told = {"Host": f"{address[0]}:{address[1]}", **headers}
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def _read_answer(connection: socket.socket, status: int) -> None:
    data = connection.recv(LARGEST_READ)
    while (end := data.find(HEAD_END)) < 0:
        data += _more(connection)
    head = data[: end + 2]
    if head.split(b" ", 2)[1] != str(status).encode():
        raise RuntimeError(f"expected {status}, and got {head.decode('latin-1')}")
    body = data[end + len(HEAD_END) :]
    if status in BODYLESS:
        return
    if CHUNKED.search(head):
        while not body.endswith(LAST_CHUNK):
            body = body[-len(LAST_CHUNK) :] + _more(connection)
        return
    left = _length(head) - len(body)
    while left > 0:
        left -= len(_more(connection))


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(LARGEST_READ)
    if not data:
        raise RuntimeError("the server closed the connection in the middle of an answer")
    return data


def _length(head: bytes) -> int:
    found = LENGTH.search(head)
    if found is None:
        raise RuntimeError("the server does not say how long its answer is")
    return int(found[1])

"""A bad line: a proxy on this machine that breaks connections, and what else happens meanwhile."""

import socket
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Lock, Thread

AT_ONCE = 64 * 1024
# Closed like that, a connection is reset: what is under way on it is lost.
RESET = struct.pack("ii", 1, 0)


class BadLine:
    """Passes bytes on to ``target`` of this machine, until so many of them are to be trouble.

    ``troubles`` are pairs of a number of bytes sent by clients, counted over all connections, and
    what is done then: called with the line itself, and waited for.
    """

    def __init__(
        self, target: int, troubles: Iterable[tuple[int, Callable[["BadLine"], None]]]
    ) -> None:
        self.target = target
        self.troubles = sorted(troubles, key=lambda pair: pair[0])
        self.passed, self.cuts = 0, 0
        self.lock = Lock()
        self.open: set[socket.socket] = set()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self.door.close()
        self.cut()

    def cut(self, _line: object = None) -> None:
        """Break every connection."""
        self.cuts += 1
        for one in list(self.open):
            with suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self.open.clear()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.door.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
                except OSError:
                    client.close()
                    continue
                server.settimeout(None)
                self.open |= {client, server}
                Thread(target=self._pass, args=(client, server, True), daemon=True).start()
                Thread(target=self._pass, args=(server, client, False), daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket, is_sent: bool) -> None:
        try:
            while data := source.recv(AT_ONCE):
                sink.sendall(data)
                if is_sent:
                    self._count(len(data))
        except OSError:
            # Cut, by us or by one of the two.
            pass
        finally:
            for one in (source, sink):
                self.open.discard(one)
                one.close()

    def _count(self, sent: int) -> None:
        with self.lock:
            self.passed += sent
            while self.troubles and self.troubles[0][0] <= self.passed:
                _, trouble = self.troubles.pop(0)
                trouble(self)

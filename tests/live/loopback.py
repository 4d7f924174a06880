"""A server on this machine that speaks as an API does, and fails to order.

``answer`` makes the honest answer to a request. Before it is asked, a fault may come: the
next one of ``faults``, or one of ``random_faults`` by chance.
"""

from __future__ import annotations

import json
import random
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest


@dataclass(frozen=True)
class Request:
    """``given`` are the parameters of the address and of a form; ``body`` what is JSON."""

    method: str
    path: str
    given: Mapping[str, str]
    body: Any
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """``body`` is bytes, or what becomes JSON. ``cut`` ends the connection in its middle,
    ``dropped`` before it.
    """

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    dropped: bool = False


Fault = Callable[[Callable[[], Answer]], Answer]
"""Makes something else of the answer that would be given."""


def status(code: int, body: Any = b"", **headers: str) -> Fault:
    """Another status; headers with ``_`` for ``-``."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: Answer(body, code, told)


def limited(retry_after: str | None, body: Any = b"") -> Fault:
    """429, with or without a word on how long."""
    return status(429, body, **({} if retry_after is None else {"Retry_After": retry_after}))


def reset(_: Callable[[], Answer]) -> Answer:
    """The connection ends in the middle of the body."""
    return Answer(b'{"ok": true, ' + b" " * 4096, cut=True)


def dropped(_: Callable[[], Answer]) -> Answer:
    """The connection ends without a word."""
    return Answer(dropped=True)


def truncated(honest: Callable[[], Answer]) -> Answer:
    """Half of the JSON, as if that were all."""
    whole = packed(honest().body)
    return Answer(whole[: len(whole) // 2])


def html(_: Callable[[], Answer]) -> Answer:
    """What a proxy says."""
    return Answer(b"<html><body>Bad gateway</body></html>", 200, {"Content-Type": "text/html"})


def packed(body: Any) -> bytes:
    """A body as bytes."""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


TRANSIENT: tuple[Fault, ...] = (
    *(limited("1"), status(500), status(503)),
    *(reset, dropped, truncated, html),
)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who was killed does not listen; anything else is a bug of a test's."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Loopback:
    """Use it in a ``with`` statement. ``requests`` are those that were honestly answered."""

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self.answer = answer
        self.requests: list[Request] = []
        self.faults: deque[Fault | None] = deque()
        self.random_faults: tuple[Fault, ...] = ()
        self.rate = 0.02
        self.failed = 0
        self.hook: Callable[[], None] | None = None
        """Called before every answer: a test's kill."""
        self._random = random.Random(6)
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/"

    @property
    def idle(self) -> AbstractContextManager[Any]:
        """Within it nobody is answered: a killed client's last question may still be open."""
        return self._lock

    def __enter__(self) -> Self:
        # A short poll, or every server takes half a second to end.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def respond(self, request: Request) -> Answer:
        with self._lock:  # one at a time: the worlds are no databases
            if self.hook is not None:
                self.hook()
            fault = self.faults.popleft() if self.faults else None
            if fault is None and self.random_faults and self._random.random() < self.rate:
                fault = self._random.choice(self.random_faults)
            if fault is None:
                self.requests.append(request)
                return self.answer(request)
            self.failed += 1
            return fault(lambda: self.answer(request))


def _handler(server: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            url = urlsplit(self.path)
            given = dict(parse_qsl(url.query, keep_blank_values=True))
            body: Any = None
            if "json" in self.headers.get("Content-Type", ""):
                body = json.loads(data or b"null")
            else:
                given |= dict(parse_qsl(data.decode("utf-8", "replace"), keep_blank_values=True))
            headers = dict(self.headers.items())
            path = unquote(url.path)
            answer = server.respond(Request(self.command, path, given, body, headers))
            self._send(answer)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

        def _send(self, answer: Answer) -> None:
            data = packed(answer.body)
            if answer.dropped:
                self.close_connection = True
                return
            self.send_response(answer.status)
            for name, value in {"Content-Type": "application/json", **answer.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data) * (2 if answer.cut else 1)))
            self.end_headers()
            self.wfile.write(data)
            if answer.cut:
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True

        def log_message(self, *_: object) -> None:
            """Silence."""

    return Handler


@contextmanager
def only_this_machine(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """No proxies, and a failing test for whoever connects to another machine."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    connected: list[Any] = []
    connect = socket.socket.connect

    def watched(self: socket.socket, address: Any) -> None:
        connected.append(address)
        assert self.family == socket.AF_UNIX or address[0] in {"127.0.0.1", "::1", "localhost"}
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", watched)
    yield connected

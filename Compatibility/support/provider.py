"""A provider whose every answer a test dictates, byte for byte."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Received:
    """One request as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Answer = Callable[[socket.socket], None]


@dataclass
class ScriptedProvider:
    """Listens on loopback and gives every request the current `answer`."""

    answer: Answer = lambda connection: None
    received: list[Received] = field(default_factory=list)

    def __enter__(self) -> ScriptedProvider:
        self._released = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/v1"
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._released.set()
        # Whoever waits for a connection must end first: closed under its hands, the descriptor may become the next
        # provider's, whose connections it would then take.
        with contextlib.suppress(OSError):
            socket.create_connection(self._listener.getsockname(), timeout=5).close()
        self._accepting.join(5)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                if self._released.is_set():
                    return connection.close()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while request := self._read(connection):
                self.received.append(request)
                self.answer(connection)

    @staticmethod
    def _read(connection: socket.socket) -> Received | None:
        data = b""
        while b"\r\n\r\n" not in data:
            more = connection.recv(65536)
            if not more:
                return None
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if "chunked" in headers.get("transfer-encoding", ""):
            body = ScriptedProvider._read_chunked(connection, body)
        else:
            while len(body) < int(headers.get("content-length", 0)):
                body += connection.recv(65536)
        return Received(first.split(" ")[1], headers, body)

    @staticmethod
    def _read_chunked(connection: socket.socket, data: bytes) -> bytes:
        body = b""
        while True:
            while b"\r\n" not in data:
                data += connection.recv(65536)
            size, _, data = data.partition(b"\r\n")
            length = int(size, 16)
            while len(data) < length + 2:
                data += connection.recv(65536)
            if length == 0:
                return body
            body += data[:length]
            data = data[length + 2 :]

    # What a provider can do

    def replies(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        """Answers with a status and a JSON body (or raw bytes)."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        lines = [f"HTTP/1.1 {status} Scripted", f"content-length: {len(content)}"]
        fields = {"content-type": "application/json", **(headers or {})}
        lines += [f"{name}: {value}" for name, value in fields.items()]
        response = "\r\n".join(lines).encode() + b"\r\n\r\n" + content
        self.answer = lambda connection: connection.sendall(response)

    def streams(self, *events: str, closing: bool = True) -> None:
        """Answers with server-sent events; without `closing` the body is cut off in its middle."""

        def answer(connection: socket.socket) -> None:
            connection.sendall(
                b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
            )
            for event in events:
                data = f"data: {event}\n\n".encode()
                connection.sendall(b"%x\r\n%s\r\n" % (len(data), data))
            if closing:
                connection.sendall(b"0\r\n\r\n")
            else:
                self._reset(connection)

        self.answer = answer

    def resets(self) -> None:
        """Breaks the connection before a single byte of an answer."""
        self.answer = self._reset

    def stays_silent(self) -> None:
        """Accepts the request and never answers."""
        self.answer = lambda connection: self._released.wait()

    @staticmethod
    def _reset(connection: socket.socket) -> None:
        linger_zero = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_zero)
        connection.close()

"""What a proxy adds to a stream: to its first chunk, to each chunk, and in memory for a thousand of them."""

from __future__ import annotations

import gc
import os
import re
import selectors
import socket
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from . import traffic
from .contenders import HERE
from .latency import percentile
from .process import Memory, Process, free_port

_STAMP = re.compile(rb'"content": ?"t(\d+)')


@dataclass(frozen=True)
class StreamTimes:
    """Microseconds: from sending the request to its first chunk, and from the upstream's send to our receipt."""

    first_p50: float
    first_p99: float
    chunk_p50: float
    chunk_p99: float
    streams: int
    chunks: int


def start_stream_upstream(directory: Path, core: int, chunks: int, gap: float) -> tuple[Process, int]:
    directory.mkdir(parents=True, exist_ok=True)
    port = free_port()
    process = Process(
        [sys.executable, "-m", "bench.stream_upstream", str(port), str(chunks), str(gap)],
        core,
        directory / "log",
        {"PYTHONPATH": str(HERE)},
    )
    process.wait_until_answering(port, traffic.http_request(traffic.chat_body(stream=True)), 10)
    return process, port


class _Reader:
    """One connection that asks for stream after stream."""

    def __init__(self, port: int, request: bytes) -> None:
        self._port = port
        self._request = request
        self._open()

    def _open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self._port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self) -> None:
        self._tail = b""
        self._asked = time.monotonic_ns()
        self._first = False
        self.socket.sendall(self._request)

    def receive(self, first: list[float], chunks: list[float]) -> bool:
        """Takes what arrived; true when the stream is over."""
        data = self.socket.recv(65536)
        now = time.monotonic_ns()
        if not data:
            raise ConnectionError("the stream was cut")
        text = self._tail + data
        end = 0
        for match in _STAMP.finditer(text):
            # A number that touches the end of what has arrived may go on in the next piece.
            if match.end() == len(text):
                break
            end = match.end()
            if not self._first:
                self._first = True
                first.append((now - self._asked) / 1000)
            chunks.append((now - int(match[1])) / 1000)
        self._tail = text[max(end, len(text) - 400) :]
        return text.endswith(b"0\r\n\r\n") and b"[DONE]" in text


def measure(port: int, core: int, seconds: float, connections: int = 4) -> StreamTimes:
    os.sched_setaffinity(0, {core})
    request = traffic.http_request(traffic.chat_body(stream=True))
    first: list[float] = []
    chunks: list[float] = []
    streams = 0
    selector = selectors.DefaultSelector()
    readers = [_Reader(port, request) for _ in range(connections)]
    gc.disable()
    try:
        for reader in readers:
            selector.register(reader.socket, selectors.EVENT_READ, reader)
            reader.ask()
        warm = time.monotonic() + 0.3
        deadline = warm + seconds
        is_warm = False
        while (now := time.monotonic()) < deadline:
            if not is_warm and now > warm:
                is_warm = True
                first.clear()
                chunks.clear()
                streams = 0
            for key, _ in selector.select(timeout=5):
                if key.data.receive(first, chunks):
                    streams += 1
                    key.data.ask()
    finally:
        gc.enable()
        for reader in readers:
            reader.socket.close()
        selector.close()
    first.sort()
    chunks.sort()
    if not first or not chunks:
        raise ConnectionError("no stream arrived")
    return StreamTimes(
        percentile(first, 0.5), percentile(first, 0.99), percentile(chunks, 0.5), percentile(chunks, 0.99),
        streams, len(chunks),
    )  # fmt: skip


def memory_with_open_streams(port: int, server: Process, count: int, seconds: float) -> tuple[Memory, int]:
    """Opens `count` streams, lets them run, and weighs the server; also how many of them delivered."""
    request = traffic.http_request(traffic.chat_body(stream=True))
    sockets = []
    delivering: set[int] = set()
    selector = selectors.DefaultSelector()
    try:
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", port), timeout=30)
            sockets.append(connection)
            connection.sendall(request)
            selector.register(connection, selectors.EVENT_READ)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for key, _ in selector.select(timeout=0.5):
                data = b""
                with suppress(OSError):
                    data = key.fileobj.recv(65536)
                if not data:
                    selector.unregister(key.fileobj)
                    delivering.discard(key.fd)
                elif b'"content"' in data:
                    delivering.add(key.fd)
        return server.memory(), len(delivering)
    finally:
        selector.close()
        for connection in sockets:
            connection.close()

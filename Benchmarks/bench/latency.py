"""Round trips on one connection, measured from a raw socket in nanoseconds."""

from __future__ import annotations

import gc
import os
import socket
import time
from dataclasses import dataclass

from . import traffic


@dataclass(frozen=True)
class Latency:
    """Microseconds."""

    p50: float
    p99: float
    samples: int


def percentile(ordered: list[float], share: float) -> float:
    """Nearest rank on values that are already sorted."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def measure(port: int, core: int, requests: int, most_seconds: float, body: bytes) -> Latency:
    os.sched_setaffinity(0, {core})
    request = traffic.http_request(body)
    samples: list[float] = []
    clock = time.perf_counter_ns
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(min(50, requests // 10)):
            _round_trip(connection, request)
        gc.disable()
        try:
            deadline = clock() + int(most_seconds * 1e9)
            while len(samples) < requests and (start := clock()) < deadline:
                _round_trip(connection, request)
                samples.append((clock() - start) / 1000)
        finally:
            gc.enable()
    samples.sort()
    return Latency(percentile(samples, 0.5), percentile(samples, 0.99), len(samples))


def _round_trip(connection: socket.socket, request: bytes) -> None:
    connection.sendall(request)
    data = connection.recv(65536)
    while not _is_complete(data):
        more = connection.recv(65536)
        if not more:
            raise ConnectionError("the server closed the connection")
        data += more
    if not data.startswith(b"HTTP/1.1 200"):
        raise ConnectionError(data[:200].decode("latin-1"))


def _is_complete(data: bytes) -> bool:
    head, separator, body = data.partition(b"\r\n\r\n")
    if not separator:
        return False
    head = head.lower()
    at = head.find(b"\r\ncontent-length:")
    if at < 0:
        return body.endswith(b"0\r\n\r\n")
    return len(body) >= int(head[at + 17 :].partition(b"\r\n")[0])

"""A collector of traces: takes OTLP's JSON as a test wants it taken."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self


class Collector:
    """Listens on loopback; keeps every batch, and answers as `mood` says."""

    def __init__(self, port: int = 0) -> None:
        self.batches: list[dict[str, Any]] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.mood = "good"
        self._released = threading.Event()
        self._changed = threading.Condition()
        collector = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                with collector._changed:
                    collector.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                    if collector.mood == "good":
                        collector.batches.append(json.loads(body))
                    collector._changed.notify_all()
                match collector.mood:
                    case "good":
                        self.answer(200, b'{"partialSuccess":{}}')
                    case "busy":
                        self.answer(503, b"later")
                    case "refusing":
                        self.answer(400, b"no")
                    case "lying":
                        self.answer(200, b"<html>" + b"x" * 200_000)
                    case "silent":
                        collector._released.wait()

            def answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def spans(self) -> Iterator[dict[str, Any]]:
        for batch in list(self.batches):
            for resource in batch["resourceSpans"]:
                for scope in resource["scopeSpans"]:
                    yield from scope["spans"]

    def wait(self, reached: Any, seconds: float = 20) -> None:
        """Returns when something is true of what has come."""
        with self._changed:
            assert self._changed.wait_for(lambda: reached(self), seconds), list(self.spans)

    def stop(self) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def attributes(span: dict[str, Any]) -> dict[str, Any]:
    """A span's attributes with their plain values."""
    values = {}
    for attribute in span["attributes"]:
        ((kind, value),) = attribute["value"].items()
        values[attribute["key"]] = int(value) if kind == "intValue" else value
    return values

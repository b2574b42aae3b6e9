"""Requests per second and processor time per request, with wrk."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from . import traffic
from .contenders import render
from .process import Process


@dataclass(frozen=True)
class Throughput:
    per_second: float
    microseconds_of_processor: float | None
    # The share of its core that the server used; below about 0.9 something else was the bound.
    core_busy: float | None
    # What one fully used core would serve.
    per_core: float | None
    failed: int
    # Of the requests that wrk saw answered, the share that the upstream really got.
    reached_upstream: float


class Wrk:
    """wrk on one core with one fixed request, or with one that is different each time."""

    def __init__(
        self, directory: Path, core: int, body: bytes, connections: int = 64, template: str = "post.lua"
    ) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._core = core
        self._connections = connections
        self._script = render(template, directory / template, body=body.decode())

    def run(self, port: int, seconds: float, upstream_port: int, server: Process | None) -> Throughput:
        before = upstream_requests(upstream_port)
        processor = server.processor_seconds() if server else 0.0
        result = self._wrk(port, seconds)
        processor = server.processor_seconds() - processor if server else 0.0
        seen = upstream_requests(upstream_port) - before - 1
        count = result["requests"]
        seconds = result["microseconds"] / 1e6
        return Throughput(
            per_second=count / seconds,
            microseconds_of_processor=processor / count * 1e6 if processor and count else None,
            core_busy=processor / seconds if server else None,
            per_core=count / processor if processor else None,
            failed=result["bad_status"] + result["broken"],
            reached_upstream=seen / count if count else 0.0,
        )

    def warm_up(self, port: int) -> None:
        self._wrk(port, 1)

    def churn(self, port: int, seconds: float) -> int:
        """Sends requests for some time; returns how many were answered."""
        return self._wrk(port, seconds)["requests"]

    def _wrk(self, port: int, seconds: float) -> dict[str, int]:
        done = subprocess.run(
            [
                "wrk", "--threads", "1", "--connections", str(self._connections), "--duration", f"{seconds:.0f}s",
                "--timeout", "30s", "--script", str(self._script), f"http://127.0.0.1:{port}{traffic.PATH}",
            ],
            capture_output=True, text=True, check=True,
            preexec_fn=lambda: os.sched_setaffinity(0, {self._core}),
        )  # fmt: skip
        line = next(line for line in done.stdout.splitlines() if line.startswith("@ "))
        return json.loads(line[2:])


def upstream_requests(port: int) -> int:
    """How many requests the upstream has served, by its own count."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/status", timeout=5) as page:
        return int(page.read().decode().splitlines()[2].split()[2])

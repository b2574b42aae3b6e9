"""The numbers Aurelis means to hold, and whether this run shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Results = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Verdict:
    what: str
    target: str
    measured: str
    met: bool | None

    @property
    def word(self) -> str:
        return {True: "met", False: "MISSED", None: "not measured"}[self.met]


def verdicts(results: Results) -> list[Verdict]:
    """Each target against the measurements; what could not be measured is said, not left out."""

    def value(name: str, *path: str) -> float | None:
        entry: Any = results.get(name, {})
        for key in path:
            entry = entry.get(key) if isinstance(entry, dict) else None
        return entry

    def over(name: str, *path: str) -> float | None:
        """How much more it takes through a server than without one."""
        mine, plain = value(name, *path), value("direct", *path)
        return None if mine is None or plain is None else mine - plain

    def ratio(mine: float | None, other: float | None) -> float | None:
        return mine / other if mine is not None and other else None

    def check(what: str, target: str, measured: float | None, form: str, holds: Callable[[float], bool]) -> Verdict:
        if measured is None:
            return Verdict(what, target, "-", None)
        return Verdict(what, target, form.format(measured), holds(measured))

    def capacity(other: str, mine: str = "aurelis") -> float | None:
        """How many requests a core serves beside another server's.

        By the clock where both servers filled their cores; else by processor time, because then the rest of the
        machine was the bound and the clock would flatter the slower one.
        """
        servers = (mine, other)
        by_processor = ratio(*(value(name, "throughput", "per_core") for name in servers))
        by_clock = ratio(*(value(name, "throughput", "per_second") for name in servers))
        if by_processor is None or by_clock is None:
            return None
        filled = all((value(name, "throughput", "core_busy") or 0) >= 0.9 for name in servers)
        return min(by_clock, by_processor) if filled else by_processor

    def hits(name: str) -> bool:
        """Whether what was measured were answers from the cache, and nothing else."""
        return (value(name, "throughput", "reached_upstream") or 0) < 0.001

    def added(name: str) -> float | None:
        """Microseconds that a layer takes beyond memory."""
        mine, memory = value(name, "latency", "p50"), value("hits", "latency", "p50")
        return None if mine is None or memory is None or not hits(name) else mine - memory

    counted, plain = (value(name, "throughput", "microseconds_of_processor") for name in ("quota", "aurelis"))
    counting = None if counted is None or plain is None else counted - plain
    traced = value("traced", "throughput", "microseconds_of_processor")
    tracing = None if traced is None or plain is None else traced - plain
    churn = value("aurelis", "churn")
    growth = (churn["rss_after_mb"] - churn["rss_before_mb"]) / churn["bound_mb"] if churn else None
    stream_memory = value("aurelis", "open_streams", "rss_mb")
    delivering = value("aurelis", "open_streams", "delivering")
    if stream_memory is not None and delivering != value("aurelis", "open_streams", "asked"):
        stream_memory = None
    return [
        check("requests per core, beside nginx", ">= 0.35 x", capacity("nginx"),
              "{:.2f} x", lambda x: x >= 0.35),
        check("requests per core, beside LiteLLM", ">= 150 x", capacity("litellm"),
              "{:.0f} x", lambda x: x >= 150),
        check("added latency, p50, beside nginx's", "<= 1.5 x",
              ratio(over("aurelis", "latency", "p50"), over("nginx", "latency", "p50")),
              "{:.2f} x", lambda x: x <= 1.5),
        check("added latency, p99", "<= 500 us", over("aurelis", "latency", "p99"), "{:.0f} us", lambda x: x <= 500),
        check("added time to first token, p99", "<= 500 us", over("aurelis", "stream", "first_p99"),
              "{:.0f} us", lambda x: x <= 500),
        check("added to each chunk, p50", "<= 50 us", over("aurelis", "stream", "chunk_p50"),
              "{:.0f} us", lambda x: x <= 50),
        check("memory, idle (RSS)", "<= 40 MB", value("aurelis", "memory_idle", "rss_mb"),
              "{:.1f} MB", lambda x: x <= 40),
        check("memory, 1,000 open streams (RSS)", "<= 100 MB", stream_memory, "{:.1f} MB", lambda x: x <= 100),
        check("answers from memory per core, beside nginx", ">= 1 x",
              capacity("nginx", "hits") if hits("hits") else None, "{:.2f} x", lambda x: x >= 1),
        check("an answer from Redis, added p50", "<= 300 us", added("hits L2"), "{:.0f} us", lambda x: x <= 300),
        check("an answer from the disk, added p50", "<= 500 us", added("hits L3"), "{:.0f} us", lambda x: x <= 500),
        check("a large quota, added processor time", "<= 2 us", counting, "{:.1f} us", lambda x: x <= 2),
        check("traces of a tenth, added processor time", "<= 5 us", tracing, "{:.1f} us", lambda x: x <= 5),
        check("memory of kept answers, beside its bound", "<= 1.3 x", growth, "{:.2f} x", lambda x: x <= 1.3),
        check("start to first 200", "<= 150 ms", value("aurelis", "start_ms"), "{:.0f} ms", lambda x: x <= 150),
    ]  # fmt: skip

"""The table a person reads."""

from __future__ import annotations

from typing import Any

from .targets import Results, verdicts

_LABEL = 42
_COLUMN = 12

_ROWS: list[tuple[str, tuple[str, ...], str]] = [
    ("requests/s, 64 connections", ("throughput", "per_second"), "{:,.0f}"),
    ("share of its core the server used", ("throughput", "core_busy"), "{:.0%}"),
    ("requests/s of a fully used core", ("throughput", "per_core"), "{:,.0f}"),
    ("processor time per request, us", ("throughput", "microseconds_of_processor"), "{:,.1f}"),
    ("requests not answered with 200", ("throughput", "failed"), "{:,.0f}"),
    ("answered requests the upstream saw", ("throughput", "reached_upstream"), "{:.1%}"),
    ("round trip p50, 1 connection, us", ("latency", "p50"), "{:,.0f}"),
    ("round trip p99, 1 connection, us", ("latency", "p99"), "{:,.0f}"),
    ("first chunk p50, 4 streams, us", ("stream", "first_p50"), "{:,.0f}"),
    ("first chunk p99, 4 streams, us", ("stream", "first_p99"), "{:,.0f}"),
    ("chunk delay p50, us", ("stream", "chunk_p50"), "{:,.0f}"),
    ("chunk delay p99, us", ("stream", "chunk_p99"), "{:,.0f}"),
    ("memory idle, RSS MB", ("memory_idle", "rss_mb"), "{:,.1f}"),
    ("memory idle, PSS MB", ("memory_idle", "pss_mb"), "{:,.1f}"),
    ("memory after load, RSS MB", ("memory_loaded", "rss_mb"), "{:,.1f}"),
    ("memory, open streams, RSS MB", ("open_streams", "rss_mb"), "{:,.1f}"),
    ("answers that went through memory", ("churn", "answers"), "{:,.0f}"),
    ("memory before them, RSS MB", ("churn", "rss_before_mb"), "{:,.1f}"),
    ("memory after them, RSS MB", ("churn", "rss_after_mb"), "{:,.1f}"),
    ("streams open and delivering", ("open_streams", "delivering"), "{:,.0f}"),
    ("start to first proxied 200, ms", ("start_ms",), "{:,.0f}"),
]


def render(machine: dict[str, Any], results: Results, notes: list[str]) -> str:
    names = list(results)
    lines = [
        "",
        f"Aurelis benchmark, {machine['processor']}, {machine['cores']} cores",
        f"One core for each server under test; {machine['placement_note']}.",
        "Medians of interleaved rounds, every server in each round.",
        "",
        " " * _LABEL + "".join(f"{name:>{_COLUMN}}" for name in names),
    ]
    for label, path, form in _ROWS:
        cells = [_cell(results[name], path, form) for name in names]
        if any(cell != "-" for cell in cells):
            lines.append(f"{label:<{_LABEL}}" + "".join(f"{cell:>{_COLUMN}}" for cell in cells))
    lines += ["", f"{'target':<{_LABEL}}{'wanted':>{_COLUMN}}{'measured':>{_COLUMN}}"]
    for verdict in verdicts(results):
        lines.append(
            f"{verdict.what:<{_LABEL}}{verdict.target:>{_COLUMN}}{verdict.measured:>{_COLUMN}}  {verdict.word}"
        )
    if notes:
        lines += ["", *(f"Note: {note}" for note in notes)]
    return "\n".join(lines) + "\n"


def _cell(entry: Any, path: tuple[str, ...], form: str) -> str:
    for key in path:
        entry = entry.get(key) if isinstance(entry, dict) else None
    return "-" if entry is None else form.format(entry)

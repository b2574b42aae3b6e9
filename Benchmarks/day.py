#!/usr/bin/env python3
"""A day of requests on a free plan, through Aurelis and through plain clients, in minutes.

    make bench-day            some seven minutes
    make bench-day QUICK=1    the same day four times faster still

Every side has a simulated provider of its own, whose time passes faster, and gets the same requests at the same moments.
Prints a table and writes Benchmarks/results/day.json.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import openai

from day.bound import answers_in_order, most_answers
from day.trace import Request, make_trace

ROOT = Path(__file__).resolve().parent.parent
AURELIS = ROOT / ".build" / "release" / "aurelis"
# A well-formed token that nobody ever had: the simulator takes it.
TOKEN = "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"
PATIENCE = 120.0
PLAIN = "openai, 8 retries"
KEPT = "aurelis, kept a day"
# Every task's answers for a day, instead of half an hour to two.
KEPT_A_DAY = "tasks: { codeGeneration: { ttl: 24h }, explanation: { ttl: 24h }, general: { ttl: 24h } }"


class HastyClient(openai.AsyncOpenAI):
    """The client as it is, but for its pauses, which pass as fast as the provider's time."""

    scale = 1.0

    def _calculate_retry_timeout(self, *arguments: Any, **options: Any) -> float:
        return super()._calculate_retry_timeout(*arguments, **options) / self.scale


@dataclass
class Side:
    """One way to the provider, and what became of the requests."""

    name: str
    base_url: str
    simulator: str
    retries: int
    headers: dict[str, str] = field(default_factory=dict)
    answered: int = 0
    from_cache: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)

    def model(self, request: Request) -> str:
        return f"auto/{request.task}" if self.headers else request.model

    async def ask(self, client: openai.AsyncOpenAI, request: Request) -> None:
        try:
            raw = await client.chat.completions.with_raw_response.create(
                model=self.model(request),
                messages=[{"role": "user", "content": request.prompt}],
                temperature=0,
                stream=request.stream,
                extra_headers=self.headers,
            )
            if request.stream:
                async for _ in raw.parse():
                    pass
            self.answered += 1
            self.outcomes["answered"] += 1
            if raw.headers.get("x-aurelis-cache", "miss").split(";")[0] not in ("miss", "bypass"):
                self.from_cache += 1
        except openai.APIStatusError as error:
            self.outcomes[str(error.status_code)] += 1
        except openai.APIError as error:
            self.outcomes[type(error).__name__] += 1

    def provider_statuses(self) -> Counter[int]:
        """What the provider answered, by its own log."""
        log = httpx2.get(f"{self.simulator}/_simulator/requests", timeout=60).json()
        return Counter(entry["status"] for entry in log["requests"])


class Servers:
    """Commands that run until the end."""

    def __init__(self, scale: int, directory: Path) -> None:
        self.scale = scale
        self.directory = directory
        self.processes: list[subprocess.Popen[str]] = []

    def simulator(self) -> str:
        return self._start("simulate", "--port", "0", "--time-scale", str(self.scale))

    def gateway(self, simulator: str, ttl: str) -> str:
        directory = self.directory / f"gateway-{len(self.processes)}"
        directory.mkdir()
        configuration = directory / "aurelis.yaml"
        configuration.write_text(
            f"""providers:
  - id: github-models
    preset: github-models
    plan: free
    base_url: {simulator}
    api_key: {{ env: TOKEN }}
cache:
  stale_if_exhausted: 24h
  {ttl}
simulator:
  time_scale: {self.scale}
data_dir: {directory / "data"}
"""
        )
        return self._start("serve", "--config", str(configuration), "--port", "0", "--admin-port", "0")

    def _start(self, *arguments: str) -> str:
        log = (self.directory / f"{len(self.processes)}.log").open("w")
        process = subprocess.Popen(
            [str(AURELIS), *arguments],
            env={**os.environ, "TOKEN": TOKEN},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        self.processes.append(process)
        assert process.stdout is not None
        for line in process.stdout:
            if "http://" in line:
                return "http://" + line.split("http://")[1].split()[0].rstrip("/")
        sys.exit(f"{arguments[0]} did not start: {(self.directory / f'{len(self.processes) - 1}.log').read_text()}")

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(timeout=30)


async def live_through(side: Side, trace: list[Request], scale: int) -> None:
    """Sends every request at its moment, whatever has become of the others."""
    loop = asyncio.get_running_loop()
    HastyClient.scale = scale
    async with HastyClient(
        base_url=side.base_url, api_key=TOKEN, max_retries=side.retries, timeout=PATIENCE
    ) as client:
        begin = loop.time() + 0.5
        async with asyncio.TaskGroup() as group:
            for request in trace:
                await asyncio.sleep(max(0.0, begin + request.time / scale - loop.time()))
                group.create_task(side.ask(client, request))


def row(side: Side, trace: list[Request]) -> dict[str, Any]:
    statuses = side.provider_statuses()
    sent = sum(statuses.values())
    return {
        "requests": len(trace),
        "answered": side.answered,
        "from_cache": side.from_cache,
        "provider_429": statuses[429],
        "caller_429": side.outcomes["429"],
        "caller_other_errors": len(trace) - side.answered - side.outcomes["429"],
        "sent": sent,
        "sent_per_answer": sent / max(1, side.answered),
        "outcomes": dict(side.outcomes),
        "provider_statuses": {str(status): count for status, count in statuses.items()},
    }


ROWS = [
    ("answered", "answered", "{:,.0f}"),
    ("of them from the cache or a shared request", "from_cache", "{:,.0f}"),
    ("429s that the provider sent", "provider_429", "{:,.0f}"),
    ("429s that the caller saw", "caller_429", "{:,.0f}"),
    ("other errors that the caller saw", "caller_other_errors", "{:,.0f}"),
    ("requests that the provider got", "sent", "{:,.0f}"),
    ("requests sent for each answer", "sent_per_answer", "{:.2f}"),
]


def table(results: dict[str, dict[str, Any]], bounds: tuple[int, int], trace: list[Request], scale: int) -> str:
    names = list(results)
    repeats = 1 - len({request.prompt for request in trace}) / len(trace)
    lines = [
        "",
        f"A day on the free plan, {scale} times faster: {len(trace):,} requests, {repeats:.0%} of them repeats.",
        "",
        " " * 46 + "".join(f"{name:>22}" for name in names),
    ]
    for label, key, form in ROWS:
        lines.append(f"{label:<46}" + "".join(f"{form.format(results[name][key]):>22}" for name in names))
    best, in_order = bounds
    share = max(results[name]["provider_429"] for name in ("aurelis", KEPT)) / max(1, results[PLAIN]["provider_429"])
    lines += [
        "",
        f"{'target':<46}{'wanted':>19}{'measured':>19}",
        f"{'429s caused, beside the retrying client':<46}{'< 1 %':>19}{share:>19.2%}  {'met' if share < 0.01 else 'MISSED'}",
    ]
    for name in ("aurelis", KEPT):
        answered = results[name]["answered"]
        for label, bound in (("first come, first served", in_order), ("the whole day known", best)):
            text = f"{name}, beside the bound ({label})"
            lines.append(f"{text:<65}{answered / bound:>19.1%}  ({answered:,} of {bound:,})")
    return "\n".join(lines) + "\n"


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the same day four times faster still")
    parser.add_argument("--scale", type=int, default=240, help="how many times faster (default 240)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if not AURELIS.exists():
        sys.exit(f"no command at {AURELIS}: `make release` builds it")
    scale = options.scale * (4 if options.quick else 1)
    trace = make_trace(options.seed)
    with tempfile.TemporaryDirectory() as directory:
        servers = Servers(scale, Path(directory))
        try:
            simulators = [servers.simulator() for _ in range(3)]
            patience = {"x-aurelis-timeout": f"{PATIENCE:.0f}"}
            sides = [
                Side("aurelis", servers.gateway(simulators[0], "") + "/v1", simulators[0], 0, patience),
                Side(KEPT, servers.gateway(simulators[1], KEPT_A_DAY) + "/v1", simulators[1], 0, patience),
                Side(PLAIN, simulators[2] + "/inference", simulators[2], 8),
            ]
            minutes = trace[-1].time / scale / 60
            print(f"  {len(trace):,} requests, three sides, some {minutes:.1f} minutes ...", flush=True)
            async with asyncio.TaskGroup() as group:
                for side in sides:
                    group.create_task(live_through(side, trace, scale))
            results = {side.name: row(side, trace) for side in sides}
        finally:
            servers.stop()
    bounds = most_answers(trace), answers_in_order(trace)
    print(table(results, bounds, trace, scale))
    file = ROOT / "Benchmarks" / "results" / "day.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps({"scale": scale, "bounds": {"whole_day_known": bounds[0], "first_come_first_served": bounds[1]}, "sides": results}, indent=2) + "\n")
    print(f"Written to {file.relative_to(ROOT)}")


if __name__ == "__main__":
    asyncio.run(main())

#!/usr/bin/env python3
"""Measures Aurelis beside nginx and the LiteLLM proxy: one core each, side by side in one run.

    make bench            some ten minutes
    make bench QUICK=1    about two

Prints a table and writes Benchmarks/results/latest.json. A missed target is printed as missed; it is not a failure.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import latency, machine, report, streams, targets, traffic
from bench.contenders import (
    Aurelis, Churning, Contender, KeptAnswers, LargeQuota, LiteLLM, Nginx, Running, Setting, Traced, nginx, redis_server, start_redis,
    start_upstream,
)  # fmt: skip
from bench.process import Memory, StartFailure
from bench.throughput import Wrk

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


@dataclass(frozen=True)
class Plan:
    """How long each part lasts."""

    rounds: int
    wrk_seconds: float
    round_trips: int
    latency_seconds: float
    stream_seconds: float
    open_streams: int
    starts: int
    churned: int

    @classmethod
    def full(cls) -> Plan:
        return cls(rounds=5, wrk_seconds=5, round_trips=5000, latency_seconds=4, stream_seconds=5,
                   open_streams=1000, starts=10, churned=1_000_000)  # fmt: skip

    @classmethod
    def quick(cls) -> Plan:
        return cls(rounds=3, wrk_seconds=2, round_trips=1000, latency_seconds=1, stream_seconds=2,
                   open_streams=1000, starts=3, churned=100_000)  # fmt: skip


class Bench:
    """One run: its places, its servers and what it has found so far."""

    def __init__(self, plan: Plan, cores: machine.Cores, directory: Path, stack: ExitStack) -> None:
        self.plan = plan
        self.cores = cores
        self.directory = directory
        self.stack = stack
        self.results: targets.Results = {"direct": {}}
        self.notes: list[str] = []

    def measure(self, contenders: list[Contender]) -> None:
        say("starting the servers")
        upstream, port = start_upstream(self.directory / "upstream", self.cores.upstream)
        self.stack.callback(upstream.stop)
        running = self._start_all(contenders, port)
        self._whole_answers(running, port)
        for server in running.values():
            server.process.stop()
        self._churn(contenders, port)
        upstream.stop()
        contenders = [contender for contender in contenders if contender.name in running and contender.streams]
        self._streamed_answers(contenders)
        self._many_open_streams([c for c in contenders if not isinstance(c, LiteLLM)])

    # Whole answers

    def _start_all(self, contenders: list[Contender], upstream_port: int) -> dict[str, Running]:
        running: dict[str, Running] = {}
        for contender in contenders:
            if isinstance(contender, Churning):
                continue
            setting = Setting(self.directory / contender.name, self.cores.server, upstream_port)
            samples = min(contender.start_samples, self.plan.starts)
            if isinstance(contender, LiteLLM) and self.plan.starts < 10:
                samples = 1
            try:
                seconds = []
                for _ in range(samples - 1):
                    trial = contender.start(setting)
                    seconds.append(trial.seconds_to_first_answer)
                    trial.process.stop()
                server = contender.start(setting)
            except StartFailure as failure:
                self.notes.append(f"{contender.name} did not start: {failure}")
                continue
            self.stack.callback(server.process.stop)
            seconds.append(server.seconds_to_first_answer)
            time.sleep(1)
            self.results[contender.name] = {
                "start_ms": statistics.median(seconds) * 1000,
                "start_samples": len(seconds),
                "memory_idle": megabytes(server.process.memory()),
            }
            server.process.freeze()
            running[contender.name] = server
        return running

    def _whole_answers(self, running: dict[str, Running], upstream_port: int) -> None:
        bodies = {name: server.body for name, server in running.items()}
        bodies["direct"] = traffic.chat_body()
        wrks = {name: Wrk(self.directory / f"wrk-{name}", self.cores.load, body) for name, body in bodies.items()}
        ports = {"direct": upstream_port, **{name: server.port for name, server in running.items()}}
        throughputs: dict[str, list[Any]] = {name: [] for name in ports}
        latencies: dict[str, list[Any]] = {name: [] for name in ports}
        for number in range(1, self.plan.rounds + 1):
            say(f"whole answers, round {number} of {self.plan.rounds}")
            for name, port in ports.items():
                server = running.get(name)
                process = server.process if server else None
                seconds = self.plan.wrk_seconds * (server.look if server else 1)
                with ExitStack() as awake:
                    if process:
                        awake.enter_context(process.awake())
                    wrks[name].warm_up(port)
                    throughputs[name].append(wrks[name].run(port, seconds, upstream_port, process))
                    latencies[name].append(
                        latency.measure(
                            port, self.cores.load, self.plan.round_trips, self.plan.latency_seconds, bodies[name]
                        )
                    )
        for name in ports:
            entry = self.results[name]
            entry["throughput"] = medians(throughputs[name])
            entry["latency"] = medians(latencies[name])
            if name in running:
                entry["memory_loaded"] = megabytes(running[name].process.memory())

    def _churn(self, contenders: list[Contender], upstream_port: int) -> None:
        """Fills memory many times over with answers that are all different."""
        churning = next((contender for contender in contenders if isinstance(contender, Churning)), None)
        if churning is None:
            return
        say(f"{self.plan.churned:,} answers through {churning.megabytes} MB of memory")
        server = churning.start(Setting(self.directory / churning.name, self.cores.server, upstream_port))
        self.stack.callback(server.process.stop)
        before = server.process.memory().rss
        wrk = Wrk(self.directory / "wrk-churn", self.cores.load, traffic.kept_body(), template="unique.lua")
        answers = 0
        deadline = time.monotonic() + 600
        while answers < self.plan.churned and time.monotonic() < deadline:
            answers += wrk.churn(server.port, 5)
        self.results["aurelis"]["churn"] = {
            "answers": answers,
            "bound_mb": churning.megabytes,
            "rss_before_mb": before,
            "rss_after_mb": server.process.memory().rss,
        }
        server.process.stop()

    # Streams

    def _streamed_answers(self, contenders: list[Contender]) -> None:
        upstream, port = streams.start_stream_upstream(
            self.directory / "stream-upstream", self.cores.upstream, chunks=20, gap=0.002
        )
        self.stack.callback(upstream.stop)
        running = self._start_for_streams(contenders, port)
        ports = {"direct": port, **{name: server.port for name, server in running.items()}}
        found: dict[str, list[Any]] = {name: [] for name in ports}
        for number in range(1, self.plan.rounds + 1):
            say(f"streams, round {number} of {self.plan.rounds}")
            for name, target in ports.items():
                with ExitStack() as awake:
                    if name in running:
                        awake.enter_context(running[name].process.awake())
                    try:
                        found[name].append(streams.measure(target, self.cores.load, self.plan.stream_seconds))
                    except OSError as failure:
                        self.notes.append(f"{name}, streams: {failure}")
        for name, times in found.items():
            if times:
                self.results[name]["stream"] = medians(times)
        for server in running.values():
            server.process.stop()
        upstream.stop()

    def _many_open_streams(self, contenders: list[Contender]) -> None:
        say(f"{self.plan.open_streams:,} open streams")
        upstream, port = streams.start_stream_upstream(
            self.directory / "held-upstream", self.cores.upstream, chunks=1_000_000, gap=1
        )
        self.stack.callback(upstream.stop)
        for name, server in self._start_for_streams(contenders, port).items():
            with server.process.awake():
                try:
                    memory, delivering = streams.memory_with_open_streams(
                        server.port, server.process, self.plan.open_streams, seconds=5
                    )
                except OSError as failure:
                    self.notes.append(f"{name}, open streams: {failure}")
                    continue
            self.results[name]["open_streams"] = {
                "asked": self.plan.open_streams,
                "delivering": delivering,
                **megabytes(memory),
            }
            server.process.stop()
        upstream.stop()

    def _start_for_streams(self, contenders: list[Contender], upstream_port: int) -> dict[str, Running]:
        running = {}
        for contender in contenders:
            setting = Setting(
                self.directory / f"{contender.name}-streams", self.cores.server, upstream_port, streaming=True
            )
            try:
                server = contender.start(setting)
            except StartFailure as failure:
                self.notes.append(f"{contender.name} did not start for streams: {failure}")
                continue
            self.stack.callback(server.process.stop)
            server.process.freeze()
            running[contender.name] = server
        return running


def medians(rounds: list[Any]) -> dict[str, Any]:
    """The median of each field over the rounds; fields that were not measured stay empty."""
    columns = [asdict(entry) for entry in rounds]
    result: dict[str, Any] = {"rounds": len(columns)}
    for key in columns[0]:
        values = [column[key] for column in columns if column[key] is not None]
        result[key] = statistics.median(values) if values else None
    return result


def megabytes(memory: Memory) -> dict[str, float]:
    return {"rss_mb": memory.rss, "pss_mb": memory.pss}


def say(what: str) -> None:
    print(f"  {what} ...", file=sys.stderr, flush=True)


def kept_answers(
    binary: Path, directory: Path, cores: machine.Cores, stack: ExitStack, notes: list[str]
) -> list[Contender]:
    """Aurelis answering from each layer of its cache."""
    contenders: list[Contender] = [KeptAnswers(binary, "memory"), KeptAnswers(binary, "database"), Churning(binary)]
    if redis_server() is None:
        notes.append("the layer in Redis is left out: apt-get install redis-server")
        return contenders
    redis, port = start_redis(directory / "redis", cores.upstream)
    stack.callback(redis.stop)
    return [*contenders, KeptAnswers(binary, "redis", port)]


def litellm(notes: list[str]) -> LiteLLM | None:
    """The LiteLLM proxy in an environment of its own; nil, with a note, where it cannot be installed."""
    done = subprocess.run(
        [str(ROOT / "scripts" / "venv"), "litellm", str(HERE / "litellm-requirements.txt")],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        notes.append(f"LiteLLM is left out, it could not be installed: {reason}")
        return None
    return LiteLLM(Path(done.stdout.strip()))


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--quick", action="store_true", help="a rough table in about two minutes")
    arguments.add_argument("--aurelis", type=Path, default=ROOT / ".build" / "release" / "aurelis", metavar="FILE")
    arguments.add_argument("--without", action="append", default=[], choices=["nginx", "litellm"])
    arguments.add_argument("--output", type=Path, default=HERE / "results" / "latest.json", metavar="FILE")
    options = arguments.parse_args()

    if shutil.which("wrk") is None or nginx() is None:
        print("`make bench` needs wrk and nginx (the upstream): sudo apt-get install wrk nginx", file=sys.stderr)
        return 1
    if not os.access(options.aurelis, os.X_OK):
        print(f"no command at {options.aurelis}: `make release` builds it", file=sys.stderr)
        return 1

    machine.allow_many_files()
    cores = machine.Cores.share_out()
    facts = machine.facts(cores)
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="aurelis-bench-")))
        bench = Bench(Plan.quick() if options.quick else Plan.full(), cores, directory, stack)
        contenders: list[Contender] = [Nginx(), Aurelis(options.aurelis), LargeQuota(options.aurelis), Traced(options.aurelis)]
        if "litellm" not in options.without:
            say("preparing the LiteLLM proxy (the first time takes some minutes)")
            if peer := litellm(bench.notes):
                contenders.append(peer)
        contenders += kept_answers(options.aurelis, directory, cores, stack, bench.notes)
        contenders = [contender for contender in contenders if contender.name not in options.without]
        if facts["load_average_before"] > 0.5:
            bench.notes.append(f"the machine was not idle: load average {facts['load_average_before']}")
        bench.measure(contenders)

    for name, result in bench.results.items():
        busy = result.get("throughput", {}).get("core_busy")
        if busy is not None and busy < 0.9:
            bench.notes.append(
                f"{name} used {busy:.0%} of its core: the load generator, the upstream or other programs were the "
                "bound, so its requests/s by the clock are too low; targets go by processor time"
            )
    facts["versions"] = {
        "aurelis": machine.version_of(str(options.aurelis), "--version"),
        "nginx": machine.version_of(nginx() or "nginx", "-v"),
        "wrk": machine.version_of("wrk", "-v"),
        "litellm": (HERE / "litellm-requirements.txt").read_text().split()[-1],
    }
    print(report.render(facts, bench.results, bench.notes))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    options.output.write_text(
        json.dumps(
            {
                "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                "plan": asdict(bench.plan),
                "machine": facts,
                "results": bench.results,
                "targets": [asdict(verdict) for verdict in targets.verdicts(bench.results)],
                "notes": bench.notes,
            },
            indent=2,
        )
        + "\n"
    )
    print(f"Written to {os.path.relpath(options.output)}")
    return 0 if "aurelis" in bench.results else 1


if __name__ == "__main__":
    sys.exit(main())

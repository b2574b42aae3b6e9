"""`aurelis batch` as a process: killed, interrupted, refused by a limit, and run again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from openai.types.chat import ChatCompletion

from conftest import Serve
from support.samples import PROVIDER_TOKEN
from support.server import COMMAND, Server

ITEMS = 60
IN_FLIGHT = 4


def question(number: int) -> dict:
    # Each is as long as its number says, so that the simulator's log tells which one was asked.
    content = "x" * (number + 1)
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": content}]}
    return {"custom_id": f"item-{number}", "method": "POST", "url": "/v1/chat/completions", "body": body}


@pytest.fixture
def slow(launch: Serve, tmp_path: Path) -> Server:
    """A simulator that takes a moment for every answer, so that there is time to interrupt."""
    faults = tmp_path / "faults.json"
    step = {"kind": "slow_headers", "seconds": 0.05, "times": "always"}
    faults.write_text(json.dumps({"models": {"*": [step]}}))
    return launch("simulate", "--no-quota", "--faults", str(faults))


class Batch:
    """One batch, run as often as a test likes."""

    def __init__(self, simulator: Server, directory: Path, questions: list[dict | str]) -> None:
        self.simulator = simulator
        self.directory = directory
        self.input = directory / "in.jsonl"
        self.output = directory / "out.jsonl"
        lines = [line if isinstance(line, str) else json.dumps(line) for line in questions]
        self.input.write_text("\n".join(lines) + "\n")
        self.configuration = directory / "aurelis.yaml"
        provider = f"id: gh, preset: github-models, base_url: '{simulator.url}', api_key: {{ env: TOKEN }}"
        self.configuration.write_text(f"providers: [{{ {provider} }}]\ndata_dir: {directory / 'data'}\n")

    def command(self, *arguments: str) -> list[str]:
        files = [str(self.input), "-o", str(self.output), "--in-flight", str(IN_FLIGHT)]
        return [COMMAND, "batch", *files, "--config", str(self.configuration), *arguments]

    @property
    def environment(self) -> dict[str, str]:
        # Without the cache: only the journal keeps an item from being asked again.
        return {**os.environ, "TOKEN": PROVIDER_TOKEN, "AURELIS_CACHE": "off"}

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self.command(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment,
            text=True,
        )

    def run(self, *arguments: str, status: int = 0) -> str:
        with self.start(*arguments) as process:
            _, errors = process.communicate(timeout=60)
        assert process.returncode == status, errors
        return errors

    def asked(self) -> list[int]:
        """What the simulator says was asked of it: the length of each request."""
        log = httpx2.get(self.simulator.url + "/_simulator/requests").json()
        assert log["dropped"] == 0
        return [entry["bytes_received"] for entry in log["requests"] if entry["method"] == "POST"]

    def interrupt(self, after: int, how: signal.Signals) -> subprocess.CompletedProcess[str]:
        """Starts the command and ends it once so many requests more have been sent."""
        before = len(self.asked())
        with self.start() as process:
            while len(self.asked()) < before + after:
                assert process.poll() is None, process.communicate()[1]
            process.send_signal(how)
            _, errors = process.communicate(timeout=60)
        return subprocess.CompletedProcess(process.args, process.returncode, "", errors)

    def results(self) -> list[dict]:
        return [json.loads(line) for line in self.output.read_text().splitlines()]


@pytest.fixture
def batch(slow: Server, tmp_path: Path) -> Iterator[Batch]:
    yield Batch(slow, tmp_path, [question(number) for number in range(ITEMS)])


def answered_before(errors: str) -> int:
    line = next(line for line in errors.splitlines() if line.endswith("were done by earlier runs; going on"))
    return int(line.split(" ", 1)[0])


def test_kill_9_loses_no_item_and_pays_for_none_of_the_answered_twice(batch: Batch) -> None:
    for after in (7, 1, 20):
        assert batch.interrupt(after, signal.SIGKILL).returncode == -signal.SIGKILL
    assert not batch.output.exists()
    asked_before = batch.asked()
    errors = batch.run()
    kept = answered_before(errors)
    # Of what was asked before, only what was under way when a kill came is not kept.
    assert len(set(asked_before)) - 3 * IN_FLIGHT <= kept <= len(set(asked_before))
    assert len(batch.asked()) == len(asked_before) + ITEMS - kept
    twice = [size for size, count in Counter(batch.asked()).items() if count > 1]
    assert len(twice) <= 3 * IN_FLIGHT
    results = batch.results()
    assert [result["custom_id"] for result in results] == [f"item-{number}" for number in range(ITEMS)]
    for result in results:
        assert result["error"] is None and result["response"]["status_code"] == 200
        ChatCompletion.model_validate(result["response"]["body"])
    assert len({result["id"] for result in results}) == ITEMS


def test_an_interrupted_batch_keeps_what_is_done(batch: Batch) -> None:
    ended = batch.interrupt(10, signal.SIGINT)
    assert ended.returncode == 130
    assert "the same command goes on" in ended.stderr
    assert not batch.output.exists()
    assert list(batch.directory.glob("*.partial")) == []
    errors = batch.run()
    assert 10 - IN_FLIGHT <= answered_before(errors) < ITEMS
    assert len(batch.results()) == ITEMS


def test_a_second_process_is_refused_while_the_first_works(batch: Batch) -> None:
    with batch.start() as first:
        while not batch.asked():
            assert first.poll() is None, first.communicate()[1]
        errors = batch.run(status=1)
        assert f"process {first.pid} works on this batch" in errors
        first.communicate(timeout=60)
    assert first.returncode == 0
    assert len(batch.asked()) == ITEMS


def test_a_finished_batch_is_written_again_for_nothing(batch: Batch) -> None:
    batch.run()
    first = batch.output.read_bytes()
    batch.output.unlink()
    assert "--restart" in batch.run()
    assert batch.output.read_bytes() == first
    assert len(batch.asked()) == ITEMS


def test_a_place_is_one_place_however_it_is_written(batch: Batch) -> None:
    batch.run()
    count = len(batch.asked())
    for output in ("out.jsonl", "./out.jsonl", f"../{batch.directory.name}/out.jsonl"):
        command = [COMMAND, "batch", "in.jsonl", "-o", output, "--config", str(batch.configuration)]
        again = subprocess.run(
            command, cwd=batch.directory, env=batch.environment, capture_output=True, text=True, timeout=60
        )
        assert again.returncode == 0, again.stderr
        assert f"all {ITEMS} were done by earlier runs" in again.stderr
    assert len(batch.asked()) == count


def test_a_killed_batch_has_written_what_it_used(launch: Serve, tmp_path: Path) -> None:
    faults = tmp_path / "slower.json"
    step = {"kind": "slow_headers", "seconds": 0.3, "times": "always"}
    faults.write_text(json.dumps({"models": {"*": [step]}}))
    simulator = launch("simulate", "--no-quota", "--faults", str(faults))
    batch = Batch(simulator, tmp_path, [question(number) for number in range(ITEMS)])

    def used() -> int:
        command = [COMMAND, "usage", "--json", "--config", str(batch.configuration)]
        report = subprocess.run(command, env=batch.environment, capture_output=True, text=True, timeout=60)
        return json.loads(report.stdout)["total"]["requests"]

    with batch.start() as process:
        while used() == 0:
            assert process.poll() is None, process.communicate()[1]
        process.kill()
        process.communicate(timeout=60)
    assert 0 < used() <= len(batch.asked())


def test_equal_items_are_asked_once_and_bad_lines_hurt_nobody(simulator: Server, tmp_path: Path) -> None:
    questions: list[dict | str] = [question(1), "{", {**question(1), "custom_id": "same"}, question(2), question(2)]
    questions.append({**question(3), "body": {**question(3)["body"], "stream": True}})
    batch = Batch(simulator, tmp_path, questions)
    before = len(batch.asked())
    errors = batch.run("--errors", str(tmp_path / "errors.jsonl"), status=1)
    assert "3 of 6 answered, 3 failed (1 shared)" in errors and "line 2 is not JSON" in errors
    assert len(batch.asked()) - before == 2
    first, same, second = batch.results()
    assert first["response"]["body"] == same["response"]["body"] != second["response"]["body"]
    failed = [json.loads(line)["error"]["code"] for line in (tmp_path / "errors.jsonl").read_text().splitlines()]
    assert failed == ["invalid_json_line", "duplicate_custom_id", "stream_not_supported"]


def test_a_days_limit_ends_it_with_75_and_the_next_day_goes_on(launch: Serve, tmp_path: Path) -> None:
    faults = tmp_path / "faults.json"
    limit = {"kind": "status", "error": "day_limit", "retry_after": 5631, "times": "always"}
    faults.write_text(json.dumps({"models": {"*": [{"kind": "pass", "times": 40}, limit]}}))
    simulator = launch("simulate", "--no-quota", "--faults", str(faults))
    batch = Batch(simulator, tmp_path, [question(number) for number in range(ITEMS)])
    errors = batch.run(status=75)
    assert f"40 of {ITEMS} answered, {ITEMS - 40} left: " in errors and "try again in 1 h 34 min, at " in errors
    assert not batch.output.exists()
    refused = len(batch.asked()) - 40
    assert 1 <= refused <= IN_FLIGHT
    httpx2.put(simulator.url + "/_simulator/faults", json={})
    assert answered_before(batch.run()) == 40
    assert len(batch.results()) == ITEMS
    assert len(batch.asked()) == ITEMS + refused

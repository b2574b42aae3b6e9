"""The quota ledger between processes: none is sent in vain, whoever dies."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from conftest import Serve
from support.samples import PROVIDER_TOKEN
from support.server import COMMAND, Server

WORKERS = 8
# Longer than a minute, so that the first window ends within it.
SECONDS = 66
PER_MINUTE = 10


class Machine:
    """One data directory, and the commands that share it."""

    def __init__(self, simulator: Server, directory: Path) -> None:
        self.simulator = simulator
        self.configuration = directory / "aurelis.yaml"
        provider = f"id: gh, preset: github-models, base_url: '{simulator.url}', plan: free, api_key: {{ env: TOKEN }}"
        self.configuration.write_text(f"providers: [{{ {provider} }}]\ndata_dir: {directory / 'data'}\n")

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        command = [COMMAND, *arguments, "--config", str(self.configuration)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AURELIS_")}
        environment |= {"TOKEN": PROVIDER_TOKEN, "AURELIS_CACHE": "off"}
        return subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def run(self, *arguments: str) -> tuple[int, str, str]:
        process = self.start(*arguments)
        output, errors = process.communicate(timeout=120)
        return process.returncode, output.decode(), errors.decode()

    @property
    def statuses(self) -> Counter[int]:
        """What the simulator answered, by its own count."""
        requests = httpx2.get(f"{self.simulator.url}/_simulator/requests").json()["requests"]
        return Counter(request["status"] for request in requests)


@pytest.fixture
def machine(launch: Serve, tmp_path: Path) -> Machine:
    return Machine(launch("simulate"), tmp_path)


def test_processes_that_race_and_die_never_exceed_the_limit(machine: Machine) -> None:
    end = time.monotonic() + SECONDS
    outcomes: Counter[str] = Counter()
    failures: list[str] = []

    def work(number: int) -> None:
        chance = random.Random(number)
        while time.monotonic() < end:
            process = machine.start("ask", "-m", "gpt-4o", "--deadline", "5s", f"question {chance.random()}")
            dies = chance.random() < 0.3
            try:
                process.wait(timeout=chance.uniform(0.02, 0.3) if dies else 60)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
                process.wait()
            outcome = {0: "answered", 75: "refused", -signal.SIGKILL: "killed"}.get(process.returncode)
            _, errors = process.communicate()
            if outcome:
                outcomes[outcome] += 1
            else:
                failures.append(f"{process.returncode}: {errors.decode()}")

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(WORKERS)))
    statuses = machine.statuses
    assert statuses[429] == 0, (statuses, outcomes)
    assert not failures, (failures, outcomes)
    assert outcomes["killed"] > 0 and outcomes["refused"] > 0, outcomes
    # Both minutes were used, and neither beyond its limit; what died with its slot is not given out again.
    assert PER_MINUTE < statuses[200] <= 2 * PER_MINUTE, (statuses, outcomes)
    assert outcomes["answered"] >= statuses[200] - outcomes["killed"], (statuses, outcomes)


def test_what_is_left_is_told_with_the_time(machine: Machine) -> None:
    for number in range(PER_MINUTE):
        assert machine.run("ask", "-m", "gpt-4o", f"{number}")[0] == 0
    status, _, errors = machine.run("ask", "-m", "gpt-4o", "--deadline", "1s", "one more")
    assert status == 75
    assert "the 10 requests of the minute are used" in errors and "try again in" in errors
    assert machine.statuses == {200: PER_MINUTE}
    status, output, _ = machine.run("quota")
    line = next(line for line in output.splitlines() if line.startswith("gpt-4o at gh"))
    assert status == 0 and "10 of 10" in line and "██████████" in line


def test_a_model_with_room_stands_in_for_one_without(machine: Machine) -> None:
    for number in range(PER_MINUTE + 3):
        arguments = ("ask", "-m", "gpt-4o", "--fallback", "--deadline", "20s", "--json", f"{number}")
        status, _, errors = machine.run(*arguments)
        assert status == 0, errors
    assert machine.statuses == {200: PER_MINUTE + 3}


def test_a_stream_that_waits_for_its_quota_says_so_in_comments(launch: Serve) -> None:
    server = launch("serve", "--simulate")
    url = f"{server.url}/v1/chat/completions"

    def body(number: int) -> dict[str, object]:
        return {"model": "gpt-4o", "stream": True, "messages": [{"role": "user", "content": f"say {number}"}]}

    for number in range(PER_MINUTE):
        answer = httpx2.post(url, json=body(number))
        assert answer.status_code == 200
        assert answer.headers["x-aurelis-quota-remaining"] == f"minute={PER_MINUTE - 1 - number}, day={49 - number}"

    # A minute does not fit into the usual deadline: refused at once, with the time.
    refused = httpx2.post(url, json=body(10))
    assert refused.status_code == 429 and 50 < int(refused.headers["retry-after"]) <= 62

    with httpx2.stream("POST", url, json=body(10), headers={"x-aurelis-wait": "120"}) as waiting:
        assert waiting.status_code == 200
        first = next(waiting.iter_lines())
        assert first.startswith(": waiting for gpt-4o at simulator, about ") and "10 requests of the minute" in first

    wrong = httpx2.post(url, json=body(10), headers={"x-aurelis-wait": "tomorrow", "x-aurelis-priority": "batch"})
    assert wrong.status_code == 400 and "x-aurelis-wait" in wrong.json()["error"]["message"]


def test_a_question_that_waits_says_so_on_stderr(machine: Machine) -> None:
    for number in range(PER_MINUTE):
        status, _, errors = machine.run("ask", "-m", "gpt-4o", f"say {number}")
        assert status == 0, errors
    process = machine.start("ask", "-m", "gpt-4o", "--wait", "2m", "one more")
    assert process.stderr is not None
    line = process.stderr.readline().decode()
    process.send_signal(signal.SIGINT)
    assert "waiting for gpt-4o at gh, about" in line and "10 requests of the minute are used" in line
    assert process.wait(timeout=20) == 130

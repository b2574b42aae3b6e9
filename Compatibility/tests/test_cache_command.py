"""`aurelis cache` beside a gateway that runs, and without one."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from conftest import Serve
from support.samples import PROVIDER_TOKEN
from support.server import COMMAND, Server


@pytest.fixture
def configuration(simulator: Server, tmp_path: Path) -> Path:
    file = tmp_path / "aurelis.yaml"
    file.write_text(
        f"providers: [{{ id: gh, preset: github-models, base_url: '{simulator.url}', api_key: {{ env: TOKEN }} }}]\n"
        f"data_dir: {tmp_path / 'data'}\n"
    )
    return file


def run(configuration: Path, *arguments: str, status: int = 0, text: str | None = None) -> str:
    done = subprocess.run(
        [COMMAND, *arguments, "--config", str(configuration)],
        input=text or "",
        capture_output=True,
        text=True,
        timeout=30,
        env={**os.environ, "TOKEN": PROVIDER_TOKEN},
    )
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def entries(configuration: Path, *arguments: str) -> list[dict]:
    return json.loads(run(configuration, "cache", "list", "--json", *arguments).splitlines()[0])["entries"]


def test_a_command_finds_what_another_one_has_kept(configuration: Path) -> None:
    run(configuration, "ask", "-m", "gpt-4o", "hello", "--cache-tag", "release-2")
    again = run(configuration, "ask", "-m", "gpt-4o", "hello")
    assert "answered from the cache (database)" in again
    (entry,) = entries(configuration, "--tag", "release-2")
    assert entry["layers"] == ["database"] and entry["model"] == "gpt-4o"
    assert "Simulated answer" in run(configuration, "cache", "show", entry["key"][:12])
    assert "Simulated answer" not in run(configuration, "cache", "invalidate", "--tag", "release-2", "--dry-run")
    nothing = run(configuration, "cache", "invalidate", "nosuch_event")
    assert "invalidated 0 answers" in nothing and "`cache.events` names no task for it" in nothing
    assert "invalidated 1 answer " in run(configuration, "cache", "invalidate", "--tag", "release-2")
    assert entries(configuration) == []
    assert "answered from" not in run(configuration, "ask", "-m", "gpt-4o", "hello")


def test_clearing_needs_a_yes(configuration: Path) -> None:
    run(configuration, "ask", "-m", "gpt-4o", "hello")
    assert "--yes" in run(configuration, "cache", "clear", status=2)
    assert len(entries(configuration)) == 1
    run(configuration, "cache", "clear", "--yes")
    assert entries(configuration) == []


def test_a_running_gateway_drops_what_a_command_invalidates(configuration: Path, launch: Serve) -> None:
    variables = {"TOKEN": PROVIDER_TOKEN, "AURELIS_CACHE": "use"}
    server = launch("serve", "--config", str(configuration), environment=variables, data_directory=False)
    run(configuration, "ask", "-m", "gpt-4o", "hello")
    run(configuration, "cache", "stats", "--admin", server.admin_url)
    from conftest import openai_client

    def status() -> str:
        client = openai_client(server)
        answer = client.chat.completions.with_raw_response.create(
            model="gpt-4o", messages=[{"role": "user", "content": "hello"}]
        )
        return answer.headers["x-aurelis-cache"]

    assert status() == "hit; layer=database"
    assert status() == "hit; layer=memory"
    # Without being told: the gateway sees that the files of its directory say something new.
    run(configuration, "cache", "invalidate", "--model", "gpt-4o")
    assert status() == "miss"
    assert status() == "hit; layer=memory"
    told = run(configuration, "cache", "invalidate", "--all", "--admin", server.admin_url)
    assert "at the gateway" in told
    assert status() == "miss"


def test_warming_asks_once(configuration: Path, tmp_path: Path) -> None:
    questions = tmp_path / "questions.jsonl"
    questions.write_text('{"prompt":"one","task":"explanation"}\n{"prompt":"two","model":"gpt-4o"}\n')
    assert "2 kept" in run(configuration, "cache", "warm", str(questions))
    assert "2 already kept" in run(configuration, "cache", "warm", str(questions))


def test_of_a_gateway_that_wants_the_admin_key_nobody_says_that_none_runs(launch: Serve, tmp_path: Path) -> None:
    data = tmp_path / "data"
    subprocess.run([COMMAND, "keys", "create", "ops", "--admin", "--data-dir", str(data)], check=True, capture_output=True)
    server = launch("serve", "--simulate", "--data-dir", str(data), data_directory=False)
    port = server.admin_url.rsplit(":", 1)[1]
    file = tmp_path / "own.yaml"
    file.write_text(f"simulate: true\ndata_dir: {data}\nadmin: {{ port: {port} }}\n")
    for arguments in [("stats",), ("invalidate", "--all"), ("invalidate", "framework_update")]:
        told = run(file, "cache", *arguments)
        assert told.count("was not asked, because it wants the admin key") == 1
        assert "no gateway runs" not in told and "none runs" not in told
    file.write_text(f"simulate: true\ndata_dir: {data}\nadmin: {{ port: 1 }}\n")
    assert "no gateway runs on this configuration" in run(file, "cache", "stats")
    assert "none runs here" in run(file, "cache", "invalidate", "--all")

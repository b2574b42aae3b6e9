"""Health, alerts and the doctor, as somebody meets them who has the documentation."""

from __future__ import annotations

import http.server
import json
import os
import queue
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from conftest import Serve
from support.provider import ScriptedProvider
from support.samples import PROVIDER_TOKEN, completion
from support.server import COMMAND

DOCUMENT = Path(__file__).parents[2] / "Documentation" / "health.md"
SECRET = "it is a secret"
PATIENCE = 60.0


class Hook:
    """Somebody who is told."""

    def __init__(self) -> None:
        told: queue.Queue[tuple[dict[str, str], bytes]] = queue.Queue()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                told.put(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.told = told
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def next(self, component: str) -> tuple[dict[str, str], bytes]:
        """The next alert of a component."""
        while True:
            headers, body = self.told.get(timeout=PATIENCE)
            if json.loads(body)["component"] == component:
                return headers, body


@pytest.fixture
def hook() -> Iterator[Hook]:
    hook = Hook()
    yield hook
    hook.server.shutdown()


def documented_verify():
    """The example of the documentation, as it stands there."""
    (example,) = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    names: dict[str, object] = {}
    exec(example, names)
    return names["verify"]


def run(*arguments: str, **variables: str) -> tuple[int, str, str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AURELIS_")}
    done = subprocess.run(
        [COMMAND, *arguments],
        env=environment | {"TOKEN": PROVIDER_TOKEN, "HOOK_SECRET": SECRET} | variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def configuration(tmp_path: Path, provider: ScriptedProvider, hook: Hook) -> Path:
    path = tmp_path / "aurelis.yaml"
    path.write_text(
        f"""
        providers: [{{ id: mine, preset: custom, base_url: "{provider.url}", api_key: {{ env: TOKEN }} }}]
        data_dir: {tmp_path / "data"}
        gateway: {{ port: 0 }}
        admin: {{ port: 0 }}
        cache: {{ policy: off }}
        health: {{ interval: 1s }}
        alerts:
          - {{ webhook: "{hook.url}", secret: {{ env: HOOK_SECRET }} }}
          - command: [/bin/sh, -c, "cat >> {tmp_path / "told.jsonl"}; echo >> {tmp_path / "told.jsonl"}"]
        """
    )
    return path


def test_an_outage_is_told_once_signed_and_so_is_its_end(
    launch: Serve, configuration: Path, provider: ScriptedProvider, hook: Hook
) -> None:
    """The way of an alert: from requests that fail to those who want to know, and to the records."""
    variables = {"TOKEN": PROVIDER_TOKEN, "HOOK_SECRET": SECRET}
    gateway = launch("serve", "--config", str(configuration), environment=variables, data_directory=False)
    ask = {"model": "m", "messages": [{"role": "user", "content": "hi"}]}
    provider.replies(503, {"error": {"message": "overloaded"}})
    for _ in range(3):
        assert httpx2.post(f"{gateway.url}/v1/chat/completions", json=ask, timeout=30).status_code == 503

    headers, body = hook.next("models")
    alert = json.loads(body)
    assert (alert["event"], alert["to"], alert["overall"]) == ("health.changed", "unhealthy", "unhealthy")
    assert alert["changes"][0]["name"] == "m@mine"
    verify = documented_verify()
    assert verify(SECRET.encode(), headers["aurelis-signature"], body)
    assert not verify(SECRET.encode(), headers["aurelis-signature"], body + b" ")
    assert not verify(b"another", headers["aurelis-signature"], body)
    stale = int(headers["aurelis-signature"].split(",")[0][2:]) + 301
    assert not verify(SECRET.encode(), headers["aurelis-signature"], body, stale)

    assert httpx2.get(f"{gateway.admin_url}/health").status_code == 503
    code, output, _ = run("health", "--config", str(configuration), "--admin", gateway.admin_url, "--json")
    assert code == 5 and json.loads(output)["components"]["models"]["status"] == "unhealthy"

    provider.replies(200, completion())
    httpx2.post(f"{gateway.admin_url}/admin/circuits/reset")
    for _ in range(4):
        assert httpx2.post(f"{gateway.url}/v1/chat/completions", json=ask, timeout=30).status_code == 200
    alert = json.loads(hook.next("models")[1])
    assert (alert["from"], alert["to"]) == ("unhealthy", "healthy")
    told = [json.loads(line) for line in (configuration.parent / "told.jsonl").read_text().splitlines()]
    assert [line["to"] for line in told if line["component"] == "models"][0] == "unhealthy"
    gateway.stop()

    code, output, errors = run("health", "--config", str(configuration), "--history", "--json")
    found = json.loads(output)
    assert found["source"] == "records" and code in (0, 1)
    assert [line["to"] for line in found["history"] if line["component"] == "models"] == ["healthy", "unhealthy"]
    assert "no gateway runs" in errors


def test_whether_alerts_arrive_can_be_tried(configuration: Path, hook: Hook) -> None:
    """Everybody is told of a test; one who is not makes the command fail."""
    code, output, errors = run("health", "test-alert", "--config", str(configuration), "--json")
    assert code == 0, errors
    assert [receiver["told"] for receiver in json.loads(output)["receivers"]] == [True, True]
    headers, body = hook.told.get(timeout=PATIENCE)
    assert headers["aurelis-event"] == "health.test" and documented_verify()(
        SECRET.encode(), headers["aurelis-signature"], body
    )
    hook.server.shutdown()
    hook.server.server_close()
    code, output, _ = run("health", "test-alert", "--config", str(configuration))
    assert code == 1 and "not told webhook at http://127.0.0.1" in output


def test_the_doctor_says_what_to_do(configuration: Path, tmp_path: Path) -> None:
    """What is fine is told, what is not fails the command and says how to correct it."""
    # It holds the secret of a webhook.
    configuration.chmod(0o600)
    code, output, _ = run("doctor", "--config", str(configuration), "--json")
    report = json.loads(output)
    failing = [check for check in report["checks"] if check["verdict"] == "fail"]
    assert (code, report["ok"], failing) == (0, True, [])
    (tmp_path / "data").mkdir(mode=0o755)
    code, output, _ = run("doctor", "--config", str(configuration), TOKEN="")
    assert code == 1 and f"chmod 700 {tmp_path / 'data'}" in output and "aurelis auth login --provider mine" in output
    code, output, _ = run("doctor", "--config", "/dev/null", "--data-dir", str(tmp_path / "none"), "--offline")
    assert code == 0 and "no provider is configured" in output

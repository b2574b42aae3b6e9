"""The audit log of a running gateway, checked by an implementation of its own and by the command."""

from __future__ import annotations

import hashlib
import json
import os
import resource
import signal
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import pytest

from support.audit import Broken, check_anchors, keys_of, verify
from support.samples import PROVIDER_TOKEN
from support.server import COMMAND, Server

BODY = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "a private question"}], "user": "ann"}
PATIENCE = 20.0


def ask(server: Server, count: int = 1, **members: object) -> list[int]:
    with httpx2.Client(base_url=server.url, timeout=20) as client:
        return [client.post("/v1/chat/completions", json={**BODY, **members}).status_code for _ in range(count)]


def command(*arguments: str, data: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "XDG_CONFIG_HOME": str(data / "none")}
    return subprocess.run(
        [COMMAND, "audit", *arguments, "--data-dir", str(data)],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, cwd=data.parent, env=environment,
    )  # fmt: skip


def eventually(condition) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.02)


@pytest.fixture
def serve(tmp_path: Path, simulator: Server):
    """Starts gateways over one data directory, in front of a provider without quotas."""
    running: list[Server] = []

    def start(settings: str = "", **options: object) -> Server:
        config = tmp_path / "aurelis.yaml"
        # One file, also for who tests at midnight.
        audit = f"audit: {{ rotation: {{ daily: false }}{settings} }}"
        provider = f'providers: [{{ id: github-models, base_url: "{simulator.url}", api_key: {{ env: TOKEN }} }}]'
        config.write_text(f"{provider}\ncache: {{ policy: off }}\n{audit}\n")
        server = Server(
            "serve", "--config", str(config), "--data-dir", str(tmp_path / "data"), "--port", "0", "--admin-port", "0",
            log=tmp_path / "stderr", environment={"TOKEN": PROVIDER_TOKEN}, **options,
        )  # fmt: skip
        running.append(server)
        return server

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def whole(data: Path) -> list[dict]:
    return verify(data / "audit", keys_of(data / "audit.key"))


def test_the_documented_format_verifies_and_says_what_happened(serve, data):
    server = serve()
    assert ask(server, 3, metadata={"api_key": "abc", "team": "blue"}) == [200] * 3
    assert ask(server, 1, model="no-such-model") == [404]
    server.stop()
    entries = whole(data)
    assert check_anchors(data / "audit" / "anchors.jsonl", entries) == 1
    events = [entry["event"] for entry in entries]
    assert events[:2] == ["audit_head", "config_event"]
    assert events.count("model_request") == events.count("model_response") == 4
    request = next(entry for entry in entries if entry["event"] == "model_request")
    assert request["metadata"] == {"api_key": "[redacted]", "team": "blue"}
    assert request["user"] == "ann"
    assert [entry["outcome"] for entry in entries if entry["event"] == "model_response"] == ["answered"] * 3 + ["failed"]
    assert "private" not in json.dumps(entries)
    report = command("verify", "--json", data=data)
    assert report.returncode == 0, report.stderr
    found = json.loads(report.stdout)
    assert (found["whole"], found["entries"], found["unanchored"]) == (True, len(entries), 0)


def test_both_implementations_find_the_same_change(serve, data):
    server = serve()
    ask(server, 2)
    server.stop()
    path = data / "audit" / "audit-00000001.jsonl"
    original = path.read_bytes()
    lines = original.splitlines(keepends=True)
    changes = {
        "a byte": original.replace(b'"outcome":"answered"', b'"outcome":"answereD"', 1),
        "a line less": b"".join(lines[:3] + lines[4:]),
        "two lines exchanged": b"".join([*lines[:3], lines[4], lines[3], *lines[5:]]),
        "a line twice": b"".join([*lines[:3], lines[2], *lines[3:]]),
    }
    for what, text in changes.items():
        path.write_bytes(text)
        with pytest.raises(Broken):
            whole(data)
        report = command("verify", data=data)
        assert (report.returncode, "line" in report.stderr) == (1, True), what
    path.write_bytes(b"".join(lines[:-1]))
    assert len(whole(data)) == len(lines) - 1
    report = command("verify", "--json", data=data)
    assert json.loads(report.stdout)["broken"]["kind"] == "truncated"


def test_a_running_gateways_log_is_tailed_verified_and_exported(serve, data):
    server = serve()
    tail = subprocess.Popen(
        [COMMAND, "audit", "tail", "-n", "0", "-f", "--event", "model_response", "--data-dir", str(data)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, cwd=data.parent,
    )  # fmt: skip
    shown: list[str] = []
    reading = threading.Thread(target=lambda: shown.extend(tail.stdout.readline() for _ in range(2)), daemon=True)
    reading.start()
    asked = 0

    def is_shown() -> bool:
        # What was written before it began to look, it does not show.
        nonlocal asked
        asked += len(ask(server))
        reading.join(0.1)
        return not reading.is_alive()

    try:
        eventually(is_shown)
    finally:
        tail.terminate()
        tail.wait(PATIENCE)
    eventually(lambda: command("export", data=data).stdout.count("model_response") == asked)
    assert all("model_response" in line and "outcome=answered" in line for line in shown)
    assert command("verify", data=data).returncode == 0
    rows = command("export", "--format", "csv", "--event", "model_response", data=data).stdout.splitlines()
    assert len(rows) == asked + 1 and rows[0].startswith("seq,time,event,request_id")
    exported = command("export", data=data).stdout
    raw = (data / "audit" / "audit-00000001.jsonl").read_text()
    assert raw.startswith(exported)
    name = json.loads(exported.splitlines()[-1])["request_id"]
    assert len(command("tail", "--json", "--request", name, data=data).stdout.splitlines()) == 2


def asks_until_it_dies(server: Server) -> None:
    with httpx2.Client(base_url=server.url, timeout=20) as client:
        while True:
            try:
                assert client.post("/v1/chat/completions", json=BODY).status_code == 200
            except httpx2.TransportError:
                return


@pytest.mark.parametrize("sync", ["interval", "always"])
def test_killed_again_and_again_while_it_writes_the_chain_goes_on(serve, data, sync):
    seen: set[str] = set()
    path = data / "audit" / "audit-00000001.jsonl"
    for _ in range(4):
        server = serve(f", sync: {sync}")
        before = path.stat().st_size if path.exists() else 0
        with ThreadPoolExecutor(4) as pool:
            asking = [pool.submit(asks_until_it_dies, server) for _ in range(4)]
            eventually(lambda: path.exists() and path.stat().st_size > before + 20_000)
            # Requests are under way, and with `always` a line is written for each of them at once.
            server.process.send_signal(signal.SIGKILL)
            server.process.wait(PATIENCE)
            for thread in asking:
                thread.result(PATIENCE)
        # What is in the file is out of the process's hands.
        lines = path.read_bytes().splitlines(keepends=True)
        seen |= {json.loads(line)["mac"] for line in lines if line.endswith(b"\n")}
    server = serve()
    server.stop()
    entries = whole(data)
    assert seen <= {entry["mac"] for entry in entries}
    assert [entry["action"] for entry in entries if entry["event"] == "config_event"] == ["start"] * 5
    assert command("verify", data=data).returncode == 0


def test_half_a_line_that_a_dead_process_left_is_set_apart_and_told(serve, data):
    server = serve()
    ask(server, 2)
    path = data / "audit" / "audit-00000001.jsonl"
    eventually(lambda: path.exists() and path.read_bytes().count(b"model_response") == 2)
    server.process.send_signal(signal.SIGKILL)
    server.process.wait(PATIENCE)
    # A kill seldom meets the one call that writes; this is what it leaves when it does.
    lines = path.read_bytes().splitlines(keepends=True)
    half = lines[-1][: len(lines[-1]) // 2]
    path.write_bytes(b"".join(lines[:-1]) + half)
    server = serve()
    ask(server)
    server.stop()
    entries = whole(data)
    torn = [entry for entry in entries if entry.get("action") == "torn"]
    assert [(entry["bytes"], entry["sha256"]) for entry in torn] == [(len(half), hashlib.sha256(half).hexdigest())]
    assert (data / "audit" / "audit-00000001.jsonl.torn").read_bytes() == half + b"\n"
    assert command("verify", data=data).returncode == 0


@pytest.mark.parametrize("policy", ["continue", "block"])
def test_no_room_for_the_log_follows_the_policy_and_is_never_silent(serve, data, tmp_path, policy):
    server = serve(f", on_failure: {policy}")
    # From now on no file of this process grows beyond 40 KB; its log reaches that soon.
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (40_000, resource.RLIM_INFINITY))
    log = tmp_path / "stderr"
    with httpx2.Client(base_url=server.url, timeout=20) as client:
        statuses: list[int] = []

        def asked() -> httpx2.Response:
            answer = client.post("/v1/chat/completions", json=BODY)
            statuses.append(answer.status_code)
            return answer

        while "audit log cannot be written" not in log.read_text():
            assert asked().status_code in (200, 503)
            assert len(statuses) < 2_000
        answer = asked()
        ready = [httpx2.get(f"{url}/health/ready", timeout=20) for url in (server.url, server.admin_url)]
        assert [response.status_code for response in ready] == [200 if policy == "continue" else 503] * 2
        if policy == "continue":
            assert answer.status_code == 200
        else:
            assert answer.status_code == 503
            assert "audit" in answer.json()["error"]["message"]
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        eventually(lambda: asked().status_code == 200)
        eventually(lambda: "can be written again" in log.read_text())
        assert httpx2.get(f"{server.admin_url}/health/ready", timeout=20).status_code == 200
    server.stop()
    entries = whole(data)
    gaps = [entry for entry in entries if entry.get("action") == "gap"]
    assert len(gaps) >= 1
    assert all(gap["lost"] == 0 for gap in gaps)
    assert (sum(gap["refused"] for gap in gaps) > 0) == (policy == "block")
    # Whatever was answered is in the log, also what was answered while it could not be written.
    answered = [entry for entry in entries if entry["event"] == "model_response" and entry["outcome"] == "answered"]
    assert len(answered) == statuses.count(200)
    assert sum(gap["refused"] for gap in gaps) == statuses.count(503)
    assert command("verify", data=data).returncode == 0


def test_a_reload_is_an_event_with_paths_and_no_values(serve, data, tmp_path):
    server = serve()
    config = tmp_path / "aurelis.yaml"
    config.write_text(config.read_text() + "retry: { rate_limit: { retries: 3 } }\n")
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: "in effect" in (tmp_path / "stderr").read_text())
    config.write_text("nonsense: true\n")
    server.process.send_signal(signal.SIGHUP)
    eventually(lambda: "refused" in (tmp_path / "stderr").read_text())
    server.stop()
    events = [entry for entry in whole(data) if entry["event"] == "config_event"]
    assert [event["action"] for event in events] == ["start", "reload", "reload_refused"]
    assert any("retry" in path for path in events[1]["settings"])


def test_keys_and_credentials_that_come_and_go_are_events(data, tmp_path):
    config = tmp_path / "aurelis.yaml"
    config.write_text(f"providers: [{{ id: p, preset: custom, base_url: 'http://127.0.0.1:9' }}]\ndata_dir: {data}\n")
    environment = {name: value for name, value in os.environ.items() if name != "DBUS_SESSION_BUS_ADDRESS"}

    def run(*arguments: str, text: str = "") -> str:
        done = subprocess.run(
            [COMMAND, *arguments, "--config", str(config)],
            input=text, capture_output=True, text=True, timeout=60, env=environment,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    secrets = [run("keys", "create", "ci"), run("keys", "create", "ops", "--admin"), run("keys", "rotate", "ci")]
    run("keys", "revoke", "ops")
    for credential in ("sk-first", "sk-second"):
        run("auth", "login" if credential == "sk-first" else "rotate", "--offline", text=credential)
    run("auth", "logout")
    entries = whole(data)
    events = [entry for entry in entries if entry["event"] == "auth_event"]
    assert [(entry["action"], entry["place"], entry.get("key")) for entry in events] == [
        ("key_created", "gateway", "ci"), ("key_created", "admin", "ops"), ("key_rotated", "gateway", "ci"),
        ("key_revoked", "admin", "ops"),
        ("credential_stored", "p", None), ("credential_rotated", "p", None), ("credential_removed", "p", None),
    ]  # fmt: skip
    assert not any("outcome" in entry for entry in events)
    text = json.dumps(entries)
    assert not any(secret[-40:] in text for secret in secrets) and "sk-" not in text


def test_a_flood_of_refusals_fills_no_disk_and_hides_no_request(serve, data):
    server = serve()
    with httpx2.Client(base_url=server.url, timeout=20) as client:
        for _ in range(500):
            refused = client.get("/v1/models", headers={"authorization": "Bearer aurelis_ci_nonsense"})
            assert refused.status_code == 401
            assert client.get("/v1/models", headers={"origin": "https://evil.example"}).status_code == 403
    assert ask(server, 3) == [200] * 3
    server.stop()
    entries = whole(data)
    for event, reason in (("auth_event", ("reason", "malformed_key")), ("security_event", ("rule", "foreign_origin"))):
        found = [entry for entry in entries if entry["event"] == event]
        assert all(entry[reason[0]] == reason[1] and entry["place"] == "gateway" for entry in found)
        told = [entry for entry in found if "left_out" in entry]
        single = [entry for entry in found if "left_out" not in entry]
        assert len(single) + sum(entry["left_out"] for entry in told) == 500
        assert len(found) < 100 and told
        assert all(entry["address"] == "127.0.0.1" for entry in single)
    assert sum(entry["event"] == "model_request" for entry in entries) == 3


@pytest.mark.parametrize("arguments", [("verify",), ("verify", "--json")])
def test_where_there_is_no_log_there_is_none_to_verify(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    report = command(*arguments, data=tmp_path / "data")
    assert report.returncode == 1 and "there is no audit log in" in report.stderr
    if "--json" in arguments:
        assert json.loads(report.stdout)["whole"] is False
    # With anchors there was a log, and nobody can tell what became of it without its key.
    anchors = tmp_path / "data" / "audit" / "anchors.jsonl"
    anchors.parent.mkdir(parents=True)
    anchors.write_text("{}\n")
    report = command(*arguments, data=tmp_path / "data")
    assert report.returncode == 3 and "the audit log has no key" in report.stderr

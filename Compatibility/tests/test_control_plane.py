"""The control plane over HTTP, and the command that has a gateway read its configuration again."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path

import httpx2
import openai
import pytest

from conftest import CHAT_MODEL, Serve, openai_client
from support.server import COMMAND, Server

QUESTION = [{"role": "user", "content": "Say hello."}]


def command(*arguments: object, key: str = "") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AURELIS_")}
    if key:
        environment["AURELIS_ADMIN_KEY"] = key
    return subprocess.run(
        [COMMAND, *map(str, arguments)], env=environment, capture_output=True, text=True, timeout=30
    )


class Steered:
    """A gateway with a configuration file and an admin key."""

    def __init__(self, launch: Serve, directory: Path) -> None:
        self.file = directory / "aurelis.yaml"
        self.write("")
        data = directory / "data"
        self.key = command("keys", "create", "ops", "--admin", "--data-dir", data).stdout.strip()
        self.server: Server = launch("serve", "--config", str(self.file), "--data-dir", str(data), data_directory=False)
        headers = {"authorization": f"Bearer {self.key}"}
        self.admin = httpx2.Client(base_url=self.server.admin_url, headers=headers, timeout=20)

    def write(self, more: str) -> None:
        self.file.write_text(f"simulate: true\nsimulator: {{ tier: enterprise }}\ngateway: {{ keys: required }}\n{more}")

    def ask(self, key: str, model: str = CHAT_MODEL, **options: object) -> str:
        with openai_client(self.server, api_key=key) as client:
            answer = client.chat.completions.with_raw_response.create(model=model, messages=QUESTION, **options)
            return answer.headers["x-aurelis-request-id"]

    def reload(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        return command("config", "reload", "--admin", self.server.admin_url, *arguments, key=self.key)


@pytest.fixture
def steered(launch: Serve, tmp_path: Path) -> Steered:
    return Steered(launch, tmp_path)


def test_a_key_is_made_used_rotated_and_revoked_over_http(steered: Steered) -> None:
    made = steered.admin.post("/admin/keys", json={"name": "ci", "scope": {"models": ["gpt-4o-mini"]}})
    assert made.status_code == 201
    key = made.json()["key"]
    # Not within a second: now.
    steered.ask(key)
    with pytest.raises(openai.PermissionDeniedError):
        steered.ask(key, model="gpt-4o")
    fresh = steered.admin.post("/admin/keys/ci/rotate").json()["key"]
    with pytest.raises(openai.AuthenticationError):
        steered.ask(key)
    steered.ask(fresh)
    assert steered.admin.post("/admin/keys/ci/revoke").json()["usable"] is False
    with pytest.raises(openai.AuthenticationError) as failure:
        steered.ask(fresh)
    assert failure.value.code == "revoked_api_key"
    listed = command("keys", "list", "--all", "--json", "--data-dir", steered.file.parent / "data").stdout
    assert '"id":"ci"' in listed and fresh not in listed


def test_requests_are_found_by_what_became_of_them(steered: Steered) -> None:
    key = steered.admin.post("/admin/keys", json={"name": "ci"}).json()["key"]
    asked = [steered.ask(key) for _ in range(5)]
    with pytest.raises(openai.NotFoundError):
        steered.ask(key, model="no-such-model")
    failed = steered.admin.get("/admin/requests", params={"outcome": "failed", "key": "ci", "since": "1h"}).json()
    assert [entry["model_requested"] for entry in failed["requests"]] == ["no-such-model"]
    found, parameters = [], {"model": CHAT_MODEL, "outcome": "answered", "limit": 2}
    while True:
        page = steered.admin.get("/admin/requests", params=parameters).json()
        found += [entry["id"] for entry in page["requests"]]
        if page["next_cursor"] is None:
            break
        parameters["cursor"] = page["next_cursor"]
    assert sorted(found) == sorted(asked)


def test_the_command_has_a_gateway_read_its_configuration_again(steered: Steered) -> None:
    key = steered.admin.post("/admin/keys", json={"name": "ci"}).json()["key"]
    steered.write("routing: { aliases: { mine: gpt-4o-mini } }\naudit: { sync: never }\n")
    done = steered.reload()
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["changed routing.aliases.mine", "needs a restart audit.sync"]
    assert done.stderr == "the rest of the configuration is in effect\n"
    steered.ask(key, model="mine")

    steered.write("routing: { alises: {} }\n")
    refused = steered.reload()
    assert refused.returncode == 3 and not refused.stdout
    assert f"{steered.file}:4:12: routing.alises: unknown setting" in refused.stderr.replace("\n", " ")
    steered.ask(key, model="mine")
    shown = {entry["path"]: entry for entry in steered.admin.get("/admin/configuration").json()["settings"]}
    assert shown["routing.aliases.mine"]["value"] == "gpt-4o-mini" and shown["audit.sync"]["value"] == "interval"
    assert shown["simulator.tier"]["origin"].startswith(f"{steered.file}:2:")


def test_where_no_gateway_listens_nothing_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "aurelis.yaml"
    file.write_text("simulate: true\nadmin: { port: 1 }\n")
    done = command("config", "reload", "--config", file)
    assert done.returncode == 1 and "no gateway" in done.stderr and "--admin" in done.stderr
    named = command("config", "reload", "--config", file, "--admin", "http://127.0.0.1:1")
    assert named.returncode == 1 and "does not answer" in named.stderr


def test_a_reload_without_the_admin_key_is_refused_and_says_so(launch: Serve, tmp_path: Path) -> None:
    data = tmp_path / "data"
    command("keys", "create", "ops", "--admin", "--data-dir", data)
    server = launch("serve", "--simulate", "--data-dir", str(data), data_directory=False)
    file = tmp_path / "aurelis.yaml"
    file.write_text(f"simulate: true\nadmin: {{ port: {server.admin_url.rsplit(':', 1)[1]} }}\n")
    done = command("config", "reload", "--config", file, "--json")
    assert done.returncode == 4, done.stderr
    assert "AURELIS_ADMIN_KEY" in done.stderr and "no gateway" not in done.stderr
    assert '"exit_status":4' in done.stdout


@pytest.mark.parametrize(
    ("fields", "body", "status"),
    [
        ("transfer-encoding: identity", "2\r\n{}\r\n0\r\n\r\n", 501),
        ("transfer-encoding: xchunked", "2\r\n{}\r\n0\r\n\r\n", 501),
        ("transfer-encoding: ", "2\r\n{}\r\n0\r\n\r\n", 501),
        ("transfer-encoding: chunked;q=1", "2\r\n{}\r\n0\r\n\r\n", 501),
        ("transfer-encoding: gzip, chunked", "2\r\n{}\r\n0\r\n\r\n", 501),
        ("transfer-encoding: chunked", "2\r\n{}zz\r\n0\r\n\r\n", 400),
        ("transfer-encoding: chunked", "-2\r\n{}\r\n0\r\n\r\n", 400),
        ("host: evil.example\r\ncontent-length: 2", "{}", 400),
    ],
)
@pytest.mark.parametrize("path", ["/admin/circuits/reset", "/admin/keys"])
def test_what_two_readers_could_understand_differently_is_refused_before_anything_is_done(
    steered: Steered, path: str, fields: str, body: str, status: int
) -> None:
    follower = "GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n"
    head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {steered.key}\r\n{fields}\r\n\r\n"
    host, port = steered.server.admin_url.removeprefix("http://").rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall((head + body + follower).encode())
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert answer.count(b"HTTP/1.1 ") == 1

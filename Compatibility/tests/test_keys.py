"""Aurelis's own keys, as the `openai` package and the command see them."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx2
import openai
import pytest

from conftest import CHAT_MODEL, Serve, openai_client
from support.samples import PROVIDER_TOKEN, completion
from support.provider import ScriptedProvider
from support.server import COMMAND, Server

QUESTION = [{"role": "user", "content": "Say hello."}]


class Keys:
    """The command `aurelis keys` on one data directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def run(self, *arguments: str, key: str | None = None, command: str = "keys") -> tuple[int, str, str]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AURELIS_")}
        if key:
            environment["AURELIS_ADMIN_KEY"] = key
        done = subprocess.run(
            [COMMAND, command, *arguments, "--data-dir", str(self.directory)],
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
        )
        return done.returncode, done.stdout, done.stderr

    def create(self, *arguments: str) -> str:
        status, output, errors = self.run("create", *arguments)
        assert status == 0, errors
        # The key alone, so that KEY=$(…) works.
        assert output.endswith("\n") and len(output.split()) == 1
        return output.strip()


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path / "data")


def serve(launch: Serve, keys: Keys, *arguments: str, configuration: str = "", **options: object) -> Server:
    file = keys.directory.parent / "aurelis.yaml"
    file.write_text(configuration or "gateway: { keys: required }\n")
    arguments = ("serve", *arguments, "--config", str(file), "--data-dir", str(keys.directory))
    return launch(*arguments, data_directory=False, **options)


def simulated(launch: Serve, keys: Keys, **options: object) -> Server:
    return serve(launch, keys, "--simulate", "--tier", "enterprise", **options)


def ask(server: Server, key: str, content: str = "hello", model: str = CHAT_MODEL, **options: object):
    messages = [{"role": "user", "content": content}]
    client = openai_client(server, api_key=key)
    return client.chat.completions.with_raw_response.create(model=model, messages=messages, **options)


def eventually(condition, seconds: float = 1.5) -> float:
    """How long it took until the condition held."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < seconds, "it did not come about in time"
        time.sleep(0.02)
    return time.monotonic() - start


def is_refused(server: Server, key: str, code: str) -> bool:
    try:
        openai_client(server, api_key=key).models.list()
    except openai.AuthenticationError as failure:
        return failure.code == code
    return False


def test_a_key_lets_in_and_nothing_else_does(launch: Serve, keys: Keys) -> None:
    key = keys.create("ci")
    server = simulated(launch, keys)
    assert ask(server, key).parse().choices[0].message.content
    mistyped = key[:-1] + ("x" if key[-1] != "x" else "y")
    for wrong, code in [("unused", "invalid_api_key"), (mistyped, "invalid_api_key")]:
        with pytest.raises(openai.AuthenticationError) as failure:
            ask(server, wrong)
        assert failure.value.code == code and failure.value.type == "authentication_error"
        assert failure.value.response.headers["www-authenticate"].startswith("Bearer")
    assert httpx2.get(f"{server.url}/health/ready").status_code == 200


def test_what_the_command_changes_reaches_a_running_gateway_within_a_second(launch: Serve, keys: Keys) -> None:
    server = simulated(launch, keys)
    key = keys.create("ci", "--expires", "4s")
    made = time.monotonic()
    eventually(lambda: not is_refused(server, key, "invalid_api_key"))
    openai_client(server, api_key=key).models.list()
    other = keys.create("other")
    eventually(lambda: not is_refused(server, other, "invalid_api_key"))
    assert keys.run("revoke", "other")[0] == 0
    eventually(lambda: is_refused(server, other, "revoked_api_key"))
    rotated = keys.run("rotate", "ci", "--grace", "1h")[1].strip()
    eventually(lambda: not is_refused(server, rotated, "invalid_api_key"))
    openai_client(server, api_key=key).models.list()
    eventually(lambda: is_refused(server, key, "expired_api_key"), seconds=6)
    assert time.monotonic() - made > 3.5


def test_a_scope_is_told_and_lists_only_its_models(launch: Serve, keys: Keys) -> None:
    key = keys.create("ci", "--models", "gpt-4o*", "--endpoints", "chat,models", "--tasks", "codeReview,general")
    server = simulated(launch, keys)
    client = openai_client(server, api_key=key)
    assert {model.id for model in client.models.list()} == {"gpt-4o", "gpt-4o-mini"}
    with pytest.raises(openai.PermissionDeniedError) as failure:
        ask(server, key, model="codestral-2501")
    assert failure.value.code == "model_not_allowed" and "it may ask gpt-4o*" in failure.value.message
    with pytest.raises(openai.PermissionDeniedError) as failure:
        client.embeddings.create(model="text-embedding-3-small", input="x")
    assert failure.value.code == "endpoint_not_allowed" and "chat, models" in failure.value.message
    with pytest.raises(openai.PermissionDeniedError) as failure:
        ask(server, key, model="auto/translation")
    assert failure.value.code == "task_not_allowed"
    assert ask(server, key, model="auto/codeReview").headers["x-aurelis-model"] == "gpt-4o"


def test_each_key_has_its_own_limit_by_the_providers_count(launch: Serve, keys: Keys) -> None:
    simulator = launch("simulate", "--no-quota")
    few, more = keys.create("few", "--requests-per-minute", "3"), keys.create("more", "--requests-per-day", "5")
    provider = f"id: gh, preset: github-models, base_url: '{simulator.url}', api_key: {{ env: TOKEN }}"
    configuration = f"providers: [{{ {provider} }}]\ngateway: {{ keys: required }}\n"
    server = serve(launch, keys, configuration=configuration, environment={"TOKEN": PROVIDER_TOKEN})

    def status(number: int) -> tuple[str, int]:
        key, name = (few, "few") if number % 2 else (more, "more")
        try:
            ask(server, key, f"question {number}", extra_headers={"x-aurelis-fallback": "true", "x-aurelis-timeout": "5s"})
        except openai.RateLimitError as failure:
            assert failure.code == "key_limit_reached" and f"of the key {name} are used" in failure.message
            assert int(failure.response.headers["retry-after"]) > 0
            return name, 429
        return name, 200

    with ThreadPoolExecutor(8) as pool:
        outcomes = Counter(pool.map(status, range(20)))
    assert outcomes == {("few", 200): 3, ("few", 429): 7, ("more", 200): 5, ("more", 429): 5}
    requests = httpx2.get(f"{simulator.url}/_simulator/requests").json()["requests"]
    assert Counter(request["status"] for request in requests) == {200: 8}
    report = json.loads(keys.run("--json", "--config", str(keys.directory.parent / "aurelis.yaml"), command="quota")[1])
    assert {row["key"]: row["limits"][0]["used"] for row in report["keys"]} == {"few": 3, "more": 5}


def test_two_keys_share_neither_answers_nor_flights(launch: Serve, keys: Keys, provider: ScriptedProvider) -> None:
    one, other = keys.create("one"), keys.create("other")
    configuration = (
        f"providers: [{{ id: local, preset: custom, base_url: '{provider.url}', api_key: {{ env: TOKEN }} }}]\n"
        "gateway: { keys: required }\n"
    )
    environment = {"TOKEN": PROVIDER_TOKEN, "AURELIS_CACHE": "use"}
    server = serve(launch, keys, configuration=configuration, environment=environment)
    provider.received.clear()
    release = threading.Event()
    provider.replies(200, completion("the same"))
    reply = provider.answer

    def answer(connection) -> None:
        release.wait(10)
        reply(connection)

    provider.answer = answer

    def together(key: str) -> str:
        return ask(server, key, "all together", model="some-model").headers["x-aurelis-cache"]

    with ThreadPoolExecutor(6) as pool:
        asked = list(pool.map(lambda key: pool.submit(together, key), [one, other, one, other, one, other]))
        eventually(lambda: len(provider.received) >= 2, seconds=5)
        release.set()
        caches = Counter(future.result().split(";")[0] for future in asked)
    # One question each, which the others of the same key have joined or found.
    assert len(provider.received) == 2
    assert caches["miss"] == 2 and sum(caches.values()) == 6
    assert together(one).startswith("hit") and together(other).startswith("hit")
    assert len(provider.received) == 2


def test_operators_have_keys_of_their_own(launch: Serve, keys: Keys) -> None:
    server = simulated(launch, keys)
    address = ("--admin", server.admin_url)
    assert keys.run(*address, command="why")[0] == 0
    admin = keys.create("ops", "--admin")
    gateway = keys.create("ci")
    eventually(lambda: httpx2.get(f"{server.admin_url}/admin/quota").status_code == 401)
    assert httpx2.get(f"{server.admin_url}/health").status_code != 401
    status, _, errors = keys.run(*address, command="why")
    assert status == 4 and "AURELIS_ADMIN_KEY" in errors
    assert keys.run(*address, command="why", key=admin)[0] == 0
    status, _, errors = keys.run(*address, command="why", key=gateway)
    assert status == 4 and "a key for models" in errors
    status, _, errors = keys.run(*address, command="why", key=admin[:-1] + "!")
    assert status == 4 and "cannot be a key" in errors
    with pytest.raises(openai.AuthenticationError) as failure:
        ask(server, admin)
    assert failure.value.code == "wrong_kind_of_key"


def test_other_machines_are_let_in_only_with_keys(launch: Serve, keys: Keys) -> None:
    status, _, errors = keys.run("--simulate", "--host", "0.0.0.0", "--port", "0", "--admin-port", "0", command="serve")
    assert status == 3 and "aurelis keys create NAME" in errors
    key = keys.create("ci")
    server = simulated(launch, keys, configuration="gateway: { host: 0.0.0.0 }\n")
    port = server.url.rsplit(":", 1)[1]
    url = f"http://127.0.0.1:{port}/v1/models"
    assert httpx2.get(url, headers={"host": "gateway.example"}).status_code == 401
    assert httpx2.get(url, headers={"host": "gateway.example", "api-key": key}).status_code == 200


def test_the_list_tells_everything_but_secrets(keys: Keys) -> None:
    key = keys.create("ci", "--budget", "2.50", "--requests-per-minute", "10", "--expires", "30d")
    keys.create("ops", "--admin")
    keys.create("old")
    keys.run("revoke", "old")
    status, output, _ = keys.run("list", "--all", "--json")
    rows = {row["id"]: row for row in json.loads(output)["keys"]}
    assert status == 0 and set(rows) == {"ci", "ops", "old"}
    assert rows["ci"]["limits"] == {"budget_picodollars": 2_500_000_000_000, "requests_per_minute": 10}
    assert rows["ops"]["kind"] == "admin" and not rows["old"]["usable"]
    secret = key.removeprefix("aurelis_ci_")
    stored = (keys.directory / "keys.json").read_text()
    for text in (output, stored, keys.run("list")[1], keys.run("show", "ci")[1]):
        assert secret[:16] not in text and secret[-16:] not in text
    assert (keys.directory / "keys.json").stat().st_mode & 0o777 == 0o600
    assert keys.run("show", key)[1] == keys.run("show", "ci")[1]
    assert "mistyped" in keys.run("show", key[:-1] + ("x" if key[-1] != "x" else "y"))[2]
    status, _, errors = keys.run("create", "ci")
    assert status == 1 and "rotate" in errors
    made = json.loads(keys.run("create", "json", "--json")[1])
    assert made["id"] == "json" and made["key"].startswith("aurelis_json_")

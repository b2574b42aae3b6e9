"""The layers behind memory, with a real Redis, real files and real processes."""

import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import openai
import pytest

from conftest import CHAT_MODEL, Serve, openai_client
from support.provider import ScriptedProvider
from support.redis import Redis
from support.samples import PROVIDER_TOKEN, completion
from support.server import Server

Gateway = Callable[..., Server]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    with Redis(tmp_path) as redis:
        yield redis


@pytest.fixture
def gateway_with(launch: Serve, simulator: Server, tmp_path: Path) -> Gateway:
    """A gateway with these settings of its cache, before the simulator or another provider."""

    def start(cache: str, name: str = "data", url: str = "", **environment: str) -> Server:
        file = tmp_path / f"aurelis-{time.monotonic_ns()}.yaml"
        file.write_text(
            f"providers: [{{ id: other, preset: {'custom' if url else 'github-models'}, base_url: '{url or simulator.url}', api_key: {{ env: TOKEN }} }}]\n"
            f"cache: {{ {cache} }}\n"
            f"data_dir: {tmp_path / name}\n"
        )
        variables = {"TOKEN": PROVIDER_TOKEN, "AURELIS_CACHE": "use", **environment}
        return launch("serve", "--config", str(file), environment=variables, data_directory=False)

    return start


def ask(server: Server, content: str = "hi", **headers: str):
    fields = {"x-aurelis-" + name.replace("_", "-"): value for name, value in headers.items()}
    client = openai_client(server)
    return client.chat.completions.with_raw_response.create(
        model=CHAT_MODEL, messages=[{"role": "user", "content": content}], extra_headers=fields
    )


def status(server: Server, content: str = "hi", **headers: str) -> str:
    return ask(server, content, **headers).headers["x-aurelis-cache"]


def kept_in_redis(redis: Redis, count: int = 1) -> list[bytes]:
    deadline = time.monotonic() + 10
    while len(redis.answers()) < count and time.monotonic() < deadline:
        time.sleep(0.02)
    return redis.answers()


def test_instances_share_redis(gateway_with: Gateway, redis: Redis) -> None:
    one = gateway_with(f"database: {{ enabled: false }}, redis: {{ url: '{redis.url}' }}", "one")
    other = gateway_with(f"database: {{ enabled: false }}, redis: {{ url: '{redis.url}' }}", "other")
    assert status(one, "shared") == "miss"
    assert kept_in_redis(redis)
    assert status(other, "shared") == "hit; layer=redis"
    assert status(other, "shared") == "hit; layer=memory"


def test_redis_gone_costs_nothing_and_back_again_it_is_used(gateway_with: Gateway, redis: Redis) -> None:
    settings = f"memory: {{ entries: 0 }}, database: {{ enabled: false }}, redis: {{ url: '{redis.url}' }}"
    server = gateway_with(settings)
    assert status(server, "before") == "miss"
    assert kept_in_redis(redis)
    assert status(server, "before") == "hit; layer=redis"
    redis.kill()
    for index in range(20):
        start = time.monotonic()
        assert status(server, f"gone {index}") == "miss"
        assert time.monotonic() - start < 1
    redis.start()
    deadline = time.monotonic() + 20
    while status(server, "after") != "hit; layer=redis":
        assert time.monotonic() < deadline, "Redis is not used again"
        time.sleep(0.05)


def test_what_is_in_redis_is_encrypted_and_cannot_be_changed(gateway_with: Gateway, redis: Redis) -> None:
    key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
    settings = (
        "memory: { entries: 0 }, database: { enabled: false }, encrypt: true, key: { env: CACHE_KEY }, "
        f"redis: {{ url: '{redis.url}' }}"
    )
    server = gateway_with(settings, CACHE_KEY=key)
    text = ask(server, "secret").parse().choices[0].message.content
    (name,) = kept_in_redis(redis)
    sealed = redis.value(name)
    assert text.encode() not in sealed
    assert status(server, "secret") == "hit; layer=redis"
    redis.command("SET", name, sealed[:-1] + bytes([sealed[-1] ^ 1]))
    assert status(server, "secret") == "miss"
    assert "cache_tampered" in server.log.read_text()


def test_a_value_of_another_kind_at_the_key_is_a_miss(gateway_with: Gateway, redis: Redis) -> None:
    server = gateway_with(f"memory: {{ entries: 0 }}, database: {{ enabled: false }}, redis: {{ url: '{redis.url}' }}")
    assert status(server, "odd") == "miss"
    (name,) = kept_in_redis(redis)
    redis.command("DEL", name)
    redis.command("LPUSH", name, "x")
    assert status(server, "odd") == "miss"


def test_answers_outlive_the_process(gateway_with: Gateway) -> None:
    first = gateway_with("policy: use", "same")
    assert status(first, "lasting") == "miss"
    first.stop()
    second = gateway_with("policy: use", "same")
    assert status(second, "lasting") == "hit; layer=database"
    second.stop()


def test_processes_of_one_directory_share_the_disk(gateway_with: Gateway) -> None:
    first = gateway_with("memory: { entries: 0 }", "same")
    second = gateway_with("memory: { entries: 0 }", "same")
    assert status(first, "both") == "miss"
    deadline = time.monotonic() + 10
    while status(second, "both", cache="use") != "hit; layer=database":
        assert time.monotonic() < deadline


def test_kill_9_while_answers_are_written_leaves_no_wrong_answer(gateway_with: Gateway) -> None:
    server = gateway_with("memory: { entries: 0 }", "same")
    texts = {index: ask(server, f"question {index}").parse().choices[0].message.content for index in range(200)}
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    again = gateway_with("memory: { entries: 0 }", "same")
    hits = 0
    for index, text in texts.items():
        answer = ask(again, f"question {index}")
        hits += answer.headers["x-aurelis-cache"].startswith("hit")
        assert answer.parse().choices[0].message.content == text
    assert "cache_tampered" not in again.log.read_text()


def test_a_damaged_file_is_moved_aside_and_begun_afresh(gateway_with: Gateway, tmp_path: Path) -> None:
    server = gateway_with("memory: { entries: 0 }", "same")
    assert status(server, "lost") == "miss"
    server.stop()
    file = tmp_path / "same" / "cache.sqlite"
    file.write_bytes(b"this is no database, whatever its name says" * 100)
    for journal in file.parent.glob("cache.sqlite-*"):
        journal.unlink()
    server = gateway_with("memory: { entries: 0 }", "same")
    assert status(server, "lost") == "miss"
    server.stop()
    assert list(file.parent.glob("cache.sqlite.damaged-*"))
    assert "damaged" in server.log.read_text()
    server = gateway_with("memory: { entries: 0 }", "same")
    assert status(server, "lost") == "hit; layer=database"


def test_a_locked_file_holds_nobody_up(gateway_with: Gateway, tmp_path: Path) -> None:
    server = gateway_with("memory: { entries: 0 }", "same")
    assert status(server, "first") == "miss"
    server.stop()
    server = gateway_with("memory: { entries: 0 }", "same")
    assert status(server, "warm") in ("miss", "hit; layer=database")
    lock = sqlite3.connect(tmp_path / "same" / "cache.sqlite", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    for index in range(10):
        start = time.monotonic()
        assert ask(server, f"locked {index}").status_code == 200
        assert time.monotonic() - start < 1
    lock.execute("ROLLBACK")
    lock.close()


@pytest.mark.parametrize("status_code", [429, 500])
def test_stale_answers_only_when_nobody_can_answer(
    gateway_with: Gateway, provider: ScriptedProvider, status_code: int
) -> None:
    settings = "tasks: { general: { ttl: 1s } }, memory: { entries: 0 }, stale_if_exhausted: 1h"
    server = gateway_with(settings, f"stale-{status_code}", provider.url)
    provider.replies(200, completion("kept"))
    assert status(server, "stale") == "miss"
    server.stop()
    server = gateway_with(settings, f"stale-{status_code}", provider.url)
    time.sleep(1.1)
    provider.replies(status_code, {"error": {"message": "not now", "type": "x", "code": "x"}})
    answer = ask(server, "stale", timeout="5s")
    assert answer.headers["x-aurelis-cache"] == "stale; layer=database"
    assert int(answer.headers["age"]) >= 1
    assert answer.parse().choices[0].message.content == "kept"
    # A request that is refused as such gets no old answer in place of the refusal.
    provider.replies(400, {"error": {"message": "bad", "type": "x", "code": "x"}})
    with pytest.raises(openai.BadRequestError):
        ask(server, "stale")

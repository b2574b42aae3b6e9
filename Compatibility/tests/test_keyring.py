"""`aurelis auth` with a real keyring daemon, and a gateway that takes its credential from there."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from conftest import Serve
from support import keyring
from support.keyring import Keyring
from support.provider import ScriptedProvider
from support.samples import QUESTION, completion
from support.server import COMMAND, Server

OLD, NEW = ("sk-" + os.urandom(16).hex() for _ in range(2))


@pytest.fixture
def ring(tmp_path: Path) -> Iterator[Keyring]:
    if lacking := keyring.missing():
        # Shown by `-rs`, which pytest.ini asks for.
        pytest.skip(f"not on this machine: {', '.join(lacking)} (scripts/require tests installs them)")
    with Keyring(tmp_path / "home") as ring:
        yield ring


@pytest.fixture
def configuration(provider: ScriptedProvider, tmp_path: Path) -> Path:
    provider.replies(200, completion())
    provider.received.clear()
    file = tmp_path / "aurelis.yaml"
    # `openai` wants a credential, so a keyring is looked into for it.
    file.write_text(f"providers: [{{ id: openai, base_url: '{provider.url}' }}]\ndata_dir: {tmp_path / 'data'}\n")
    return file


def auth(
    ring: Keyring, configuration: Path, *arguments: str, text: str = "", status: int = 0, bus: bool = True
) -> str:
    environment = dict(ring.environment)
    if not bus:
        del environment["DBUS_SESSION_BUS_ADDRESS"]
    done = subprocess.run(
        [COMMAND, "auth", *arguments, "--config", str(configuration)],
        input=text, capture_output=True, text=True, timeout=60, env=environment,
    )  # fmt: skip
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def used(ring: Keyring, configuration: Path) -> str:
    report = json.loads(auth(ring, configuration, "status", "--offline", "--json").splitlines()[0])
    return next(entry["source"] for entry in report["providers"][0]["sources"] if entry.get("used"))


def sent(server: Server, provider: ScriptedProvider) -> str:
    answer = httpx2.post(
        server.url + "/v1/chat/completions", json={"model": "gpt-4o-mini", "messages": QUESTION}, timeout=20
    )
    assert answer.status_code == 200, answer.text
    return provider.received[-1].headers["authorization"].removeprefix("Bearer ")


def serve(launch: Serve, ring: Keyring, configuration: Path) -> Server:
    # What leads to the keyring takes the place of what leads to the tester's own.
    return launch("serve", "--config", str(configuration), data_directory=False, environment=ring.environment)


def test_a_new_store_is_sealed_with_a_key_in_the_keyring(
    launch: Serve, ring: Keyring, configuration: Path, provider: ScriptedProvider
) -> None:
    assert "keyring" in auth(ring, configuration, "login", "--offline", text=OLD)
    assert used(ring, configuration).startswith("encrypted store")
    assert sent(serve(launch, ring, configuration), provider) == OLD
    # The store is worth nothing without the session in which its key is.
    assert OLD not in (configuration.parent / "data" / "credentials.store").read_text()
    assert "no credential" in auth(ring, configuration, "status", "--offline", status=4, bus=False)
    assert "removed" in auth(ring, configuration, "logout")
    status, left = ring.tool("search", "--all", "service", "aurelis")
    assert "secret =" not in left, left


def test_the_keyring_itself_keeps_exchanges_and_forgets_a_credential(
    launch: Serve, ring: Keyring, configuration: Path, provider: ScriptedProvider
) -> None:
    place = ("service", "aurelis", "account", "openai")
    auth(ring, configuration, "login", "--offline", "--store", "system", text=OLD)
    assert ring.tool("lookup", *place) == (0, OLD)
    assert not (configuration.parent / "data" / "credentials.store").exists()
    assert used(ring, configuration).startswith("system keyring")
    assert sent(serve(launch, ring, configuration), provider) == OLD
    auth(ring, configuration, "rotate", "--offline", text=NEW)
    assert ring.tool("lookup", *place) == (0, NEW)
    # A gateway that starts now takes the new one; one that runs looks once a minute.
    assert sent(serve(launch, ring, configuration), provider) == NEW
    assert "removed" in auth(ring, configuration, "logout")
    assert ring.tool("lookup", *place) == (1, "")
    auth(ring, configuration, "status", "--offline", status=4)

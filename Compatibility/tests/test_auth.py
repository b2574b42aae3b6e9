"""`aurelis auth`, and what a gateway keeps of credentials in its memory."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import Serve
from support.provider import ScriptedProvider
from support.server import COMMAND, Server

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
QUESTION = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}


def token(letter: str) -> str:
    """A classic GitHub token with the right checksum."""
    random = letter * 30
    rest, digits = zlib.crc32(random.encode()), ""
    for _ in range(6):
        digits = ALPHABET[rest % 62] + digits
        rest //= 62
    return f"ghp_{random}{digits}"


@pytest.fixture
def configuration(simulator: Server, tmp_path: Path) -> Path:
    file = tmp_path / "aurelis.yaml"
    file.write_text(
        f"providers: [{{ id: gh, preset: github-models, base_url: '{simulator.url}' }}]\n"
        f"data_dir: {tmp_path / 'data'}\n"
    )
    return file


def environment(**more: str) -> dict[str, str]:
    """Without the credentials and the session bus of whoever runs the tests."""
    own = ("GITHUB_TOKEN", "GH_TOKEN", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "XDG_RUNTIME_DIR")
    return {name: value for name, value in os.environ.items() if name not in own} | more


def auth(configuration: Path, *arguments: str, text: str = "", status: int = 0, **more: str) -> str:
    done = subprocess.run(
        [COMMAND, "auth", *arguments, "--config", str(configuration)],
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        env=environment(**more),
    )
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def source(configuration: Path, name: str, **more: str) -> dict:
    report = json.loads(auth(configuration, "status", "--json", **more).splitlines()[0])
    return next(entry for entry in report["providers"][0]["sources"] if entry["source"].startswith(name))


def test_login_status_rotate_logout(configuration: Path) -> None:
    assert "no credential for gh" in auth(configuration, "status", status=4)
    said = auth(configuration, "login", text=token("a") + "\n")
    assert "(valid)" in said and "key file" in said and token("a") not in said
    stored = source(configuration, "encrypted store")
    assert stored["used"] and stored["validity"] == "valid" and stored["checksum"] == "right"
    assert stored["kind"] == "classic token" and stored["shown"] == "ghp_…" + token("a")[-4:]
    auth(configuration, "rotate", text=token("b"))
    assert source(configuration, "encrypted store")["shown"].endswith(token("b")[-4:])
    assert "removed" in auth(configuration, "logout")
    assert "nothing was stored" in auth(configuration, "logout")
    auth(configuration, "rotate", text=token("c"), status=4)


def test_what_cannot_be_a_credential_is_not_stored(configuration: Path) -> None:
    mistyped = token("a")[:-1] + ("0" if token("a")[-1] != "0" else "1")
    assert "checksum is wrong" in auth(configuration, "login", text=mistyped, status=4)
    assert "refuses" in auth(configuration, "login", text="no-token-of-github", status=4)
    auth(configuration, "login", text="", status=2)
    auth(configuration, "login", text="two words", status=2)
    auth(configuration, "login", "--provider", "nobody", text=token("a"), status=3)
    assert not (configuration.parent / "data" / "credentials.store").exists()


def test_a_provider_that_cannot_be_reached_has_refused_nobody(tmp_path: Path) -> None:
    file = tmp_path / "aurelis.yaml"
    file.write_text(
        "providers: [{ id: gh, preset: github-models, base_url: 'http://127.0.0.1:9' }]\n" f"data_dir: {tmp_path}\n"
    )
    assert "not known" in auth(file, "login", text=token("a"))
    assert source(file, "encrypted store")["validity"] == "unverifiable"


def test_a_passphrase_seals_and_a_wrong_one_is_told(configuration: Path, tmp_path: Path) -> None:
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("correct horse battery staple\n")
    named = {"AURELIS_PASSPHRASE_FILE": str(passphrase)}
    auth(configuration, "login", "--store", "passphrase", text=token("a"), **named)
    assert source(configuration, "encrypted store", **named)["outcome"] == "found"
    passphrase.write_text("another\n")
    # In a table words may stand on several lines.
    assert "passphrase is wrong" in " ".join(auth(configuration, "status", status=4, **named).split())
    assert "passphrase is wrong" in auth(configuration, "login", text=token("b"), status=4, **named)
    assert "removed" in auth(configuration, "logout", "--all")


def test_processes_that_log_in_at_once_lose_nothing(tmp_path: Path) -> None:
    file = tmp_path / "aurelis.yaml"
    names = [f"p{number}" for number in range(8)]
    providers = ", ".join(f"{{ id: {name}, preset: custom, base_url: 'http://127.0.0.1:9' }}" for name in names)
    file.write_text(f"providers: [{providers}]\ndata_dir: {tmp_path / 'data'}\n")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: auth(file, "login", "--provider", name, "--offline", text=f"key-{name}"), names))
    report = json.loads(auth(file, "status", "--offline", "--json").splitlines()[0])
    assert [entry["sources"][-1]["outcome"] for entry in report["providers"]] == ["found"] * 8


def typed(configuration: Path, *arguments: str, answers: list[tuple[str, str]]) -> tuple[int, str]:
    """Runs the command on a terminal and answers its questions; tells what the terminal showed."""
    process, terminal = pty.fork()
    if process == 0:
        command = [COMMAND, "auth", *arguments, "--config", str(configuration)]
        os.execve(COMMAND, command, environment())
    shown, end = "", time.monotonic() + 60
    try:
        while time.monotonic() < end:
            if answers and shown.endswith(answers[0][0]):
                os.write(terminal, answers.pop(0)[1].encode())
            try:
                shown += os.read(terminal, 1024).decode()
            except OSError:
                break
    finally:
        os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), shown


def test_nothing_that_is_typed_is_shown(configuration: Path) -> None:
    passphrase = "a long passphrase"
    status, shown = typed(
        configuration,
        "login",
        "--store",
        "passphrase",
        answers=[
            ("(not shown): ", token("a") + "\n"),
            ("credential store: ", passphrase + "\n"),
            ("the same again: ", passphrase + "\n"),
        ],
    )
    assert status == 0, shown
    assert token("a") not in shown and passphrase not in shown and "stored ghp_…" in shown
    status, shown = typed(configuration, "logout", answers=[("credential store: ", "wrong one\n")])
    assert status == 4 and "passphrase is wrong" in shown
    status, shown = typed(configuration, "login", answers=[("(not shown): ", "half\x03")])
    assert status == 130 and "half" not in shown


def occurrences(process: int, needle: str) -> int:
    """How many times a text is in a process's readable memory."""
    found = 0
    with open(f"/proc/{process}/maps") as maps, open(f"/proc/{process}/mem", "rb", buffering=0) as memory:
        for line in maps:
            ends, rights, *_ = line.split()
            start, end = (int(part, 16) for part in ends.split("-"))
            if not rights.startswith("r") or start >= 1 << 62:
                continue
            try:
                memory.seek(start)
                found += memory.read(end - start).count(needle.encode())
            except OSError:
                continue
    return found


needs_proc = pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="there is no /proc/self/mem")


@pytest.fixture(autouse=True)
def answering(provider: ScriptedProvider) -> None:
    message = {"role": "assistant", "content": "hello"}
    provider.replies(200, {"model": "gpt-4o", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})


def ask(server: Server) -> int:
    """The status of one question; over a socket of this process, not of the gateway's."""
    import urllib.error
    import urllib.request

    request = urllib.request.Request(
        server.url + "/v1/chat/completions", json.dumps(QUESTION).encode(), {"content-type": "application/json"}
    )
    try:
        return urllib.request.urlopen(request, timeout=20).status
    except urllib.error.HTTPError as error:
        return error.code


@needs_proc
@pytest.mark.parametrize("place", ["store", "file"])
def test_a_credential_that_was_replaced_is_nowhere_in_the_gateways_memory(
    launch: Serve, provider: ScriptedProvider, tmp_path: Path, place: str
) -> None:
    old, new = (f"sk-{letter}" + os.urandom(16).hex() for letter in "on")
    file, key = tmp_path / "aurelis.yaml", tmp_path / "key"
    reference = f", api_key: {{ file: {key} }}" if place == "file" else ""
    file.write_text(
        f"providers: [{{ id: p, preset: custom, base_url: '{provider.url}'{reference} }}]\ndata_dir: {tmp_path}/data\n"
    )

    def put(secret: str) -> None:
        if place == "store":
            auth(file, "login", "--offline", text=secret)
        else:
            draft = tmp_path / "draft"
            draft.write_text(secret)
            draft.chmod(0o600)
            draft.rename(key)

    put(old)
    gateway = launch("serve", "--config", str(file), data_directory=False, environment=environment())
    provider.received.clear()
    for _ in range(20):
        ask(gateway)
    assert sent_by(provider) == old
    # The one copy that is meant to be there; so what is looked for can be found.
    assert occurrences(gateway.process.pid, old) == 1
    put(new)
    end = time.monotonic() + 20
    while sent_by(provider) != new and time.monotonic() < end:
        ask(gateway)
    assert sent_by(provider) == new
    assert occurrences(gateway.process.pid, new) == 1
    assert occurrences(gateway.process.pid, old) == 0


def sent_by(provider: ScriptedProvider) -> str:
    fields = {name.lower(): value for name, value in provider.received[-1].headers.items()}
    return fields.get("authorization", "").removeprefix("Bearer ")


@needs_proc
def test_no_core_dump_holds_a_credential(launch: Serve, provider: ScriptedProvider, tmp_path: Path) -> None:
    if not (gcore := shutil.which("gcore")):
        pytest.skip("there is no gcore; gdb brings it")
    secret = "sk-d" + os.urandom(16).hex()
    file, key = tmp_path / "aurelis.yaml", tmp_path / "key"
    key.write_text(secret)
    key.chmod(0o600)
    file.write_text(f"providers: [{{ id: p, preset: custom, base_url: '{provider.url}', api_key: {{ file: {key} }} }}]\n")
    gateway = launch("serve", "--config", str(file), environment=environment(PLAIN="plain-" + secret[::-1]))
    ask(gateway)
    assert occurrences(gateway.process.pid, secret) == 1
    subprocess.run([gcore, "-o", str(tmp_path / "core"), str(gateway.process.pid)], check=True, capture_output=True)
    dump = (tmp_path / f"core.{gateway.process.pid}").read_bytes()
    # What is in ordinary memory is in the dump, so it is one that can be searched.
    assert b"plain-" + secret[::-1].encode() in dump
    assert secret.encode() not in dump

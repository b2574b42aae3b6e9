"""What a crash leaves behind: the process ends at once, and its core dump holds no secret that is at rest."""

from __future__ import annotations

import base64
import os
import resource
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from support.provider import ScriptedProvider
from support.samples import QUESTION, completion
from support.server import COMMAND, Server

PATTERN = Path("/proc/sys/kernel/core_pattern")


@pytest.fixture
def cores(tmp_path: Path) -> Iterator[Path]:
    """Where the kernel puts core dumps; without such a place the test is left out, and says why."""
    if not PATTERN.exists():
        pytest.skip("core dumps of this system are not told where to go by /proc/sys/kernel/core_pattern")
    pattern = PATTERN.read_text().strip()
    directory = tmp_path / "cores"
    directory.mkdir()
    if not pattern.startswith(("|", "/")):
        # Where the process works, under this name.
        yield directory
        return
    # A machine's setting: nobody's but a machine's that is there for tests only.
    if os.environ.get("CI") != "true":
        pytest.skip(f"core dumps of this machine go to {pattern!r}; only in CI (CI=true) is that changed for a test")
    try:
        PATTERN.write_text("core")
    except OSError as error:
        pytest.skip(f"core dumps of this machine go to {pattern!r}, and that cannot be changed: {error.strerror}")
    yield directory
    PATTERN.write_text(pattern)


class Seeds:
    """Secrets that are nowhere else, in the places where a gateway has them from."""

    def __init__(self, directory: Path, provider: ScriptedProvider) -> None:
        self.directory = directory
        self.provider_key = "sk-" + os.urandom(24).hex()
        self.audit_key, self.cache_key = os.urandom(32), os.urandom(32)
        # In ordinary memory, as every variable is: so that a dump can be seen to be searched.
        self.plain = "plain-" + os.urandom(16).hex()
        self.configuration = directory / "aurelis.yaml"
        self.configuration.write_text(
            f"providers: [{{ id: p, preset: custom, base_url: '{provider.url}', api_key: {self.file('p', self.provider_key)} }}]\n"
            f"audit: {{ key: {self.file('audit', base64.b64encode(self.audit_key).decode())}, sync: always }}\n"
            f"cache: {{ policy: always, encrypt: true, key: {self.file('cache', base64.b64encode(self.cache_key).decode())} }}\n"
            f"gateway: {{ keys: required }}\ndata_dir: {directory / 'data'}\n"
        )
        self.client_key = subprocess.check_output(
            [COMMAND, "keys", "create", "tester", "--config", str(self.configuration)], text=True
        ).strip()

    def file(self, name: str, secret: str) -> str:
        path = self.directory / f"{name}.key"
        path.write_text(secret + "\n")
        path.chmod(0o600)
        return f"{{ file: {path} }}"

    def shapes(self) -> dict[str, bytes]:
        """Every secret at rest in every form in which it might lie in memory."""
        shapes = {"the provider's key": self.provider_key.encode()}
        for name, key in (("the audit key", self.audit_key), ("the cache key", self.cache_key)):
            shapes |= {name: key, f"{name} in Base64": base64.b64encode(key), f"{name} in hexadecimal": key.hex().encode()}
        return shapes


@pytest.fixture
def seeds(tmp_path: Path, provider: ScriptedProvider) -> Seeds:
    provider.replies(200, completion())
    return Seeds(tmp_path, provider)


def start(seeds: Seeds, directory: Path) -> tuple[Server, httpx2.Client]:
    """A gateway that may write core dumps, into the directory, and has used all of its secrets."""
    server = Server(
        "serve", "--config", str(seeds.configuration), "--port", "0", "--admin-port", "0",
        log=seeds.directory / "stderr", environment={"PLAIN": seeds.plain}, cwd=directory,
    )  # fmt: skip
    _, most = resource.prlimit(server.process.pid, resource.RLIMIT_CORE)
    try:
        resource.prlimit(server.process.pid, resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    except (PermissionError, ValueError):
        server.stop()
        pytest.skip(f"this user's processes may write core dumps of {most} bytes")
    client = httpx2.Client(base_url=server.url, timeout=20, headers={"authorization": f"Bearer {seeds.client_key}"})
    for number in range(8):
        body = {"model": "gpt-4o", "messages": [{"role": "user", "content": f"{QUESTION} {number % 4}"}]}
        assert client.post("/v1/chat/completions", json=body).status_code == 200
    assert client.get("/v1/models").status_code == 200
    return server, client


def crashed(server: Server, number: signal.Signals) -> None:
    """Sends a signal that no process is meant to survive, and sees that this one does not."""
    server.process.send_signal(number)
    try:
        status = server.process.wait(20)
    except subprocess.TimeoutExpired:
        server.process.kill()
        pytest.fail(f"{number.name} did not end the gateway")
    assert status == -number


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV, signal.SIGILL, signal.SIGTRAP])
def test_a_crash_ends_the_gateway_at_once_and_prints_no_memory(seeds: Seeds, tmp_path: Path, number: signal.Signals) -> None:
    server, client = start(seeds, tmp_path)
    resource.prlimit(server.process.pid, resource.RLIMIT_CORE, (0, resource.RLIM_INFINITY))
    began = time.monotonic()
    crashed(server, number)
    client.close()
    # A backtrace in the process would take longer, and print what lies around the registers.
    said = (tmp_path / "stderr").read_text(errors="replace")
    assert "Backtrac" not in said and "rsp" not in said, said
    assert time.monotonic() - began < 20


@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV])
def test_the_kernels_core_dump_holds_no_secret_at_rest(seeds: Seeds, cores: Path, number: signal.Signals) -> None:
    server, client = start(seeds, cores)
    client.close()
    crashed(server, number)
    files = list(cores.glob("core*"))
    if not files:
        pytest.skip("the kernel wrote no core dump, although it was allowed to")
    dump = files[0].read_bytes()
    # What is in ordinary memory is in the dump, so it is one that can be searched.
    assert seeds.plain.encode() in dump
    found = [name for name, shape in seeds.shapes().items() if shape in dump]
    assert found == []

"""The servers as processes: what they print, and how they end."""

from __future__ import annotations

import contextlib
import resource
import socket
import subprocess
import time

import httpx2
import pytest

from support.server import COMMAND


@pytest.mark.parametrize("arguments", [("serve", "--simulate"), ("simulate",)], ids=["serve", "simulate"])
def test_a_polite_stop_is_a_success(launch, arguments):
    assert launch(*arguments).stop() == 0


def test_both_listeners_report_that_they_live_and_are_ready(gateway):
    for base in (gateway.url, gateway.admin_url):
        for path in ("/health/live", "/health/ready"):
            assert httpx2.get(base + path).status_code == 200, base + path


def test_a_port_in_use_is_said_and_ends_the_command():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [COMMAND, "simulate", "--port", port], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20
        )

    assert done.returncode != 0
    assert port in done.stderr
    assert done.stdout == ""


def test_the_limit_of_open_files_is_raised_as_far_as_it_may_be(launch):
    server = launch("serve", "--simulate", open_files=(256, 4_096))
    assert resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE) == (4_096, 4_096)


@pytest.mark.parametrize("listener", ["gateway", "control plane"])
def test_connections_that_say_nothing_leave_descriptors_for_everything_else(launch, listener):
    server = launch("serve", "--simulate", "--tier", "enterprise", open_files=(1_024, 1_024))
    assert "gateway.maximum_connections is" in server.log.read_text()
    flooded, other = (server.url, server.admin_url) if listener == "gateway" else (server.admin_url, server.url)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 4_096)), hard))
    question = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hi"}]}
    with contextlib.ExitStack() as held, httpx2.Client(base_url=server.url, timeout=20) as client:
        assert client.post("/v1/chat/completions", json=question).status_code == 200
        for _ in range(1_150):
            connection = held.enter_context(socket.create_connection(address(flooded), timeout=5))
            with contextlib.suppress(OSError):
                connection.sendall(b"GET /hea")
        for _ in range(8):
            assert client.post("/v1/chat/completions", json=question).status_code == 200
        assert httpx2.get(f"{other}/health/live", timeout=20).status_code == 200
        assert live(flooded) in (b"", b"HTTP/1.1 503 ")
    # They are gone, and so is what they held up.
    deadline = time.monotonic() + 15
    while live(flooded) != b"HTTP/1.1 200 ":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert server.stop() == 0
    assert "cannot be written" not in server.log.read_text()


def address(url: str) -> tuple[str, int]:
    host, port = url.removeprefix("http://").rsplit(":", 1)
    return host, int(port)


def live(url: str) -> bytes:
    """The beginning of what a new connection is answered; nothing when it is closed at once."""
    try:
        with socket.create_connection(address(url), timeout=5) as connection:
            connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
            return connection.recv(65_536)[:13]
    except ConnectionError:
        return b""

"""The servers as processes: what they print, and how they end."""

from __future__ import annotations

import socket
import subprocess

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

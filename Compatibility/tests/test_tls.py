"""Both listeners behind TLS, spoken to by the `openai` package, curl, and Python's own `ssl`."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import ssl
import subprocess
import time
from urllib.parse import urlsplit

import httpx2
import openai
import pytest

from support.certificates import Authority
from support.samples import CHAT_MODEL, USER_TOKEN
from support.server import COMMAND

SECONDS = 20.0


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def configured(launch, authority, tmp_path):
    """A simulating gateway with certificates of its own, and the file it is configured by."""

    def start(gateway: str = ""):
        certificate, key = authority.issue("first", into=tmp_path.name)
        file = tmp_path / "aurelis.yaml"
        tls = f"tls: {{ certificate: {certificate}, key: {key}{gateway} }}"
        file.write_text(f"simulate: true\ngateway: {{ {tls} }}\nadmin: {{ tls: {{ certificate: {certificate}, key: {key} }} }}\n")
        return launch("serve", "--config", str(file)), file

    return start


def client(server, authority: Authority) -> openai.OpenAI:
    return openai.OpenAI(
        base_url=server.url + "/v1",
        api_key=USER_TOKEN,
        max_retries=0,
        timeout=SECONDS,
        http_client=openai.DefaultHttpxClient(verify=ssl.create_default_context(cafile=str(authority.certificate))),
    )


def subject(url: str, authority: Authority) -> str:
    """Whose certificate the server at `url` shows now."""
    context = ssl.create_default_context(cafile=str(authority.certificate))
    address = urlsplit(url)
    with (
        socket.create_connection((address.hostname, address.port), timeout=SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=address.hostname) as secure,
    ):
        assert secure.version() == "TLSv1.3"
        return dict(part[0] for part in secure.getpeercert()["subject"])["commonName"]


def ask(client: openai.OpenAI, **options):
    return client.chat.completions.create(model=CHAT_MODEL, messages=[{"role": "user", "content": "Hello"}], **options)


def test_the_openai_package_gets_answers_and_streams_over_tls(configured, authority):
    server, _ = configured()

    with client(server, authority) as openai_client:
        assert server.url.startswith("https://")
        assert ask(openai_client).choices[0].message.content
        assert "".join(chunk.choices[0].delta.content or "" for chunk in ask(openai_client, stream=True) if chunk.choices)


def test_curl_reaches_both_listeners_with_the_authority_and_neither_without(configured, authority):
    server, _ = configured()

    for base in (server.url, server.admin_url):
        curl = ["curl", "--silent", "--show-error", "--max-time", "20", base + "/health/ready"]
        good = subprocess.run([*curl, "--cacert", authority.certificate], capture_output=True, text=True)
        assert json.loads(good.stdout)["status"] == "ready"
        assert subprocess.run(curl, capture_output=True).returncode == 60
        old = subprocess.run([*curl, "--cacert", authority.certificate, "--tls-max", "1.2"], capture_output=True)
        assert old.returncode == 35


def test_plain_http_towards_a_tls_port_is_closed(configured):
    server, _ = configured()

    for base in (server.url, server.admin_url):
        with pytest.raises(httpx2.TransportError):
            httpx2.get(base.replace("https://", "http://") + "/health/live", timeout=SECONDS)


def test_commands_reach_the_control_plane_behind_tls(configured, authority, tmp_path):
    server, file = configured()

    with client(server, authority) as openai_client:
        ask(openai_client)
    why = [COMMAND, "why", "--admin", server.admin_url, "--data-dir", tmp_path / "elsewhere"]
    known = subprocess.run([*why, "--config", file], capture_output=True, text=True, timeout=20)
    assert known.returncode == 0, known.stderr
    assert CHAT_MODEL.split("/")[-1] in known.stdout
    # Without the configuration that names the certificate nobody vouches for it.
    file.write_text("simulate: true\n")
    unknown = subprocess.run([*why, "--config", file], capture_output=True, text=True, timeout=20)
    assert unknown.returncode != 0
    assert "not trusted" in unknown.stderr


def test_a_rotated_certificate_is_for_new_connections_and_streams_go_on(configured, authority):
    server, file = configured()

    with client(server, authority) as openai_client:
        stream = ask(openai_client, stream=True)
        next(iter(stream))
        assert subject(server.url, authority) == "first"

        authority.issue("second", into=file.parent.name)
        server.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + SECONDS
        while subject(server.url, authority) != "second":
            assert time.monotonic() < deadline
        assert subject(server.admin_url, authority) == "second"

        rest = list(stream)
        assert any(chunk.choices and chunk.choices[0].finish_reason == "stop" for chunk in rest)


def test_a_bad_file_changes_nothing(configured, authority):
    server, file = configured()

    key = authority.directory / f"{file.parent.name}.key"
    shutil.copy(authority.directory / "ca.key", key)
    server.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + SECONDS
    while "nothing has changed" not in server.log.read_text():
        assert time.monotonic() < deadline
    assert "is not the key of the certificate" in server.log.read_text()
    assert subject(server.url, authority) == "first"

    checked = subprocess.run([COMMAND, "config", "check", "--config", file], capture_output=True, text=True, timeout=20)
    assert checked.returncode == 3
    assert "gateway.tls" in checked.stderr


def test_clients_show_their_certificates_where_that_is_asked(configured, authority):
    server, _ = configured(f", client_ca: {authority.certificate}")
    certificate, key = authority.issue("client")
    curl = ["curl", "--silent", "--max-time", "20", "--cacert", authority.certificate, server.url + "/health/ready"]

    assert subprocess.run(curl, capture_output=True).returncode != 0
    known = subprocess.run([*curl, "--cert", certificate, "--key", key], capture_output=True, text=True)
    assert json.loads(known.stdout)["status"] == "ready"


def test_a_hundred_silent_connections_do_not_keep_others_out(configured, authority):
    server, _ = configured()
    address = urlsplit(server.url)

    silent = [socket.create_connection((address.hostname, address.port)) for _ in range(100)]
    try:
        assert subject(server.url, authority) == "first"
    finally:
        for connection in silent:
            connection.close()


def test_pins_are_printed_and_hold(launch, authority, configured, tmp_path):
    server, _ = configured()
    file = tmp_path / "client.yaml"
    roots = f"tls: {{ roots: {authority.certificate} }}"
    file.write_text(f"transport: {{ {roots} }}\n")
    printed = subprocess.run(
        [COMMAND, "config", "pins", server.url, "--config", file], capture_output=True, text=True, timeout=20
    )
    assert printed.returncode == 0, printed.stderr
    own, root = (line.split("  ")[0] for line in printed.stdout.splitlines())

    wrong = "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    for pins, mode, status in (([own], "enforce", 0), ([wrong, root], "enforce", 0), ([wrong], "report", 0), ([wrong], "enforce", 6)):
        file.write_text(
            f"providers: [{{ id: up, base_url: '{server.url}/v1', {roots}, pins: {json.dumps(pins)}, pin_mode: {mode} }}]\n"
        )
        done = subprocess.run(
            [COMMAND, "ask", "-m", CHAT_MODEL, "Hello", "--no-cache", "--config", file, "--data-dir", tmp_path / "data"],
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert done.returncode == status, done.stderr
        assert (own in done.stderr) == (wrong == pins[0] and len(pins) == 1)


def test_commands_show_a_certificate_of_their_own_where_the_control_plane_asks_for_one(launch, authority, tmp_path):
    certificate, key = authority.issue("control")
    operator, operators_key = authority.issue("operator")
    file = tmp_path / "aurelis.yaml"
    listener = f"tls: {{ certificate: {certificate}, key: {key}, client_ca: {authority.certificate} }}"
    client = f"client: {{ ca: {authority.certificate}, certificate: {operator}, key: {operators_key} }}"
    file.write_text(f"simulate: true\nadmin: {{ {listener} }}\n")
    server = launch("serve", "--config", str(file))

    def reload() -> subprocess.CompletedProcess[str]:
        command = [COMMAND, "config", "reload", "--json", "--admin", server.admin_url, "--config", file]
        return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=20)

    stranger = reload()
    assert stranger.returncode != 0 and "does not answer" in stranger.stderr
    # What only commands need is not the gateway's business: nothing of it takes a restart.
    file.write_text(f"simulate: true\nadmin: {{ {listener}, {client} }}\n")
    known = reload()
    assert known.returncode == 0, known.stderr
    answer = json.loads(known.stdout)
    assert answer["needs_restart"] == [] and "admin.client.ca" in answer["changed"]
    file.write_text(file.read_text().replace(str(operators_key), str(operators_key) + "x"))
    missing = reload()
    assert missing.returncode == 3 and "admin.client" in missing.stderr

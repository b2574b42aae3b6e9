"""What pins cost: processor time of the gateway for a new connection to a provider, and for a request on one that is kept.

    python3 Benchmarks/pins.py [PATH OF AURELIS]

Two gateways, one with a pin and one without, ask the same nginx over TLS 1.3 in turns, so that whatever else the machine
does befalls both. Their own processor time counts, not the clock.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 9
CONNECTIONS, REQUESTS = 100, 1_000
ANSWER = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello."}, "finish_reason": "stop"}]}
QUESTION = json.dumps({"model": "m", "messages": [{"role": "user", "content": "Hello"}]})

NGINX = """
daemon off; master_process off; pid {directory}/nginx.pid; error_log {directory}/error.log;
events {{}}
http {{
  access_log off; client_body_temp_path {directory}; proxy_temp_path {directory}; fastcgi_temp_path {directory};
  uwsgi_temp_path {directory}; scgi_temp_path {directory};
  ssl_certificate {directory}/server.pem; ssl_certificate_key {directory}/server.key; ssl_protocols TLSv1.3;
  server {{ listen 127.0.0.1:{kept} ssl; keepalive_requests 1000000;
    location / {{ default_type application/json; return 200 '{answer}'; }} }}
  server {{ listen 127.0.0.1:{closed} ssl; keepalive_timeout 0;
    location / {{ default_type application/json; return 200 '{answer}'; }} }}
}}
"""


def openssl(*arguments: str, cwd: Path) -> None:
    subprocess.run(["openssl", *arguments], cwd=cwd, check=True, capture_output=True)


def certificates(directory: Path) -> str:
    """A root, an authority below it and a server below that; returns the server's pin."""
    curve = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *curve, "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=root", "-days", "2", cwd=directory)
    for name, issuer, extension in (
        ("ca", "root", "basicConstraints=critical,CA:true\nkeyUsage=critical,keyCertSign"),
        ("leaf", "ca", "subjectAltName=DNS:localhost\nextendedKeyUsage=serverAuth\nkeyUsage=critical,digitalSignature"),
    ):
        openssl("req", *curve, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}", cwd=directory)
        (directory / "extensions").write_text(extension + "\n")
        sign = ("x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-CAcreateserial")
        openssl(*sign, "-days", "2", "-extfile", "extensions", "-out", f"{name}.pem", cwd=directory)
    (directory / "server.pem").write_text((directory / "leaf.pem").read_text() + (directory / "ca.pem").read_text())
    shutil.copy(directory / "leaf.key", directory / "server.key")
    openssl("ec", "-in", "leaf.key", "-pubout", "-outform", "DER", "-out", "leaf.der", cwd=directory)
    return "sha256/" + base64.b64encode(hashlib.sha256((directory / "leaf.der").read_bytes()).digest()).decode()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Gateway:
    def __init__(self, command: str, directory: Path, name: str, port: int, pin: str | None) -> None:
        pins = f", pins: [{pin}]" if pin else ""
        provider = f"{{ id: p, preset: custom, base_url: 'https://localhost:{port}/v1', tls: {{ roots: {directory}/root.pem }}{pins} }}"
        config = directory / f"{name}.yaml"
        config.write_text(f"providers: [{provider}]\ncache: {{ policy: off }}\naudit: {{ enabled: false }}\n")
        self.process = subprocess.Popen(
            [command, "serve", "--config", config, "--data-dir", directory / name, "--port", "0", "--admin-port", "0", "--threads", "1"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        address = self.process.stdout.readline().strip().removeprefix("listening on http://")
        self.client = http.client.HTTPConnection(address)

    def ask(self, count: int) -> float:
        """Microseconds of the gateway's processor time for each of some requests."""
        before = self.used
        for _ in range(count):
            self.client.request("POST", "/v1/chat/completions", QUESTION, {"content-type": "application/json"})
            answer = self.client.getresponse()
            body = answer.read()
            assert answer.status == 200, body
        return (self.used - before) / count / 1_000

    @property
    def used(self) -> int:
        tasks = Path(f"/proc/{self.process.pid}/task")
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks.iterdir())


def main() -> None:
    command = sys.argv[1] if len(sys.argv) > 1 else str(Path(__file__).parent.parent / ".build/release/aurelis")
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    running: list[subprocess.Popen] = []
    with tempfile.TemporaryDirectory() as path:
        directory = Path(path)
        try:
            pin = certificates(directory)
            ports = {"closed": free_port(), "kept": free_port()}
            (directory / "nginx.conf").write_text(NGINX.format(directory=directory, answer=json.dumps(ANSWER), **ports))
            running.append(subprocess.Popen([nginx, "-c", directory / "nginx.conf", "-p", directory], stderr=subprocess.DEVNULL))
            while True:
                try:
                    socket.create_connection(("127.0.0.1", ports["kept"])).close()
                    break
                except OSError:
                    time.sleep(0.05)
            for kind, count in (("closed", CONNECTIONS), ("kept", REQUESTS)):
                pair = [Gateway(command, directory, f"{kind}-{bool(p)}", ports[kind], p) for p in (None, pin)]
                running += [gateway.process for gateway in pair]
                for gateway in pair:
                    gateway.ask(count)
                times = [[gateway.ask(count) for gateway in pair] for _ in range(ROUNDS)]
                plain, pinned = (statistics.median(time[index] for time in times) for index in (0, 1))
                what = "a request on a connection of its own" if kind == "closed" else "a request on a kept connection"
                print(f"{what}: {plain:.0f} us without pins, {pinned:.0f} us with one: x {pinned / plain:.2f}")
        finally:
            for process in running:
                process.kill()
                process.wait()


if __name__ == "__main__":
    os.environ.pop("HTTPS_PROXY", None)
    os.environ.pop("https_proxy", None)
    main()

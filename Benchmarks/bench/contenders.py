"""The servers that are compared, and how each is started."""

from __future__ import annotations

import os
import shutil
import string
import time
from dataclasses import dataclass
from pathlib import Path

from . import traffic
from .process import Process, free_port

HERE = Path(__file__).resolve().parent.parent


def render(template: str, target: Path, **values: object) -> Path:
    """Writes a template with its `$names` filled in; nginx's own variables have none of ours."""
    text = (HERE / "templates" / template).read_text()
    target.write_text(string.Template(text).substitute(values))
    return target


def nginx() -> str | None:
    return shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def _nginx_command(configuration: Path, directory: Path) -> list[str]:
    return [nginx() or "nginx", "-p", str(directory), "-e", "stderr", "-c", str(configuration)]


def _nginx_values(directory: Path, port: int) -> dict[str, object]:
    # Workers of root become `nobody`, who may not write into our directory.
    return {"directory": directory, "port": port, "user": "user root;" if os.geteuid() == 0 else ""}


@dataclass
class Running:
    """A contender that answers."""

    process: Process
    port: int
    seconds_to_first_answer: float
    look: int
    body: bytes


@dataclass(frozen=True)
class Setting:
    """Where one start happens."""

    directory: Path
    core: int
    upstream_port: int
    # Streams: the yardstick must not hold chunks back, and limits must admit many at once.
    streaming: bool = False


class Contender:
    """A server between the client and the upstream."""

    name = ""
    patience = 20.0
    start_samples = 10
    # A slow server needs a longer look: what is in flight at the end is not counted.
    look = 1
    # What it is asked.
    body = traffic.chat_body()
    # Whether it is measured with streams too.
    streams = True

    def command(self, setting: Setting, port: int) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        return {}

    def start(self, setting: Setting) -> Running:
        """Starts it and waits until it has proxied a first request."""
        setting.directory.mkdir(parents=True, exist_ok=True)
        port = free_port()
        command = self.command(setting, port)
        process = Process(command, setting.core, setting.directory / "log", self.environment())
        request = traffic.http_request(traffic.chat_body(stream=setting.streaming))
        seconds = process.wait_until_answering(port, request, self.patience)
        return Running(process, port, seconds, self.look, self.body)


class Nginx(Contender):
    name = "nginx"

    def command(self, setting: Setting, port: int) -> list[str]:
        values = _nginx_values(setting.directory, port)
        configuration = render(
            "proxy.conf",
            setting.directory / "proxy.conf",
            upstream=setting.upstream_port,
            buffering="off" if setting.streaming else "on",
            **values,
        )
        return _nginx_command(configuration, setting.directory)


class Aurelis(Contender):
    name = "aurelis"

    def __init__(self, binary: Path) -> None:
        self.binary = binary

    def command(self, setting: Setting, port: int) -> list[str]:
        # Its defaults are what is measured; only a thousand streams at once need wider limits than those.
        limits = HERE / "templates" / "aurelis.yaml"
        configuration = ["--config", str(limits)] if setting.streaming and limits.exists() else []
        return [
            str(self.binary), "serve", *configuration, "--threads", "1", "--port", str(port), "--admin-port", "0",
            "--data-dir", str(setting.directory / "data"),
            "--base-url", f"http://127.0.0.1:{setting.upstream_port}/v1", "--api-key-env", "BENCH_KEY",
        ]  # fmt: skip

    def environment(self) -> dict[str, str]:
        return {"BENCH_KEY": "upstream-key"}


class KeptAnswers(Aurelis):
    """Aurelis with one cache layer, asked again and again for what that layer has."""

    start_samples = 1
    body = traffic.kept_body()
    streams = False

    def __init__(self, binary: Path, layer: str, redis_port: int = 0) -> None:
        super().__init__(binary)
        self.name = {"memory": "hits", "redis": "hits L2", "database": "hits L3"}[layer]
        self._layer = layer
        self._redis_port = redis_port

    def command(self, setting: Setting, port: int) -> list[str]:
        lines = ["cache:"]
        lines.append(f"  memory: {{ entries: {1000 if self._layer == 'memory' else 0} }}")
        lines.append(f"  database: {{ enabled: {'true' if self._layer == 'database' else 'false'} }}")
        if self._layer == "redis":
            lines.append(f"  redis: {{ url: 'redis://127.0.0.1:{self._redis_port}' }}")
        file = setting.directory / "cache.yaml"
        file.write_text("\n".join(lines) + "\n")
        return [*super().command(setting, port), "--config", str(file)]

    def start(self, setting: Setting) -> Running:
        running = super().start(setting)
        # Kept, and brought to where it is kept.
        request = traffic.http_request(self.body)
        for _ in range(2):
            running.process.wait_until_answering(running.port, request, self.patience)
            time.sleep(0.7)
        return running


class LargeQuota(Aurelis):
    """Aurelis counting every request on limits that are never reached."""

    name = "quota"
    start_samples = 1
    streams = False

    def command(self, setting: Setting, port: int) -> list[str]:
        file = setting.directory / "quota.yaml"
        file.write_text(
            f"""providers:
  - id: custom
    base_url: http://127.0.0.1:{setting.upstream_port}/v1
    api_key: {{ env: BENCH_KEY }}
    limits: {{ requests_per_minute: 1000000000, requests_per_day: 1000000000000 }}
"""
        )
        return [
            str(self.binary), "serve", "--config", str(file), "--threads", "1", "--port", str(port),
            "--admin-port", "0", "--data-dir", str(setting.directory / "data"),
        ]  # fmt: skip


class Traced(Aurelis):
    """Aurelis tracing one request in ten, as a busy gateway would, to a collector that takes everything."""

    name = "traced"
    start_samples = 1
    streams = False

    def command(self, setting: Setting, port: int) -> list[str]:
        file = setting.directory / "tracing.yaml"
        file.write_text(
            f"tracing: {{ endpoint: 'http://127.0.0.1:{setting.upstream_port}/v1/chat/completions', sample: 0.1 }}\n"
        )
        return [*super().command(setting, port), "--config", str(file)]


class Churning(Aurelis):
    """Aurelis with room for a fixed amount of answers in memory, and for nothing else."""

    name = "churn"
    megabytes = 64

    def command(self, setting: Setting, port: int) -> list[str]:
        file = setting.directory / "cache.yaml"
        file.write_text(
            f"cache:\n  memory: {{ entries: 10000000, size: {self.megabytes}MB }}\n  database: {{ enabled: false }}\n"
        )
        return [*super().command(setting, port), "--config", str(file)]


class LiteLLM(Contender):
    name = "litellm"
    patience = 120.0
    start_samples = 3
    look = 3

    def __init__(self, environment: Path) -> None:
        self._bin = environment / "bin"

    def command(self, setting: Setting, port: int) -> list[str]:
        configuration = render("litellm.yaml", setting.directory / "litellm.yaml", upstream=setting.upstream_port)
        return [
            str(self._bin / "litellm"), "--config", str(configuration), "--host", "127.0.0.1", "--port", str(port),
            "--num_workers", "1",
        ]  # fmt: skip

    def environment(self) -> dict[str, str]:
        return {
            "LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true",
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",
            "LITELLM_LOG": "ERROR",
            "NO_PROXY": "127.0.0.1",
        }


def redis_server() -> str | None:
    return shutil.which("redis-server", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/bin")


def start_redis(directory: Path, core: int) -> tuple[Process, int]:
    """A Redis that keeps nothing on the disk."""
    directory.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [
        redis_server() or "redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(directory),
    ]  # fmt: skip
    return Process(command, core, directory / "log"), port


def start_upstream(directory: Path, core: int) -> tuple[Process, int]:
    """The fixed-answer provider for requests that are not streamed."""
    directory.mkdir(parents=True, exist_ok=True)
    port = free_port()
    configuration = render(
        "upstream.conf", directory / "upstream.conf", answer=traffic.chat_answer(), **_nginx_values(directory, port)
    )
    process = Process(_nginx_command(configuration, directory), core, directory / "log")
    process.wait_until_answering(port, traffic.http_request(traffic.chat_body()), 10)
    return process, port

"""A real Prometheus on loopback, as Debian packages it, and its `promtool`."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any, Self

from support.server import die_with_parent

PROMETHEUS = shutil.which("prometheus")
PROMTOOL = shutil.which("promtool")
START_SECONDS = 30.0


def promtool(*arguments: str, stdin: str = "", directory: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [PROMTOOL, *arguments], input=stdin, capture_output=True, text=True, timeout=60, cwd=directory
    )


class Prometheus:
    """Scrapes some addresses four times a second."""

    def __init__(self, directory: Path, *targets: str, bearer: Path | None = None, rules: Path | None = None) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        configuration: dict[str, Any] = {
            "global": {"scrape_interval": "250ms", "scrape_timeout": "250ms", "evaluation_interval": "1s"},
            "scrape_configs": [
                {"job_name": "aurelis", "static_configs": [{"targets": [target.removeprefix("http://") for target in targets]}]}
            ],
        }
        if bearer:
            configuration["scrape_configs"][0]["authorization"] = {"credentials_file": str(bearer)}
        if rules:
            configuration["rule_files"] = [str(rules)]
        file = directory / "prometheus.json"
        file.write_text(json.dumps(configuration))
        self.log = directory / "prometheus.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [
                    PROMETHEUS, f"--config.file={file}", f"--storage.tsdb.path={directory / 'tsdb'}",
                    f"--web.listen-address=127.0.0.1:{port}", "--log.level=warn",
                ],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, preexec_fn=die_with_parent,
            )  # fmt: skip

    def ask(self, path: str, **parameters: str) -> Any:
        """The data of an answer of its API; None while it does not answer."""
        query = urllib.parse.urlencode(parameters)
        try:
            with urllib.request.urlopen(f"{self.url}/api/v1/{path}?{query}", timeout=5) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            # It listens before it is ready.
            if error.code == 503:
                return None
            raise AssertionError(f"{path} {parameters}: {error.read().decode()}") from error
        except OSError:
            return None

    def query(self, expression: str) -> list[Any]:
        """The result of an expression; raises when Prometheus does not understand it."""
        data = self.ask("query", query=expression)
        return data["result"] if data else []

    def until(self, expression: str) -> list[Any]:
        """The first result that is not empty."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if result := self.query(expression):
                return result
            time.sleep(0.1)
        targets = self.ask("targets")
        raise AssertionError(f"no {expression}: {targets}; {self.log.read_text(errors='replace')[-2000:]}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

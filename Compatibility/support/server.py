"""Runs `aurelis` commands that listen, and stops them whatever happens."""

from __future__ import annotations

import ctypes
import os
import queue
import resource
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Self

COMMAND = os.environ["AURELIS_BIN"]
START_SECONDS = 20.0
STOP_SECONDS = 10.0


def die_with_parent() -> None:
    """Has the kernel stop the child when the test run itself is killed."""
    if sys.platform == "linux":
        parent_death_signal = 1
        ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGKILL)


class Server:
    """A running `aurelis serve` or `aurelis simulate`, with the address it printed."""

    def __init__(
        self,
        *arguments: str,
        log: Path,
        environment: dict[str, str] | None = None,
        cwd: Path | None = None,
        open_files: tuple[int, int] | None = None,
    ) -> None:
        """`open_files`: how many it may have open, and to how many it may raise that."""
        self.log = log

        def prepare() -> None:
            die_with_parent()
            if open_files:
                resource.setrlimit(resource.RLIMIT_NOFILE, open_files)

        self._errors = log.open("wb")
        self.process = subprocess.Popen(
            [COMMAND, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, **(environment or {})},
            cwd=cwd,
            preexec_fn=prepare,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self.url = self._announced("listening on ")
            self.admin_url = self._announced("admin on ") if arguments[0] != "simulate" else None
        except BaseException:
            self.stop()
            raise

    def _read(self) -> None:
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))
        self._lines.put("")

    def _announced(self, prefix: str) -> str:
        try:
            line = self._lines.get(timeout=START_SECONDS)
        except queue.Empty:
            line = ""
        if not line.startswith(prefix):
            said = self.log.read_text(errors="replace")[-2000:]
            raise AssertionError(f"expected {prefix!r} on standard output, got {line!r}; standard error: {said}")
        return line.removeprefix(prefix)

    def stop(self) -> int:
        """Asks politely (SIGTERM), then insists; returns the exit status."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self._errors.close()
        return self.process.returncode

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

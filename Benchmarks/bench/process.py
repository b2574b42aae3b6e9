"""A server under measurement: pinned to its core, timed, weighed and stopped."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PARENT_DEATH_SIGNAL = 1


class StartFailure(Exception):
    """A server did not come up; the message holds its last words."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@dataclass(frozen=True)
class Memory:
    """Megabytes of a process and its children."""

    rss: float
    pss: float


class Process:
    """One server with its children, on one core."""

    def __init__(self, command: list[str], core: int, log: Path, environment: dict[str, str] | None = None) -> None:
        self.log = log
        libc = ctypes.CDLL(None)

        def prepare() -> None:
            os.sched_setaffinity(0, {core})
            libc.prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)

        with log.open("ab") as output:
            self.started = time.perf_counter()
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env={**os.environ, **(environment or {})},
                preexec_fn=prepare,
                start_new_session=True,
            )

    def wait_until_answering(self, port: int, request: bytes, patience: float) -> float:
        """Sends `request` until it is answered with 200; returns the seconds since the process was started."""
        deadline = self.started + patience
        while time.perf_counter() < deadline:
            if self._process.poll() is not None:
                break
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
                connection.sendall(request)
                if connection.recv(64).startswith(b"HTTP/1.1 200"):
                    return time.perf_counter() - self.started
            time.sleep(0.0005)
        last_words = self.log.read_text(errors="replace")[-1500:].strip()
        self.stop()
        raise StartFailure(last_words or f"no answer within {patience:.0f} s")

    def processor_seconds(self) -> float:
        """User and system time of the whole tree so far."""
        total = 0
        for pid in self._tree():
            with suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                total += int(fields[11]) + int(fields[12])
        return total / _TICKS

    def memory(self) -> Memory:
        rss = pss = 0
        for pid in self._tree():
            with suppress(OSError):
                for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                    if line.startswith("Rss:"):
                        rss += int(line.split()[1])
                    elif line.startswith("Pss:"):
                        pss += int(line.split()[1])
        return Memory(rss / 1024, pss / 1024)

    def freeze(self) -> None:
        """Keeps an idle server off the shared core while another one is measured."""
        os.killpg(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.killpg(self._process.pid, signal.SIGCONT)

    @contextmanager
    def awake(self) -> Iterator[None]:
        self.thaw()
        try:
            yield
        finally:
            self.freeze()

    def stop(self) -> None:
        if self._process.poll() is None:
            self.thaw()
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _tree(self) -> list[int]:
        pids = [self._process.pid]
        for pid in pids:
            with suppress(OSError):
                for task in Path(f"/proc/{pid}/task").iterdir():
                    pids += map(int, (task / "children").read_text().split())
        return pids

"""What this machine is, and who may use which core."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cores:
    """One core for each role, as far as the machine goes."""

    load: int
    server: int
    upstream: int

    @classmethod
    def share_out(cls) -> Cores:
        available = sorted(os.sched_getaffinity(0))
        match available:
            case [only]:
                return cls(only, only, only)
            case [first, second]:
                return cls(load=first, server=second, upstream=first)
            case [first, second, third, *_]:
                return cls(load=first, server=second, upstream=third)

    @property
    def note(self) -> str:
        """How far the measurement is from one core for each role."""
        if self.load == self.server:
            return "a single core: load, server and upstream compete, so throughput says little"
        if self.load == self.upstream:
            return "two cores: the server has its own; load generator and upstream share the other"
        return "load generator, server and upstream have a core each"


def allow_many_files() -> None:
    """Raises the limit of open files as far as allowed, for a thousand streams and their sockets."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def facts(cores: Cores) -> dict[str, object]:
    """What a reader needs to compare two results."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "system": _system(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load_average_before": round(os.getloadavg()[0], 2),
        "placement": asdict(cores),
        "placement_note": cores.note,
    }


def version_of(*command: str) -> str | None:
    """The first line that holds a digit of a program's own version output; nil when it cannot be asked."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except OSError:
        return None
    lines = (done.stdout + done.stderr).splitlines()
    return next((line.strip() for line in lines if any(character.isdigit() for character in line)), None)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except OSError:
        return platform.system()

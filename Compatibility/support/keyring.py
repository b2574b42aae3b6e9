"""A desktop's keyring for tests: a session bus of its own, and a real `gnome-keyring-daemon` on it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Self

from support.server import die_with_parent

PROGRAMS = ("dbus-daemon", "gnome-keyring-daemon", "secret-tool")
START_SECONDS = 20.0

# Without directories of services nothing is started by the bus: what is on it was started here.
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


def missing() -> list[str]:
    """The programs that this machine lacks."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


class Keyring:
    """An unlocked, empty keyring; `environment` leads to it."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, parents=True)
        self._running: list[subprocess.Popen[bytes]] = []
        # A socket's path is short, a test's directory need not be.
        self._sockets = Path(subprocess.check_output(["mktemp", "-d", "/tmp/bus.XXXXXX"], text=True).strip())
        socket = self._sockets / "bus"
        home = str(directory)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "XDG_RUNTIME_DIR": home,
            "XDG_DATA_HOME": home,
            "DBUS_SESSION_BUS_ADDRESS": f"unix:path={socket}",
        }
        try:
            configuration = directory / "bus.conf"
            configuration.write_text(BUS.format(socket=socket))
            self._start("dbus-daemon", "--nofork", "--nopidfile", f"--config-file={configuration}")
            self._eventually(socket.exists)
            daemon = self._start("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets", talks=True)
            daemon.stdin.write(b"password of the keyring")
            daemon.stdin.close()
            self._eventually(lambda: self.tool("lookup", "no", "such") == (1, ""))
        except BaseException:
            self.stop()
            raise

    def _start(self, program: str, *arguments: str, talks: bool = False) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [program, *arguments],
            stdin=subprocess.PIPE if talks else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=self.environment,
            # A group of its own, so that whatever it starts ends with it.
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
        self._running.append(process)
        return process

    def tool(self, *arguments: str, text: str = "") -> tuple[int, str]:
        """Runs `secret-tool`; its status and all it said."""
        done = subprocess.run(
            ["secret-tool", *arguments],
            input=text,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            env=self.environment,
        )
        return done.returncode, done.stdout + done.stderr

    def _eventually(self, condition) -> None:
        end = time.monotonic() + START_SECONDS
        while not condition():
            assert time.monotonic() < end, "the keyring did not start"
            assert all(process.poll() is None for process in self._running), "the keyring ended"
            time.sleep(0.02)

    def stop(self) -> None:
        for process in reversed(self._running):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        shutil.rmtree(self._sockets, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

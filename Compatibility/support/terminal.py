"""A command at a terminal: what it shows is what a person would see."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable
from pathlib import Path

import pyte

from support.server import COMMAND

SECONDS = 20.0


class Terminal:
    """`aurelis ARGUMENTS` with a screen in front of it."""

    def __init__(
        self,
        *arguments: str,
        columns: int = 80,
        rows: int = 24,
        environment: dict[str, str] | None = None,
        directory: Path | None = None,
        command: str = COMMAND,
    ) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.written = b""
        self.pid, self._master = pty.fork()
        if self.pid == 0:
            try:
                if directory:
                    os.chdir(directory)
                kept = {name: value for name, value in os.environ.items() if not name.startswith("AURELIS_")}
                variables = {**kept, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **(environment or {})}
                os.execve(command, [command, *arguments], variables)
            finally:
                os._exit(127)
        self.resize(columns, rows)

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._screen.resize(rows, columns)

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    @property
    def lines(self) -> list[str]:
        """The screen without what is empty at its end."""
        lines = [line.rstrip() for line in self._screen.display]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def cursor(self) -> tuple[int, int]:
        return self._screen.cursor.y, self._screen.cursor.x

    @property
    def is_as_found(self) -> bool:
        """Whether the terminal shows what is typed, and gives lines, as a shell wants it."""
        flags = termios.tcgetattr(self._master)[3]
        return bool(flags & termios.ECHO) and bool(flags & termios.ICANON)

    def wait(self, what: str | Callable[[], bool], seconds: float = SECONDS) -> str:
        """Reads until the screen shows a text, or a condition holds."""
        condition = what if callable(what) else lambda: what in self.text
        end = time.monotonic() + seconds
        while not condition():
            left = end - time.monotonic()
            if left <= 0 or not self._read(left):
                if condition():
                    break
                raise AssertionError(f"waited for {what!r}, but the screen shows:\n{self.text}")
        return self.text

    def wait_for_prompt(self) -> None:
        """Until the next question may be written."""
        self.wait(lambda: self.lines[-1:] == [">"])

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self.written += data
        self._stream.feed(data)
        return bool(data)

    def kill(self, number: int) -> None:
        os.kill(self.pid, number)

    def status(self) -> int:
        """The exit status, once the command has ended; that of a shell when a signal ended it."""
        while self._read(SECONDS):
            pass
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        return os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 128 + os.WTERMSIG(status)

    def close(self) -> None:
        if self.pid:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.pid = 0
        os.close(self._master)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

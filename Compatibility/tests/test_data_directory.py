"""Whose the data directory is, and what that means for others."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.server import COMMAND

NOBODY = 65534


@pytest.fixture
def shared() -> Iterator[Path]:
    """A directory that every user may look into."""
    with tempfile.TemporaryDirectory() as path:
        os.chmod(path, 0o755)
        yield Path(path)


def run(*arguments: str, user: int | None = None) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AURELIS_", "XDG_"))}
    return subprocess.run(
        [COMMAND, *arguments],
        capture_output=True,
        text=True,
        user=user,
        group=user,
        extra_groups=[] if user else None,
        env={**kept, "HOME": "/nonexistent"},
        cwd="/",
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    "command",
    [("usage",), ("why",), ("health",), ("quota",), ("cache", "stats"), ("audit", "tail"), ("audit", "verify")],
    ids=" ".join,
)
def test_what_another_user_may_not_see_does_not_look_empty(shared: Path, command: tuple[str, ...]) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can be another user")
    data = shared / "data"
    assert run("ask", "--simulate", "--data-dir", str(data), "hi").returncode == 0
    try:
        reachable = run("--version", user=NOBODY).returncode == 0
    except PermissionError:
        reachable = False
    if not reachable:
        pytest.skip("another user cannot run the command where it lies")
    simulate = ["--simulate"] if command == ("quota",) else []
    done = run(*command, *simulate, "--data-dir", str(data), user=NOBODY)
    assert done.returncode == 3, done
    assert f"this user may not read {data}" in done.stderr and not done.stdout
    assert f"{data} belongs to user 0" in run("doctor", "--data-dir", str(data), user=NOBODY).stdout


def test_a_directory_that_others_use_is_not_closed_to_them_and_what_is_kept_there_is_private(shared: Path) -> None:
    (shared / "notes.txt").write_text("ours")
    done = run("ask", "--simulate", "--data-dir", str(shared), "hi")
    assert done.returncode == 0, done
    assert shared.stat().st_mode & 0o777 == 0o755
    kept = [entry for entry in shared.iterdir() if entry.name != "notes.txt"]
    assert kept and all(entry.stat().st_mode & 0o077 == 0 for entry in kept)

"""Completion in the shells themselves, and the manual page in the programs that read it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from support.server import COMMAND
from support.terminal import Terminal

# What is typed, and what has to become of it.
CASES = [
    ("aurelis cha", "aurelis chat"),
    ("aurelis chat --simulate -m gpt-4o-", "aurelis chat --simulate -m gpt-4o-mini"),
    ("aurelis ask -t codeR", "aurelis ask -t codeReview"),
    ("aurelis config im", "aurelis config import"),
    ("aurelis ask --strat", "aurelis ask --strategy"),
    ("aurelis ask -f no", "aurelis ask -f notes.txt"),
    ("aurelis serve --simulate --faults fla", "aurelis serve --simulate --faults flaky"),
    ("aurelis simulate --faults no", "aurelis simulate --faults notes.txt"),
]


def needs(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "aurelis").symlink_to(COMMAND)
    (tmp_path / "notes.txt").write_text("notes")
    return tmp_path


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AURELIS_", "XDG_"))}
    return {**kept, "HOME": str(home), "PATH": f"{home}/bin:{os.environ['PATH']}"}


def script(shell: str) -> str:
    return subprocess.run([COMMAND, "completions", shell], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(("typed", "completed"), CASES)
def test_bash(home: Path, typed: str, completed: str) -> None:
    (home / "aurelis.bash").write_text(script("bash"))
    with Terminal("--norc", "-i", command=needs("bash"), environment=environment(home), directory=home) as terminal:
        terminal.type("source aurelis.bash; PS1='$ '; clear\r")
        terminal.wait(lambda: terminal.lines == ["$"])
        terminal.type(typed + "\t")
        terminal.wait(lambda: terminal.lines[-1] == f"$ {completed}")


BASH_CASES = [
    ("aurelis confi", "aurelis config"),
    ("aurelis key", "aurelis keys"),
    ("aurelis help confi", "aurelis help config"),
    ("aurelis help config im", "aurelis help config import"),
    ("aurelis ask --task=codeR", "aurelis ask --task=codeReview"),
    ("aurelis ask --json --task=codeR", "aurelis ask --json --task=codeReview"),
    ("aurelis ask -f keys/o", "aurelis ask -f keys/one.txt"),
    ("aurelis ask -f con", "aurelis ask -f config/"),
    ("aurelis serve --config=config/a", "aurelis serve --config=config/aurelis.yaml"),
    ("aurelis serve --faults config/a", "aurelis serve --faults config/aurelis.yaml"),
]


@pytest.mark.parametrize(("typed", "completed"), BASH_CASES)
def test_bash_where_folders_are_called_as_commands_are(home: Path, typed: str, completed: str) -> None:
    (home / "config").mkdir()
    (home / "config" / "aurelis.yaml").touch()
    (home / "keys").mkdir()
    (home / "keys" / "one.txt").touch()
    test_bash(home, typed, completed)


@pytest.mark.parametrize(("typed", "completed"), CASES)
def test_zsh(home: Path, typed: str, completed: str) -> None:
    (home / "_aurelis").write_text(script("zsh"))
    with Terminal("-f", "-i", command=needs("zsh"), environment=environment(home), directory=home) as terminal:
        terminal.type("fpath=(~ $fpath); autoload -Uz compinit; compinit -u -D; PS1='$ '; clear\r")
        terminal.wait(lambda: terminal.lines == ["$"])
        terminal.type(typed + "\t")
        # An only possibility may be shown with its meaning first; the next Tab takes it.
        terminal.wait(lambda: any(completed in line or "--strategy" in line for line in terminal.lines))


@pytest.mark.parametrize(("typed", "completed"), CASES)
def test_fish(home: Path, typed: str, completed: str) -> None:
    (home / "aurelis.fish").write_text(script("fish"))
    arguments = ("--no-config", "-i")
    with Terminal(*arguments, command=needs("fish"), environment=environment(home), directory=home) as terminal:
        terminal.type("source aurelis.fish; function fish_prompt; printf '$ '; end; clear\r")
        terminal.wait(lambda: terminal.lines == ["$"])
        terminal.type(typed + "\t")
        terminal.wait(lambda: terminal.lines[-1] == f"$ {completed}")


def test_models_are_those_of_the_configuration(home: Path) -> None:
    (home / "own.yaml").write_text("providers: [{ id: openai, models: { my-own-model: x } }]\n")
    (home / "aurelis.bash").write_text(script("bash"))
    with Terminal("--norc", "-i", command=needs("bash"), environment=environment(home), directory=home) as terminal:
        terminal.type("source aurelis.bash; PS1='$ '; clear\r")
        terminal.wait(lambda: terminal.lines == ["$"])
        terminal.type("aurelis ask --config own.yaml -m my\t")
        terminal.wait("-m my-own-model")


def test_completion_is_quiet_about_a_configuration_that_is_wrong(home: Path) -> None:
    (home / "aurelis.yaml").write_text("providers: 7\n")
    words = ["---completion", "ask", "--", "--model", "3", "0", "aurelis", "ask", "-m", ""]
    done = subprocess.run([COMMAND, *words], capture_output=True, text=True, env=environment(home), cwd=home)
    assert (done.stdout.strip(), done.stderr) == ("", "")


def manual() -> str:
    return subprocess.run([COMMAND, "manual"], check=True, capture_output=True, text=True).stdout


def test_mandoc_finds_nothing_to_say_about_the_manual_page(tmp_path: Path) -> None:
    page = tmp_path / "aurelis.1"
    page.write_text(manual())
    done = subprocess.run([needs("mandoc"), "-Tlint", "-Wwarning", str(page)], capture_output=True, text=True)
    found = [line for line in done.stdout.splitlines() if "missing date" not in line]
    assert found == []


def test_groff_renders_the_manual_page_without_warnings() -> None:
    groff = [needs("groff"), "-man", "-Tutf8", "-ww", "-K", "utf8"]
    done = subprocess.run(groff, input=manual(), capture_output=True, text=True)
    assert done.stderr == ""
    # Bold is a letter struck twice.
    text = re.sub(".\b", "", done.stdout)
    assert "AURELIS(1)" in text and "EXIT STATUS" in text

"""`aurelis chat` at a terminal, and from a pipe."""

import json
import os
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.provider import ScriptedProvider
from support.samples import classic_token
from support.server import COMMAND
from support.terminal import Terminal

Chat = Callable[..., Terminal]
UP, LEFT, HOME = "\x1b[A", "\x1b[D", "\x1b[H"


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[Chat]:
    """Starts chats at a terminal, with one data directory for all of a test."""
    terminals: list[Terminal] = []

    def start(*arguments: str, **options: object) -> Terminal:
        base = ("chat", "--simulate", "--data-dir", str(tmp_path / "data"))
        terminal = Terminal(*base, *arguments, directory=tmp_path, **options)
        terminals.append(terminal)
        terminal.wait_for_prompt()
        return terminal

    yield start
    for terminal in terminals:
        terminal.close()


def ask(terminal: Terminal, text: str) -> None:
    """Asks, and waits until the next question may be written."""
    before = terminal.written.count(b"tokens")
    terminal.type(text + "\r")
    terminal.wait(lambda: terminal.written.count(b"tokens") > before and terminal.lines[-1] == ">")


def test_a_conversation_remembers_what_was_said(chat: Chat) -> None:
    terminal = chat()
    assert "gpt-4o-mini at simulator, chosen by the task general" in terminal.text
    ask(terminal, "What is a monad?")
    assert 'You asked: "What is a monad?"' in terminal.text
    ask(terminal, "/model gpt-4o\rAnd a functor?")
    assert "gpt-4o · " in terminal.text
    terminal.type("/usage\r")
    terminal.wait("2 answers, ")
    terminal.type("\x04")
    assert terminal.status() == 0


def test_lines_are_edited_as_everywhere(chat: Chat) -> None:
    terminal = chat()
    terminal.type("wrold世界" + LEFT * 5 + "\x7f" + HOME + "hello ")
    terminal.wait("> hello wold世界")
    terminal.type("\x15\x05\x17\x17")
    terminal.wait_for_prompt()
    long = "word " * 40
    terminal.type(long)
    terminal.wait(lambda: "".join(terminal.lines).replace(" ", "").count("word") == 40)
    assert all(len(line) < 80 for line in terminal.lines)
    terminal.type("\x03")
    terminal.wait_for_prompt()


def test_a_narrower_window_leaves_no_traces(chat: Chat) -> None:
    terminal = chat(columns=100)
    terminal.type("one two three four five six seven eight nine ten eleven twelve")
    terminal.wait("twelve")
    terminal.resize(40, 24)
    terminal.kill(signal.SIGWINCH)
    terminal.wait(lambda: terminal.text.count("twelve") == 1 and "> one two three four five six seven" in terminal.text)


def test_a_paste_is_text_and_is_not_sent_by_its_line_breaks(chat: Chat) -> None:
    terminal = chat()
    terminal.wait(lambda: b"\x1b[?2004h" in terminal.written)
    terminal.type("\x1b[200~first line\rsecond line\r\x1b[201~")
    terminal.wait("· second line")
    assert "You asked" not in terminal.text
    ask(terminal, "")
    assert "first line" in terminal.text and "You asked" in terminal.text


def test_what_was_typed_comes_back_also_in_the_next_chat(chat: Chat, tmp_path: Path) -> None:
    token = classic_token("q7Zt3LmXv9Rk2Wc8Yb5Nd1Hs6Jf4Pg")
    terminal = chat()
    ask(terminal, "first question")
    ask(terminal, f"my token is {token}")
    ask(terminal, " not remembered")
    terminal.type("fir" + UP)
    terminal.wait(lambda: terminal.lines[-1] == "> first question")
    terminal.type("\x03\x04")
    assert terminal.status() == 0
    history = tmp_path / "data" / "chat-history"
    assert stat.S_IMODE(history.stat().st_mode) == 0o600
    kept = history.read_text()
    assert token not in kept and "first question" in kept and "not remembered" not in kept
    again = chat("--no-history")
    again.type(UP)
    assert again.lines[-1] == ">"
    terminal = chat()
    terminal.type("first" + UP)
    terminal.wait(lambda: terminal.lines[-1] == "> first question")


def test_tab_completes_commands_models_and_files(chat: Chat, tmp_path: Path) -> None:
    (tmp_path / "notes.json").write_text("{}")
    terminal = chat()
    terminal.type("/mod\t")
    terminal.wait(lambda: terminal.lines[-1] == "> /model")
    terminal.type("gpt\t")
    terminal.wait("> /model gpt-4o")
    terminal.type("\t")
    terminal.wait("gpt-4o-mini")
    terminal.type("\x15/load no\t")
    terminal.wait("> /load notes.json")


@pytest.fixture
def stalling(tmp_path: Path) -> Iterator[ScriptedProvider]:
    """A provider that says the beginning of an answer, and no more."""
    with ScriptedProvider() as provider:

        def answer(connection: socket.socket) -> None:
            head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
            delta = {"index": 0, "delta": {"role": "assistant", "content": "The beginning of it"}, "finish_reason": None}
            chunk = {"id": "c", "object": "chat.completion.chunk", "model": "m", "choices": [delta]}
            connection.sendall(head + b"data: " + json.dumps(chunk).encode() + b"\n\n")
            time.sleep(60)

        provider.answer = answer
        yield provider


def test_ctrl_c_ends_the_answer_and_keeps_what_came_of_it(stalling: ScriptedProvider, tmp_path: Path) -> None:
    arguments = ("chat", "--base-url", stalling.url, "-m", "m", "--data-dir", str(tmp_path / "data"), "--save", "c.json")
    with Terminal(*arguments, directory=tmp_path) as terminal:
        terminal.wait_for_prompt()
        terminal.type("begin\r")
        # A whole word may be held back until it is over.
        terminal.wait("The beginning of")
        terminal.type("\x03")
        terminal.wait("interrupted")
        terminal.wait_for_prompt()
        assert "The beginning of it" in terminal.text
        terminal.type("\x03")
        terminal.wait("Ctrl-C again leaves")
        terminal.type("\x03")
        assert terminal.status() == 0
    saved = json.loads((tmp_path / "c.json").read_text())
    assert saved["messages"][1] | {"content": "The beginning of it", "cut_off": "interrupted"} == saved["messages"][1]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGSEGV, signal.SIGABRT])
def test_whatever_ends_it_the_terminal_is_given_back(chat: Chat, number: int) -> None:
    terminal = chat()
    assert not terminal.is_as_found
    terminal.type("half a line")
    terminal.wait("half a line")
    terminal.kill(number)
    terminal.wait(lambda: terminal.is_as_found and terminal.written.rstrip().endswith((b"\x1b[?2004l", b"\x1b[?25h")))
    assert terminal.status() == 128 + number


def test_ctrl_z_gives_the_terminal_back_until_it_goes_on(tmp_path: Path) -> None:
    # Only a shell with job control can be gone back to.
    with Terminal("--norc", "-i", command="/bin/bash", directory=tmp_path) as terminal:
        terminal.type(f"PS1='$ '; clear; {COMMAND} chat --simulate --data-dir {tmp_path}/data\r")
        terminal.wait_for_prompt()
        terminal.type("half a line\x1a")
        terminal.wait(lambda: "Stopped" in terminal.text and terminal.lines[-1] == "$")
        terminal.type("stty -a | grep -o '.icanon'\r")
        terminal.wait(lambda: terminal.lines[-2:] == [" icanon", "$"])
        terminal.type("fg\r")
        terminal.wait(lambda: terminal.lines[-1] == "> half a line")
        terminal.type("!")
        terminal.wait(lambda: terminal.lines[-1] == "> half a line!")
        terminal.type("\x03\x04")
        terminal.wait(lambda: terminal.lines[-1] == "$")


def test_an_answer_steers_no_terminal(tmp_path: Path) -> None:
    with ScriptedProvider() as provider:

        def answer(connection: socket.socket) -> None:
            head = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n"
            delta = {"index": 0, "delta": {"content": "a\x1b[2J\x1b]0;title\x07b"}, "finish_reason": "stop"}
            chunk = {"id": "c", "object": "chat.completion.chunk", "model": "m", "choices": [delta]}
            connection.sendall(head + b"data: " + json.dumps(chunk).encode() + b"\n\ndata: [DONE]\n\n")

        provider.answer = answer
        arguments = ("chat", "--base-url", provider.url, "-m", "m", "--data-dir", str(tmp_path))
        with Terminal(*arguments) as terminal:
            terminal.wait_for_prompt()
            terminal.type("go\r")
            terminal.wait("a␛[2J␛]0;title␇b")
            assert b"\x1b]0;" not in terminal.written


def pipe(tmp_path: Path, lines: str, *arguments: str, status: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [COMMAND, "chat", "--simulate", "--data-dir", str(tmp_path / "data"), *arguments],
        input=lines,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
    )
    assert done.returncode == status, done.stderr
    return done


def test_from_a_pipe_each_line_is_a_question(tmp_path: Path) -> None:
    done = pipe(tmp_path, "one\n\n/model gpt-4o\ntwo \\\nlines\n", "--json")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["model"] for answer in answers] == ["gpt-4o-mini", "gpt-4o"]
    assert "\x1b" not in done.stdout + done.stderr
    assert not (tmp_path / "data" / "chat-history").exists()


def test_from_a_pipe_the_first_failure_is_the_end(tmp_path: Path) -> None:
    done = pipe(tmp_path, "/model nobody\nnever asked\n", status=5)
    assert "nobody" in done.stderr and done.stdout == ""
    pipe(tmp_path, "/nothing\n", status=2)


def test_a_saved_chat_goes_on(tmp_path: Path) -> None:
    pipe(tmp_path, "one\n", "--save", "chat.json", "-s", "Be brief.")
    assert stat.S_IMODE((tmp_path / "chat.json").stat().st_mode) == 0o600
    pipe(tmp_path, "two\n/save chat.md\n", "--load", "chat.json", "--save", "chat.json")
    saved = json.loads((tmp_path / "chat.json").read_text())
    assert [message["role"] for message in saved["messages"]] == ["user", "assistant"] * 2
    assert saved["system"] == "Be brief."
    assert (tmp_path / "chat.md").read_text().startswith("## Rules\n\nBe brief.\n\n## Question\n\none\n")
    pipe(tmp_path, "three\n", "--save", "chat.json", status=2)


def test_nobody_reads_the_answers_any_more(tmp_path: Path) -> None:
    command = f"printf 'one\\ntwo\\n' | {COMMAND} chat --simulate --data-dir {tmp_path}/data; echo $? >{tmp_path}/status"
    script = f"unset AURELIS_BIN; ({command}) | head -c 1"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    deadline = time.monotonic() + 10
    while not (tmp_path / "status").exists() or not (tmp_path / "status").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert (tmp_path / "status").read_text() in ("0\n", "141\n")


def test_without_colours(chat: Chat) -> None:
    terminal = chat(environment={**os.environ, "NO_COLOR": "1"})
    ask(terminal, "hello")
    # Moving the cursor is no colour.
    assert not any(code in terminal.written for code in (b"\x1b[2m", b"\x1b[36m", b"\x1b[1m"))

"""What every command has in common, prompt files, and the import of another gateway's configuration."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from support.server import COMMAND
from support.terminal import Terminal

PROMPT = """\
name: Summary
model: gpt-4o
messages:
  - role: system
    content: You make texts short.
  - role: user
    content: "Summarize in a {{tone}} tone: {{input}}"
"""

LITELLM = """\
model_list:
  - model_name: gpt-4o
    litellm_params: { model: openai/gpt-4o, api_key: sk-very-secret, rpm: 10 }
  - model_name: claude
    litellm_params: { model: anthropic/claude-sonnet-4-5, api_key: os.environ/ANTHROPIC_API_KEY }
litellm_settings: { fallbacks: [{ gpt-4o: [claude] }], success_callback: [langfuse] }
general_settings: { master_key: sk-also-secret }
"""


def run(
    *arguments: str, directory: Path, text: str = "", status: int = 0, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AURELIS_")}
    variables = {**kept, "XDG_DATA_HOME": str(directory / "data"), **(environment or {})}
    done = subprocess.run(
        [COMMAND, *arguments], input=text, capture_output=True, text=True, timeout=60, cwd=directory, env=variables
    )
    assert done.returncode == status, done.stderr
    return done


def test_a_prompt_file_is_filled_from_variables_and_standard_input(tmp_path: Path) -> None:
    (tmp_path / "x.prompt.yml").write_text(PROMPT)
    asked = ("ask", "--simulate", "--json", "--prompt-file", "x.prompt.yml")
    answer = json.loads(run(*asked, "--var", "tone=dry", directory=tmp_path, text="a long text").stdout)
    assert answer["model"] == "gpt-4o"
    assert 'You asked: "Summarize in a dry tone: a long text"' in answer["content"]
    other = json.loads(run(*asked, "--var", "tone=dry", "-m", "gpt-4o-mini", "typed", directory=tmp_path).stdout)
    assert other["model"] == "gpt-4o-mini" and "tone: typed" in other["content"]


def test_what_nothing_fills_is_listed_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "x.prompt.yml").write_text(PROMPT)
    done = run("ask", "--simulate", "--prompt-file", "x.prompt.yml", "--var", "ton=dry", directory=tmp_path, status=3)
    assert "x.prompt.yml:7:14: the variables tone, input have no values" in done.stderr
    assert "--var tone=… --var input=…" in done.stderr
    assert "has no variable ton; did you mean tone?" in done.stderr
    run("ask", "--simulate", "--var", "a=b", "x", directory=tmp_path, status=2)


def test_a_chat_begins_with_a_prompt_file(tmp_path: Path) -> None:
    (tmp_path / "x.prompt.yml").write_text(PROMPT)
    variables = ("--var", "tone=dry", "--var", "input=text")
    begun = ("chat", "--simulate", "--prompt-file", "x.prompt.yml", *variables, "--save", "c.json")
    run(*begun, directory=tmp_path, text='and now?\n/prompt x.prompt.yml tone=warm input="two words"\n')
    saved = json.loads((tmp_path / "c.json").read_text())
    questions = [message["content"] for message in saved["messages"] if message["role"] == "user"]
    assert questions == [
        "Summarize in a dry tone: text", "and now?", "Summarize in a warm tone: two words",
    ]  # fmt: skip
    assert saved["system"] == "You make texts short."


def test_what_was_imported_can_be_used(tmp_path: Path) -> None:
    (tmp_path / "litellm.yaml").write_text(LITELLM)
    done = run("config", "import", "litellm.yaml", "-o", "aurelis.yaml", directory=tmp_path)
    assert done.stdout == "" and "export it as OPENAI_API_KEY" in done.stderr
    written = (tmp_path / "aurelis.yaml").read_text()
    assert "secret" not in written and "success_callback" in written
    keys = {"OPENAI_API_KEY": "x", "ANTHROPIC_API_KEY": "y"}
    checked = json.loads(run("config", "check", "--json", directory=tmp_path, environment=keys).stdout)
    assert checked["ok"] and checked["warnings"] == []
    order = run("ask", "--dry-run", "--json", "-m", "gpt-4o", "x", directory=tmp_path, environment=keys).stdout
    assert [entry["model"] for entry in json.loads(order)["candidates"]] == ["gpt-4o", "claude"]
    # A file that is there already stays.
    run("config", "import", "litellm.yaml", "-o", "aurelis.yaml", directory=tmp_path, status=1)
    assert run("config", "import", "-", directory=tmp_path, text=LITELLM).stdout.startswith("# Imported from standard input")
    (tmp_path / "wrong.yaml").write_text("model_list:\n  - model_name: x\n")
    wrong = run("config", "import", "wrong.yaml", directory=tmp_path, status=3)
    assert "wrong.yaml:2:5: model_list[0]: needs a model_name" in wrong.stderr


def test_offline_asks_nobody(tmp_path: Path) -> None:
    run("ask", "--simulate", "--offline", "hello", directory=tmp_path, status=5)
    run("ask", "--simulate", "--offline", "--no-cache", "hello", directory=tmp_path, status=2)


@pytest.mark.parametrize("arguments", ["--help", "models --simulate", "manual", "completions bash", "config show --simulate"])
def test_nobody_reads_what_is_printed(arguments: str, tmp_path: Path) -> None:
    script = f"unset AURELIS_BIN; set -o pipefail; {COMMAND} {arguments} | true; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, cwd=tmp_path)
    assert done.stderr == ""
    # Small enough, all of it may have gone into the pipe before anybody saw that nobody reads.
    assert done.stdout in ("0\n", "141\n")


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"CLICOLOR": "0"}, {"TERM": "dumb"}])
def test_without_colours(variables: dict[str, str]) -> None:
    with Terminal("models", "--simulate", environment=variables) as terminal:
        assert terminal.status() == 0
        assert b"\x1b" not in terminal.written and b"gpt-4o" in terminal.written
    with Terminal("models", "--simulate") as terminal:
        assert terminal.status() == 0
        assert b"\x1b[36m" in terminal.written


def test_messages_fit_into_a_narrow_window() -> None:
    with Terminal("ask", "--simulate", "-m", "nobody-serves-this-model", "hello", columns=30) as terminal:
        assert terminal.status() == 5
        assert "aurelis: no configured" in terminal.text
        written = terminal.written.decode().replace("\x1b[31m", "").replace("\x1b[2m", "").replace("\x1b[0m", "")
        assert all(len(line) <= 30 for line in written.splitlines())


def command(directory: Path, *arguments: str, **options: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AURELIS_")}
    environment |= {"XDG_CONFIG_HOME": str(directory), "XDG_DATA_HOME": str(directory)}
    return subprocess.run(
        [COMMAND, *arguments], capture_output=True, text=True, timeout=30, env=environment, cwd=directory, **options
    )


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        ("config check --config broken.yaml", 3),
        ("keys show nope", 1),
        ("cache show abc", 1),
        ("plan nowhere.jsonl", 2),
        ("config reload", 1),
        ("ask --simulate -m gpt4o --no-fallback hi", 5),
        ("ask --bogus", 2),
    ],
)
def test_a_failure_is_told_to_programs_in_one_way(arguments: str, status: int, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("providers: 7\n")
    (tmp_path / "aurelis.yaml").write_text("simulate: true\nadmin: { port: 1 }\n")
    done = command(tmp_path, *arguments.split(), "--json", stdin=subprocess.DEVNULL)
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["type"] == "error" and told["error"]["message"] and told["error"]["exit_status"] == done.returncode
    assert done.stderr.startswith("aurelis: ") and done.returncode == status


def test_help_on_what_is_no_command_is_wrong_usage(tmp_path: Path) -> None:
    done = command(tmp_path, "help", "chekc")
    assert (done.returncode, done.stdout) == (2, "") and "there is no command" in done.stderr
    assert "did you mean `aurelis config check`?" in command(tmp_path, "config", "chekc").stderr


def test_origins_are_shown_to_programs_too(tmp_path: Path) -> None:
    (tmp_path / "aurelis.yaml").write_text("simulate: true\r\ngateway:\r\n  port: 9999\r\n")
    shown = json.loads(command(tmp_path, "config", "show", "--json").stdout)
    origins = {setting["path"]: setting["origin"] for setting in shown["settings"]}
    assert origins["gateway.port"].endswith("aurelis.yaml:3:9") and origins["admin.port"] == "default"


def test_a_chat_offers_the_models_that_can_chat(tmp_path: Path) -> None:
    told = command(tmp_path, "chat", "--simulate", input="/model\n").stderr
    assert "gpt-4o-mini" in told and "embedding" not in told


def test_health_without_a_gateway_leaves_out_what_was_simulated(tmp_path: Path) -> None:
    (tmp_path / "aurelis.yaml").write_text("admin: { port: 1 }\n")
    command(tmp_path, "ask", "--simulate", "hello", stdin=subprocess.DEVNULL)
    assert "simulator" not in command(tmp_path, "health", "--json").stdout
    (tmp_path / "aurelis.yaml").write_text("simulate: true\nadmin: { port: 1 }\n")
    assert "simulator" in command(tmp_path, "health", "--json").stdout


def test_faults_have_names_in_front_of_a_simulated_provider_too(tmp_path: Path) -> None:
    environment = {**os.environ, "AURELIS_FAULTS": "retired"}
    done = subprocess.run(
        [COMMAND, "ask", "--simulate", "hello"], capture_output=True, text=True, timeout=30, env=environment, cwd=tmp_path
    )
    assert done.returncode == 5 and "cannot be read" not in done.stderr


def test_a_check_warns_of_what_only_this_machine_lacks(tmp_path: Path) -> None:
    file = tmp_path / "aurelis.yaml"
    file.write_text("simulate: true\ngateway: { host: 0.0.0.0 }\nalerts: [{ webhook: { env: NOHOOK } }]\n")
    checked = command(tmp_path, "config", "check")
    assert checked.returncode == 0 and "ok, with 2 warnings" in checked.stdout, checked.stderr
    doctor = command(tmp_path, "doctor", "--offline", "--json")
    failed = [check["message"] for check in json.loads(doctor.stdout)["checks"] if check["verdict"] == "fail"]
    assert doctor.returncode == 1 and len(failed) >= 2 and any("NOHOOK" in message for message in failed)
    file.write_text("simulate: true\nalerts: [{ webhook: not an address }]\n")
    assert command(tmp_path, "config", "check").returncode == 3


def test_what_is_for_the_simulator_is_refused_where_it_does_not_answer(tmp_path: Path) -> None:
    done = command(tmp_path, "serve", "--base-url", "http://127.0.0.1:1/v1", "--faults", "flaky", "--port", "0")
    assert done.returncode == 2 and "--faults is for the simulator" in done.stderr and "--simulate" in done.stderr


@pytest.mark.parametrize("arguments", [("quota",), ("plan", "b.jsonl"), ("quota", "--json")])
def test_whose_quota_it_is_cannot_be_known_without_the_credential(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "x"}]}
    line = {"custom_id": "a", "method": "POST", "url": "/v1/chat/completions", "body": body}
    (tmp_path / "b.jsonl").write_text(json.dumps(line))
    settings = "base_url: 'http://127.0.0.1:1/v1', api_key: { env: OWN_KEY }, models: { m: m }"
    (tmp_path / "aurelis.yaml").write_text(f"providers: [{{ id: own, {settings}, limits: {{ requests_per_day: 5 }} }}]\n")
    done = command(tmp_path, *arguments)
    assert done.returncode == 0, done.stderr
    assert "warning: whose quota of own this is, is not known: no credential" in done.stderr and "OWN_KEY" in done.stderr
    known = subprocess.run(
        [COMMAND, *arguments, "--data-dir", "d"], capture_output=True, text=True, timeout=30, cwd=tmp_path,
        env={**os.environ, "OWN_KEY": "x"},
    )  # fmt: skip
    assert known.returncode == 0 and "whose quota" not in known.stderr


def test_a_variable_that_is_empty_is_not_set(tmp_path: Path) -> None:
    (tmp_path / "aurelis.yaml").write_text("simulate: true\n")
    done = run("ask", "hello", directory=tmp_path, environment={"AURELIS_CONFIG": "", "AURELIS_PROVIDER": ""})
    assert done.stdout.startswith("Simulated answer")


@pytest.mark.parametrize("arguments", ["ask --simulate hello", "batch --simulate b.jsonl", "keys create x"])
def test_a_directory_that_cannot_be_made_is_told_in_words(tmp_path: Path, arguments: str) -> None:
    (tmp_path / "b.jsonl").write_text("{}\n")
    done = command(tmp_path, *arguments.split(), "--data-dir", str(tmp_path / "b.jsonl" / "data"), stdin=subprocess.DEVNULL)
    assert "cannot be made: Not a directory" in done.stderr
    assert "Domain" not in done.stderr and "UserInfo" not in done.stderr


def test_a_batch_from_standard_input_is_refused_for_what_it_is(tmp_path: Path) -> None:
    done = run("batch", "--simulate", "-", directory=tmp_path, text="{}\n", status=2)
    assert "standard input is no file" in done.stderr and "overwritten" not in done.stderr

"""A session is recorded, and a test suite of another language runs against the cassette."""

import json
import time
from pathlib import Path

import openai
import pytest

from conftest import CHAT_MODEL, Serve, openai_client
from support.samples import PROVIDER_TOKEN
from support.server import Server

# Put together here, so that no file holds what looks like a key.
SECRET = "sk-" + "proj-7hGf2KdLw9Qz4XcVb1NmPo8IuYt6TrEe3WqAs5DfGhJkLz0X"


def ask(client: openai.OpenAI, content: str) -> str:
    answer = client.chat.completions.create(model=CHAT_MODEL, messages=[{"role": "user", "content": content}])
    return answer.choices[0].message.content


def streamed(client: openai.OpenAI, content: str) -> list[str]:
    stream = client.chat.completions.create(
        model=CHAT_MODEL, messages=[{"role": "user", "content": content}], stream=True
    )
    return [chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices]


@pytest.fixture(scope="module")
def session(launch: Serve, simulator: Server, tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    cassette = tmp_path_factory.mktemp("replay") / "session.jsonl"
    provider = ("--provider", "github-models", "--base-url", simulator.url, "--api-key-env", "TOKEN")
    recorder = launch("replay", "record", str(cassette), *provider, environment={"TOKEN": PROVIDER_TOKEN})
    client = openai_client(recorder)
    told = {"whole": ask(client, "whole"), "streamed": streamed(client, "streamed"), "secret": ask(client, SECRET)}
    recorder.stop()
    return {"cassette": cassette, **told}


def test_the_cassette_is_readable_private_and_holds_no_keys(session: dict[str, object]) -> None:
    cassette = session["cassette"]
    assert isinstance(cassette, Path)
    text = cassette.read_text()
    assert text.startswith('{"cassette":1}\n') and text.count("\n") == 4
    assert SECRET not in text and PROVIDER_TOKEN not in text
    assert cassette.stat().st_mode & 0o777 == 0o600


def test_recorded_requests_get_their_answers_without_any_provider(session: dict[str, object], launch: Serve) -> None:
    client = openai_client(launch("replay", "serve", str(session["cassette"]), "--no-delays"))
    assert ask(client, "whole") == session["whole"]
    assert streamed(client, "streamed") == session["streamed"]
    # What is blanked out in the file is blanked out in the answer; the request is found all the same.
    assert ask(client, SECRET) == str(session["secret"]).replace(SECRET, "[redacted:openai_key]")


def test_delays_are_kept_unless_they_are_left_out(
    session: dict[str, object], launch: Serve, tmp_path: Path
) -> None:
    # As recorded they are too short to be told from the noise of a busy machine.
    slow, delay = tmp_path / "slow.jsonl", 3
    head, *exchanges = Path(str(session["cassette"])).read_text().splitlines()
    recorded = [json.loads(line) for line in exchanges]
    for exchange in recorded:
        exchange["pieces"][0]["after_ms"] = delay * 1_000
    slow.write_text("\n".join([head, *map(json.dumps, recorded), ""]))

    def seconds(*flags: str) -> float:
        client = openai_client(launch("replay", "serve", str(slow), *flags))
        start = time.monotonic()
        assert streamed(client, "streamed") == session["streamed"]
        return time.monotonic() - start

    assert seconds("--no-delays") < delay <= seconds()


def test_what_was_not_recorded_fails_and_says_why(session: dict[str, object], launch: Serve) -> None:
    client = openai_client(launch("replay", "serve", str(session["cassette"])))
    with pytest.raises(openai.BadRequestError) as failure:
        ask(client, "something else")
    assert failure.value.code == "not_recorded"
    assert "differs in messages" in str(failure.value)

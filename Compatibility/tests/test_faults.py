"""The `openai` package on the gateway, while the simulator behind it misbehaves as scripted."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator

import httpx2
import openai
import pytest

from conftest import Serve, gateway_before, openai_client
from support.samples import CHAT_MODEL, PROVIDER_TOKEN, QUESTION
from support.server import COMMAND, Server

Script = Callable[..., None]


# A gateway of its own for each test: faults that one test provokes must not open the circuit for the next.
@pytest.fixture
def client(launch: Serve, simulator: Server) -> Iterator[openai.OpenAI]:
    with openai_client(gateway_before(launch, simulator.url + "/v1", PROVIDER_TOKEN)) as client:
        yield client


@pytest.fixture
def script(simulator: Server) -> Iterator[Script]:
    """Has the simulator take these steps with the chat model; afterwards all is well again."""

    def put(*steps: dict[str, object]) -> None:
        answer = httpx2.put(simulator.url + "/_simulator/faults", json={"models": {CHAT_MODEL: list(steps)}})
        assert answer.is_success, answer.text

    httpx2.delete(simulator.url + "/_simulator/requests")
    yield put
    httpx2.put(simulator.url + "/_simulator/faults", json={"models": {}})
    httpx2.post(simulator.url + "/_simulator/reset")


def ask(client: openai.OpenAI):
    return client.chat.completions.with_raw_response.create(model=CHAT_MODEL, messages=QUESTION)


def stream_text(client: openai.OpenAI, heard: list[str]) -> str:
    with client.chat.completions.create(model=CHAT_MODEL, messages=QUESTION, stream=True) as stream:
        for piece in stream:
            heard += [choice.delta.content or "" for choice in piece.choices]
    return "".join(heard)


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 503},
        {"kind": "status", "error": "bad_gateway"},
        {"kind": "status", "error": "minute_limit", "retry_after": 1},
        {"kind": "status", "error": "concurrency_limit"},
        {"kind": "reset_before_headers"},
        {"kind": "garbage_status_line"},
        {"kind": "malformed_chunk", "after_fraction": 0.5},
        {"kind": "cut", "after_fraction": 0.5, "reset": True},
        {"kind": "wrong_content_type"},
        {"kind": "empty_choices"},
    ],
    ids=lambda fault: str(fault.get("error", fault["kind"])),
)
def test_a_passing_fault_is_not_seen_by_the_client(client, script, fault):
    script(fault)

    answer = ask(client)

    assert answer.parse().choices[0].message.content
    assert answer.headers["x-aurelis-attempts"] == "2"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ({"kind": "status", "status": 500}, openai.InternalServerError),
        ({"kind": "status", "error": "plain_string"}, openai.InternalServerError),
        ({"kind": "status", "error": "day_limit"}, openai.RateLimitError),
        ({"kind": "status", "error": "bad_credentials"}, openai.AuthenticationError),
        ({"kind": "status", "error": "models_permission"}, openai.AuthenticationError),
        ({"kind": "status", "error": "no_access"}, openai.PermissionDeniedError),
        ({"kind": "status", "error": "budget"}, openai.PermissionDeniedError),
        ({"kind": "status", "error": "empty_forbidden"}, openai.PermissionDeniedError),
        ({"kind": "status", "error": "unsupported_parameter"}, openai.BadRequestError),
        ({"kind": "status", "error": "validation"}, openai.UnprocessableEntityError),
        ({"kind": "wrong_content_type"}, openai.InternalServerError),
        ({"kind": "empty_choices"}, openai.InternalServerError),
        ({"kind": "malformed_chunk", "after_fraction": 0.5}, openai.InternalServerError),
        ({"kind": "endless_body"}, openai.InternalServerError),
    ],
    ids=lambda value: str(value.get("error", value["kind"])) if isinstance(value, dict) else "",
)
def test_a_lasting_fault_is_the_expected_exception(client, script, fault, expected):
    script({**fault, "times": "always"})

    with pytest.raises(expected) as caught:
        ask(client)

    assert isinstance(caught.value.body, dict), "the error has the OpenAI shape"


def test_retirement_is_told_as_such(client, script):
    script({"kind": "retired", "times": "always"})

    with pytest.raises(openai.APIStatusError) as caught:
        ask(client)

    assert caught.value.status_code == 410
    assert "retire" in caught.value.message


def test_refusals_are_not_asked_again(client, simulator, script):
    script({"kind": "status", "error": "bad_credentials", "times": "always"})

    with pytest.raises(openai.AuthenticationError):
        ask(client)

    log = httpx2.get(simulator.url + "/_simulator/requests").json()
    assert len(log if isinstance(log, list) else log["requests"]) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "cut", "after_fraction": 0.5},
        {"kind": "cut", "after_fraction": 0.5, "reset": True},
        {"kind": "malformed_chunk", "after_fraction": 0.5},
    ],
    ids=["cut", "reset", "malformed chunk"],
)
def test_a_stream_that_breaks_never_looks_complete(client, script, fault):
    script({**fault, "times": "always"})
    heard: list[str] = []

    with pytest.raises(openai.APIError):
        stream_text(client, heard)

    assert "".join(heard), "what came before the break was delivered"


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "missing_done"},
        {"kind": "slow_first_token", "seconds": 0.3},
        {"kind": "stall", "after_fraction": 0.5, "seconds": 0.3},
        {"kind": "slow_body", "bytes": 512, "every_seconds": 0.01},
        {"kind": "status", "status": 503},
        {"kind": "reset_before_headers"},
    ],
    ids=lambda fault: fault["kind"],
)
def test_a_stream_survives_what_can_be_survived(client, script, fault):
    whole = stream_text(client, [])
    script(fault)

    assert stream_text(client, []) == whole


def test_a_script_can_be_given_at_the_start(launch, tmp_path):
    file = tmp_path / "faults.json"
    file.write_text(json.dumps({"models": {"*": [{"kind": "status", "status": 500}]}}))
    simulator = launch("simulate", "--no-quota", "--faults", str(file))

    with openai_client(simulator, "/inference", api_key=PROVIDER_TOKEN) as direct:
        with pytest.raises(openai.InternalServerError):
            ask(direct)
        assert ask(direct).parse().choices[0].message.content


def test_a_script_with_a_typo_is_refused_with_its_place(tmp_path):
    file = tmp_path / "faults.json"
    file.write_text(json.dumps({"models": {"*": [{"kind": "statsu"}]}}))

    done = subprocess.run(
        [COMMAND, "simulate", "--port", "0", "--faults", str(file)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=20,
    )

    assert done.returncode != 0
    assert "statsu" in done.stderr

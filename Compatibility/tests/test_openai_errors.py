"""The `openai` package: each failure is the exception its users expect."""

from __future__ import annotations

import socket

import openai
import pytest

from conftest import gateway_before, openai_client
from support.samples import CHAT_MODEL, DAY_LIMIT_MESSAGE, EMBEDDING_MODEL, QUESTION, TOKEN_WITH_TYPO, USER_TOKEN, error

SERVER_FAULT = "The server had an error while processing your request. Sorry about that!"


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (400, error("unavailable_model", "Unavailable model: gpt-5"), openai.APIStatusError),
        (401, error("unauthorized", "Bad credentials"), openai.AuthenticationError),
        (403, error("no_access", "No access to model: openai/gpt-5"), openai.PermissionDeniedError),
        (403, b"", openai.PermissionDeniedError),
        (413, error("tokens_limit_reached", "Request body too large. Max size: 8000 tokens."), openai.APIStatusError),
        (422, {"error": [{"loc": ["body"], "msg": "extra fields"}]}, openai.UnprocessableEntityError),
        (429, error("RateLimitReached", DAY_LIMIT_MESSAGE), openai.RateLimitError),
        (500, error(None, SERVER_FAULT, type="server_error"), openai.InternalServerError),
        (502, b"<html>Bad Gateway</html>", openai.InternalServerError),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else "",
)
def test_a_providers_error_keeps_its_class(scripted, provider, status, body, expected):
    provider.replies(status, body, {"retry-after": "5631"} if status == 429 else None)

    with pytest.raises(expected) as caught:
        scripted.chat.completions.create(model=f"failing-{status}-{len(body)}", messages=QUESTION)

    assert isinstance(caught.value.message, str)
    assert isinstance(caught.value.body, dict), "the error has the OpenAI shape"
    assert caught.value.response.headers["x-aurelis-request-id"]


def test_a_bad_provider_credential_is_an_authentication_error(launch, simulator):
    gateway = gateway_before(launch, simulator.url + "/v1", TOKEN_WITH_TYPO)

    with openai_client(gateway) as client, pytest.raises(openai.AuthenticationError) as caught:
        client.chat.completions.create(model=CHAT_MODEL, messages=QUESTION)

    assert TOKEN_WITH_TYPO not in str(caught.value), "a credential never shows in an error"


def test_a_model_nobody_serves_is_not_found(client):
    with pytest.raises((openai.NotFoundError, openai.BadRequestError)) as caught:
        client.chat.completions.create(model="openai/no-such-model", messages=QUESTION)

    assert "no-such-model" in caught.value.message


def test_a_path_that_does_not_exist_is_not_found(client):
    with pytest.raises(openai.NotFoundError):
        client.get("/no/such/path", cast_to=object)


def test_a_wrong_method_is_an_error_in_the_same_shape(client):
    with pytest.raises(openai.APIStatusError) as caught:
        client.get("/chat/completions", cast_to=object)

    assert caught.value.status_code in (404, 405)
    assert isinstance(caught.value.body, dict)


@pytest.mark.parametrize(
    "content",
    [b'{"model": ', b"", b"[]", b'{"model": "x", "messages": "\xff"}', b'{"model":"openai/gpt-4o-mini","messages":7}'],
    ids=["cut JSON", "empty", "not an object", "invalid UTF-8", "wrong type"],
)
def test_a_malformed_body_is_a_bad_request(client, content):
    with pytest.raises(openai.BadRequestError) as caught:
        client.post("/chat/completions", cast_to=object, content=content)

    assert caught.value.message


@pytest.mark.parametrize(
    "fields",
    [{"messages": []}, {"messages": QUESTION, "model": None}, {"messages": QUESTION, "stream": "yes"}],
    ids=["no messages", "no model", "stream is not a boolean"],
)
def test_a_request_that_makes_no_sense_names_the_field(client, fields):
    with pytest.raises(openai.BadRequestError) as caught:
        client.post("/chat/completions", cast_to=object, body={"model": CHAT_MODEL, **fields})

    assert caught.value.param


def test_a_filtered_prompt_is_a_bad_request_with_its_code(client):
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(
            model=CHAT_MODEL, messages=[{"role": "user", "content": "[simulate:content_filter]"}]
        )

    assert caught.value.code == "content_filter"


def test_a_prompt_over_the_plans_limit_is_a_413(client):
    with pytest.raises(openai.APIStatusError) as caught:
        passages = [{"role": "user", "content": "many words " * 4_000}] * 3
        client.chat.completions.create(model=CHAT_MODEL, messages=passages)

    assert caught.value.status_code == 413
    assert "8000" in caught.value.message


def test_a_day_limit_says_how_long_to_wait(scripted, provider):
    provider.replies(429, error("RateLimitReached", DAY_LIMIT_MESSAGE), {"retry-after": "5631"})

    with pytest.raises(openai.RateLimitError) as caught:
        scripted.chat.completions.create(model="spent", messages=QUESTION)

    assert 5500 < int(caught.value.response.headers["retry-after"]) <= 5631
    assert caught.value.code == "RateLimitReached"


def test_a_limit_is_asked_once_and_not_hammered(scripted, provider):
    provider.replies(429, error("RateLimitReached", DAY_LIMIT_MESSAGE), {"retry-after": "5631"})

    with pytest.raises(openai.RateLimitError):
        scripted.chat.completions.create(model="asked-once", messages=QUESTION)

    assert len(provider.received) == 1


def test_a_provider_that_breaks_the_connection_is_a_server_error(scripted, provider):
    provider.resets()

    with pytest.raises(openai.InternalServerError):
        scripted.chat.completions.create(model="resetting", messages=QUESTION)


def test_a_silent_provider_runs_into_the_clients_own_timeout(fronted, provider):
    provider.stays_silent()

    with openai_client(fronted, timeout=0.5) as client, pytest.raises(openai.APITimeoutError):
        client.chat.completions.create(model="silent", messages=QUESTION)


def test_the_gateway_answers_others_after_a_client_gave_up(fronted, provider):
    provider.stays_silent()
    with openai_client(fronted, timeout=0.5) as client, pytest.raises(openai.APITimeoutError):
        client.chat.completions.create(model="silent-too", messages=QUESTION)

    provider.replies(200, {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}]})
    with openai_client(fronted) as client:
        assert client.embeddings.create(model=EMBEDDING_MODEL, input="x", encoding_format="float").data


def test_no_gateway_is_a_connection_error():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free_port = taken.getsockname()[1]

    with (
        openai.OpenAI(base_url=f"http://127.0.0.1:{free_port}/v1", api_key=USER_TOKEN, max_retries=0) as client,
        pytest.raises(openai.APIConnectionError),
    ):
        client.models.list()

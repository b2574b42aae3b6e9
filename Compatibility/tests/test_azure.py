"""The `azure-ai-inference` package, with which GitHub Models was usually called."""

from __future__ import annotations

import json

import pytest
from azure.ai.inference.models import (
    ChatCompletionsToolDefinition,
    FunctionDefinition,
    ImageContentItem,
    ImageUrl,
    JsonSchemaFormat,
    SystemMessage,
    TextContentItem,
    UserMessage,
)
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)

from conftest import azure_chat, azure_embeddings
from support.samples import DAY_LIMIT_MESSAGE, PIXEL, VISION_MODEL, WEATHER_TOOL, completion, error

PATHS = pytest.mark.parametrize("path", ["/inference", ""], ids=["current", "legacy"])
MESSAGES = [SystemMessage("Be brief."), UserMessage("Say hello.")]


@PATHS
def test_a_question_gets_an_answer(gateway, path):
    with azure_chat(gateway, path) as client:
        answer = client.complete(messages=MESSAGES)

    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens > 0


@PATHS
def test_a_stream_delivers_the_answer_in_pieces(gateway, path):
    with azure_chat(gateway, path) as client:
        pieces = [
            choice.delta.content
            for update in client.complete(messages=MESSAGES, stream=True)
            for choice in update.choices or []
            if choice.delta.content
        ]

    assert len(pieces) > 1


def test_the_legacy_bare_model_name_works(gateway):
    with azure_chat(gateway, "", model="gpt-4o-mini") as client:
        assert client.complete(messages=MESSAGES).choices[0].message.content


def test_a_required_tool_is_called(gateway):
    tool = ChatCompletionsToolDefinition(function=FunctionDefinition(WEATHER_TOOL["function"]))
    with azure_chat(gateway, model=VISION_MODEL) as client:
        answer = client.complete(messages=MESSAGES, tools=[tool], tool_choice="required")

    call = answer.choices[0].message.tool_calls[0]
    assert call.function.name == "get_weather"
    assert isinstance(json.loads(call.function.arguments), dict)


def test_a_json_schema_answer_is_json(gateway):
    schema = JsonSchemaFormat(
        name="greeting",
        strict=True,
        schema={
            "type": "object",
            "properties": {"name": {"type": "string"}},
            "required": ["name"],
            "additionalProperties": False,
        },
    )
    with azure_chat(gateway, model=VISION_MODEL) as client:
        answer = client.complete(messages=MESSAGES, response_format=schema)

    assert isinstance(json.loads(answer.choices[0].message.content)["name"], str)


def test_an_image_part_is_accepted(gateway):
    picture = UserMessage([TextContentItem(text="What is this?"), ImageContentItem(image_url=ImageUrl(url=PIXEL))])
    with azure_chat(gateway, model=VISION_MODEL) as client:
        assert client.complete(messages=[picture]).choices[0].message.content


def test_extra_parameters_pass_through(fronted, provider):
    provider.received.clear()
    provider.replies(200, completion())
    with azure_chat(fronted) as client:
        client.complete(messages=MESSAGES, model_extras={"safe_mode": True})

    assert provider.received[-1].json["safe_mode"] is True


@PATHS
def test_embeddings_arrive(gateway, path):
    with azure_embeddings(gateway, path) as client:
        answer = client.embed(input=["one", "two"])

    assert [item.index for item in answer.data] == [0, 1]
    assert len(answer.data[0].embedding) == 1536


def test_model_information_is_reported_as_not_available(gateway):
    """As the package documents for GitHub Models: the platform has no `/info`."""
    with azure_chat(gateway) as client, pytest.raises(ResourceNotFoundError) as caught:
        client.get_model_info()

    assert "not supported" in caught.value.message


@pytest.mark.parametrize(
    ("status", "body", "expected", "code"),
    [
        (401, error("unauthorized", "Bad credentials"), ClientAuthenticationError, "unauthorized"),
        (403, error("no_access", "No access to model: x"), HttpResponseError, "no_access"),
        (413, error("tokens_limit_reached", "Request body too large"), HttpResponseError, "tokens_limit_reached"),
        (429, error("RateLimitReached", DAY_LIMIT_MESSAGE), HttpResponseError, "RateLimitReached"),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else "",
)
def test_an_error_keeps_its_status_and_code(fronted, provider, status, body, expected, code):
    provider.replies(status, body, {"retry-after": "5631"} if status == 429 else None)

    with azure_chat(fronted, model=f"azure-{status}") as client, pytest.raises(expected) as caught:
        client.complete(messages=MESSAGES)

    assert caught.value.status_code == status
    assert caught.value.error.code == code


def test_a_server_fault_is_a_server_error(fronted, provider):
    provider.replies(500, error(None, "The server had an error"))

    with azure_chat(fronted, model="azure-500") as client, pytest.raises(HttpResponseError) as caught:
        client.complete(messages=MESSAGES)

    assert caught.value.status_code >= 500


def test_a_filtered_prompt_keeps_its_code(gateway):
    with azure_chat(gateway) as client, pytest.raises(HttpResponseError) as caught:
        client.complete(messages=[UserMessage("[simulate:content_filter]")])

    assert caught.value.status_code == 400
    assert caught.value.error.code == "content_filter"


def test_an_unknown_model_is_refused(gateway):
    with azure_chat(gateway, model="openai/no-such-model") as client, pytest.raises(HttpResponseError) as caught:
        client.complete(messages=MESSAGES)

    assert caught.value.status_code in (400, 404)


def test_a_silent_provider_runs_into_the_clients_own_timeout(fronted, provider):
    provider.stays_silent()

    with azure_chat(fronted, model="azure-silent", read_timeout=0.5) as client:
        with pytest.raises((ServiceRequestError, ServiceResponseError)):
            client.complete(messages=MESSAGES)

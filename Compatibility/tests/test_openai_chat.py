"""The `openai` package: whole answers."""

from __future__ import annotations

import asyncio
import json

import openai
import pydantic
import pytest

from conftest import openai_client
from support.samples import CHAT_MODEL, PIXEL, QUESTION, USER_TOKEN, VISION_MODEL, WEATHER_TOOL


def test_a_plain_question_gets_an_answer_with_usage(client):
    answer = client.chat.completions.create(model=CHAT_MODEL, messages=QUESTION)

    assert answer.object == "chat.completion"
    assert answer.choices[0].message.role == "assistant"
    assert answer.choices[0].message.content
    assert answer.choices[0].finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 0


@pytest.mark.parametrize("path", ["/v1", "/inference", ""], ids=["v1", "current", "legacy"])
def test_every_base_url_a_user_may_have_configured_works(gateway, path):
    with openai_client(gateway, path) as client:
        answer = client.chat.completions.create(model="mistral-ai/mistral-nemo", messages=QUESTION)

    assert answer.choices[0].message.content


@pytest.mark.parametrize("name", ["gpt-4o-mini", "openai/gpt-4o-mini", "GPT-4o-mini"])
def test_aliases_of_a_model_are_understood(client, name):
    answer = client.chat.completions.create(model=name, messages=QUESTION)

    assert answer.model.startswith("gpt-4o-mini")


def test_a_task_chooses_the_model(client):
    raw = client.chat.completions.with_raw_response.create(model="auto/codeGeneration", messages=QUESTION)

    assert raw.parse().choices[0].message.content
    assert "codestral" in raw.headers["x-aurelis-model"].lower()


def test_response_headers_tell_what_happened(client):
    raw = client.chat.completions.with_raw_response.create(model=CHAT_MODEL, messages=QUESTION)

    assert raw.headers["x-aurelis-request-id"]
    assert "gpt-4o-mini" in raw.headers["x-aurelis-model"]
    assert raw.headers["x-aurelis-route"]
    assert raw.headers["x-aurelis-attempts"] == "1"


def test_each_request_has_an_id_of_its_own(client):
    ids = {
        client.models.with_raw_response.list().headers["x-aurelis-request-id"],
        client.models.with_raw_response.list().headers["x-aurelis-request-id"],
    }

    assert len(ids) == 2


def test_a_required_tool_is_called_with_valid_arguments(client):
    answer = client.chat.completions.create(
        model=VISION_MODEL,
        messages=[{"role": "user", "content": "What is the weather in Paris?"}],
        tools=[WEATHER_TOOL],
        tool_choice="required",
    )

    call = answer.choices[0].message.tool_calls[0]
    assert answer.choices[0].finish_reason == "tool_calls"
    assert call.function.name == "get_weather"
    assert isinstance(json.loads(call.function.arguments)["city"], str)


def test_a_tools_result_can_be_sent_back(client):
    asked = client.chat.completions.create(
        model=VISION_MODEL, messages=QUESTION, tools=[WEATHER_TOOL], tool_choice="required"
    )
    request = asked.choices[0].message
    answer = client.chat.completions.create(
        model=VISION_MODEL,
        messages=[
            *QUESTION,
            request.model_dump(exclude_none=True),
            {"role": "tool", "tool_call_id": request.tool_calls[0].id, "content": '{"celsius": 21}'},
        ],
        tools=[WEATHER_TOOL],
        tool_choice="none",
    )

    assert answer.choices[0].message.content


class Recipe(pydantic.BaseModel):
    name: str
    steps: list[str]
    count: int


def test_a_json_schema_answer_parses_into_its_type(client):
    answer = client.chat.completions.parse(model=VISION_MODEL, messages=QUESTION, response_format=Recipe)

    assert isinstance(answer.choices[0].message.parsed, Recipe)


def test_json_mode_answers_with_a_json_object(client):
    answer = client.chat.completions.create(
        model=VISION_MODEL,
        messages=[{"role": "user", "content": "Answer as a JSON object."}],
        response_format={"type": "json_object"},
    )

    assert isinstance(json.loads(answer.choices[0].message.content), dict)


def test_an_image_part_is_accepted(client):
    answer = client.chat.completions.create(
        model=VISION_MODEL,
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": "What is in this picture?"},
                    {"type": "image_url", "image_url": {"url": PIXEL, "detail": "low"}},
                ],
            }
        ],
    )

    assert answer.choices[0].message.content


def test_several_choices_arrive_in_order(client):
    answer = client.chat.completions.create(model=CHAT_MODEL, messages=QUESTION, n=3)

    assert [choice.index for choice in answer.choices] == [0, 1, 2]


def test_log_probabilities_arrive(client):
    answer = client.chat.completions.create(model=VISION_MODEL, messages=QUESTION, logprobs=True, top_logprobs=2)

    token = answer.choices[0].logprobs.content[0]
    assert token.logprob <= 0
    assert len(token.top_logprobs) == 2


def test_the_output_limit_ends_an_answer_with_reason_length(client):
    answer = client.chat.completions.create(model=CHAT_MODEL, messages=QUESTION, max_tokens=1)

    assert answer.choices[0].finish_reason == "length"
    assert answer.usage.completion_tokens == 1


def test_the_asynchronous_client_runs_requests_side_by_side(gateway):
    async def ask_three() -> list[str]:
        async with openai.AsyncOpenAI(base_url=gateway.url + "/v1", api_key=USER_TOKEN, max_retries=0) as client:
            answers = await asyncio.gather(
                *(client.chat.completions.create(model=CHAT_MODEL, messages=QUESTION) for _ in range(3))
            )
            return [answer.choices[0].message.content for answer in answers]

    assert all(asyncio.run(ask_three()))

"""The `openai` package: the Responses API, put as chat completions and back."""

from __future__ import annotations

import asyncio
import json

import httpx2
import openai
import pydantic
import pytest

from conftest import openai_client
from support import openapi
from support.samples import (
    CHAT_MODEL,
    PIXEL,
    PROVIDER_TOKEN,
    USER_TOKEN,
    VISION_MODEL,
    WEATHER_TOOL,
    chunk,
    completion,
    error,
)

TOOL = {"type": "function", **WEATHER_TOOL["function"], "strict": True}
CALLS = [
    {"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Oslo"}'}},
    {"id": "call_2", "type": "function", "function": {"name": "get_weather", "arguments": '{"city":"Rome"}'}},
]


def message(finish_reason: str = "stop", **fields: object) -> dict:
    choice = {"index": 0, "message": {"role": "assistant", "content": None, **fields}, "finish_reason": finish_reason}
    return completion(choices=[choice])


def delta(finish_reason: str | None = None, **fields: object) -> str:
    choice = {"index": 0, "delta": fields, "finish_reason": finish_reason}
    return json.dumps({"id": "c", "object": "chat.completion.chunk", "model": "m", "created": 1, "choices": [choice]})


def usage() -> str:
    return json.dumps({"choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}})


# Whole answers


def test_a_plain_question_gets_a_response_with_usage(client):
    response = client.responses.create(model=CHAT_MODEL, input="Say hello in one sentence.")

    assert response.object == "response"
    assert response.id.startswith("resp_")
    assert response.status == "completed"
    assert response.output_text.strip()
    assert [item.type for item in response.output] == ["message"]
    assert response.usage.total_tokens == response.usage.input_tokens + response.usage.output_tokens > 0
    assert response.error is None
    assert response.incomplete_details is None


def test_response_headers_tell_what_happened(client):
    raw = client.responses.with_raw_response.create(model=CHAT_MODEL, input="Say hello.")

    assert raw.headers["x-aurelis-request-id"].removeprefix("req_") == raw.parse().id.removeprefix("resp_")
    assert "gpt-4o-mini" in raw.headers["x-aurelis-model"]
    assert raw.headers["x-aurelis-attempts"] == "1"


def test_a_task_chooses_the_model(client):
    raw = client.responses.with_raw_response.create(model="auto/codeGeneration", input="Sort a list.")

    assert raw.parse().output_text
    assert "codestral" in raw.headers["x-aurelis-model"].lower()


def test_what_is_sent_is_a_chat_completion(scripted, provider):
    provider.replies(200, completion("Hei."))

    response = scripted.responses.create(
        model="sent",
        instructions="Answer in Norwegian.",
        input=[
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": [{"type": "input_text", "text": "Hello?"}]},
        ],
        temperature=0.5,
        max_output_tokens=50,
        metadata={"topic": "greetings"},
        user="somebody",
        extra_body={"seed": 7, "x-unknown": {"kept": True}},
    )

    assert provider.received[-1].path == "/v1/chat/completions"
    assert provider.received[-1].json == {
        "model": "sent",
        "temperature": 0.5,
        "max_completion_tokens": 50,
        "metadata": {"topic": "greetings"},
        "user": "somebody",
        "seed": 7,
        "x-unknown": {"kept": True},
        "messages": [
            {"role": "system", "content": "Answer in Norwegian."},
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Hello?"},
        ],
    }
    assert response.output_text == "Hei."
    assert response.model == "gpt-4o-mini-2024-07-18"
    assert response.created_at == 1_700_000_000
    assert response.instructions == "Answer in Norwegian."
    assert response.temperature == 0.5
    assert response.max_output_tokens == 50
    assert response.metadata == {"topic": "greetings"}
    assert response.top_p is None
    assert response.tools == []
    assert response.tool_choice == "auto"
    assert response.parallel_tool_calls is True
    assert response.text.format.type == "text"
    assert response.model_extra["store"] is False
    assert (response.usage.input_tokens, response.usage.output_tokens, response.usage.total_tokens) == (9, 2, 11)


def test_the_output_of_one_response_is_input_of_the_next(scripted, provider):
    provider.replies(200, completion("Four."))
    first = scripted.responses.create(model="turns", input="What is 2 + 2?")
    history = [{"role": "user", "content": "What is 2 + 2?"}, *first.output, {"role": "user", "content": "Sure?"}]

    scripted.responses.create(model="turns", input=history, store=False, include=["reasoning.encrypted_content"])

    assert provider.received[-1].json["messages"] == [
        {"role": "user", "content": "What is 2 + 2?"},
        {"role": "assistant", "content": "Four."},
        {"role": "user", "content": "Sure?"},
    ]


def test_a_call_of_a_function_goes_there_and_back(scripted, provider):
    provider.replies(200, message("tool_calls", content="Let me look.", tool_calls=CALLS))
    history: list = [{"role": "user", "content": "Where is it warmer, in Oslo or in Rome?"}]
    first = scripted.responses.create(
        model="tools",
        input=history,
        tools=[TOOL],
        tool_choice={"type": "function", "name": "get_weather"},
        parallel_tool_calls=True,
    )
    sent = provider.received[-1].json
    function = {name: value for name, value in TOOL.items() if name != "type"}

    assert sent["tools"] == [{"type": "function", "function": function}]
    assert sent["tool_choice"] == {"type": "function", "function": {"name": "get_weather"}}
    assert sent["parallel_tool_calls"] is True
    assert [item.type for item in first.output] == ["message", "function_call", "function_call"]
    calls = first.output[1:]
    assert [(call.call_id, call.name, json.loads(call.arguments)["city"]) for call in calls] == [
        ("call_1", "get_weather", "Oslo"),
        ("call_2", "get_weather", "Rome"),
    ]

    provider.replies(200, completion("In Rome."))
    history += first.output
    history += [{"type": "function_call_output", "call_id": call.call_id, "output": "12"} for call in calls]
    second = scripted.responses.create(model="tools", input=history, tools=[TOOL])

    assert second.output_text == "In Rome."
    assert provider.received[-1].json["messages"][1:] == [
        {"role": "assistant", "content": "Let me look.", "tool_calls": CALLS},
        {"role": "tool", "tool_call_id": "call_1", "content": "12"},
        {"role": "tool", "tool_call_id": "call_2", "content": "12"},
    ]


def test_a_call_of_the_simulator_is_a_function_call(client):
    response = client.responses.create(
        model=VISION_MODEL, input="The weather in Oslo?", tools=[TOOL], tool_choice="required"
    )

    (call,) = [item for item in response.output if item.type == "function_call"]
    assert call.name == "get_weather"
    assert isinstance(json.loads(call.arguments), dict)


def test_a_schema_makes_the_answer_an_object(scripted, provider):
    class City(pydantic.BaseModel):
        name: str
        people: int

    provider.replies(200, completion('{"name":"Oslo","people":700000}'))

    response = scripted.responses.parse(model="schema", input="A city", text_format=City)

    sent = provider.received[-1].json["response_format"]
    assert sent["type"] == "json_schema"
    assert sent["json_schema"]["name"] == "City"
    assert sent["json_schema"]["strict"] is True
    assert set(sent["json_schema"]["schema"]["properties"]) == {"name", "people"}
    assert response.output_parsed == City(name="Oslo", people=700_000)


def test_json_without_a_schema_effort_and_verbosity_are_passed_on(scripted, provider):
    provider.replies(200, completion("{}"))

    response = scripted.responses.create(
        model="words",
        input="JSON, please",
        text={"format": {"type": "json_object"}, "verbosity": "low"},
        reasoning={"effort": "low", "summary": "auto"},
    )

    sent = provider.received[-1].json
    assert sent["response_format"] == {"type": "json_object"}
    assert (sent["verbosity"], sent["reasoning_effort"]) == ("low", "low")
    assert response.reasoning.effort == "low"


def test_a_picture_reaches_the_model(scripted, provider):
    provider.replies(200, completion("A pixel."))
    image = {"type": "input_image", "image_url": PIXEL, "detail": "low"}

    scripted.responses.create(
        model="picture", input=[{"role": "user", "content": [{"type": "input_text", "text": "What is this?"}, image]}]
    )

    assert provider.received[-1].json["messages"][0]["content"] == [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": PIXEL, "detail": "low"}},
    ]


def test_an_answer_that_is_cut_off_is_incomplete(scripted, provider):
    provider.replies(200, message("length", content="Once upon"))

    response = scripted.responses.create(model="cut", input="A story", max_output_tokens=2)

    assert response.status == "incomplete"
    assert response.incomplete_details.reason == "max_output_tokens"
    assert response.output[0].status == "incomplete"
    assert response.output_text == "Once upon"


def test_a_refusal_is_a_part_of_the_message(scripted, provider):
    provider.replies(200, message(refusal="I cannot."))

    response = scripted.responses.create(model="refusal", input="Do it")

    assert response.output_text == ""
    assert [(part.type, part.refusal) for part in response.output[0].content] == [("refusal", "I cannot.")]


def test_probabilities_are_asked_for_and_told(scripted, provider):
    token = {"token": "Hi", "logprob": -0.5, "bytes": [72, 105], "top_logprobs": []}
    answer = completion("Hi")
    answer["choices"][0]["logprobs"] = {"content": [token]}
    provider.replies(200, answer)

    response = scripted.responses.create(
        model="odds", input="Hi", top_logprobs=1, include=["message.output_text.logprobs"]
    )

    assert (provider.received[-1].json["logprobs"], provider.received[-1].json["top_logprobs"]) == (True, 1)
    assert response.output[0].content[0].logprobs[0].token == "Hi"


# Streams


def test_a_stream_tells_the_same_as_the_whole_answer(scripted, provider):
    calls = [{"index": index, **call} for index, call in enumerate(CALLS)]
    provider.streams(
        delta(role="assistant", content=""),
        delta(content="Let me "),
        delta(content="look."),
        delta(tool_calls=[{**calls[0], "function": {"name": "get_weather", "arguments": ""}}]),
        delta(tool_calls=[{"index": 0, "function": {"arguments": '{"city"'}}]),
        delta(tool_calls=[{"index": 0, "function": {"arguments": ':"Oslo"}'}}]),
        delta(tool_calls=[calls[1]]),
        delta("tool_calls"),
        usage(),
        "[DONE]",
    )
    with scripted.responses.stream(model="tools", input="The weather?", tools=[TOOL]) as stream:
        types = [event.type for event in stream]
        streamed = stream.get_final_response()

    assert types[0] == "response.created"
    assert types[1] == "response.in_progress"
    assert types[-1] == "response.completed"
    assert types[2:9] == [
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
    ]
    provider.replies(200, message("tool_calls", content="Let me look.", tool_calls=CALLS))
    whole = scripted.responses.create(model="tools", input="The weather?", tools=[TOOL])
    assert streamed.output_text == whole.output_text == "Let me look."

    def calls_of(response):
        return [(item.call_id, item.name, item.arguments) for item in response.output if item.type == "function_call"]

    assert calls_of(streamed) == calls_of(whole) == [
        ("call_1", "get_weather", '{"city":"Oslo"}'),
        ("call_2", "get_weather", '{"city":"Rome"}'),
    ]
    assert streamed.usage == whole.usage
    assert "stream_options" not in provider.received[-1].json


def test_the_events_are_numbered_named_and_as_described(gateway):
    description = openapi.gateway()
    content = description.operation("POST", "/v1/responses")["responses"]["200"]
    schema = description.resolved(content)["content"]["text/event-stream"]["schema"]["x-event-schema"]
    body = {"model": CHAT_MODEL, "input": "Say hello.", "stream": True}
    with httpx2.stream("POST", f"{gateway.url}/v1/responses", json=body) as response:
        text = response.read().decode()

    assert "[DONE]" not in text
    events = [event.split("\n") for event in text.strip().split("\n\n") if not event.startswith(":")]
    data = [json.loads(line.removeprefix("data: ")) for _, line in events]
    assert [name.removeprefix("event: ") for name, _ in events] == [event["type"] for event in data]
    assert [event["sequence_number"] for event in data] == list(range(len(data)))
    assert sum(event["type"] == "response.output_text.delta" for event in data) > 1
    assert data[-1]["response"]["usage"]["total_tokens"] > 0
    for event in data:
        description.check_schema(schema, event, event["type"])


def test_what_was_accumulated_is_what_is_told_at_the_end(client):
    with client.responses.create(model=CHAT_MODEL, input="Tell me about the sea.", stream=True) as stream:
        events = list(stream)

    deltas = "".join(event.delta for event in events if event.type == "response.output_text.delta")
    (done,) = [event.text for event in events if event.type == "response.output_text.done"]
    assert deltas == done == events[-1].response.output_text
    assert events[-1].response.status == "completed"


def test_the_stream_helper_parses_a_schema(scripted, provider):
    class City(pydantic.BaseModel):
        name: str

    provider.streams(delta(content='{"name":'), delta(content='"Oslo"}'), delta("stop"), "[DONE]")

    with scripted.responses.stream(model="parsed", input="A city", text_format=City) as stream:
        assert stream.get_final_response().output_parsed == City(name="Oslo")


def test_the_asynchronous_client_streams(gateway):
    async def ask() -> str:
        async with openai.AsyncOpenAI(base_url=gateway.url + "/v1", api_key=USER_TOKEN, max_retries=0) as client:
            async with client.responses.stream(model=CHAT_MODEL, input="Say hello.") as stream:
                return (await stream.get_final_response()).output_text

    assert asyncio.run(ask()).strip()


def test_a_streamed_answer_that_is_cut_off_is_incomplete(scripted, provider):
    provider.streams(delta(content="Once upon"), delta("length"), "[DONE]")

    with scripted.responses.create(model="cut", input="A story", stream=True) as stream:
        last = list(stream)[-1]

    assert last.type == "response.incomplete"
    assert last.response.incomplete_details.reason == "max_output_tokens"
    assert last.response.output_text == "Once upon"


def test_a_streamed_refusal_is_told_as_one(scripted, provider):
    provider.streams(delta(refusal="I "), delta(refusal="cannot."), delta("stop"), "[DONE]")

    with scripted.responses.create(model="refusal", input="Do it", stream=True) as stream:
        events = list(stream)

    assert "".join(event.delta for event in events if event.type == "response.refusal.delta") == "I cannot."
    assert events[-1].response.output[0].content[0].refusal == "I cannot."


def test_a_stream_that_breaks_fails_with_what_came_and_raises(scripted, provider):
    provider.streams(chunk("Once upon"), chunk(" a time"), closing=False)

    events = []
    with (
        pytest.raises(openai.APIError) as caught,
        scripted.responses.create(model="broken", input="A story", stream=True) as stream,
    ):
        for event in stream:
            events.append(event)

    assert events[-1].type == "response.failed"
    assert events[-1].response.status == "failed"
    assert events[-1].response.error.code == "server_error"
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == "Once upon a time"
    assert caught.value.message


def test_a_failure_after_a_wait_that_was_told_is_told_in_events(fronted, provider):
    limited = (429, error("rate_limit_exceeded", "Slow down."), {"retry-after": "2"})
    answers = iter([limited, (400, error("bad", "No."))])

    def answer(connection) -> None:
        # What is asked first, waits; what is asked then, fails.
        provider.replies(*next(answers))
        provider.answer(connection)
        provider.answer = answer

    provider.answer = answer
    body = {"model": "waits", "input": "Hi", "stream": True}
    with httpx2.stream("POST", f"{fronted.url}/v1/responses", json=body, timeout=20) as response:
        text = response.read().decode()

    assert response.status_code == 200
    assert text.startswith(": ")
    types = [line.removeprefix("event: ") for line in text.split("\n") if line.startswith("event: ")]
    assert types == ["response.created", "response.in_progress", "response.failed", "error"]
    assert json.loads(text.strip().rsplit("data: ", 1)[1])["error"]["message"] == "No."


# Errors


@pytest.mark.parametrize(
    "fields",
    [
        {"previous_response_id": "resp_1"},
        {"conversation": "conv_1"},
        {"prompt": {"id": "pmpt_1"}},
        {"background": True},
        {"truncation": "auto"},
        {"tools": [{"type": "web_search"}]},
        {"tools": [{"type": "custom", "name": "shell"}]},
        {"input": [{"type": "item_reference", "id": "msg_1"}]},
        {"input": [{"role": "user", "content": [{"type": "input_file", "file_id": "file-1"}]}]},
        {"input": [{"type": "computer_call_output", "call_id": "c", "output": {}}]},
        {"tool_choice": {"type": "web_search"}},
    ],
    ids=lambda fields: json.dumps(fields)[:40],
)
def test_what_needs_a_memory_or_other_tools_is_refused_by_name(scripted, provider, fields):
    with pytest.raises(openai.BadRequestError) as caught:
        scripted.responses.create(**{"model": "refused", "input": "Hi", **fields})

    assert caught.value.type == "invalid_request_error"
    assert caught.value.code == "unsupported_parameter"
    assert caught.value.param.split(".")[0].split("[")[0] == next(iter(fields))
    assert f"'{caught.value.param}'" in caught.value.message
    assert provider.received == []


def test_a_rate_limit_is_told_as_one(scripted, provider):
    provider.replies(429, error("rate_limit_exceeded", "Slow down."), {"retry-after": "3600"})

    with pytest.raises(openai.RateLimitError) as caught:
        scripted.responses.create(model="limited", input="Hi")

    assert "Slow down." in caught.value.message


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_a_failing_provider_is_an_ordinary_http_error(scripted, provider, stream):
    provider.replies(500, error("server_error", "Oh no."))

    with pytest.raises(openai.InternalServerError) as caught:
        scripted.responses.create(model=f"failing-{stream}", input="Hi", stream=stream)

    assert "Oh no." in caught.value.message


def test_an_unknown_model_is_not_found(client):
    with pytest.raises(openai.NotFoundError):
        client.responses.create(model="no-such-model", input="Hi")


def test_nothing_is_stored(client):
    response = client.responses.create(model=CHAT_MODEL, input="Say hello.", store=True)
    assert response.model_extra["store"] is False

    for ask in (client.responses.retrieve, client.responses.delete, client.responses.cancel):
        with pytest.raises(openai.NotFoundError, match="no response is stored here"):
            ask(response.id)


# Cache


def test_a_repeated_question_is_answered_from_the_cache_in_either_form(launch, provider):
    provider.received.clear()
    provider.replies(200, completion("Hello."))
    provided = ("--base-url", provider.url, "--api-key-env", "TOKEN")
    server = launch("serve", *provided, environment={"TOKEN": PROVIDER_TOKEN, "AURELIS_CACHE": "use"})
    with openai_client(server) as client:

        def ask(**fields):
            return client.responses.with_raw_response.create(model="kept", input="Say hello.", **fields)

        first, second = ask(), ask()
        assert first.headers["x-aurelis-cache"] == "miss"
        assert second.headers["x-aurelis-cache"].startswith("hit")
        assert first.parse().output_text == second.parse().output_text == "Hello."
        assert first.parse().id != second.parse().id
        assert second.parse().usage.total_tokens == 11

        with client.responses.stream(model="kept", input="Say hello.") as stream:
            final = stream.get_final_response()
        assert final.output_text == "Hello."
        assert final.usage.total_tokens == 11

        chat = client.chat.completions.create(model="kept", messages=[{"role": "user", "content": "Say hello."}])
        assert chat.choices[0].message.content == "Hello."
    assert len(provider.received) == 1


# Batches


def test_a_batch_of_responses_is_refused_with_a_way_out(client):
    with pytest.raises(openai.BadRequestError, match="as chat completions") as caught:
        client.batches.create(input_file_id="file-x", endpoint="/v1/responses", completion_window="24h")

    assert caught.value.param == "endpoint"

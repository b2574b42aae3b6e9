"""The `openai` package: streamed answers."""

from __future__ import annotations

import asyncio
import json

import openai
import pytest

from support.samples import CHAT_MODEL, QUESTION, USER_TOKEN, VISION_MODEL, WEATHER_TOOL, chunk


def text_of(chunks) -> str:
    return "".join(choice.delta.content or "" for piece in chunks for choice in piece.choices)


def test_a_stream_delivers_the_answer_in_pieces(client):
    with client.chat.completions.create(model=CHAT_MODEL, messages=QUESTION, stream=True) as stream:
        chunks = list(stream)

    reasons = [choice.finish_reason for piece in chunks for choice in piece.choices if choice.finish_reason]
    assert text_of(chunks).strip()
    assert sum(bool(text_of([piece])) for piece in chunks) > 1
    assert reasons == ["stop"]


def test_usage_comes_last_in_a_chunk_without_choices_when_asked_for(client):
    with client.chat.completions.create(
        model=CHAT_MODEL, messages=QUESTION, stream=True, stream_options={"include_usage": True}
    ) as stream:
        last = list(stream)[-1]

    assert last.choices == []
    assert last.usage.total_tokens == last.usage.prompt_tokens + last.usage.completion_tokens > 0


def test_a_streamed_tool_call_is_assembled_from_its_pieces(client):
    with client.chat.completions.create(
        model=VISION_MODEL, messages=QUESTION, tools=[WEATHER_TOOL], tool_choice="required", stream=True
    ) as stream:
        pieces = [call for piece in stream for choice in piece.choices for call in choice.delta.tool_calls or []]

    assert pieces[0].id
    assert pieces[0].function.name == "get_weather"
    assert isinstance(json.loads("".join(piece.function.arguments or "" for piece in pieces)), dict)


def test_the_stream_helper_collects_the_same_answer(client):
    with client.chat.completions.stream(model=CHAT_MODEL, messages=QUESTION) as stream:
        pieces = [event.delta for event in stream if event.type == "content.delta"]
        whole = stream.get_final_completion().choices[0].message.content

    assert "".join(pieces) == whole


def test_a_stream_carries_the_gateways_headers(client):
    raw = client.chat.completions.with_raw_response.create(model=CHAT_MODEL, messages=QUESTION, stream=True)
    with raw.parse() as stream:
        list(stream)

    assert raw.headers["x-aurelis-request-id"]
    assert raw.headers["content-type"].startswith("text/event-stream")


def test_the_asynchronous_client_streams(gateway):
    async def ask() -> str:
        async with openai.AsyncOpenAI(base_url=gateway.url + "/v1", api_key=USER_TOKEN, max_retries=0) as client:
            stream = await client.chat.completions.create(model=CHAT_MODEL, messages=QUESTION, stream=True)
            return text_of([piece async for piece in stream])

    assert asyncio.run(ask()).strip()


def test_a_client_that_leaves_early_does_not_disturb_the_next(client):
    for _ in range(3):
        with client.chat.completions.create(model=VISION_MODEL, messages=QUESTION, stream=True) as stream:
            next(iter(stream))

    assert client.chat.completions.create(model=VISION_MODEL, messages=QUESTION).choices[0].message.content


def test_a_stream_that_is_cut_off_raises_instead_of_looking_complete(scripted, provider):
    provider.streams(chunk("Once upon"), chunk(" a time"), closing=False)

    heard = []
    with (
        pytest.raises(openai.APIError),
        scripted.chat.completions.create(model="cut", messages=QUESTION, stream=True) as stream,
    ):
        heard.extend(stream)

    assert text_of(heard) == "Once upon a time"


def test_a_stream_that_ends_before_its_finish_reason_raises(scripted, provider):
    provider.streams(chunk("Once upon"))

    with (
        pytest.raises(openai.APIError),
        scripted.chat.completions.create(model="unfinished", messages=QUESTION, stream=True) as stream,
    ):
        list(stream)


def test_a_missing_done_after_the_finish_reason_is_a_normal_end(scripted, provider):
    provider.streams(chunk("The end."), chunk(finish_reason="stop"))

    with scripted.chat.completions.create(model="no-done", messages=QUESTION, stream=True) as stream:
        chunks = list(stream)

    assert text_of(chunks) == "The end."


def test_an_error_before_the_first_chunk_is_an_ordinary_http_error(scripted, provider):
    provider.replies(400, {"error": {"code": "unknown_model", "message": "Unknown model: x"}})

    with pytest.raises(openai.APIStatusError) as caught:
        scripted.chat.completions.create(model="early", messages=QUESTION, stream=True)

    assert caught.value.status_code in (400, 404)

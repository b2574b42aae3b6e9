"""Cached answers, as the `openai` package sees them."""

import threading

import openai
import pytest

from conftest import CHAT_MODEL, Serve, openai_client
from support.server import Server

QUESTION = [{"role": "user", "content": "Explain what a cache is for."}]
TOOLS = [
    {
        "type": "function",
        "function": {"name": "look", "parameters": {"type": "object", "properties": {"where": {"type": "string"}}}},
    }
]


@pytest.fixture(scope="module")
def caching(launch: Serve) -> Server:
    return launch("serve", "--simulate", "--tier", "enterprise", environment={"AURELIS_CACHE": "use"})


@pytest.fixture
def client(caching: Server) -> openai.OpenAI:
    return openai_client(caching)


def ask(client: openai.OpenAI, content: str, **options: object):
    return client.chat.completions.with_raw_response.create(
        model=CHAT_MODEL, messages=[{"role": "user", "content": content}], **options
    )


def test_the_second_equal_request_is_answered_from_the_cache(client: openai.OpenAI) -> None:
    first = ask(client, "once")
    second = ask(client, "once")
    assert first.headers["x-aurelis-cache"] == "miss"
    assert second.headers["x-aurelis-cache"] == "hit; layer=memory"
    assert second.headers["age"] == "0"
    assert second.parse().choices[0].message.content == first.parse().choices[0].message.content


def test_a_kept_stream_is_replayed_chunk_by_chunk_and_whole(client: openai.OpenAI) -> None:
    def pieces() -> list[str]:
        stream = client.chat.completions.create(model=CHAT_MODEL, messages=QUESTION, stream=True)
        # The platform begins with a chunk about its filters, which has no choices.
        return [chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices]

    first = pieces()
    assert len(first) > 2
    assert pieces() == first
    whole = client.chat.completions.create(model=CHAT_MODEL, messages=QUESTION)
    assert whole.choices[0].message.content == "".join(first)
    assert whole.usage.completion_tokens > 0


def test_a_kept_answer_is_streamed_to_who_wants_a_stream_with_usage(client: openai.OpenAI) -> None:
    whole = ask(client, "whole first").parse()
    stream = client.chat.completions.create(
        model=CHAT_MODEL,
        messages=[{"role": "user", "content": "whole first"}],
        stream=True,
        stream_options={"include_usage": True},
    )
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert chunks[-1].choices == [] and chunks[-1].usage.total_tokens == whole.usage.total_tokens


def test_tool_calls_are_kept_and_change_the_form_like_texts(client: openai.OpenAI) -> None:
    options = {"tools": TOOLS, "tool_choice": "required"}
    first = ask(client, "look there", **options).parse().choices[0].message.tool_calls
    assert first
    again = ask(client, "look there", **options)
    assert again.headers["x-aurelis-cache"].startswith("hit")
    names, arguments = [], []
    for chunk in client.chat.completions.create(
        model=CHAT_MODEL, messages=[{"role": "user", "content": "look there"}], stream=True, **options
    ):
        for call in (chunk.choices[0].delta.tool_calls or []) if chunk.choices else []:
            if call.function.name:
                names.append(call.function.name)
            arguments.append(call.function.arguments or "")
    assert names == [call.function.name for call in first]
    assert "".join(arguments) == "".join(call.function.arguments for call in first)


def test_sampled_answers_are_not_kept_unless_wanted(client: openai.OpenAI) -> None:
    for _ in range(2):
        assert ask(client, "roll", temperature=1).headers["x-aurelis-cache"] == "off; reason=sampled"
    always = {"extra_headers": {"x-aurelis-cache": "always"}, "temperature": 1}
    assert ask(client, "roll", **always).headers["x-aurelis-cache"] == "miss"
    assert ask(client, "roll", **always).headers["x-aurelis-cache"].startswith("hit")


def test_only_the_cache_may_answer(client: openai.OpenAI) -> None:
    with pytest.raises(openai.APIStatusError) as failure:
        ask(client.with_options(max_retries=0), "never asked", extra_headers={"x-aurelis-cache": "only"})
    assert failure.value.status_code == 504
    assert failure.value.code == "not_cached"


def test_a_hundred_equal_requests_at_once_cost_one(caching: Server) -> None:
    client = openai_client(caching)
    statuses: list[str] = []

    def one(index: int) -> None:
        if index % 2:
            answer = ask(client, "all together")
            statuses.append(answer.headers["x-aurelis-cache"])
        else:
            stream = ask(client, "all together", stream=True)
            statuses.append(stream.headers["x-aurelis-cache"])
            list(stream.parse())

    threads = [threading.Thread(target=one, args=(index,)) for index in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(statuses) == 100
    assert statuses.count("miss") == 1

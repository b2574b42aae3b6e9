"""The `openai` package: what Aurelis does not know must survive, both ways."""

from __future__ import annotations

from support.samples import CHAT_MODEL, PROVIDER_TOKEN, QUESTION, USER_TOKEN, chunk, completion


def test_unknown_request_fields_reach_the_provider(scripted, provider):
    provider.replies(200, completion())

    scripted.chat.completions.create(
        model="a-model-nobody-knows",
        messages=QUESTION,
        extra_body={"safe_prompt": True, "vendor": {"depth": [1, {"two": 2.50}], "text": "naïve \u2603"}},
    )

    body = provider.received[-1].json
    assert body["safe_prompt"] is True
    assert body["vendor"] == {"depth": [1, {"two": 2.5}], "text": "naïve ☃"}
    assert body["messages"] == QUESTION
    assert body["model"] == "a-model-nobody-knows"


def test_unknown_request_fields_keep_their_bytes(scripted, provider):
    provider.replies(200, completion())
    written = b'{"model":"exact",  "messages":[{"role":"user","content":"\\u00e9"}], "big":1e400, "x": 1.0}'

    answer = scripted.post(
        "/chat/completions", cast_to=object, content=written, options={"headers": {"content-type": "application/json"}}
    )

    assert answer
    assert provider.received[-1].body == written


def test_unknown_response_fields_reach_the_client(scripted, provider):
    provider.replies(200, completion(vendor_field={"score": 0.5}, prompt_filter_results=[]))

    answer = scripted.chat.completions.create(model=CHAT_MODEL, messages=QUESTION)

    assert answer.model_extra["vendor_field"] == {"score": 0.5}
    assert answer.model_extra["prompt_filter_results"] == []


def test_unknown_fields_of_a_chunk_reach_the_client(scripted, provider):
    opening = '{"choices":[],"prompt_filter_results":[{"prompt_index":0}],"object":"chat.completion.chunk"}'
    provider.streams(opening, chunk("Hi"), chunk(finish_reason="stop"), "[DONE]")

    with scripted.chat.completions.create(model=CHAT_MODEL, messages=QUESTION, stream=True) as stream:
        first = next(iter(stream))

    assert first.model_extra["prompt_filter_results"] == [{"prompt_index": 0}]


def test_the_client_key_stays_here_and_the_provider_sees_its_own(scripted, provider):
    provider.replies(200, completion())

    scripted.chat.completions.create(model=CHAT_MODEL, messages=QUESTION)

    request = provider.received[-1]
    assert request.headers["authorization"] == f"Bearer {PROVIDER_TOKEN}"
    assert USER_TOKEN not in str(request.headers)

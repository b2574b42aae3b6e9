"""Both packages on the simulator itself: it must be a faithful GitHub Models."""

from __future__ import annotations

import httpx2
import openai
import pytest
from azure.ai.inference.models import UserMessage
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError

from conftest import azure_chat, azure_embeddings, openai_client
from support.samples import CHAT_MODEL, EMBEDDING_MODEL, PROVIDER_TOKEN, QUESTION, TOKEN_WITH_TYPO, VISION_MODEL


@pytest.fixture
def direct(simulator):
    with openai_client(simulator, "/inference", api_key=PROVIDER_TOKEN) as client:
        yield client


def test_openai_gets_an_answer_with_the_dated_bare_model_name(direct):
    answer = direct.chat.completions.create(model=CHAT_MODEL, messages=QUESTION)

    assert answer.choices[0].message.content
    assert answer.model.startswith("gpt-4o-mini")
    assert "/" not in answer.model


def test_openai_streams_with_the_platforms_opening_and_closing_chunks(direct):
    with direct.chat.completions.create(
        model=CHAT_MODEL, messages=QUESTION, stream=True, stream_options={"include_usage": True}
    ) as stream:
        chunks = list(stream)

    assert chunks[0].choices == []
    assert "prompt_filter_results" in chunks[0].model_extra
    assert chunks[-1].choices == []
    assert chunks[-1].usage.total_tokens > 0


def test_openai_gets_embeddings(direct):
    assert len(direct.embeddings.create(model=EMBEDDING_MODEL, input="one").data[0].embedding) == 1536


def test_the_same_question_gets_the_same_answer(direct):
    first, second = (
        direct.chat.completions.create(model=CHAT_MODEL, messages=QUESTION, seed=7).choices[0].message.content
        for _ in range(2)
    )

    assert first == second


def test_azure_gets_an_answer_and_embeddings(simulator):
    with (
        azure_chat(simulator, key=PROVIDER_TOKEN) as chat,
        azure_embeddings(simulator, key=PROVIDER_TOKEN) as embeddings,
    ):
        assert chat.complete(messages=[UserMessage("Hello")]).choices[0].message.content
        assert embeddings.embed(input=["one"]).data[0].embedding


def test_the_catalog_is_a_bare_array_with_tiers(simulator):
    credential = {"authorization": f"Bearer {PROVIDER_TOKEN}"}
    listed = httpx2.get(simulator.url + "/catalog/models", headers=credential).json()

    tiers = {entry["id"]: entry["rate_limit_tier"] for entry in listed}
    assert tiers["openai/gpt-4o"] == "high"
    assert tiers["openai/gpt-4o-mini"] == "low"


def test_a_token_with_a_typo_is_an_authentication_error_in_openai(simulator):
    with openai_client(simulator, "/inference", api_key=TOKEN_WITH_TYPO) as client:
        with pytest.raises(openai.AuthenticationError) as caught:
            client.chat.completions.create(model=CHAT_MODEL, messages=QUESTION)

    assert caught.value.code == "unauthorized"


def test_a_token_with_a_typo_is_an_authentication_error_in_azure(simulator):
    with azure_chat(simulator, key=TOKEN_WITH_TYPO) as client, pytest.raises(ClientAuthenticationError):
        client.complete(messages=[UserMessage("Hello")])


def test_the_minute_quota_of_a_high_tier_model_is_ten(launch):
    simulator = launch("simulate")
    with openai_client(simulator, "/inference", api_key=PROVIDER_TOKEN) as client:
        for _ in range(10):
            client.chat.completions.create(model=VISION_MODEL, messages=QUESTION)
        with pytest.raises(openai.RateLimitError) as caught:
            client.chat.completions.create(model=VISION_MODEL, messages=QUESTION)

    assert caught.value.code == "RateLimitReached"
    assert "UserByModelByMinute" in caught.value.message
    assert 0 < int(caught.value.response.headers["retry-after"]) <= 60


def test_a_prompt_over_the_free_tiers_limit_is_refused(direct):
    with pytest.raises(openai.APIStatusError) as caught:
        direct.chat.completions.create(model=CHAT_MODEL, messages=[{"role": "user", "content": "many words " * 12_000}])

    assert caught.value.status_code == 413
    assert caught.value.code == "tokens_limit_reached"


def test_the_request_log_counts_what_the_provider_saw(simulator, direct):
    def seen() -> int:
        log = httpx2.get(simulator.url + "/_simulator/requests").json()
        return len(log if isinstance(log, list) else log["requests"])

    before = seen()
    direct.chat.completions.create(model=CHAT_MODEL, messages=QUESTION)

    assert seen() == before + 1


def test_an_unknown_model_is_refused(direct):
    with pytest.raises(openai.BadRequestError) as caught:
        direct.chat.completions.create(model="deepseek/deepseek-v3", messages=QUESTION)

    assert caught.value.code == "unknown_model"


def test_azure_gets_the_content_filters_error(simulator):
    with azure_chat(simulator, key=PROVIDER_TOKEN) as client, pytest.raises(HttpResponseError) as caught:
        client.complete(messages=[UserMessage("[simulate:content_filter]")])

    assert caught.value.error.code == "content_filter"

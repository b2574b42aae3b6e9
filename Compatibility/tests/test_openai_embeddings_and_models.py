"""The `openai` package: embeddings and the list of models."""

from __future__ import annotations

import pytest

from support.samples import EMBEDDING_MODEL

NINE_MODELS = (
    "codestral-2501",
    "gpt-4o",
    "gpt-4o-mini",
    "command-r",
    "command-r-plus",
    "llama-3.1-70b",
    "llama-3.1-405b",
    "mistral-large",
    "mistral-nemo",
)


def test_embeddings_arrive_in_the_packages_default_encoding(client):
    answer = client.embeddings.create(model=EMBEDDING_MODEL, input=["one", "two"])

    assert [item.index for item in answer.data] == [0, 1]
    assert len(answer.data[0].embedding) == 1536
    assert all(isinstance(value, float) for value in answer.data[0].embedding)
    assert answer.data[0].embedding != answer.data[1].embedding
    assert answer.usage.prompt_tokens > 0


def test_both_encodings_hold_the_same_vector(client):
    packed = client.embeddings.create(model=EMBEDDING_MODEL, input="one")
    plain = client.embeddings.create(model=EMBEDDING_MODEL, input="one", encoding_format="float")

    assert plain.data[0].embedding == pytest.approx(packed.data[0].embedding, abs=1e-5)


def test_the_number_of_dimensions_can_be_chosen(client):
    answer = client.embeddings.create(model=EMBEDDING_MODEL, input="one", dimensions=256)

    assert len(answer.data[0].embedding) == 256


def test_the_model_list_holds_the_nine_models(client):
    listed = " ".join(model.id.lower() for model in client.models.list())

    for name in NINE_MODELS:
        assert name in listed


def test_every_listed_model_has_an_owner_and_an_id(client):
    models = list(client.models.list())

    assert models
    assert all(model.id and model.object == "model" and model.owned_by for model in models)

"""The vectors beside the cache key's specification, checked by a second implementation of it."""

import json
from pathlib import Path

import pytest

from support import cache_key

VECTORS = Path(__file__).parents[2] / "Documentation" / "cache-key-vectors.json"


@pytest.mark.parametrize("vector", json.loads(VECTORS.read_text())["vectors"], ids=lambda vector: vector["about"])
def test_the_specification_gives_the_vector(vector: dict[str, str]) -> None:
    parts = (vector["tenant"], vector["provider"], vector["address"], vector["model"])
    parts += (vector["operation"], vector["body"])
    if "encoding" in vector:
        assert cache_key.encoding(*parts).hex() == vector["encoding"]
    assert cache_key.key(*parts) == vector["key"]

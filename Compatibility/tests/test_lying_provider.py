"""A provider that tells nonsense numbers wherever a number can stand: the gateway lives, and every caller has an answer."""

from __future__ import annotations

import contextlib
import http.client
import json
import random
import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from conftest import Serve
from support.provider import ScriptedProvider

REQUESTS = 120
NUMBERS = [0, -1, 1, 2**63 - 1, -(2**63), 2**64, 2**70, -(2**70), 1e19, 1e308, 0.5, "9223372036854775807", "", None, True, [], {}]
TEXTS = [
    "0", "-1", "9223372036854775807", "18446744073709551616", "1e400", "nan", "inf", "99999999999999999999999", "x", "1d99999999999h",
    "500000000000000000ms", "Fri, 31 Dec 9999 23:59:59 GMT", "Fri, 31 Dec 99999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT",
]  # fmt: skip
FIELDS = [
    "retry-after", "x-ratelimit-limit-requests", "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests",
    "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens", "x-ratelimit-timeremaining", "x-ratelimit-type", "sunset",
]  # fmt: skip
REFUSALS = [
    "Rate limit of {} per {}s exceeded for UserByModelByMinute. Please wait {} seconds before retrying.",
    "Rate limit of {} per {}s exceeded for UserByModelByDay. Please wait {} seconds before retrying.",
    "Rate limit of {} per {}s exceeded for UserConcurrentRequests. Please wait {} seconds before retrying.",
    "Limit {}, Used {}. Please try again in {}.",
]


class Liar:
    """Makes answers out of one seed; `ScriptedProvider` asks it on several threads at once."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def __call__(self, connection: socket.socket) -> None:
        status, kind, body = self._random.choice([self._whole, self._whole, self._stream, self._refusal])()
        fields = "".join(f"{name}: {self._random.choice(TEXTS)}\r\n" for name in FIELDS if self._random.random() < 0.5)
        head = f"HTTP/1.1 {status} x\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n{fields}\r\n"
        connection.sendall(head.encode() + body)

    def _number(self) -> object:
        return self._random.choice(NUMBERS)

    def _usage(self) -> dict:
        return {name: self._number() for name in ("prompt_tokens", "completion_tokens", "total_tokens")}

    def _choice(self, content: dict) -> dict:
        probabilities = [{"token": "Hi", "logprob": self._number(), "top_logprobs": []}]
        return {"index": self._random.choice([0, 0, self._number()]), **content, "logprobs": {"content": probabilities}}

    def _whole(self) -> tuple[int, str, bytes]:
        message = {"message": {"role": "assistant", "content": "Hi."}, "finish_reason": "stop"}
        answer = {"id": "a", "created": self._number(), "model": "m", "choices": [self._choice(message)], "usage": self._usage()}
        return 200, "application/json", json.dumps(answer).encode()

    def _stream(self) -> tuple[int, str, bytes]:
        chunks = [
            {"id": "a", "created": self._number(), "model": "m", "choices": [self._choice({"delta": {"content": "Hi."}})]},
            {"id": "a", "created": 1, "model": "m", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": self._usage()},
        ]
        events = [f"data: {json.dumps(chunk)}\n\n" for chunk in chunks]
        return 200, "text/event-stream", ("".join(events) + "data: [DONE]\n\n").encode()

    def _refusal(self) -> tuple[int, str, bytes]:
        text = self._random.choice(REFUSALS).format(*(self._random.choice(TEXTS) for _ in range(3)))
        status = self._random.choice([429, 429, 400, 408, 413, 503])
        return status, "application/json", json.dumps({"error": {"code": "RateLimitReached", "message": text}}).encode()


@pytest.mark.parametrize("seed", [1, 2])
def test_a_provider_that_tells_nonsense_harms_nobody(
    launch: Serve, provider: ScriptedProvider, tmp_path: Path, seed: int
) -> None:
    provider.answer = Liar(seed)
    configuration = tmp_path / "liar.yaml"
    configuration.write_text(
        f"""
providers:
  - id: liar
    base_url: {provider.url}
    api_key: {{ env: PROVIDER_TOKEN }}
    limits: {{ tokens_per_minute: 100000000, dollars_per_day: 100000, concurrent: 8 }}
    models: {{ m: {{ price: {{ input: 1, output: 1000 }} }} }}
"""
    )
    server = launch("serve", "--config", str(configuration), environment={"PROVIDER_TOKEN": "t"})

    def ask(number: int) -> int:
        body = {
            "model": ["liar/m", "liar/other"][number % 2],
            "messages": [{"role": "user", "content": f"question {number}"}],
            "stream": number % 3 == 0,
            "max_tokens": [1, 1_000_000, 2**63 - 1][number % 3],
            "n": [1, 2, 2**62][number % 3],
        }
        fields = {"content-type": "application/json", "x-aurelis-timeout": "2s"}
        # Not by httpx, whose answers are held to the OpenAPI document: what a provider tells is passed on as it is.
        connection = http.client.HTTPConnection(urlsplit(server.url).netloc, timeout=30)
        with contextlib.closing(connection):
            connection.request("POST", "/v1/chat/completions", json.dumps(body), fields)
            answer = connection.getresponse()
            answer.read()
            return answer.status

    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(pool.map(ask, range(REQUESTS)))
    assert sum(statuses.values()) == REQUESTS
    assert statuses[200] > 0 and statuses[500] == 0, statuses
    for path in ("/admin/quota", "/admin/usage", "/admin/statistics", "/metrics", "/admin/requests"):
        assert httpx2.get(server.admin_url + path, timeout=20).status_code == 200, path
    assert httpx2.get(f"{server.url}/health/live", timeout=20).status_code == 200

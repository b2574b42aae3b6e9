"""The request every server gets and the answer the upstream gives."""

from __future__ import annotations

import json

MODEL = "gpt-4o-mini"
PATH = "/v1/chat/completions"


def _filler(length: int) -> str:
    sentence = "A reverse proxy stands before one or more servers and speaks for them. "
    return (sentence * (length // len(sentence) + 1))[:length]


def chat_body(stream: bool = False) -> bytes:
    """A chat request of 1 KB. Its temperature keeps it out of every cache: each one must reach the upstream."""
    body = {
        "model": MODEL,
        "temperature": 0.7,
        "messages": [
            {"role": "system", "content": "You are a helpful assistant. Answer briefly."},
            {"role": "user", "content": _filler(860)},
        ],
    }
    if stream:
        body["stream"] = True
    return json.dumps(body).encode()


def kept_body() -> bytes:
    """The same request without a temperature: its answer is kept."""
    body = json.loads(chat_body())
    del body["temperature"]
    return json.dumps(body).encode()


def chat_answer() -> str:
    """A chat completion of 1.1 KB."""
    return json.dumps(
        {
            "id": "chatcmpl-benchmark",
            "object": "chat.completion",
            "created": 1_700_000_000,
            "model": "gpt-4o-mini-2024-07-18",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": _filler(820)},
                    "logprobs": None,
                    "finish_reason": "stop",
                }
            ],
            "usage": {"prompt_tokens": 190, "completion_tokens": 160, "total_tokens": 350},
        }
    )


def http_request(body: bytes) -> bytes:
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer bench-client-key\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body

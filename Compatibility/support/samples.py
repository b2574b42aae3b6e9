"""Requests and answers that several tests share."""

from __future__ import annotations

import json
import string
import zlib
from typing import Any


def classic_token(body: str = "0" * 30) -> str:
    """A GitHub token of the classic form, whose checksum is right and which belongs to nobody."""
    alphabet = string.digits + string.ascii_uppercase + string.ascii_lowercase
    number, checksum = zlib.crc32(body.encode()), ""
    while number:
        number, digit = divmod(number, 62)
        checksum = alphabet[digit] + checksum
    return "ghp_" + body + checksum.rjust(6, "0")


CHAT_MODEL = "openai/gpt-4o-mini"
VISION_MODEL = "openai/gpt-4o"
EMBEDDING_MODEL = "openai/text-embedding-3-small"
USER_TOKEN = "any-key-the-client-has"
PROVIDER_TOKEN = classic_token()
TOKEN_WITH_TYPO = PROVIDER_TOKEN[:-1] + "x"

QUESTION = [{"role": "user", "content": "Say hello in one sentence."}]

WEATHER_TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "The weather in a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}

# One transparent pixel.
PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="

DAY_LIMIT_MESSAGE = (
    "Rate limit of 50 per 86400s exceeded for UserByModelByDay. Please wait 5631 seconds before retrying."
)


def completion(content: str = "Hello.", **fields: Any) -> dict[str, Any]:
    return {
        "id": "chatcmpl-scripted",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": "gpt-4o-mini-2024-07-18",
        "choices": [
            {"index": 0, "message": {"role": "assistant", "content": content}, "finish_reason": "stop"},
        ],
        "usage": {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11},
        **fields,
    }


def chunk(content: str | None = None, finish_reason: str | None = None) -> str:
    delta = {} if content is None else {"role": "assistant", "content": content}
    return json.dumps(
        {
            "id": "chatcmpl-scripted",
            "object": "chat.completion.chunk",
            "created": 1_700_000_000,
            "model": "gpt-4o-mini-2024-07-18",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish_reason}],
        }
    )


def error(code: str | None, message: str, **fields: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, **fields}}

"""The cache key as Documentation/cache-key.md describes it, written from that document alone."""

from __future__ import annotations

import hashlib
import json
import re

LEFT_OUT = {
    "model", "stream", "stream_options", "user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention",
    "store", "service_tier",
}  # fmt: skip
METADATA = {
    "language", "framework", "style", "complexity", "target_audience", "code_style", "documentation_format",
}  # fmt: skip
_NUMBER = re.compile(r"(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?")


class Number(str):
    """A number as it is spelled."""


class Members(list):
    """An object with its members in the order of the text."""


def text(value: str) -> bytes:
    data = value.encode("utf-8", "surrogatepass")
    return b"s" + len(data).to_bytes(4, "big") + data


def number(spelling: str) -> bytes:
    sign, whole, fraction, power = _NUMBER.fullmatch(spelling).groups()
    exponent = int(power or 0)
    if abs(exponent) > 1_000_000:
        return spelling.encode()
    digits = whole + (fraction or "")
    exponent -= len(fraction or "")
    stripped = digits.rstrip("0")
    exponent += len(digits) - len(stripped)
    stripped = stripped.lstrip("0")
    if not stripped:
        return b"0"
    return (sign + stripped + (f"e{exponent}" if exponent else "")).encode()


def value(item: object, join_lines: bool = False) -> bytes:
    match item:
        case None:
            return b"n"
        case True:
            return b"t"
        case False:
            return b"f"
        case Number():
            spelled = number(item)
            return b"d" + len(spelled).to_bytes(4, "big") + spelled
        case str():
            return text(item.replace("\r\n", "\n") if join_lines else item)
        case Members():
            return members([(name, value(content, join_lines)) for name, content in item])
        case list():
            return b"[" + b"".join(value(element, join_lines) for element in item) + b"]"
    raise TypeError(type(item))


def members(encoded: list[tuple[str, bytes]]) -> bytes:
    ordered = sorted(encoded, key=lambda member: member[0].encode("utf-8", "surrogatepass"))
    return b"{" + b"".join(text(name) + content for name, content in ordered) + b"}"


def body(document: str) -> bytes:
    read = json.loads(document, object_pairs_hook=Members, parse_int=Number, parse_float=Number)
    encoded = []
    for name, content in read:
        if content is None or name in LEFT_OUT:
            continue
        if name == "metadata" and isinstance(content, Members):
            content = Members((key, entry) for key, entry in content if key in METADATA)
        encoded.append((name, value(content, join_lines=name in ("messages", "input"))))
    return members(encoded)


def encoding(tenant: str, provider: str, address: str, model: str, operation: str, document: str) -> bytes:
    head = b"aurelis cache key 2\n"
    for name in (tenant, provider, address, model, operation):
        head += text(name)
    return head + body(document)


def key(tenant: str, provider: str, address: str, model: str, operation: str, document: str) -> str:
    return hashlib.sha256(encoding(tenant, provider, address, model, operation, document)).hexdigest()

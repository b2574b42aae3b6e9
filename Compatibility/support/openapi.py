"""Holds real answers against the servers' OpenAPI documents."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from openapi_schema_validator import OAS31Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

SOURCES = Path(__file__).parents[2] / "Sources"
# What a request that breaks HTTP itself, or goes to the wrong place, may get anywhere; see the documents' descriptions.
ANYWHERE = {400, 404, 405, 408, 413, 414, 417, 431, 501, 505}


class Mismatch(AssertionError):
    """An answer that its document does not describe."""


class Description:
    """One of the documents."""

    def __init__(self, room: str) -> None:
        self.document = json.loads((SOURCES / room / "OpenAPI/openapi.json").read_text())
        resource = Resource(contents=self.document, specification=DRAFT202012)
        self._registry = Registry().with_resource("urn:document", resource)
        self._paths = [
            (re.compile(re.sub(r"\\\{[^}]+\\\}", self._segment(path), re.escape(path)) + "$"), path)
            # What has no parameters is meant before what has.
            for path in sorted(self.document["paths"], key=lambda path: path.count("{"))
        ]

    @staticmethod
    def _segment(path: str) -> str:
        # A model's name may have slashes.
        return ".+" if path == "/v1/models/{model}" else "[^/]+"

    def operation(self, method: str, url: str) -> dict[str, Any] | None:
        """What is described for a request; None: nothing."""
        target = urlsplit(url).path
        path = next((path for pattern, path in self._paths if pattern.match(target)), None)
        if path is None:
            return None
        return self.document["paths"][path].get(method.lower().replace("head", "get"))

    def check(self, method: str, url: str, status: int, headers: Any, body: bytes) -> None:
        """Raises `Mismatch` when the answer is none that the document describes."""
        place = f"{method} {url} -> {status}"
        if method == "OPTIONS" or (path := urlsplit(url).path) == "/" or path.startswith("/assets/"):
            # The page for people and its parts are no part of the interface.
            return
        operation = self.operation(method, url)
        responses = operation["responses"] if operation else {}
        response = responses.get(str(status)) or responses.get(f"{status // 100}XX")
        if response is None:
            if status not in ANYWHERE or (operation is None and status < 404):
                raise Mismatch(f"{place}: this status is not described")
            return self._validate({"$ref": "#/components/schemas/Error"}, body, place) if method != "HEAD" else None
        response = self.resolved(response)
        essence = headers.get("content-type", "").split(";")[0].strip()
        if essence not in response.get("content", {}):
            raise Mismatch(f"{place}: the content type {essence!r} is not described")
        for name, header in response.get("headers", {}).items():
            if (value := headers.get(name)) is not None:
                self._check_header(name, value, self.resolved(header)["schema"], place)
        if essence == "application/json" and method != "HEAD":
            self._validate(response["content"][essence]["schema"], body, place)
        return None

    def check_schema(self, schema: dict[str, Any], value: Any, place: str) -> None:
        """Raises `Mismatch` when a value does not fit a schema of the document."""
        validator = OAS31Validator(self._absolute(schema), registry=self._registry)
        problems = [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in validator.iter_errors(value)]
        if problems:
            raise Mismatch(f"{place}: {'; '.join(problems[:5])}\n{json.dumps(value)[:1000]}")

    def _validate(self, schema: dict[str, Any], body: bytes, place: str) -> None:
        try:
            value = json.loads(body)
        except ValueError:
            raise Mismatch(f"{place}: this is not JSON: {body[:200]!r}") from None
        self.check_schema(schema, value, place)

    def _check_header(self, name: str, value: str, schema: dict[str, Any], place: str) -> None:
        typed: Any = value
        if schema.get("type") == "integer":
            if not re.fullmatch(r"-?[0-9]+", value):
                raise Mismatch(f"{place}: {name} is {value!r}")
            typed = int(value)
        self.check_schema(schema, typed, f"{place}: {name}")

    def resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        """What a reference leads to."""
        while "$ref" in node:
            found: Any = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        return node

    def _absolute(self, node: Any) -> Any:
        if isinstance(node, dict):
            return {
                name: f"urn:document{value}" if name == "$ref" and isinstance(value, str) else self._absolute(value)
                for name, value in node.items()
            }
        return [self._absolute(element) for element in node] if isinstance(node, list) else node


@cache
def gateway() -> Description:
    return Description("AurelisGateway")


@cache
def control_plane() -> Description:
    return Description("AurelisAdmin")


class Watch:
    """Checks every answer that Python's clients get from servers that it knows."""

    def __init__(self) -> None:
        self.servers: dict[str, Description] = {}
        self.checked = 0

    def add(self, url: str, description: Description) -> None:
        self.servers[urlsplit(url).netloc] = description

    def forget(self, url: str) -> None:
        self.servers.pop(urlsplit(url).netloc, None)

    def knows(self, url: str) -> bool:
        return urlsplit(url).netloc in self.servers

    def check(self, method: str, url: str, status: int, headers: Any, body: bytes) -> None:
        self.servers[urlsplit(url).netloc].check(method, url, status, headers, body)
        self.checked += 1

"""The OpenAPI documents: valid, complete, and kept to, whatever a client sends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx2
import pytest
from openapi_spec_validator import validate

from conftest import CHAT_MODEL, Serve, gateway_before, openai_client
from support import openapi
from support.samples import PROVIDER_TOKEN
from support.server import COMMAND, Server

SETTINGS = Path(openapi.__file__).with_name("schemathesis.toml")
CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
BOTH = pytest.mark.parametrize("description", [openapi.gateway(), openapi.control_plane()], ids=["gateway", "control plane"])
MESSAGES = [{"role": "user", "content": "Say hello."}]


@BOTH
def test_the_document_is_valid(description: openapi.Description) -> None:
    validate(description.document)


@BOTH
def test_every_example_fits_its_schema(description: openapi.Description) -> None:
    seen = 0

    def walk(node: object, place: str) -> None:
        nonlocal seen
        if isinstance(node, dict):
            examples = {"": node.get("example"), **{name: value.get("value") for name, value in resolved(node).items()}}
            for name, example in examples.items():
                if "schema" in node and example is not None:
                    description.check_schema(node["schema"], example, f"{place} {name}")
                    seen += 1
            for name, child in node.items():
                walk(child, f"{place}/{name}")
        elif isinstance(node, list):
            for index, child in enumerate(node):
                walk(child, f"{place}/{index}")

    def resolved(node: dict) -> dict:
        examples = node.get("examples", {}) if "schema" in node else {}
        return {name: description.resolved(example) for name, example in examples.items()}

    walk(description.document, "")
    assert seen > 20


def test_each_server_serves_its_own_document(gateway: Server) -> None:
    assert httpx2.get(f"{gateway.url}/openapi.json").json() == openapi.gateway().document
    assert httpx2.get(f"{gateway.admin_url}/openapi.json").json() == openapi.control_plane().document
    version = subprocess.run([COMMAND, "--version"], capture_output=True, text=True, timeout=20).stdout.strip()
    assert openapi.gateway().document["info"]["version"] == version
    assert openapi.control_plane().document["info"]["version"] == version


def test_the_answers_of_these_tests_are_held_against_the_documents(gateway: Server, described: openapi.Watch) -> None:
    before = described.checked
    assert httpx2.get(f"{gateway.url}/v1/models").status_code == 200
    assert described.checked == before + 1
    with pytest.raises(openapi.Mismatch, match="not described"):
        described.check("GET", f"{gateway.url}/v1/models", 302, {}, b"")
    with pytest.raises(openapi.Mismatch, match="required property"):
        described.check("GET", f"{gateway.url}/v1/models", 200, {"content-type": "application/json"}, b"{}")


def test_events_are_what_the_document_says(gateway: Server) -> None:
    description = openapi.gateway()
    content = description.operation("POST", "/v1/chat/completions")["responses"]["200"]
    schema = description.resolved(content)["content"]["text/event-stream"]["schema"]["x-event-schema"]
    body = {"model": CHAT_MODEL, "messages": MESSAGES, "stream": True}
    with httpx2.stream("POST", f"{gateway.url}/v1/chat/completions", json=body) as response:
        events = [line.removeprefix("data: ") for line in response.iter_lines() if line.startswith("data: ")]
    assert events.pop() == "[DONE]"
    assert len(events) > 1
    for event in events:
        description.check_schema(schema, json.loads(event), "event")


def test_everything_at_the_control_plane_is_as_described(gateway: Server, described: openapi.Watch) -> None:
    with openai_client(gateway) as client:
        for model in (CHAT_MODEL, "no-such-model"):
            try:
                client.chat.completions.create(model=model, messages=MESSAGES)
            except Exception:
                assert model == "no-such-model"
    before = described.checked
    description = openapi.control_plane()

    def is_document(methods: dict) -> bool:
        response = description.resolved(methods.get("get", {}).get("responses", {}).get("200", {}))
        return "application/json" in response.get("content", {})

    asked = [path for path, methods in description.document["paths"].items() if is_document(methods) and "{" not in path]
    for path in asked:
        assert httpx2.get(gateway.admin_url + path).status_code == 200, path
        # A slip in a parameter selects nothing by accident.
        slip = httpx2.get(f"{gateway.admin_url}{path}?limti=1")
        assert slip.status_code == 400 or not path.startswith("/admin/"), path
    request = httpx2.get(f"{gateway.admin_url}/admin/requests?limit=1").json()["requests"][0]["id"]
    assert httpx2.get(f"{gateway.admin_url}/admin/requests/{request}").json()["id"] == request
    assert described.checked > before + 2 * len(asked)


def schemathesis(address: str, *options: str, examples: int, key: str = "") -> None:
    """Runs it against a server, with the same requests every time."""
    arguments = ["--config-file", SETTINGS, "run", f"{address}/openapi.json", "--max-examples", examples, "--seed", 1]
    arguments += ["--phases", "examples,coverage,fuzzing", "--generation-database", "none", "--request-timeout", 10]
    arguments += ["--continue-on-failure", "--no-color", *options]
    arguments += ["--header", f"Authorization: Bearer {key}"] if key else []
    command = [Path(sys.executable).with_name("schemathesis"), *arguments]
    # What it notes for itself goes where nobody looks.
    with tempfile.TemporaryDirectory() as directory:
        done = subprocess.run(
            list(map(str, command)),
            capture_output=True,
            text=True,
            timeout=120,
            cwd=directory,
            env={**os.environ, "NO_COLOR": "1"},
        )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]


def test_the_gateway_keeps_to_its_document_whatever_it_is_sent(launch: Serve, simulator: Server) -> None:
    server = gateway_before(launch, f"{simulator.url}/inference", PROVIDER_TOKEN)
    schemathesis(server.url, "--checks", ",".join(CHECKS), examples=12)
    assert httpx2.get(f"{server.url}/health/ready").status_code == 200


def test_the_control_plane_keeps_to_its_document_whatever_it_is_sent(launch: Serve, tmp_path: Path) -> None:
    data = tmp_path / "data"
    made = [COMMAND, "keys", "create", "ops", "--admin", "--data-dir", data]
    key = subprocess.run(made, capture_output=True, text=True, check=True, timeout=20).stdout.strip()
    server = launch("serve", "--simulate", "--data-dir", str(data), data_directory=False)
    checks = ("--checks", ",".join([*CHECKS, "negative_data_rejection"]))
    # Last what takes its own key away; never what has no end.
    changes = "/(rotate|revoke)$"
    schemathesis(server.admin_url, *checks, "--exclude-path-regex", f"{changes}|/admin/events$", examples=12, key=key)
    schemathesis(server.admin_url, *checks, "--include-path-regex", changes, examples=12, key=key)
    assert httpx2.get(f"{server.url}/health/ready").status_code == 200

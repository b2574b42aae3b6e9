"""Traces as a collector gets them, and what a bad collector does to clients: nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import openai
import pytest

from conftest import Serve, openai_client
from support.collector import Collector, attributes
from support.provider import ScriptedProvider
from support.samples import PROVIDER_TOKEN, QUESTION, chunk, completion
from support.server import Server

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
Trace = Callable[..., Server]


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as collector:
        yield collector


@pytest.fixture
def traced(launch: Serve, provider: ScriptedProvider, tmp_path: Path) -> Trace:
    """Starts a gateway that traces all requests to an address."""

    def start(endpoint: str, *lines: str, environment: dict[str, str] | None = None) -> Server:
        configuration = tmp_path / "aurelis.yaml"
        configuration.write_text(
            f"""
providers:
  - {{ id: openai, base_url: "{provider.url}", api_key: {{ env: PROVIDER_TOKEN }}, models: {{ gpt-4o: gpt-4o }} }}
tracing:
  endpoint: "{endpoint}"
  interval: 50ms
{"".join(f"  {line}" + chr(10) for line in lines)}"""
        )
        variables = {"PROVIDER_TOKEN": PROVIDER_TOKEN, **(environment or {})}
        return launch("serve", "--config", str(configuration), environment=variables)

    provider.received.clear()
    return start


def ask(server: Server, **options: object) -> openai.types.chat.ChatCompletion:
    with openai_client(server) as client:
        return client.chat.completions.create(model="gpt-4o", messages=QUESTION, **options)


def test_a_request_is_a_trace_of_its_caller(traced: Trace, provider: ScriptedProvider, collector: Collector) -> None:
    server = traced(collector.url + "/v1/traces", "service_name: front", "headers: { x-key: { env: COLLECTOR_KEY } }",
                    environment={"COLLECTOR_KEY": "sesame-open-up"})  # fmt: skip
    provider.replies(200, completion("the answer's words"))
    ask(server, extra_headers={"traceparent": PARENT, "tracestate": "vendor=1"})
    collector.wait(lambda got: len(list(got.spans)) >= 3)
    path, headers = collector.requests[0]
    assert path == "/v1/traces"
    assert headers["content-type"] == "application/json"
    assert headers["x-key"] == "sesame-open-up"
    resource = attributes(collector.batches[0]["resourceSpans"][0]["resource"])
    assert resource["service.name"] == "front"
    spans = {span["name"]: span for span in collector.spans}
    root, client = spans["aurelis.chat"], spans["chat gpt-4o"]
    assert {span["traceId"] for span in spans.values()} == {TRACE}
    assert root["parentSpanId"] == "00f067aa0ba902b7"
    assert (root["kind"], client["kind"]) == (2, 3)
    assert client["parentSpanId"] == root["spanId"]
    assert root["traceState"] == "vendor=1"
    told = attributes(client)
    assert told["gen_ai.operation.name"] == "chat"
    assert told["gen_ai.provider.name"] == "openai"
    assert told["gen_ai.request.model"] == "gpt-4o"
    assert told["gen_ai.usage.input_tokens"] == 9
    assert told["gen_ai.usage.output_tokens"] == 2
    assert told["server.address"] == "127.0.0.1"
    sent = provider.received[-1].headers
    assert sent["traceparent"] == f"00-{TRACE}-{client['spanId']}-01"
    assert sent["tracestate"] == "vendor=1"
    now = time.time_ns()
    for span in spans.values():
        assert int(span["startTimeUnixNano"]) <= int(span["endTimeUnixNano"]) <= now
        assert now - int(span["startTimeUnixNano"]) < 60e9
    for word in (QUESTION[0]["content"], "the answer's words", PROVIDER_TOKEN, "sesame"):
        assert word not in str(collector.batches)


def test_a_stream_is_traced_to_its_end(traced: Trace, provider: ScriptedProvider, collector: Collector) -> None:
    server = traced(collector.url + "/v1/traces")
    provider.streams(chunk("Hello"), chunk(" there"), chunk(None, "stop"), "[DONE]")
    with openai_client(server) as client:
        for _ in client.chat.completions.create(model="gpt-4o", messages=QUESTION, stream=True):
            pass
    collector.wait(lambda got: any(span["name"] == "aurelis.chat" for span in got.spans))
    names = {span["name"] for span in collector.spans}
    assert {"aurelis.chat", "aurelis.route", "aurelis.stream", "chat gpt-4o"} <= names


def test_what_the_caller_does_not_record_is_passed_on_unrecorded(
    traced: Trace, provider: ScriptedProvider, collector: Collector
) -> None:
    server = traced(collector.url + "/v1/traces")
    provider.replies(200, completion())
    ask(server, extra_headers={"traceparent": PARENT[:-1] + "0"})
    assert provider.received[-1].headers["traceparent"] == PARENT[:-1] + "0"
    ask(server)
    collector.wait(lambda got: any(span["name"] == "aurelis.chat" for span in got.spans))
    assert TRACE not in {span["traceId"] for span in collector.spans}


@pytest.mark.parametrize("setting", ["sample: 0", "propagate: false"])
def test_providers_are_told_nothing_when_nothing_is_to_be_told(
    traced: Trace, provider: ScriptedProvider, collector: Collector, setting: str
) -> None:
    server = traced(collector.url + "/v1/traces", setting)
    provider.replies(200, completion())
    ask(server)
    assert "traceparent" not in provider.received[-1].headers


def test_without_tracing_a_callers_fields_go_nowhere(launch: Serve, provider: ScriptedProvider) -> None:
    server = launch("serve", "--base-url", provider.url, "--api-key-env", "K", environment={"K": PROVIDER_TOKEN})
    provider.replies(200, completion())
    ask(server, extra_headers={"traceparent": PARENT})
    assert "traceparent" not in provider.received[-1].headers


@pytest.mark.parametrize("mood", ["down", "silent", "busy", "refusing", "lying"])
def test_a_bad_collector_changes_nothing_for_clients(
    traced: Trace, provider: ScriptedProvider, collector: Collector, mood: str
) -> None:
    server = traced(collector.url + "/v1/traces", "timeout: 500ms")
    provider.replies(200, completion())
    ask(server)
    collector.mood = mood
    if mood == "down":
        collector.stop()
    start = time.monotonic()
    for _ in range(30):
        assert ask(server).choices[0].message.content == "Hello."
    assert time.monotonic() - start < 20
    assert server.process.poll() is None
    # What is left does not keep the process from its end.
    start = time.monotonic()
    assert server.stop() == 0
    assert time.monotonic() - start < 8


def test_what_waits_at_the_end_is_sent(traced: Trace, provider: ScriptedProvider, collector: Collector) -> None:
    server = traced(collector.url + "/v1/traces", "queue: 4096")
    provider.replies(200, completion())
    for _ in range(5):
        ask(server)
    server.stop()
    assert sum(span["name"] == "aurelis.chat" for span in collector.spans) == 5


def test_the_variables_of_opentelemetry_set_it_up(
    launch: Serve, provider: ScriptedProvider, collector: Collector
) -> None:
    server = launch(
        "serve", "--base-url", provider.url, "--api-key-env", "K",
        environment={
            "K": PROVIDER_TOKEN, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url, "OTEL_SERVICE_NAME": "by-variable",
            "OTEL_EXPORTER_OTLP_HEADERS": "x-tenant=a%20b",
        },
    )  # fmt: skip
    provider.replies(200, completion())
    ask(server)
    collector.wait(lambda got: got.batches)
    path, headers = collector.requests[0]
    assert (path, headers["x-tenant"]) == ("/v1/traces", "a b")
    assert attributes(collector.batches[0]["resourceSpans"][0]["resource"])["service.name"] == "by-variable"

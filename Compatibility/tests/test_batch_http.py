"""Files and batches over HTTP with the real `openai` package: killed gateways, two of them, and everything else."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx2
import openai
import pytest
from openai.types import Batch, FileObject
from openai.types.chat import ChatCompletion

from conftest import Serve, openai_client
from support.samples import PROVIDER_TOKEN
from support.server import COMMAND, Server

ITEMS = 60
IN_FLIGHT = 5
SECONDS = 60.0


def line(name: str, content: str, **members: object) -> str:
    body = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": content}]}
    return json.dumps(
        {"custom_id": name, "method": "POST", "url": "/v1/chat/completions", "body": body, **members}
    )


# Each is as long as its number says, so that the simulator's log tells which one was asked.
QUESTIONS = [line(f"item-{number}", "x" * (number + 1)) for number in range(ITEMS)]


def upload(client: openai.OpenAI, lines: list[str], **options: object) -> FileObject:
    content = ("\n".join(lines) + "\n").encode()
    return client.files.create(file=("in.jsonl", content), purpose="batch", **options)


def order(client: openai.OpenAI, file: FileObject, **options: object) -> Batch:
    settings = {"endpoint": "/v1/chat/completions", "completion_window": "24h", **options}
    return client.batches.create(input_file_id=file.id, **settings)


def ended(client: openai.OpenAI, batch: Batch) -> Batch:
    """Polls as users do."""
    end = time.monotonic() + SECONDS
    while batch.status not in ("failed", "completed", "expired", "cancelled"):
        assert time.monotonic() < end, batch
        time.sleep(0.05)
        batch = client.batches.retrieve(batch.id)
    return batch


def results(client: openai.OpenAI, file: str | None) -> list[dict]:
    return [] if file is None else [json.loads(text) for text in client.files.content(file).text.splitlines()]


def asked(simulator: Server) -> list[int]:
    """What the simulator says was asked of it: the length of each request."""
    log = httpx2.get(simulator.url + "/_simulator/requests").json()
    assert log["dropped"] == 0
    return [entry["bytes_received"] for entry in log["requests"] if entry["method"] == "POST"]


@pytest.fixture
def slow(launch: Serve, tmp_path: Path) -> Server:
    """A simulator that takes a moment for every answer, so that there is time to interrupt."""
    faults = tmp_path / "faults.json"
    step = {"kind": "slow_headers", "seconds": 0.05, "times": "always"}
    faults.write_text(json.dumps({"models": {"*": [step]}}))
    return launch("simulate", "--no-quota", "--faults", str(faults))


class Gateways:
    """Gateways on one data directory, in front of one simulator."""

    def __init__(self, launch: Serve, simulator: Server, directory: Path) -> None:
        self.launch = launch
        self.simulator = simulator
        self.directory = directory / "data"

    def start(self) -> Server:
        provider = ("--provider", "github-models", "--base-url", self.simulator.url, "--api-key-env", "PROVIDER_TOKEN")
        arguments = (*provider, "--data-dir", str(self.directory))
        environment = {"PROVIDER_TOKEN": PROVIDER_TOKEN}
        return self.launch("serve", *arguments, environment=environment, data_directory=False)


@pytest.fixture
def gateways(launch: Serve, slow: Server, tmp_path: Path) -> Gateways:
    return Gateways(launch, slow, tmp_path)


@pytest.fixture
def plain(launch: Serve, simulator: Server, tmp_path: Path) -> Iterator[openai.OpenAI]:
    """The `openai` package on a gateway that has nothing yet."""
    with openai_client(Gateways(launch, simulator, tmp_path).start()) as client:
        yield client


def check_all_answered(client: openai.OpenAI, batch: Batch) -> None:
    assert batch.status == "completed" and batch.error_file_id is None
    assert (batch.request_counts.completed, batch.request_counts.failed) == (ITEMS, 0)
    answers = results(client, batch.output_file_id)
    assert [answer["custom_id"] for answer in answers] == [f"item-{number}" for number in range(ITEMS)]
    for answer in answers:
        assert answer["error"] is None and answer["response"]["status_code"] == 200
        ChatCompletion.model_validate(answer["response"]["body"])
    assert len({answer["id"] for answer in answers}) == ITEMS


def test_a_batch_is_uploaded_asked_and_given_out_in_order(plain: openai.OpenAI, simulator: Server) -> None:
    before = len(asked(simulator))
    lines = [line("a", "one"), "{", line("b", "two"), line("same", "one"), line("b", "three")]
    lines.append(line("stream", "four", body={"model": "gpt-4o-mini", "stream": True, "messages": [{"role": "user"}]}))
    lines.append(line("elsewhere", "five", url="/v1/responses"))
    file = upload(plain, lines, expires_after={"anchor": "created_at", "seconds": 3600})
    assert file.purpose == "batch" and file.filename == "in.jsonl" and file.status == "processed"
    assert file.expires_at == file.created_at + 3600
    assert plain.files.content(file.id).read() == ("\n".join(lines) + "\n").encode()
    batch = order(plain, file, metadata={"project": "x"})
    assert batch.status == "validating" and batch.metadata == {"project": "x"}
    assert batch.expires_at == batch.created_at + 86_400
    batch = ended(plain, batch)
    assert batch.status == "completed" and batch.completed_at >= batch.in_progress_at >= batch.created_at
    assert batch.request_counts.model_dump() == {"total": 7, "completed": 3, "failed": 4}
    answers = results(plain, batch.output_file_id)
    assert [answer["custom_id"] for answer in answers] == ["a", "b", "same"]
    assert answers[0]["response"]["body"] == answers[2]["response"]["body"]
    errors = [(error["custom_id"], error["error"]) for error in results(plain, batch.error_file_id)]
    assert [(name, error["code"], error["message"].split(" ")[:2]) for name, error in errors] == [
        (None, "invalid_json_line", ["line", "2"]),
        ("b", "duplicate_custom_id", ["line", "5"]),
        ("stream", "stream_not_supported", ["line", "6"]),
        ("elsewhere", "invalid_url", ["line", "7"]),
    ]
    # Equal lines are asked once, and bad ones not at all.
    assert len(asked(simulator)) - before == 2
    assert plain.files.retrieve(batch.output_file_id).purpose == "batch_output"


def test_lists_come_in_pages_and_files_can_be_removed(plain: openai.OpenAI) -> None:
    files = [upload(plain, [line("a", str(number))]) for number in range(5)]
    assert [file.id for file in plain.files.list(limit=2)] == [file.id for file in reversed(files)]
    assert [file.id for file in plain.files.list(limit=3, order="asc")] == [file.id for file in files]
    batches = [ended(plain, order(plain, file)) for file in files[:3]]
    assert [batch.id for batch in plain.batches.list(limit=2)] == [batch.id for batch in reversed(batches)]
    first = plain.batches.list(limit=2)
    assert first.has_more and len(first.data) == 2
    assert len(list(plain.files.list(purpose="batch"))) == 5
    assert plain.files.delete(files[0].id).deleted
    with pytest.raises(openai.NotFoundError):
        plain.files.content(files[0].id)
    with pytest.raises(openai.NotFoundError):
        plain.files.delete(files[0].id)
    with pytest.raises(openai.NotFoundError) as error:
        order(plain, files[0])
    assert error.value.param == "input_file_id"


def test_what_cannot_be_is_refused_in_openais_shape(plain: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as refused:
        plain.files.create(file=("a.txt", b"x"), purpose="assistants")
    assert refused.value.param == "purpose"
    file = upload(plain, [line("a", "b")])
    for wrong in ({"completion_window": "5m"}, {"endpoint": "/v1/responses"}, {"metadata": {"a": "b" * 600}}):
        with pytest.raises(openai.BadRequestError) as refused:
            order(plain, file, **wrong)
        assert refused.value.param in wrong
    with pytest.raises(openai.NotFoundError):
        plain.batches.retrieve("batch_0123")
    failed = ended(plain, order(plain, upload(plain, [""])))
    assert failed.status == "failed" and failed.errors.data[0].code == "empty_file"
    with pytest.raises(openai.ConflictError):
        plain.batches.cancel(failed.id)


def test_embeddings_are_answered(plain: openai.OpenAI) -> None:
    body = {"model": "text-embedding-3-small", "input": "hello"}
    text = line("a", "", url="/v1/embeddings", body=body)
    batch = ended(plain, order(plain, upload(plain, [text]), endpoint="/v1/embeddings"))
    assert batch.request_counts.completed == 1, results(plain, batch.error_file_id)


def test_a_cancelled_batch_gives_out_what_is_done(gateways: Gateways) -> None:
    with openai_client(gateways.start()) as client:
        batch = order(client, upload(client, QUESTIONS))
        while len(asked(gateways.simulator)) < 10:
            pass
        assert client.batches.cancel(batch.id).status in ("cancelling", "cancelled")
        batch = ended(client, batch)
        assert batch.status == "cancelled" and batch.cancelled_at >= batch.cancelling_at
        answers = results(client, batch.output_file_id)
        assert 5 <= len(answers) == batch.request_counts.completed
        # What was under way was not thrown away.
        assert len(asked(gateways.simulator)) == len(answers)


def test_kill_9_loses_no_line_and_pays_for_none_of_the_answered_twice(gateways: Gateways) -> None:
    server = gateways.start()
    with openai_client(server) as client:
        batch = order(client, upload(client, QUESTIONS))
    kills = (7, 12, 20)
    for more in kills:
        before = len(asked(gateways.simulator))
        while len(asked(gateways.simulator)) < before + more:
            assert server.process.poll() is None
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        server = gateways.start()
    with openai_client(server) as client:
        check_all_answered(client, ended(client, client.batches.retrieve(batch.id)))
    # Of what was asked before, only what was under way when a kill came is asked again.
    requests = asked(gateways.simulator)
    assert len(requests) <= ITEMS + len(kills) * IN_FLIGHT
    assert len(set(requests)) == ITEMS


def test_a_graceful_end_asks_nothing_twice(gateways: Gateways) -> None:
    server = gateways.start()
    with openai_client(server) as client:
        batch = order(client, upload(client, QUESTIONS))
    while len(asked(gateways.simulator)) < 10:
        assert server.process.poll() is None
    assert server.stop() == 0
    asked_before = len(asked(gateways.simulator))
    assert asked_before < ITEMS
    with openai_client(gateways.start()) as client:
        check_all_answered(client, ended(client, client.batches.retrieve(batch.id)))
    assert len(asked(gateways.simulator)) == ITEMS


def test_two_gateways_share_the_work_and_a_dead_ones_batch_is_taken_over(gateways: Gateways) -> None:
    first, second = gateways.start(), gateways.start()
    with openai_client(first) as one, openai_client(second) as other:
        batch = order(one, upload(one, QUESTIONS))
        while len(asked(gateways.simulator)) < 15:
            assert first.process.poll() is None
        # Both know of it, only one works on it.
        assert other.batches.retrieve(batch.id).status == "in_progress"
        first.process.send_signal(signal.SIGKILL)
        first.process.wait()
        check_all_answered(other, ended(other, other.batches.retrieve(batch.id)))
    counts = Counter(asked(gateways.simulator))
    assert len(counts) == ITEMS
    assert sum(counts.values()) <= ITEMS + IN_FLIGHT


def test_an_upload_that_breaks_off_leaves_nothing_behind(gateways: Gateways) -> None:
    server = gateways.start()

    def body() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + b"a" * 100_000
        while not list((gateways.directory / "files").glob("*")):
            pass
        raise KeyboardInterrupt

    headers = {"content-type": "multipart/form-data; boundary=x"}
    with pytest.raises(KeyboardInterrupt), httpx2.Client() as client:
        client.post(server.url + "/v1/files", content=body(), headers=headers)
    end = time.monotonic() + SECONDS
    while list((gateways.directory / "files").glob("*")):
        assert time.monotonic() < end
    with openai_client(server) as client:
        assert list(client.files.list()) == []


def test_what_is_simulated_is_kept_apart(launch: Serve, simulator: Server, tmp_path: Path) -> None:
    directory = str(tmp_path / "data")
    with launch("serve", "--simulate", "--data-dir", directory, data_directory=False) as server:
        with openai_client(server) as client:
            upload(client, [line("a", "b")])
            assert len(list(client.files.list())) == 1
    with openai_client(Gateways(launch, simulator, tmp_path).start()) as client:
        assert list(client.files.list()) == []


def test_a_keys_files_batches_and_rights_are_its_own(launch: Serve, tmp_path: Path) -> None:
    directory, configuration = tmp_path / "data", tmp_path / "aurelis.yaml"
    configuration.write_text("gateway: { keys: required }\n")

    def key(*arguments: str) -> str:
        command = [COMMAND, "keys", "create", *arguments, "--data-dir", str(directory)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    few, other, chat = key("few", "--models", "gpt-4o-mini"), key("other"), key("chat", "--endpoints", "chat")
    server = launch(
        "serve", "--simulate", "--config", str(configuration), "--data-dir", str(directory), data_directory=False
    )
    with openai_client(server, api_key="nobody") as nobody, pytest.raises(openai.AuthenticationError):
        upload(nobody, [line("a", "b")])
    with openai_client(server, api_key=chat) as client, pytest.raises(openai.PermissionDeniedError):
        upload(client, [line("a", "b")])
    with openai_client(server, api_key=few) as client, openai_client(server, api_key=other) as stranger:
        body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}
        file = upload(client, [line("mine", "hello"), line("dear", "hello", body=body)])
        batch = ended(client, order(client, file))
        assert [answer["custom_id"] for answer in results(client, batch.output_file_id)] == ["mine"]
        assert [error["error"]["code"] for error in results(client, batch.error_file_id)] == ["model_not_allowed"]
        for attempt in (
            lambda: stranger.files.retrieve(file.id),
            lambda: stranger.files.content(batch.output_file_id),
            lambda: stranger.files.delete(file.id),
            lambda: stranger.batches.retrieve(batch.id),
            lambda: stranger.batches.cancel(batch.id),
            lambda: order(stranger, file),
        ):
            with pytest.raises(openai.NotFoundError):
                attempt()
        assert list(stranger.files.list()) == [] and list(stranger.batches.list()) == []


def test_a_small_batch_is_not_behind_another_keys_long_ones(launch: Serve, slow: Server, tmp_path: Path) -> None:
    directory, configuration = tmp_path / "data", tmp_path / "aurelis.yaml"
    provider = f"id: gh, preset: github-models, base_url: '{slow.url}', api_key: {{ env: PROVIDER_TOKEN }}"
    settings = "gateway: { keys: required }\nbatches: { running: 1, in_flight: 2, turn: 1s }\n"
    configuration.write_text(f"providers: [{{ {provider} }}]\ndata_dir: {directory}\n{settings}")

    def key(name: str) -> str:
        command = [COMMAND, "keys", "create", name, "--data-dir", str(directory)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    keys = [key("long"), key("small")]
    environment = {"PROVIDER_TOKEN": PROVIDER_TOKEN, "AURELIS_CACHE": "off"}
    server = launch("serve", "--config", str(configuration), environment=environment, data_directory=False)
    with openai_client(server, api_key=keys[0]) as long, openai_client(server, api_key=keys[1]) as small:
        lines = [line(f"{number}", "x" * (number + 1)) for number in range(200)]
        batches = [order(long, upload(long, lines)) for _ in range(2)]
        while not asked(slow):
            time.sleep(0.05)
        assert ended(small, order(small, upload(small, [line("a", "b" * 300)]))).status == "completed"
        first, second = (long.batches.retrieve(batch.id) for batch in batches)
        assert first.status == "in_progress" and second.status == "validating"
        assert 0 < first.request_counts.completed < len(lines)
        first = ended(long, first)
        answers = results(long, first.output_file_id)
        assert [answer["custom_id"] for answer in answers] == [f"{number}" for number in range(len(lines))]
        long.batches.cancel(second.id)
    sizes = Counter(asked(slow))
    # Another batch of the same key may have begun with the first lines.
    assert max(sizes.values()) <= 2

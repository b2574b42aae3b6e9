"""Servers and clients that the tests ask for by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx2
import openai
import pytest
import requests
from azure.ai.inference import ChatCompletionsClient, EmbeddingsClient
from azure.core.credentials import AzureKeyCredential

from support import openapi
from support.provider import ScriptedProvider
from support.samples import CHAT_MODEL, EMBEDDING_MODEL, PROVIDER_TOKEN, USER_TOKEN
from support.server import Server

Serve = Callable[..., Server]
watch = openapi.Watch()


@pytest.fixture(scope="session", autouse=True)
def described() -> Iterator[openapi.Watch]:
    """Every answer that a client gets from a gateway or a control plane is one that its document describes."""
    httpx_send, requests_send = httpx2.Client.send, requests.Session.send

    def by_httpx(self: httpx2.Client, request: httpx2.Request, **options: object) -> httpx2.Response:
        response = httpx_send(self, request, **options)
        url = str(request.url)
        if watch.knows(url):
            is_stream = response.headers.get("content-type", "").startswith("text/event-stream")
            body = b"" if is_stream else response.read()
            watch.check(request.method, url, response.status_code, response.headers, body)
        return response

    def by_requests(self: requests.Session, request: requests.PreparedRequest, **options: object) -> requests.Response:
        response = requests_send(self, request, **options)
        if watch.knows(request.url):
            is_stream = response.headers.get("content-type", "").startswith("text/event-stream")
            body = b"" if is_stream else response.content
            watch.check(request.method, request.url, response.status_code, response.headers, body)
        return response

    httpx2.Client.send, requests.Session.send = by_httpx, by_requests
    yield watch
    httpx2.Client.send, requests.Session.send = httpx_send, requests_send


@pytest.fixture(scope="module")
def launch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serve]:
    """Starts any `aurelis` server for the rest of the module."""
    running: list[Server] = []

    def start(
        *arguments: str, environment: dict[str, str] | None = None, data_directory: bool = True, **options: object
    ) -> Server:
        directory = tmp_path_factory.mktemp(arguments[0])
        extra = ["--port", "0"]
        if arguments[0] in ("serve", "replay"):
            extra += ["--admin-port", "0"]
            extra += ["--data-dir", str(directory / "data")] if data_directory else []
        # Most tests ask the same question again and again, and want it asked.
        environment = {"AURELIS_CACHE": "off", **(environment or {})}
        server = Server(*arguments, *extra, log=directory / "stderr", environment=environment, **options)
        running.append(server)
        if server.admin_url:
            watch.add(server.url, openapi.gateway())
            watch.add(server.admin_url, openapi.control_plane())
        return server

    yield start
    for server in running:
        server.stop()
        for url in filter(None, (server.url, server.admin_url)):
            watch.forget(url)


@pytest.fixture(scope="module")
def gateway(launch: Serve) -> Server:
    """`aurelis serve --simulate`: a module has quotas of its own, like a new account."""
    return launch("serve", "--simulate")


@pytest.fixture(scope="module")
def simulator(launch: Serve) -> Server:
    """The bare simulator, without quotas."""
    return launch("simulate", "--no-quota")


@pytest.fixture(scope="module")
def provider() -> Iterator[ScriptedProvider]:
    """A provider whose answers the test dictates."""
    with ScriptedProvider() as provider:
        yield provider


@pytest.fixture(scope="module")
def fronted(launch: Serve, provider: ScriptedProvider) -> Server:
    """A gateway in front of the scripted provider."""
    return gateway_before(launch, provider.url, PROVIDER_TOKEN)


def gateway_before(launch: Serve, url: str, token: str) -> Server:
    """A gateway whose provider is the server at `url`."""
    provider = ("--base-url", url, "--api-key-env", "PROVIDER_TOKEN")
    return launch("serve", *provider, environment={"PROVIDER_TOKEN": token})


def openai_client(server: Server, path: str = "/v1", **options: object) -> openai.OpenAI:
    settings = {"api_key": USER_TOKEN, "max_retries": 0, "timeout": 20.0, **options}
    return openai.OpenAI(base_url=server.url + path, **settings)


def azure_chat(
    server: Server, path: str = "/inference", model: str = CHAT_MODEL, key: str = USER_TOKEN, **options: object
) -> ChatCompletionsClient:
    settings = {"retry_total": 0, "connection_timeout": 5, "read_timeout": 20, **options}
    return ChatCompletionsClient(server.url + path, AzureKeyCredential(key), model=model, **settings)


def azure_embeddings(server: Server, path: str = "/inference", key: str = USER_TOKEN) -> EmbeddingsClient:
    return EmbeddingsClient(server.url + path, AzureKeyCredential(key), model=EMBEDDING_MODEL, retry_total=0)


@pytest.fixture
def client(gateway: Server) -> Iterator[openai.OpenAI]:
    """The `openai` package on the gateway."""
    with openai_client(gateway) as client:
        yield client


@pytest.fixture
def scripted(fronted: Server, provider: ScriptedProvider) -> Iterator[openai.OpenAI]:
    """The `openai` package on the gateway in front of the scripted provider."""
    provider.received.clear()
    with openai_client(fronted) as client:
        yield client

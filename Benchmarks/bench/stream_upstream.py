"""A provider of streams whose every chunk carries the moment it was sent.

    python3 -m bench.stream_upstream PORT CHUNKS SECONDS_BETWEEN

The client on the same machine reads the same clock, so a chunk's delay is known exactly, not inferred.
"""

from __future__ import annotations

import asyncio
import sys
import time

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNK = (
    'data: {"id":"chatcmpl-benchmark","object":"chat.completion.chunk","created":1700000000,'
    '"model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"delta":{"role":"assistant","content":"t%d "},'
    '"finish_reason":null}]}\n\n'
)
FINISH = (
    'data: {"id":"chatcmpl-benchmark","object":"chat.completion.chunk","created":1700000000,'
    '"model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
)


def framed(text: str) -> bytes:
    data = text.encode()
    return b"%x\r\n%s\r\n" % (len(data), data)


class Provider(asyncio.Protocol):
    def __init__(self, chunks: int, gap: float) -> None:
        self._chunks = chunks
        self._gap = gap
        self._input = b""
        self._next: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        if self._next:
            self._next.cancel()

    def data_received(self, data: bytes) -> None:
        self._input += data
        head, separator, body = self._input.partition(b"\r\n\r\n")
        if not separator:
            return
        head = head.lower()
        at = head.find(b"content-length:")
        if at < 0:
            is_complete = body.endswith(b"0\r\n\r\n")
        else:
            is_complete = len(body) >= int(head[at + 15 :].partition(b"\r\n")[0])
        if is_complete:
            self._input = b""
            self._transport.write(HEAD + framed(CHUNK % time.monotonic_ns()))
            self._continue(self._chunks - 1)

    def _continue(self, left: int) -> None:
        self._next = asyncio.get_running_loop().call_later(self._gap, self._send, left)

    def _send(self, left: int) -> None:
        if left == 0:
            self._transport.write(framed(FINISH) + framed("data: [DONE]\n\n") + b"0\r\n\r\n")
        else:
            self._transport.write(framed(CHUNK % time.monotonic_ns()))
            self._continue(left - 1)


async def serve(port: int, chunks: int, gap: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Provider(chunks, gap), "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))

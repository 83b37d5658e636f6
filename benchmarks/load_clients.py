"""Clients that a server has to bear: slow ones, endless ones, and those there when it stops."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

HOST = "127.0.0.1"
_BLOCK = bytes(64 * 1024)
_PATIENCE = 90.0
"""Seconds after which a client gives up, and the server has failed to cut it."""


def head(kind: str, *more: str) -> bytes:
    """Return the head of a request for an answer, with more lines."""
    lines = ("POST /api/predict HTTP/1.1", f"Host: {HOST}", f"Content-Type: {kind}", *more)
    return "\r\n".join((*lines, "", "")).encode()


async def slow(port: int, n: int, every: float) -> list[float | None]:
    """Let `n` clients send a byte in `every` seconds, half of them of a head, half of a body.

    They come one after the other in the first `every` seconds: no two send in the same moment.

    Returns:
        For each the seconds until the server cut it; None: it never did.
    """
    begun = b"POST /api/predict HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
    body = head("image/png", "Content-Length: 100000")
    return await asyncio.gather(
        *(
            _drip(port, begun if number % 2 else body, every, every * number / n)
            for number in range(n)
        )
    )


async def _drip(port: int, start: bytes, every: float, wait: float) -> float | None:
    await asyncio.sleep(wait)
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(start)
    ended = asyncio.create_task(_until_closed(reader))
    try:
        while time.perf_counter() - began < _PATIENCE:
            done, _ = await asyncio.wait((ended,), timeout=every)
            if done:
                return time.perf_counter() - began
            writer.write(b"x")
        return None
    finally:
        ended.cancel()
        writer.close()


async def _until_closed(reader: asyncio.StreamReader) -> None:
    with suppress(ConnectionError):
        while await reader.read(65536):
            pass


@dataclass(frozen=True)
class Endless:
    """What came of uploads without end.

    Attributes:
        cut: how many the server cut.
        most: bytes that a client had handed to its own machine before it was cut, at most.
        statuses: the statuses that were answered.
        memory: bytes that the server held, one number for each look.
    """

    cut: int
    most: int
    statuses: frozenset[int]
    memory: Sequence[int]


async def endless(port: int, n: int, seconds: float, memory: Callable[[], int]) -> Endless:
    """Let `n` clients send bodies without end, again and again, for so many seconds."""
    until = time.perf_counter() + seconds
    held: list[int] = []
    sent: list[tuple[int, int]] = []

    async def look() -> None:
        while True:
            held.append(memory())
            await asyncio.sleep(0.1)

    async def client() -> None:
        while time.perf_counter() < until:
            sent.append(await _pour(port))

    looking = asyncio.create_task(look())
    await asyncio.gather(*(client() for _ in range(n)))
    looking.cancel()
    statuses = frozenset(status for _, status in sent if status)
    return Endless(len(sent), max(count for count, _ in sent), statuses, held)


async def _pour(port: int) -> tuple[int, int]:
    """Send without end; return the bytes sent and the status that came, 0 where none did."""
    reader, writer = await asyncio.open_connection(HOST, port)
    count = 0
    answer = asyncio.create_task(_status(reader))
    with suppress(ConnectionError):
        writer.write(head("image/jpeg", "Transfer-Encoding: chunked"))
        while not answer.done():
            writer.write(b"%x\r\n%b\r\n" % (len(_BLOCK), _BLOCK))
            await writer.drain()
            count += len(_BLOCK)
            await asyncio.sleep(0)
    writer.close()
    return count, await answer


async def _status(reader: asyncio.StreamReader) -> int:
    with suppress(ConnectionError):
        line = await reader.readline()
        if line:
            return int(line.split()[1])
    return 0


@dataclass
class Drained:
    """What became of the requests around a SIGTERM.

    Attributes:
        under_way: those sent before it and answered after it.
        lost: those sent before it and never answered.
        late: those sent after it and answered all the same.
    """

    under_way: int = 0
    lost: int = 0
    late: int = 0


async def drain(
    port: int, bodies: Sequence[bytes], kind: str, clients: int, before: float,
    stop: Callable[[], None],
) -> Drained:  # fmt: skip
    """Let clients ask without a pause, stop the server after `before` seconds, and count.

    Every client keeps one connection and sends its next request when it has its answer.
    """
    stopped_at = float("inf")
    found = Drained()

    async def client(number: int) -> None:
        reader, writer = await asyncio.open_connection(HOST, port)
        body = bodies[number % len(bodies)]
        request = head(kind, f"Content-Length: {len(body)}") + body
        is_answered = True
        while is_answered:
            sent_at = time.perf_counter()
            is_answered = await _is_answered(reader, writer, request)
            if sent_at > stopped_at:
                found.late += is_answered
            elif not is_answered:
                found.lost += 1
            elif time.perf_counter() > stopped_at:
                found.under_way += 1
        writer.close()

    asking = [asyncio.create_task(client(number)) for number in range(clients)]
    await asyncio.sleep(before)
    stopped_at = time.perf_counter()
    stop()
    await asyncio.wait_for(asyncio.gather(*asking), _PATIENCE)
    return found


async def _is_answered(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes
) -> bool:
    """Send a request; return whether a whole answer with status 200 came."""
    try:
        writer.write(request)
        await writer.drain()
        answer_head = await reader.readuntil(b"\r\n\r\n")
        lines = answer_head.lower().split(b"\r\n")
        (length,) = (line for line in lines if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
    except (asyncio.IncompleteReadError, ConnectionError):
        return False
    return answer_head.split()[1] == b"200"

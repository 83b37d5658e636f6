from __future__ import annotations

import asyncio
from typing import Any

import pytest

from homespun.serve.limits import BoundedBodies
from homespun.serve.problems import Problem

MOST, HELD = 1000, 2500


class Sender:
    """A client that sends parts of a body; it is silent once it has no more."""

    def __init__(self, *parts: bytes, is_whole: bool = True, **headers: str) -> None:
        self.parts = list(parts)
        self.is_whole = is_whole
        named = [(name.encode(), value.encode()) for name, value in headers.items()]
        self.scope = {"type": "http", "method": "POST", "path": "/", "headers": named}
        self.n_read = 0

    async def receive(self) -> dict[str, Any]:
        if not self.parts:
            await asyncio.Event().wait()
        part = self.parts.pop(0)
        self.n_read += len(part)
        more = bool(self.parts) or not self.is_whole
        return {"type": "http.request", "body": part, "more_body": more}


async def read(scope: Any, receive: Any, send: Any) -> None:
    while (await receive())["more_body"]:
        pass


async def send(message: Any) -> None:
    pass


def bounded(app: Any = read, deadline: float = 60.0) -> BoundedBodies:
    return BoundedBodies(app, MOST, HELD, deadline)


def refusal(app: BoundedBodies, sender: Sender) -> Problem:
    with pytest.raises(Problem) as refused:
        asyncio.run(app(sender.scope, sender.receive, send))
    return refused.value


def test_a_body_up_to_the_limit_is_taken() -> None:
    sender = Sender(b"a" * 400, b"b" * 600, **{"content-length": "1000"})
    asyncio.run(bounded()(sender.scope, sender.receive, send))
    assert sender.n_read == MOST


def test_one_that_says_that_it_is_larger_is_not_read_at_all() -> None:
    sender = Sender(b"a" * 100, **{"content-length": "1001"})
    assert refusal(bounded(), sender).code == "too-large"
    assert sender.n_read == 0


@pytest.mark.parametrize("says", [{}, {"content-length": "10"}, {"content-length": "ten"}])
def test_bytes_are_counted_whatever_their_sender_says(says: dict[str, str]) -> None:
    sender = Sender(*[b"a" * 100] * 10_000, is_whole=False, **says)
    found = refusal(bounded(), sender)
    assert (found.status, found.code) == (413, "too-large")
    assert sender.n_read == MOST + 100


def test_a_body_that_does_not_come_ends_at_its_deadline() -> None:
    found = refusal(bounded(deadline=0.01), Sender(b"a", is_whole=False))
    assert (found.status, found.code) == (408, "too-slow")


def test_the_deadline_is_for_all_of_it_and_not_for_each_part() -> None:
    sender = Sender(*[b"a"] * 900)

    async def late(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["more_body"]:
            await asyncio.sleep(0.001)

    assert refusal(bounded(late, deadline=0.02), sender).code == "too-slow"


def test_once_the_body_has_come_nothing_hurries() -> None:
    async def listen(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        with pytest.raises(TimeoutError):  # and not Problem
            await asyncio.wait_for(receive(), 0.1)

    sender = Sender(b"a")
    asyncio.run(bounded(listen, deadline=0.01)(sender.scope, sender.receive, send))


def test_many_bodies_at_one_time_are_bounded_together_until_they_are_answered() -> None:
    answered = asyncio.Event()

    async def hold(scope: Any, receive: Any, send: Any) -> None:
        await read(scope, receive, send)
        await answered.wait()

    async def ask_many() -> tuple[list[Any], list[Any]]:
        app = bounded(hold)

        def asked() -> Any:
            sender = Sender(b"a" * MOST)
            return asyncio.ensure_future(app(sender.scope, sender.receive, send))

        three = [asked() for _ in range(3)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        answered.set()
        first = await asyncio.gather(*three, return_exceptions=True)
        second = await asyncio.gather(asked(), asked(), return_exceptions=True)
        return first, list(second)

    first, second = asyncio.run(ask_many())
    assert first[:2] == second == [None, None]
    assert isinstance(first[2], Problem)
    assert (first[2].status, first[2].code) == (503, "overloaded")
    assert first[2].headers == {"Retry-After": "1"}

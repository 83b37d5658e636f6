from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

import pytest

from homespun.serve import batching
from homespun.serve.batching import Batcher
from homespun.serve.problems import Problem


class Bench:
    """Workers that hold every answer back until they are let go; numbers are doubled."""

    def __init__(self) -> None:
        self.go = threading.Event()
        self.stacks: list[list[int]] = []
        self.batchers: list[Batcher[int, int, int]] = []

    def batcher(self, clock: Callable[[], float] = lambda: 0.0, **settings: Any) -> Any:
        settings = {"workers": 1, "queue": 100, **settings}
        batcher = Batcher(self.prepare, self.answer, clock=clock, **settings)
        batcher.start()
        self.batchers.append(batcher)
        return batcher

    def prepare(self, number: int) -> int:
        if number < 0:
            raise Problem(422, "negative", "", "")
        return number

    def answer(self, numbers: Sequence[int]) -> list[int | Exception]:
        self.stacks.append(list(numbers))
        self.go.wait()
        if 13 in numbers:
            raise ZeroDivisionError
        return [ValueError() if number == 7 else 2 * number for number in numbers]

    async def until_busy(self, n: int = 1) -> None:
        while len(self.stacks) < n:
            await asyncio.sleep(0.001)


@pytest.fixture
def bench() -> Iterator[Bench]:
    bench = Bench()
    yield bench
    bench.go.set()
    for batcher in bench.batchers:
        batcher.stop()


def test_answers_come_in_the_order_of_the_questions(bench: Bench) -> None:
    bench.go.set()
    batcher = bench.batcher(workers=3)
    numbers = [n for n in range(50) if n not in (7, 13)]
    assert asyncio.run(batcher.ask(*numbers)) == [2 * n for n in numbers]


def test_each_error_is_its_own_questions(bench: Bench) -> None:
    bench.go.set()
    told = asyncio.run(bench.batcher(most=1).ask(1, -1, 7, 13, 2))
    assert [told[0], told[4]] == [2, 4]
    assert [type(one) for one in told[1:4]] == [Problem, ValueError, ZeroDivisionError]


def test_what_waits_is_answered_together_but_no_more_than_so_many(bench: Bench) -> None:
    async def ask() -> None:
        batcher = bench.batcher(most=4)
        first = asyncio.ensure_future(batcher.ask(0))
        await bench.until_busy()
        rest = asyncio.ensure_future(batcher.ask(*range(1, 7)))
        await asyncio.sleep(0)
        assert len(batcher) == 6
        bench.go.set()
        assert await first == [0]
        assert await rest == [2, 4, 6, 8, 10, 12]

    asyncio.run(ask())
    assert bench.stacks == [[0], [1, 2, 3, 4], [5, 6]]


def test_one_that_took_long_to_prepare_does_not_wait_for_others(bench: Bench) -> None:
    ticks = count()
    bench.go.set()
    batcher = bench.batcher(clock=lambda: float(next(ticks)))  # a second between two looks
    asyncio.run(batcher.ask(1, 2, 3))
    assert bench.stacks == [[1], [2], [3]]


def test_beyond_the_line_all_of_a_request_is_refused(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batching, "PAUSE", 0.05)

    async def ask() -> None:
        batcher = bench.batcher(queue=2)
        first = asyncio.ensure_future(batcher.ask(0))
        await bench.until_busy()
        waiting = asyncio.ensure_future(batcher.ask(1))
        await asyncio.sleep(0)
        for questions in ((2, 3), (4, 5, 6)):
            began = time.monotonic()
            with pytest.raises(Problem) as refused:
                await asyncio.wait_for(batcher.ask(*questions), 60)
            assert time.monotonic() - began >= 0.05
            assert (refused.value.status, refused.value.code) == (503, "overloaded")
            assert refused.value.headers == {"Retry-After": "1"}
        fits = asyncio.ensure_future(batcher.ask(9))
        await asyncio.sleep(0)
        bench.go.set()
        assert [await first, await waiting, await fits] == [[0], [2], [18]]

    asyncio.run(ask())
    assert sorted(number for stack in bench.stacks for number in stack) == [0, 1, 9]


def test_nobody_works_for_a_client_that_went_away(bench: Bench) -> None:
    async def ask() -> None:
        batcher = bench.batcher()
        first = asyncio.ensure_future(batcher.ask(0))
        await bench.until_busy()
        gone = asyncio.ensure_future(batcher.ask(1))
        stays = asyncio.ensure_future(batcher.ask(2))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.sleep(0)
        bench.go.set()
        assert [await first, await stays] == [[0], [4]]

    asyncio.run(ask())
    assert bench.stacks == [[0], [2]]


def test_stopping_answers_what_waits(bench: Bench) -> None:
    async def ask() -> None:
        batcher = bench.batcher(most=1)
        asked = asyncio.ensure_future(batcher.ask(1, 2, 3))
        await bench.until_busy()
        stopped = asyncio.create_task(asyncio.to_thread(batcher.stop))
        bench.go.set()
        await stopped
        assert await asked == [2, 4, 6]

    asyncio.run(ask())


def test_workers_survive_a_client_whose_event_loop_is_gone(bench: Bench) -> None:
    batcher = bench.batcher(most=1)

    async def leave() -> None:
        asked = asyncio.ensure_future(batcher.ask(1))
        await bench.until_busy()
        asked.cancel()

    asyncio.run(leave())
    bench.go.set()
    assert asyncio.run(batcher.ask(2)) == [4]

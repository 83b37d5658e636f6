"""Processes that help: what they answer, how they end, and that nothing is left of them."""

import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from homespun.training import Workers, helpers
from homespun.training.helpers import Helper, can_fork, shared_empty

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="helpers are for Linux")


@pytest.fixture
def begin():
    """Begin helpers that end with the test."""
    begun = []

    def begin(work):
        begun.append(Helper(work))
        return begun[-1]

    yield begin
    for helper in begun:
        helper.close()


def asked(helper, message):
    assert helper.ask(message)
    return helper.reply()


def is_there(pid):
    """Whether the process is there and not only waiting to be buried."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(is_so):
    for _ in range(500):
        if is_so():
            return
        time.sleep(0.02)
    raise AssertionError("it never came about")


def test_messages_are_answered_by_another_process(begin):
    helper = begin(lambda message: (message + 1, os.getpid()))
    reply, pid = asked(helper, 1)
    assert reply == 2
    assert pid != os.getpid()
    assert asked(helper, 2) == (3, pid)


def test_memory_is_shared_both_ways(begin):
    array = shared_empty(4, np.float32)
    assert array.dtype == np.float32

    def double(_):
        array[:] *= 2
        return True

    helper = begin(double)
    array[:] = [1, 2, 3, 4]
    asked(helper, None)
    assert array.tolist() == [2, 4, 6, 8]


def test_one_that_fails_says_so_and_goes_on(begin):
    helper = begin(lambda n: 1 // n)
    assert asked(helper, 0) is None
    assert asked(helper, 1) == 1


def test_one_that_is_gone_answers_nothing(begin):
    helper = begin(lambda _: os.getpid())
    os.kill(asked(helper, 0), signal.SIGKILL)
    helper.ask(0)  # it may still be on its way out
    assert helper.reply() is None
    wait_until(lambda: not helper.ask(0))


def test_ctrl_c_is_for_the_owner_and_a_request_to_end_is_heeded(begin):
    helper = begin(lambda _: os.getpid())
    pid = asked(helper, 0)
    os.kill(pid, signal.SIGINT)
    assert asked(helper, 0) == pid
    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not is_there(pid))


def test_closing_ends_it_whatever_it_does():
    helper = Helper(lambda seconds: time.sleep(seconds) or os.getpid())
    pid = asked(helper, 0)
    helper.ask(60)
    began = time.monotonic()
    helper.close()
    assert time.monotonic() - began < 30
    assert not os.path.exists(f"/proc/{pid}")
    helper.close()  # once more does no harm


def test_it_holds_no_file_of_its_owner(begin, tmp_path):
    with open(tmp_path / "locked", "w"):
        helper = begin(lambda _: [os.readlink(f"/proc/self/fd/{fd}") for fd in range(3)])
        second = begin(lambda _: len(os.listdir("/proc/self/fd")))
        assert asked(helper, 0) == ["/dev/null"] * 3
        assert asked(second, 0) == 3 + 1 + 1  # its pipe, and the folder that is being listed


def test_it_does_not_outlive_an_owner_that_is_killed():
    script = (
        "import os; from homespun.training.helpers import Helper\n"
        "helpers = [Helper(lambda _: os.getpid()) for _ in range(2)]\n"
        "[helper.ask(0) for helper in helpers]\n"
        "print(*[helper.reply() for helper in helpers], flush=True)\n"
        "import time; time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as owner:
        pids = [int(pid) for pid in owner.stdout.readline().split()]
        assert len(pids) == 2
        assert all(map(is_there, pids))
        owner.kill()
    wait_until(lambda: not any(map(is_there, pids)))


def test_only_the_main_thread_of_linux_may_fork(monkeypatch):
    assert can_fork()
    told = []
    thread = threading.Thread(target=lambda: told.append(can_fork()))
    thread.start()
    thread.join()
    assert told == [False]
    monkeypatch.setattr(sys, "platform", "darwin")
    assert not can_fork()


def test_workers_begin_as_many_as_they_may(monkeypatch):
    with Workers(3) as workers:
        first, second = workers.begin_helpers(lambda _: os.getpid(), 9)
        pids = {asked(first, 0), asked(second, 0)}
        assert len(pids) == 2
        (third,) = workers.begin_helpers(lambda _: (os.getpid(), "other work"), 1)
        pid, what = asked(third, 0)
        assert what == "other work"
        pids.add(pid)
    assert not any(os.path.exists(f"/proc/{pid}") for pid in pids)

    def refused():
        raise BlockingIOError("no more processes")

    monkeypatch.setattr(helpers.os, "fork", refused)
    with Workers(3) as workers:
        assert not workers.begin_helpers(lambda _: 0, 9)

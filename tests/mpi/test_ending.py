from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from typing import Any
from unittest.mock import Mock

import pytest

from homespun.mpi.ending import abort, deaf_to_interrupts


def test_ctrl_c_is_not_heard_within_and_is_afterwards() -> None:
    with deaf_to_interrupts():
        os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_who_only_waits_leaves_it_to_the_first_rank_to_end(program: Callable[..., Any]) -> None:
    assert program(2, "wait").told == {"finished": True}


def test_other_threads_have_nothing_to_ignore() -> None:
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def wait() -> None:
        with deaf_to_interrupts():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=wait)
    thread.start()
    thread.join()
    assert seen == [before]


def test_a_second_ctrl_c_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    comm = Mock()
    abort(comm, KeyboardInterrupt())
    comm.Abort.assert_called_once_with(130)
    assert capsys.readouterr() == ("", "")


def test_a_bug_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    comm = Mock()
    abort(comm, RuntimeError("a bug"))
    comm.Abort.assert_called_once_with(1)
    assert capsys.readouterr().err == "RuntimeError: a bug\n"

import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from homespun.training import Workers


def test_every_worker_runs_on_a_thread_of_its_own():
    seen = {}
    with Workers(3) as workers:
        workers.run(lambda i: seen.update({i: threading.current_thread()}))
    assert sorted(seen) == [0, 1, 2]
    assert len(set(seen.values())) == 3
    assert seen[0] is threading.main_thread()


def test_an_error_of_any_worker_reaches_the_caller_and_all_can_go_on():
    def fail(i):
        if i == 1:
            raise ValueError("worker 1")

    done = []
    with Workers(2) as workers:
        with pytest.raises(ValueError, match="worker 1"):
            workers.run(fail)
        workers.run(done.append)
    assert sorted(done) == [0, 1]


def test_products_run_on_one_thread_within_and_as_before_after():
    def blas_threads():
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    np.ones((2, 2)) @ np.ones((2, 2))
    before = blas_threads()
    with Workers(2):
        assert set(blas_threads()) == {1}
    assert blas_threads() == before


def test_products_stay_on_one_thread_until_the_last_of_several_workers_leaves():
    def blas_threads():
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

    before = blas_threads()
    first, second = Workers(1), Workers(1)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert blas_threads() == {1}
    second.__exit__(None, None, None)
    assert blas_threads() == before

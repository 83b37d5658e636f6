import platform
import subprocess
import sys
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


def blas_threads():
    """Threads of the library that NumPy's products run in; SciPy brings another."""
    return [
        pool["num_threads"]
        for pool in threadpool_info()
        if pool["user_api"] == "blas" and "scipy.libs" not in pool["filepath"]
    ]


def test_products_run_on_one_thread_within_and_as_before_after():
    np.ones((2, 2)) @ np.ones((2, 2))
    before = blas_threads()
    with Workers(2):
        assert blas_threads() == [1]
    assert blas_threads() == before


def test_products_stay_on_one_thread_until_the_last_of_several_workers_leaves():
    before = blas_threads()
    first, second = Workers(1), Workers(1)
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert blas_threads() == [1]
    second.__exit__(None, None, None)
    assert blas_threads() == before


def test_products_run_on_one_thread_whichever_thread_works_and_whichever_leaves():
    def within(act):
        thread = threading.Thread(target=lambda: seen.append((act(), blas_threads())[1]))
        thread.start()
        thread.join()

    before, seen = blas_threads(), []
    with Workers(1):
        pass  # this thread was the first to set the limit
    here, there = Workers(1), Workers(1)
    within(there.__enter__)
    here.__enter__()
    within(lambda: there.__exit__(None, None, None))
    here.__exit__(None, None, None)
    assert seen == [[1], [1]]
    assert blas_threads() == before
    here.__enter__()
    within(lambda: here.__exit__(None, None, None))
    assert blas_threads() == before


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other allocators have other ways")
def test_memory_that_was_freed_is_used_again_without_asking_the_system():
    code = """
import resource
import numpy as np
from homespun.training import Workers

def page_faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(10):
        [np.ones(2**19, np.float32) for _ in range(8)]  # together more than glibc keeps by itself
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

before = page_faults()
with Workers(1):
    pass
page_faults()
print(before, page_faults())
"""
    without, kept = map(int, subprocess.check_output([sys.executable, "-c", code]).split())
    assert kept < without / 10

import pytest
from joblib import Parallel, delayed, parallel_config

from homespun.estimators.threads import threads_for
from homespun.training import available_threads


def test_alone_there_is_a_thread_for_each_core():
    assert threads_for(None) is None
    assert threads_for(-1) == available_threads()
    assert threads_for(3) == 3


@pytest.mark.parametrize("backend", ["loky", "threading", "multiprocessing"])
def test_joblibs_workers_run_one_thread_each(backend):
    with parallel_config(backend=backend):
        assert Parallel(n_jobs=2)(delayed(threads_for)(None) for _ in range(2)) == [1, 1]
        assert Parallel(n_jobs=1)(delayed(threads_for)(None) for _ in range(2)) == [None, None]


def test_who_asks_for_threads_gets_them_even_there():
    with parallel_config(backend="threading"):
        assert Parallel(n_jobs=2)(delayed(threads_for)(2) for _ in range(2)) == [2, 2]

"""scikit-learn's searches over ImageClassifier: the same on every backend of joblib.

Each backend has a process of its own: Dask and Ray warn, change signals and leave threads behind.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

SEARCHES = """
import contextlib, json, logging, sys, tempfile
import joblib, numpy as np
from scipy.stats import loguniform
from sklearn.experimental import enable_halving_search_cv
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, RandomizedSearchCV
from homespun import ImageClassifier
from homespun.nn import Dense, ReLU

@contextlib.contextmanager
def one_process():
    with joblib.parallel_config("sequential"):
        yield

@contextlib.contextmanager
def loky():
    with joblib.parallel_config("loky", n_jobs=2):
        yield

@contextlib.contextmanager
def dask():
    from distributed import Client, LocalCluster
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1",
        dashboard_address=None, memory_limit=0,
    ) as cluster, Client(cluster):
        with joblib.parallel_config("dask"):
            yield

@contextlib.contextmanager
def ray():
    import ray
    from ray.util.joblib import register_ray
    for _ in range(3):  # on a busy machine a node may start too slowly for Ray's patience of 30 s
        try:
            ray.init(
                "local", num_cpus=2, object_store_memory=100 * 2**20, include_dashboard=False,
                log_to_driver=False, logging_level=logging.CRITICAL,
            )
            break
        except Exception:
            ray.shutdown()
    register_ray()
    try:
        with joblib.parallel_config("ray", n_jobs=2):
            yield
    finally:
        ray.shutdown()

def made(n):
    rng = np.random.default_rng(0)
    y = np.arange(n) % 3
    images = rng.integers(0, 200, (n, 8, 8), dtype=np.uint8)
    for image, label in zip(images, y):
        image[2 * label + 1 : 2 * label + 3] += 55
    return images, y

def found(search, X, y):
    search.fit(X, y)
    return {
        "best": repr(search.best_params_),
        "scores": search.cv_results_["mean_test_score"].tolist(),
        "again": search.predict_proba(X[:9]).tolist(),
    }

if __name__ == "__main__":
    X, y = made(72)
    small = ImageClassifier([Dense(8), ReLU()], max_iter=4, random_state=0)
    grid = {"learning_rate_init": [1e-4, 1e-2], "l2": [0.0, 1e-3]}
    drawn = {"learning_rate_init": loguniform(1e-4, 1e-1)}
    searches = {
        "grid": GridSearchCV(small, grid, cv=2),
        "random": RandomizedSearchCV(small, drawn, n_iter=3, cv=2, random_state=0),
        "halving": HalvingGridSearchCV(small, grid, cv=2, random_state=0, min_resources=24),
    }
    with globals()[sys.argv[1]]():
        print("found:" + json.dumps({name: found(one, X, y) for name, one in searches.items()}))
"""


def searched(backend: str, folder: str) -> dict[str, dict[str, object]]:
    quiet = {
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # Ray listens on loopback alone
    }
    script = os.path.join(folder, "searches.py")
    with open(script, "w", encoding="utf-8") as file:
        file.write(SEARCHES)
    done = subprocess.run(
        [sys.executable, script, backend],
        env=os.environ | quiet,
        cwd=folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("found:")]
    answer: dict[str, dict[str, object]] = json.loads(line.removeprefix("found:"))
    return answer


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    """What the searches find without any backend."""
    return searched("one_process", str(tmp_path_factory.mktemp("one process")))


def test_the_searches_have_something_to_find(alone: dict[str, dict[str, object]]) -> None:
    assert set(alone) == {"grid", "random", "halving"}
    for one in alone.values():
        assert len(set(one["scores"])) > 1


@pytest.mark.parametrize("backend", ["loky", "dask", "ray"])
def test_every_backend_finds_the_same(
    backend: str, alone: dict[str, dict[str, object]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = str(tmp_path_factory.mktemp(backend))
    assert searched(backend, folder) == alone

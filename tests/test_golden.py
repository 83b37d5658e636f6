"""Files as each format version wrote them are read for ever; those of a newer one are refused."""

from __future__ import annotations

import hashlib
import json
import math
import shutil
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open
from safetensors.numpy import load_file

from homespun.data import Dataset, Preparation
from homespun.errors import ModelFileError
from homespun.nn import BatchNorm, Chain, Dense, Flatten
from homespun.optim import AdamW, Constant, ExponentialMovingAverage
from homespun.report.history import read_history
from homespun.runs import RunFolder, Settings, has_ended
from homespun.runs.execute import prepare
from homespun.storage import inspect, load, load_checkpoint
from homespun.training import Plan, begin, train

GOLDEN = Path(__file__).parent / "golden" / "format-1"
GOLDEN_2 = GOLDEN.parent / "format-2"

SUMS = {
    "checkpoint.safetensors": "bdee16905c975078db117e3072a5d148ef535efc712bc613f35eb5b82d04f981",
    "layers.safetensors": "f79cd302fad0035afdde9c89902210efbdcb09e5e25c022f12673a69ef004396",
    "metrics.csv": "e02c3e57d164a6f7903012dcf5f309250771c43583c651ad38ce6572e979654b",
    "model.safetensors": "2a65e6a6523faf4289d9294319a6752b4e49d99ddf11113aa47577430bac7777",
    "run.json": "ecbf6df33bf4aeb86ae71b598cd3eed994227793e4dfe4576549fef313b48755",
}

SUMS_2 = {
    "model.safetensors": "a66cffe89760e67ee5d20d3c9ddee892f622128a139d5eb2e69436dcfec5b6bf",
}


@pytest.mark.parametrize(("folder", "expected"), [(GOLDEN, SUMS), (GOLDEN_2, SUMS_2)])
def test_nobody_writes_them_again(folder: Path, expected: dict[str, str]) -> None:
    sums = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}
    assert sums == expected


def test_a_model_gives_the_answers_that_its_weights_mean() -> None:
    """The weights are small whole numbers: pixels 150, 50, 100, 200 become 1, -1, 0, 2, the hidden
    layer 3, 1, 1 and the logits 5.5 and 0; black pixels become -2, all hidden ones 0, the logits
    the last bias, 0.5 and 0.
    """
    model = load(GOLDEN / "model.safetensors")
    pictures = np.array([[150, 50, 100, 200], [0, 0, 0, 0]], np.uint8).reshape(2, 2, 2, 1)
    np.testing.assert_allclose(model.predict_logits(pictures), [[5.5, 0], [0.5, 0]], rtol=1e-6)
    share = 1 / (1 + np.exp(-5.5))
    np.testing.assert_allclose(model.predict_proba(pictures)[0], [share, 1 - share], rtol=1e-5)
    assert model.class_names == ("boot", "bag")
    assert model.record["settings"]["recipe"] == "golden"


def test_a_model_of_format_1_promises_nothing() -> None:
    model = load(GOLDEN / "model.safetensors")
    assert (model.temperature, model.smoothing, model.sure_from) == (1.0, 0.0, None)
    assert (model.rejection, model.preparation, model.thresholds) == (None, None, None)
    answers = model.answer(np.zeros((1, 2, 2, 1), np.uint8))
    assert (answers.trust, answers.unlikeness) == (("unsure",), None)


def test_a_model_of_format_2_knows_how_far_it_can_be_trusted() -> None:
    """The network is that of format 1.

    Of the first picture the hidden layer gives 3, 1, 1: off the first mean, 1, 1, 1, by 2 in the
    direction whose variance is 4, which is a distance of 1. The logits are 5.5 and 0, off by 1
    where the variance is 1: again 1. The logarithm of 1 is 0, and so is the score. Of the black
    picture hidden zeros lie 1.5 from the first mean (1/4 + 1 + 1 = 2.25), and the logits, 0.5 and
    0, lie 3 from the second mean, 0.5 and 3; the spread there is 0.5.
    """
    model = load(GOLDEN_2 / "model.safetensors")
    pictures = np.array([[150, 50, 100, 200], [0, 0, 0, 0]], np.uint8).reshape(2, 2, 2, 1)
    answers = model.answer(pictures)
    assert answers.unlikeness is not None
    black = (math.log(1.5) + math.log(3) / 0.5) / 2
    np.testing.assert_allclose(answers.unlikeness, [0, black], atol=1e-6)
    assert answers.trust == ("yes", "unlike")  # the threshold is 1
    # 1/16 is taken off the first share, and of the second, which is less, a hundredth is left;
    # a temperature of 2 takes the root
    share = 1 / (1 + np.exp(-5.5))
    first, second = (share - 1 / 16) ** 0.5, (0.01 * (1 - share)) ** 0.5
    np.testing.assert_allclose(answers.probabilities[0, 0], first / (first + second), rtol=1e-5)
    assert model.preparation == Preparation(cut_out=False)


def test_a_model_of_many_layers_is_read() -> None:
    about = inspect(GOLDEN / "layers.safetensors")
    model = load(GOLDEN / "layers.safetensors")
    assert model.parameters.weight_hash() == about["weight_hash"]
    pictures = np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3), dtype=np.uint8)
    np.testing.assert_allclose(model.predict_proba(pictures).sum(axis=1), 1, rtol=1e-5)


def test_a_checkpoint_is_gone_on_from() -> None:
    """It was written in the middle of the second of three epochs of this run."""
    images = np.arange(160, dtype=np.uint8).reshape(40, 2, 2, 1)
    data = Dataset(images, np.arange(40) % 2, ("a", "b"))
    plan = Plan(
        Chain(Flatten(), Dense(3), BatchNorm(), Dense(2)),
        AdamW(),
        Constant(0.125),
        epochs=3,
        average=ExponentialMovingAverage(0.5),
        batch_size=16,
        seed=9,
    )
    written = load_file(GOLDEN / "checkpoint.safetensors")
    with safe_open(GOLDEN / "checkpoint.safetensors", "np") as file:
        told = json.loads(file.metadata()["homespun"])
    ends = set()
    for _ in range(2):
        state = begin(plan, data)
        load_checkpoint(GOLDEN / "checkpoint.safetensors", state)
        assert (state.weights.step, state.progress.epoch, state.progress.n_seen) == (5, 2, 32)
        assert state.progress.seconds == 1.5
        np.testing.assert_array_equal(state.weights.parameters.vector, written["weights"])
        np.testing.assert_array_equal(state.weights.parameters.running, written["running"])
        np.testing.assert_array_equal(state.weights.average, written["average"])
        for name, vector in state.weights.memory.items():
            np.testing.assert_array_equal(vector, written[f"memory.{name}"])
        assert state.best.parameters is not None
        np.testing.assert_array_equal(state.best.parameters.vector, written["best.weights"])
        np.testing.assert_array_equal(state.best.parameters.running, written["best.running"])
        best, progress = state.best, state.progress
        assert {"epoch": best.epoch, "accuracy": best.accuracy} == told["best"]
        assert {name: getattr(progress, name) for name in told["position"]} == told["position"]
        (first,) = progress.history
        assert [asdict(first)] == told["history"]
        result = train(plan, data, data, state=state)
        assert [record.epoch for record in result.history] == [1, 2, 3]
        assert result.history[0] == first
        assert (state.weights.step, np.isfinite(result.parameters.whole).all()) == (9, True)
        ends.add(result.parameters.weight_hash())
    # Where it ends is another place on other processors: in five steps of Adam, the last bits of
    # a bias that batch norm takes away again grow into all numbers.
    assert len(ends) == 1


def test_a_run_is_read(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    for name in ("run.json", "metrics.csv"):
        shutil.copy(GOLDEN / name, tmp_path / name)
    record = folder.read_record()
    assert has_ended(record)
    settings = Settings(recipe="mlp", seed=2**64 - 1, epochs=2, validation=5000)
    assert prepare(folder, settings) == record
    assert record["result"]["test"]["accuracy"] == 0.875
    rows = read_history(folder.metrics)
    assert [row["loss"] for row in rows] == [1.5, 1.0]
    assert [row["validation_loss"] for row in rows] == [1.25, None]


def test_files_of_a_newer_format_are_refused_in_one_clear_line(tmp_path: Path) -> None:
    for name in ("model.safetensors", "checkpoint.safetensors"):
        content = (GOLDEN / name).read_bytes()
        assert content.count(rb"\"format\": 1") == 1
        (tmp_path / name).write_bytes(content.replace(rb"\"format\": 1", rb"\"format\": 3"))
    record = json.loads((GOLDEN / "run.json").read_text()) | {"format": 3}
    (tmp_path / "run.json").write_text(json.dumps(record))
    data = Dataset(np.zeros((4, 2, 2, 1), np.uint8), np.arange(4) % 2, ("a", "b"))
    state = begin(Plan(Chain(Flatten(), Dense(2)), AdamW(), Constant(0.1), epochs=1), data)
    readers: list[Callable[[], object]] = [
        lambda: load(tmp_path / "model.safetensors"),
        lambda: inspect(tmp_path / "model.safetensors"),
        lambda: load_checkpoint(tmp_path / "checkpoint.safetensors", state),
        RunFolder(tmp_path).read_record,
    ]
    for read in readers:
        with pytest.raises(ModelFileError, match="a newer") as caught:
            read()
        assert str(caught.value).startswith(str(tmp_path))
        assert "\n" not in str(caught.value)

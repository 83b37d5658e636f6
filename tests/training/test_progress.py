import io

import numpy as np
import pytest
from rich.console import Console

from homespun.data import Dataset
from homespun.nn import Chain, Dense, Flatten
from homespun.optim import SGD, Constant
from homespun.training import Plan, train
from homespun.training.progress import ShowProgress


@pytest.mark.parametrize("terminal", [False, True])
def test_a_line_stays_for_each_epoch(terminal):
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=120)
    images = np.random.default_rng(0).integers(0, 256, (64, 2, 2, 1), dtype=np.uint8)
    data = Dataset(images, np.arange(64) % 2, ("a", "b"))
    plan = Plan(Chain(Flatten(), Dense(2)), SGD(), Constant(0.1), epochs=2, batch_size=8)
    train(plan, data, data, callbacks=[ShowProgress(console)])
    text = out.getvalue()
    assert ("\x1b" in text) == terminal, "control characters belong on terminals alone"
    for part in (
        "epoch   1/2",
        "epoch   2/2",
        "loss",
        "accuracy",
        "validation",
        "images/s",
        "left",
    ):
        assert part in text


def test_a_terminal_shows_curves_and_the_pair_confused_most() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=120)
    images = np.zeros((64, 2, 2, 1), np.uint8)  # all alike: one class is always taken for the other
    data = Dataset(images, np.arange(64) % 2, ("shirt", "coat"))
    plan = Plan(Chain(Flatten(), Dense(2)), SGD(), Constant(0.1), epochs=3, batch_size=8)
    show = ShowProgress(console)
    train(plan, data, data, callbacks=[show])
    picture = show._bar.picture
    assert picture.splitlines()[0].startswith("loss      ")
    assert len(picture.splitlines()[0].split()[1]) == 24  # batches
    assert "held out" in picture
    assert "50.0%" in picture
    assert "shirt taken for coat, 32 times" in picture or "coat taken for shirt, 32" in picture
    assert "taken for" in out.getvalue()

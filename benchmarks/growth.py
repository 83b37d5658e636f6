"""How a training step's time and memory grow with batch, picture size and channels.

Three convolutions with a pool after each, homespun and PyTorch (channels_last, all threads, fused
optimizer), one thing changed at a time. Memory is the peak of what a process holds, less what it
held before the network, the optimizer and the first batch were made, and what helpers hold for
themselves; Linux tells it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
from matplotlib.figure import Figure

from conv_speed import POOL, homespun_network
from harness import Side, Work, take_turns
from homespun.data import Dataset, Scaling
from homespun.nn import SoftmaxCrossEntropy
from homespun.optim import Constant, Nesterov
from homespun.runs.memory import memory_of_children
from homespun.training import Plan, Step, Weights, Workers
from torch_training import made_parameters, torch_step
from twins import multiply_adds, torch_twin

OURS, THEIRS = "homespun", "PyTorch"
PICTURE = Path(__file__).with_name("growth.png")
COLOURS = {OURS: "#1f77b4", THEIRS: "#b4531f"}


@dataclass(frozen=True)
class Setting:
    """What is trained: pictures of `side` x `side`, convolutions of n, 2 n and 4 n channels."""

    batch: int = 128
    side: int = 28
    channels: int = 32


AXES: dict[str, list[Setting]] = {
    "batch": [Setting(batch=n) for n in (32, 64, 128, 256, 512)],
    "side": [Setting(side=n) for n in (28, 64, 128)],
    "channels": [Setting(channels=n) for n in (16, 32, 64, 128)],
}
"""The settings by the name of what grows."""

TINY: dict[str, list[Setting]] = {
    "batch": [Setting(n, 8, 4) for n in (2, 4)],
    "side": [Setting(2, n, 4) for n in (8, 16)],
}


@dataclass(frozen=True)
class Cost:
    """What a step costs.

    Attributes:
        seconds: the median.
        megabytes: the peak of memory; nan where the system does not tell.
    """

    seconds: float
    megabytes: float


def plan_for(setting: Setting) -> Plan:
    """Return what both sides train."""
    n = setting.channels
    return Plan(
        homespun_network((n, POOL, 2 * n, POOL, 4 * n, POOL)),
        Nesterov(weight_decay=5e-4),
        Constant(0.01),
        epochs=1,
        loss=SoftmaxCrossEntropy(label_smoothing=0.1),
        batch_size=setting.batch,
        shard_size=16,
    )


def made_data(setting: Setting) -> Dataset:
    """Return a batch of random pictures: what is in them does not change the time."""
    rng = np.random.default_rng(0)
    shape = (setting.batch, setting.side, setting.side, 1)
    images = rng.integers(0, 256, shape, dtype=np.uint8)
    return Dataset(images, rng.integers(0, 10, setting.batch), tuple("abcdefghij"))


def homespun_side(setting: Setting, repeats: int) -> Work:
    """Return a step with homespun; what comes of it is the peak of memory."""
    data, before = made_data(setting), resident("VmRSS")
    plan = plan_for(setting)
    parameters = made_parameters(plan, data.images.shape[1:])
    weights = Weights(parameters, plan.optimizer.init(parameters.vector), parameters.vector)
    alike, indices = np.ones(len(data), np.float32), np.arange(len(data))
    workers = Workers().__enter__()  # until the process ends
    step = Step(plan, weights, Scaling.fit(data.images), workers)
    return Work(
        lambda: step(data, indices, alike, 1, 0),
        lambda: resident("VmHWM") - before + memory_of_children() / 1e6,
        repeats,
    )


def torch_side(setting: Setting, repeats: int) -> Work:
    """Return a step with PyTorch; what comes of it is the peak of memory."""
    data, before = made_data(setting), resident("VmRSS")
    x = Scaling.fit(data.images)(data.images)
    step = torch_step(plan_for(setting), x, data.labels, os.cpu_count() or 1, "channels_last")
    return Work(step, lambda: resident("VmHWM") - before, repeats)


def resident(what: str) -> float:
    """Return the megabytes that this process holds (VmRSS) or has held at most (VmHWM)."""
    status = Path("/proc/self/status")
    found = re.search(rf"{what}:\s+(\d+) kB", status.read_text()) if status.exists() else None
    return int(found[1]) / 1000 if found else float("nan")


def measure(setting: Setting, rounds: int, repeats: int) -> dict[str, Cost]:
    """Take turns, and return what a step costs each side."""
    sides: dict[str, Side] = {
        OURS: partial(homespun_side, setting, repeats),
        THEIRS: partial(torch_side, setting, repeats),
    }
    seconds, megabytes = take_turns(sides, rounds)
    return {name: Cost(median(seconds[name]), float(str(megabytes[name]))) for name in sides}


@dataclass(frozen=True)
class Growth:
    """What was measured, as a part of the results."""

    costs: dict[Setting, dict[str, Cost]]

    def to_markdown(self) -> str:
        """Return the table; a setting that stands in several rows of settings is shown once."""
        names = (OURS, THEIRS)
        heads = [f"{name}, {unit}" for unit in ("ms", "µs a picture", "MB") for name in names]
        lines = [
            "## Growth of a training step with batch, picture and channels",
            "",
            "![Time and memory against batch, picture side and channels](growth.png)",
            "",
            f"| batch | picture | channels | M multiply-adds | {' | '.join(heads)} |",
            "|---" * (4 + len(heads)) + "|",
        ]
        for setting, costs in self.costs.items():
            both = [costs[name] for name in names]
            cells = [f"{cost.seconds * 1e3:.1f}" for cost in both]
            cells += [f"{cost.seconds / setting.batch * 1e6:.0f}" for cost in both]
            cells += [f"{cost.megabytes:.0f}" for cost in both]
            lines.append(f"| {' | '.join([*_described(setting), *cells])} |")
        return "\n".join([*lines, ""])


def _described(setting: Setting) -> list[str]:
    n = setting.channels
    plan, shape = plan_for(setting), (setting.side, setting.side, 1)
    twin = torch_twin(plan.network, made_parameters(plan, shape).views, shape)
    macs = sum(multiply_adds(twin, shape)) / 1e6
    size = f"{setting.side} x {setting.side}"
    return [str(setting.batch), size, f"{n}-{2 * n}-{4 * n}", f"{macs:.1f}"]


def draw(axes: dict[str, list[Setting]], growth: Growth) -> Figure:
    """Return time (above) and memory (below) against each of what grows, both axes by powers."""
    figure = Figure(figsize=(3.2 * len(axes), 5.4), layout="constrained")
    places = figure.subplots(2, len(axes), sharey="row", squeeze=False)
    for column, (name, settings) in enumerate(axes.items()):
        sizes = [getattr(setting, name) for setting in settings]
        for side, colour in COLOURS.items():
            costs = [growth.costs[setting][side] for setting in settings]
            rows = [[cost.seconds * 1e3 for cost in costs], [cost.megabytes for cost in costs]]
            for row, values in enumerate(rows):
                places[row, column].plot(sizes, values, "o-", color=colour, label=side)
        for place in places[:, column]:
            place.set(xscale="log", yscale="log")
            place.set_xticks(sizes, [str(size) for size in sizes])
            place.set_xticks([], minor=True)
            place.grid(alpha=0.3)
        places[1, column].set_xlabel({"side": "pixels a side"}.get(name, name))
    places[0, 0].set_ylabel("ms a step")
    places[1, 0].set_ylabel("MB at the peak")
    places[0, 0].legend()
    return figure


def compare(
    rounds: int,
    repeats: int = 5,
    axes: dict[str, list[Setting]] = AXES,
    picture: Path | None = PICTURE,
) -> Growth:
    """Measure all settings, and draw them into `picture` if there is one."""
    settings: Sequence[Setting] = list(dict.fromkeys(s for row in axes.values() for s in row))
    growth = Growth({setting: measure(setting, rounds, repeats) for setting in settings})
    figure = draw(axes, growth)
    if picture is not None:
        figure.savefig(picture, dpi=110)
    return growth

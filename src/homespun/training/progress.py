"""Showing a run to a person: a live bar on a terminal, a plain line an epoch elsewhere."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from homespun.training.callbacks import Callback, Progress


class ShowProgress(Callback):
    """Epoch, loss, accuracy, images a second and the time left, on `console`."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Bar(
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(),
            TextColumn("loss {task.fields[loss]:.3f}  accuracy {task.fields[accuracy]:.1%}"),
            TextColumn("{task.fields[speed]:,.0f} images/s  left"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._started = 0.0

    def on_train_begin(self, progress: Progress) -> None:
        """Start the bar."""
        self._task = self._bar.add_task(
            "",
            total=progress.n_samples * progress.plan.epochs,
            epoch="",
            loss=0,
            accuracy=0,
            speed=0,
        )
        self._started = time.perf_counter()
        self._bar.start()

    def on_step_end(self, progress: Progress) -> None:
        """Move the bar."""
        if not self._console.is_terminal:
            return
        seen = (progress.epoch - 1) * progress.n_samples + progress.n_seen
        self._bar.update(
            self._task,
            completed=seen,
            epoch=f"{progress.epoch}/{progress.plan.epochs}",
            loss=progress.loss,
            accuracy=progress.accuracy,
            speed=seen / progress.seconds,
        )

    def on_epoch_end(self, progress: Progress) -> None:
        """Print a line that stays."""
        record = progress.history[-1]
        line = f"epoch {record.epoch:3}/{progress.plan.epochs}  loss {record.loss:.4f}"
        line += f"  accuracy {record.accuracy:.2%}"
        if record.validation_accuracy is not None:
            line += f"  validation {record.validation_loss:.4f} {record.validation_accuracy:.2%}"
        speed = record.epoch * progress.n_samples / progress.seconds
        left = (progress.plan.epochs - record.epoch) * progress.seconds / record.epoch
        line += f"  {speed:,.0f} images/s  {left:,.0f} s left"
        self._console.print(line, highlight=False, soft_wrap=True)

    def on_train_end(self, progress: Progress) -> None:
        """Remove the bar."""
        self._bar.stop()

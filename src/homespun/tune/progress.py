"""Showing on a terminal how far a trial is; elsewhere a search says a line when one has ended."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from homespun.training import Callback, Progress


class ShowTrial(Callback):
    """A bar on `console` while a trial is trained, which leaves nothing behind."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def on_train_begin(self, progress: Progress) -> None:
        """Start the bar."""
        self._bar = Bar(
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(),
            TextColumn("{task.fields[held_out]}  left"),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        total = progress.n_samples * progress.plan.epochs
        self._task = self._bar.add_task("", total=total, epoch="", held_out="")
        self._bar.start()

    def on_step_end(self, progress: Progress) -> None:
        """Move the bar."""
        seen = (progress.epoch - 1) * progress.n_samples + progress.n_seen
        epoch = f"{progress.epoch}/{progress.plan.epochs}"
        self._bar.update(self._task, completed=seen, epoch=epoch)

    def on_epoch_end(self, progress: Progress) -> None:
        """Show how the epoch did on held-out pictures."""
        accuracy = progress.history[-1].validation_accuracy
        if accuracy is not None:
            self._bar.update(self._task, held_out=f"held out {accuracy:.1%}")

    def on_train_end(self, progress: Progress) -> None:
        """Remove the bar."""
        self._bar.stop()

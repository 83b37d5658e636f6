"""Showing a run to a person: a live bar on a terminal, a plain line an epoch elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console, RenderableType
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

from homespun.training.callbacks import Callback, Progress
from homespun.training.curve import curve, marks_for

_WIDTH = 60
"""Characters of a curve."""


class _BarWithPicture(Bar):
    """A bar with lines of text below it."""

    picture = ""

    def get_renderables(self) -> Iterable[RenderableType]:
        """Return the bar, and the lines."""
        yield from super().get_renderables()
        yield Text(self.picture)


class ShowProgress(Callback):
    """Where a run stands, on `console`.

    On a terminal that is a live picture: epoch, loss, accuracy, images a second, the time left, the
    curves of loss and accuracy as characters, and the pair of classes that is confused most.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = _BarWithPicture(
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(),
            TextColumn("loss {task.fields[loss]:.3f}  accuracy {task.fields[accuracy]:.1%}"),
            TextColumn("{task.fields[speed]:,.0f} images/s  left"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._marks = marks_for(console.encoding)
        self._losses: list[float] = []
        self._seen_before, self._sum_before = 0, 0.0

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
        self._seen_before, self._sum_before = progress.n_seen, progress.loss_sum
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
        self._note_loss(progress)
        self._bar.picture = self._draw(progress)

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

    def _note_loss(self, progress: Progress) -> None:
        """Keep the mean loss of the batch that has just been seen."""
        if progress.n_seen < self._seen_before:  # a new epoch
            self._seen_before, self._sum_before = 0, 0.0
        n_seen = progress.n_seen - self._seen_before
        if n_seen:
            self._losses.append((progress.loss_sum - self._sum_before) / n_seen)
        self._seen_before, self._sum_before = progress.n_seen, progress.loss_sum

    def _draw(self, progress: Progress) -> str:
        lines = [f"loss      {curve(self._losses, _WIDTH, self._marks)}"]
        known = [row.validation_accuracy for row in progress.history]
        accuracies = [accuracy for accuracy in known if accuracy is not None]
        if accuracies:
            marks = curve(accuracies, _WIDTH, self._marks)
            lines.append(f"held out  {marks} {accuracies[-1]:.1%}")
        if progress.confused is not None:
            truth, answer, count = progress.confused
            times = "once" if count == 1 else f"{count} times"
            lines.append(f"confused  {truth} taken for {answer}, {times}")
        return "\n".join(lines)

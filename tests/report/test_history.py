from __future__ import annotations

from pathlib import Path

import pytest

from homespun.errors import ModelFileError
from homespun.report.history import read_history

HEADER = "epoch,lr,loss,accuracy,penalty,validation_loss,validation_accuracy\n"


def test_history_is_read_as_numbers(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    path.write_text(HEADER + "1,0.5,2.25,0.125,0.0,,\n2,1e-3,1,0.5,0.0,1.5,0.75\n")
    assert read_history(path) == [
        {
            "epoch": 1,
            "lr": 0.5,
            "loss": 2.25,
            "accuracy": 0.125,
            "penalty": 0,
            "validation_loss": None,
            "validation_accuracy": None,
        },
        {
            "epoch": 2,
            "lr": 0.001,
            "loss": 1,
            "accuracy": 0.5,
            "penalty": 0,
            "validation_loss": 1.5,
            "validation_accuracy": 0.75,
        },
    ]
    path.write_text(HEADER)
    assert read_history(path) == []


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"epoch,lr\n1,2\n",
        HEADER.replace("loss,accuracy", "accuracy,loss").encode() + b"1,0.5,2,0.1,0,,\n",
        HEADER.encode() + b"1,0.5\n",
        HEADER.encode() + b"1,0.5,2,0.1,0,,,\n",
        HEADER.encode() + b"1,0.5,two,0.1,0,,\n",
        HEADER.encode() + b"\xff\xfe\n",
        b'"' + b"x" * 200_000,
    ],
    ids=lambda content: content[-20:],
)
def test_damaged_metrics_are_one_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "metrics.csv"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=r"metrics\.csv: is not a run's metrics"):
        read_history(path)

"""The examples in docs/onnx.md run."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

from homespun.export import about, export_photo_onnx, signature
from homespun.models import Model

PAGE = Path(__file__).parent.parent.parent / "docs" / "onnx.md"


def test_examples() -> None:
    outcome = doctest.testfile(str(PAGE), module_relative=False)
    assert outcome.attempted > 20
    assert outcome.failed == 0


def test_every_name_that_a_file_has_is_explained(packaged: Model) -> None:
    told = set(re.findall(r"`(\w+)`", PAGE.read_text()))
    values = signature(export_photo_onnx(packaged))
    names = {value["name"] for value in (*values["inputs"], *values["outputs"])}
    assert names | about(packaged).keys() <= told

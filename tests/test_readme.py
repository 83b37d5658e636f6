"""The examples in README.md run, and its commands exist."""

import doctest
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parent.parent / "README.md"


def test_python_examples():
    outcome = doctest.testfile(str(README), module_relative=False)
    assert outcome.attempted > 10
    assert outcome.failed == 0


def test_commands_exist():
    commands = set(re.findall(r"^\$ homespun (\w+)", README.read_text(), flags=re.MULTILINE))
    assert {"train", "evaluate", "predict", "article", "data", "inspect"} <= commands
    for command in commands:
        subprocess.run([sys.executable, "-m", "homespun", command, "--help"], check=True)


def test_make_targets_exist():
    targets = re.findall(r"^\$ make (\w+)", README.read_text(), flags=re.MULTILINE)
    makefile = (README.parent / "Makefile").read_text()
    assert targets
    for target in targets:
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE)

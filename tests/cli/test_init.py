from __future__ import annotations

import importlib
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from homespun.cli import main
from homespun.runs import RunFolder

Command = Callable[..., Any]

COMMANDS = [
    "train", "evaluate", "predict", "catalog", "report", "article", "models", "inspect",
    "reproduce", "tune", "serve", "export", "data",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _of_eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("arguments", [[], ["--help"], ["-h"]])
def test_help_lists_every_command_with_its_whole_summary(
    homespun: Command, arguments: list[str]
) -> None:
    help_text = homespun(*arguments)
    assert (help_text.status, help_text.err) == (0, "")
    _, listing = help_text.out.split("Commands:\n")
    lines = dict(line.split(maxsplit=1) for line in listing.splitlines() if line)
    assert list(lines) == COMMANDS
    for summary in lines.values():
        assert summary.endswith(".")
        assert "..." not in summary


def test_help_of_a_group_lists_its_commands(homespun: Command) -> None:
    for arguments in (["data"], ["data", "--help"]):
        help_text = homespun(*arguments)
        assert help_text.status == 0
        assert "..." not in help_text.out.split("Commands:\n")[1]
        assert all(name in help_text.out for name in ("fetch", "show", "check"))


@pytest.mark.parametrize("command", [*COMMANDS, "data fetch", "data show", "data check"])
def test_every_command_has_help_of_eighty_columns(homespun: Command, command: str) -> None:
    help_text = homespun(*command.split(), "--help")
    assert (help_text.status, help_text.err) == (0, "")
    assert f"Usage: homespun {command}" in help_text.out
    assert max(map(len, help_text.out.splitlines())) <= 80
    if command != "data":
        assert "--json" in help_text.out


def test_version(homespun: Command) -> None:
    version = homespun("--version")
    assert (version.status, version.err) == (0, "")
    assert version.out.startswith("homespun ")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("trian", "Did you mean 'train'?"),
        ("evalute x", "Did you mean 'evaluate'?"),
        ("data shwo", "Did you mean 'show'?"),
        ("frobnicate", "No such command 'frobnicate'"),
        ("--verison", "--version"),
        ("train --recip mlp", "--recipe"),
        ("train --recipe mpl", "did you mean mlp?"),
        ("train --recipe resnet", "there are: "),
        ("train --recipe", "--recipe"),
        ("train --epochs 0", "greater than or equal to 1"),
        ("train --epochs 1.5", "--epochs"),
        ("train --epochs many", "--epochs"),
        ("train --seed -1", "--seed"),
        ("train --validation -5", "--validation"),
        ("train --threads 0", "--threads"),
        ("train now", "now"),
        ("evaluate", "RUN"),
        ("predict", "PHOTO"),
        ("predict -1", "-1"),
        ("inspect", "FILE"),
        ("inspect a b", "b"),
        ("report", "RUN"),
        ("data show --picture", "--picture"),
    ],
)
def test_a_wrong_word_is_answered_in_one_line(
    homespun: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, line: str, answer: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert answer in homespun(*line.split()).complaint
    assert list(tmp_path.iterdir()) == []


def test_the_answer_names_the_command_whose_help_helps(homespun: Command) -> None:
    assert "(see homespun train --help)" in homespun("train", "--epochs", "0").complaint
    assert "(see homespun data --help)" in homespun("data", "shwo").complaint
    assert "(see homespun --help)" in homespun("trian").complaint


@pytest.mark.parametrize(
    "name", ["[/bold]", "[red]x", ":smile:", "a\nb\x1b[31m", "\udcff", "x" * 300]
)
def test_odd_names_are_shown_as_they_are_and_in_one_line(homespun: Command, name: str) -> None:
    for arguments in (("inspect", name), ("report", name), (name,), ("train", "--recipe", name)):
        complaint = homespun(*arguments).complaint
        shown = name.encode("unicode_escape").decode() if not name.isprintable() else name
        assert shown in complaint.replace("\\\\", "\\")
        assert "\x1b" not in complaint


def test_the_command_itself_ends_in_one_line(real_homespun: Command, tmp_path: Path) -> None:
    complaint = real_homespun("inspect", "missing", cwd=tmp_path).complaint
    assert complaint == "homespun: missing: cannot be read (No such file or directory)\n"
    assert "No such command" in real_homespun("trian", cwd=tmp_path).complaint


def test_ctrl_c_outside_training_ends_in_one_line(
    homespun: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(
        importlib.import_module("homespun.cli.data"), "load_fashion_mnist", interrupted
    )
    ended = homespun("data", "check")
    assert (ended.status, ended.out, ended.err) == (130, "", "homespun: interrupted\n")


def test_a_fault_of_the_system_ends_in_one_line(
    homespun: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "somewhere")

    monkeypatch.setattr(importlib.import_module("homespun.cli.data"), "load_fashion_mnist", broken)
    assert "Permission denied: 'somewhere'" in homespun("data", "check").complaint


def test_a_letter_that_a_stream_lacks_is_written_as_an_escape(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(content, encoding="ascii"))
    monkeypatch.setattr(sys, "argv", ["homespun", "--version"])
    monkeypatch.setattr(
        importlib.import_module("homespun.cli"), "installed_version", lambda name: "Ä"
    )
    with pytest.raises(SystemExit):
        main()
    assert content.getvalue() == b"homespun \\xc4\n"


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_who_has_seen_enough_is_no_fault(
    small_run: RunFolder, monkeypatch: pytest.MonkeyPatch, unbuffered: str
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    with subprocess.Popen(
        [sys.executable, "-m", "homespun", "inspect", small_run.model],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as command:
        assert command.stdout is not None
        assert command.stderr is not None
        command.stdout.close()
        assert command.stderr.read() == b""
        assert command.wait() == 1


def test_output_that_finds_no_room_is_one_line(
    small_run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", "")
    with open("/dev/full", "w") as full:
        command = subprocess.run(
            [sys.executable, "-m", "homespun", "inspect", small_run.model],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert command.returncode == 2
    assert command.stderr.count("\n") == 1
    assert "standard output cannot be written (No space left" in command.stderr

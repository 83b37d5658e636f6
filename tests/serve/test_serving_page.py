"""What docs/serving.md says: its examples run, and its tables are true."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from homespun.serve.codes import CODES
from homespun.serve.protocol import CarefulProtocol
from homespun.serve.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "serving.md"


def block(kind: str) -> str:
    return PAGE.read_text("utf-8").split(f"```{kind}\n")[1].split("```")[0]


@pytest.fixture(scope="module")
def server(process: Any) -> Iterator[Any]:
    with process() as server:
        yield server


@pytest.fixture
def photo(tmp_path: Path, bag: bytes) -> Path:
    (tmp_path / "photo.jpg").write_bytes(bag)
    return tmp_path


def here(text: str, server: Any) -> str:
    assert "http://127.0.0.1:8000/" in text
    return text.replace("http://127.0.0.1:8000/", server.address)


def test_the_example_in_python_runs(server: Any, photo: Path) -> None:
    code = here(block("python"), server)
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=photo, capture_output=True, text=True, check=True
    )
    label, probability, trust = done.stdout.split()
    assert (label, trust) == ("Bag", "yes")
    assert 0.5 < float(probability) <= 1


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_examples_with_curl_run(server: Any, photo: Path) -> None:
    for line, n in zip(here(block("bash"), server).splitlines(), (1, 2), strict=True):
        done = subprocess.run(
            ["sh", "-c", line], cwd=photo, capture_output=True, text=True, check=True
        )
        answers = json.loads(done.stdout)["answers"]
        assert [answer["label"] for answer in answers] == ["Bag"] * n


def test_the_problem_is_one_that_is_answered(client: Any) -> None:
    told = json.loads(block("json"))
    assert client.post("/api/predict", content=b"%PDF-1.7").json() == told
    assert told["code"] in CODES


def test_the_limits_are_those_of_the_settings() -> None:
    text = PAGE.read_text("utf-8")
    rows = re.findall(r"(?m)^\| (.+?) \| (.+?) \|", text.split("## Limits")[1])
    limits = dict(rows)
    settings = Settings(Path("model"))
    assert limits["a request's head"] == f"32 KiB, within {settings.header_deadline:g} s"
    body = f"{settings.max_body // 2**20} MiB, within {settings.body_deadline:g} s"
    assert limits["its body, counted as it comes"] == body
    held = f"{settings.most_held // 2**20} MiB"
    assert limits["all bodies in memory at one time"] == held
    assert limits["pictures in a request"] == str(settings.most_pictures)
    assert limits["pictures that wait for a worker"] == str(settings.queue)
    assert limits["an answer that its client does not read"] == f"{settings.send_deadline:g} s"
    assert limits["streams of events at one time"] == str(settings.most_followers)
    assert limits["pictures kept as corrections"] == f"{settings.most_corrections:,}"
    assert limits["requests under way at SIGTERM"] == f"{settings.drain:g} s"
    assert CarefulProtocol.header_deadline == settings.header_deadline


def test_every_option_is_in_the_table() -> None:
    help_text = subprocess.check_output(
        [sys.executable, "-m", "homespun", "serve", "--help"], text=True
    )
    options = set(re.findall(r"--[a-z-]+", help_text)) - {"--help"}
    told = set(re.findall(r"`(--[a-z-]+)", PAGE.read_text("utf-8")))
    assert options <= told

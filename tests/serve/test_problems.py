from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from starlette.exceptions import HTTPException

import homespun.serve
from homespun.serve.codes import CODES
from homespun.serve.problems import Problem, as_problem


def test_a_problem_has_the_members_of_the_standard_and_what_to_do() -> None:
    response = Problem(413, "too-large", "it is", "less", {"X-Why": "so"}).response()
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-why"] == "so"
    assert json.loads(response.body) == {
        "type": "/docs#too-large",
        "title": "Request Entity Too Large",
        "status": 413,
        "detail": "it is",
        "code": "too-large",
        "what_to_do": "less",
    }


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "not-found"), (405, "method-not-allowed"), (400, "bad-request"), (418, "im-a-teapot")],
)
def test_errors_of_the_framework_become_problems(status: int, code: str) -> None:
    found = as_problem(HTTPException(status, headers={"Allow": "GET"}))
    assert (found.status, found.headers) == (status, {"Allow": "GET"})
    assert re.sub("[^a-z-]", "", found.code) == code


def test_every_code_is_listed_and_every_listed_one_is_used() -> None:
    source = "\n".join(
        path.read_text()
        for path in Path(homespun.serve.__path__[0]).glob("*.py")
        if path.name != "codes.py"
    )
    raised = set(re.findall(r'HTTPStatus\.[A-Z_]+(?:,|:)\s+f?"([a-z{}]+(?:-[a-z{}]+)*)"', source))
    assert "foreign-{what}" in raised
    raised = raised - {"foreign-{what}"} | {"foreign-host", "foreign-origin"}
    assert raised == set(CODES) | {"too-large"}
    for words in CODES.values():
        assert re.match(r"\d{3}: .+\.$", words)


def test_a_status_is_that_of_its_code() -> None:
    for path in Path(homespun.serve.__path__[0]).glob("*.py"):
        from http import HTTPStatus

        for status, code in re.findall(r'HTTPStatus\.([A-Z_]+),\s+"([a-z-]+)",', path.read_text()):
            assert CODES[code].startswith(str(int(HTTPStatus[status])))

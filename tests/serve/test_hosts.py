from __future__ import annotations

from typing import Any

import pytest

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
PATHS = ("/", "/api/predict", "/api/model", "/metrics", "/v2/health/live", "/nowhere", "/docs")


def ask(client: Any, method: str, path: str, **headers: str) -> Any:
    return client.run(client.http.request(method, path, headers=headers))


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", PATHS)
def test_a_foreign_host_or_origin_is_refused_whatever_the_method(
    client: Any, method: str, path: str
) -> None:
    for headers, code in (
        ({"Host": "evil.example"}, "foreign-host"),
        ({"Origin": "http://evil.example"}, "foreign-origin"),
    ):
        response = ask(client, method, path, **headers)
        assert response.status_code == 403
        if method != "HEAD":
            assert client.problem(403, response) == code


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8000",
        "127.0.0.1",
        "127.0.0.1:1",
        "[::1]:80",
        "localhost.",
        "[0:0::1]",
    ],
)
def test_its_own_names_are_taken_in_any_spelling(client: Any, host: str) -> None:
    assert ask(client, "GET", "/api/examples", Host=host).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "", "localhost.evil.example", "evil.example:80", "127.0.0.1.evil.example", "127.0.0.2",
        "localhost@evil.example", "evil.example/localhost", "localhost:port", "[::1", "::1", "0",
    ],
)  # fmt: skip
def test_what_only_looks_like_one_is_not(client: Any, host: str) -> None:
    assert client.problem(403, ask(client, "GET", "/api/examples", Host=host)) == "foreign-host"


@pytest.mark.parametrize(
    ("host", "origin", "is_own"),
    [
        ("localhost:8000", "http://localhost:8000", True),
        ("localhost", "http://localhost", True),
        ("localhost:443", "https://localhost", True),
        ("localhost", "http://localhost:80", True),
        ("LOCALHOST:8000", "http://localhost:8000", True),
        ("[::1]:8000", "http://[::1]:8000", True),
        ("localhost:8000", "http://localhost:3000", False),
        ("localhost:8000", "http://localhost", False),
        ("localhost:8000", "http://127.0.0.1:8000", False),
        ("localhost:8000", "null", False),
        ("localhost:8000", "", False),
        ("localhost:8000", "localhost:8000", False),
        ("localhost:8000", "ftp://localhost:8000", False),
        ("localhost:8000", "http://localhost:8000/page", False),
    ],
)
def test_only_a_page_of_the_same_address_may_ask(
    client: Any, host: str, origin: str, is_own: bool
) -> None:
    response = ask(client, "GET", "/api/examples", Host=host, Origin=origin)
    if is_own:
        assert response.status_code == 200
    else:
        assert client.problem(403, response) == "foreign-origin"


def test_two_hosts_or_one_good_origin_among_bad_ones_are_refused(client: Any) -> None:
    for headers in (
        [("Host", "localhost"), ("Host", "evil.example")],
        [("Host", "localhost"), ("Origin", "http://localhost"), ("Origin", "http://evil.example")],
    ):
        response = client.get("/api/examples", headers=headers)
        assert response.status_code == 403


def test_more_names_can_be_allowed(serving: Any) -> None:
    client = serving(allowed_hosts=("Shop.Example", "192.168.0.7"))
    for host, status in {"shop.example": 200, "192.168.0.7:8000": 200, "localhost": 403}.items():
        assert ask(client, "GET", "/api/examples", Host=host).status_code == status

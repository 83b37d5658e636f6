"""What the page is made of: its own files alone, nothing inline, nothing from another host."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

_STATIC = files("homespun.serve") / "static"
_FILES = sorted(file.name for file in _STATIC.iterdir() if not file.name.startswith("."))
_KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


@pytest.mark.parametrize("name", _FILES)
def test_each_file_is_answered_with_its_kind(client: Any, name: str) -> None:
    address = {"index.html": "/", "runs.html": "/runs"}.get(name, f"/static/{name}")
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.content == (_STATIC / name).read_bytes()
    assert answer.headers["content-type"].startswith(_KINDS[name.rpartition(".")[2]])
    assert answer.headers["cache-control"] == "no-cache"


def test_head_is_answered_as_get_without_the_body(client: Any) -> None:
    answer = client.run(client.http.head("/"))
    assert answer.headers["content-length"] == str(len((_STATIC / "index.html").read_bytes()))
    assert answer.content == b""


@pytest.mark.parametrize("path", ["x.js", "../page.py", "%2e%2e/page.py", "..%2fpage.py", ""])
def test_no_other_file_is(client: Any, path: str) -> None:
    assert client.problem(404, client.get(f"/static/{path}")) == "not-found"


def test_what_the_server_allows_is_told(serving: Callable[..., Any], tmp_path: Path) -> None:
    told = serving(max_body=1000).get("/page.json").json()
    assert told == {"corrections": False, "runs": False, "most_bytes": 1000}
    told = serving(runs=tmp_path, corrections=tmp_path).get("/page.json").json()
    assert told == {"corrections": True, "runs": True, "most_bytes": 20 * 2**20}


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.mark.parametrize("name", [name for name in _FILES if name.endswith(".html")])
def test_nothing_is_inline_and_everything_is_there(name: str) -> None:
    tags = _Tags()
    tags.feed((_STATIC / name).read_text("utf-8"))
    for tag, attributes in tags.found:
        assert tag != "style"
        assert not [key for key in attributes if key == "style" or key.startswith("on")]
        if tag == "script":
            assert attributes["type"] == "module"
        for address in (attributes.get("src"), attributes.get("href")):
            if address and address.startswith("/static/"):
                assert address.removeprefix("/static/") in _FILES
            else:
                assert address in (None, "/", "/runs", "/docs", "#main")
    assert ("html", {"lang": "en"}) in tags.found


@pytest.mark.parametrize("name", _FILES)
def test_no_other_host_is_named(name: str) -> None:
    text = (_STATIC / name).read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert "//" not in re.sub(r"(?m)(^|\s)//\s", "", text)


@pytest.mark.parametrize("name", [name for name in _FILES if name.endswith(".js")])
def test_scripts_import_what_there_is(name: str) -> None:
    text = (_STATIC / name).read_text("utf-8")
    for names, source in re.findall(r'import \{([^}]+)\} from "\./([^"]+)"', text):
        exported = (_STATIC / source).read_text("utf-8")
        for one in names.split(","):
            assert re.search(rf"export (async )?(const|function|class) {one.strip()}\b", exported)
    assert len(re.findall(r"^import ", text, re.M)) == len(re.findall(r'from "\./', text))

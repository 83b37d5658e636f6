"""What the example page is made of: a locked runtime, and nothing from another address."""

from __future__ import annotations

import json
import re
from pathlib import Path

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "browser"


def test_the_runtime_is_locked_by_hash_and_without_addresses() -> None:
    wanted = json.loads((EXAMPLE / "package.json").read_text())["dependencies"]
    packages = json.loads((EXAMPLE / "package-lock.json").read_text())["packages"]
    assert packages.pop("")["dependencies"] == wanted
    for name, version in wanted.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), "one version, and no range"
        assert packages[f"node_modules/{name}"]["version"] == version
    assert len(packages) > 5
    for about in packages.values():
        assert about["integrity"].startswith("sha512-")
        assert "resolved" not in about


def test_the_page_asks_no_other_host_for_anything() -> None:
    for name in ("index.html", "main.js", "model.js", "picture.js", "style.css"):
        assert not re.search(r"(?:https?:)?//\w", _without_comments(EXAMPLE / name)), name
    policy = re.search(r'Content-Security-Policy" content="(.*?)"', _text("index.html"))
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; script-src 'self' 'wasm-unsafe-eval';")


def _text(name: str) -> str:
    return (EXAMPLE / name).read_text()


def _without_comments(path: Path) -> str:
    return re.sub(r"(?m)(^|\s)// .*$", "", path.read_text())

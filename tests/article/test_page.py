from __future__ import annotations

import copy
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from homespun.article.page import render

VOID = {"meta", "img", "link", "br"}


class Reader(HTMLParser):
    """Collects the pictures, links and words of a page, and checks that tags are closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.images: list[dict[str, str | None]] = []
        self.links: list[str] = []
        self.names: set[str] = set()
        self.words = ""
        self._open: list[str] = []
        self.feed(page)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag not in VOID:
            self._open.append(tag)
        if tag == "img":
            self.images.append(attributes)
        self.links += [str(attributes[key]) for key in ("href", "src") if key in attributes]
        if "id" in attributes:
            self.names.add(str(attributes["id"]))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture
def page(replayed: dict[str, Any]) -> Reader:
    return Reader((replayed["folder"] / "index.html").read_text(encoding="utf-8"))


def test_every_link_leads_to_a_file_beside_the_page(page: Reader, replayed: dict[str, Any]) -> None:
    assert page.links
    for link in page.links:
        if link.startswith("#"):
            assert link[1:] in page.names
        elif link != "data:,":  # the icon that browsers would ask for
            assert Path(link).name == link
            assert (replayed["folder"] / link).is_file()


def test_every_picture_is_shown_once_with_words_for_those_who_cannot_see_it(
    page: Reader, replayed: dict[str, Any]
) -> None:
    shown = [image["src"] for image in page.images]
    assert sorted(map(str, shown)) == sorted(replayed["results"]["pictures"])
    for image in page.images:
        assert len(str(image["alt"])) > 20


def test_it_shows_the_articles_figures_and_ours(page: Reader, replayed: dict[str, Any]) -> None:
    results = replayed["results"]
    for figure in ("50.13%", "49.83%", "92.13%", "87.03%", "0.86495488", "-1.77496016"):
        assert figure in page.words
    for run in ("run1", "run2", "mended"):
        for key in ("train", "test", "official"):
            assert f"{100 * results[run][key]:.2f}%" in page.words
    assert "1647.9" in page.words
    assert "Why run 1 has other digits" in page.words


def test_it_needs_nothing_from_elsewhere_and_knows_light_and_dark(
    replayed: dict[str, Any],
) -> None:
    source = (replayed["folder"] / "index.html").read_text(encoding="utf-8")
    assert "http" not in source
    assert "prefers-color-scheme: dark" in source
    assert "<script" not in source


def test_quick_is_said_at_the_top_and_only_then(replayed: dict[str, Any]) -> None:
    results = copy.deepcopy(replayed["results"])
    files = {name.removesuffix(".png"): name for name in results["pictures"]}
    assert "part of the data" in Reader(render(results, files, files)).words
    results["quick"] = False
    assert "part of the data" not in Reader(render(results, files, files)).words


def test_without_the_official_file_its_rows_are_left_out(replayed: dict[str, Any]) -> None:
    results = copy.deepcopy(replayed["results"])
    files = {name.removesuffix(".png"): name for name in results["pictures"]}
    for run in ("run1", "run2", "mended"):
        results[run]["official"] = None
    words = Reader(render(results, files, files)).words
    assert "Right on the official test file" not in words


def test_words_from_outside_cannot_become_tags(replayed: dict[str, Any]) -> None:
    results = replayed["results"]
    files = {name.removesuffix(".png"): name for name in results["pictures"]}
    alts = dict.fromkeys(files, '"><script>')
    assert "<script" not in render(results, files, alts)


def test_a_figure_that_is_missing_is_an_error_and_not_an_empty_cell(
    replayed: dict[str, Any],
) -> None:
    results = copy.deepcopy(replayed["results"])
    files = {name.removesuffix(".png"): name for name in results["pictures"]}
    del results["made_with"]
    with pytest.raises(UndefinedError):
        render(results, files, files)

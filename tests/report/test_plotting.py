from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import matplotlib

from homespun.report.plotting import new_figure, png, svg


def test_a_picture_names_no_version_and_no_time() -> None:
    figure = new_figure(2, 1)
    content = png(figure)
    assert png(figure) == content
    assert matplotlib.__version__.encode() not in content
    assert b"tIME" not in content
    assert b"Software" not in content


def test_an_svg_is_the_same_each_time_and_follows_the_readers_light() -> None:
    def content() -> bytes:
        figure = new_figure(2, 1)
        figure.subplots().plot([0, 1], [1, 0], color="#1565c0")
        return svg(figure)

    text = content().decode()
    assert content().decode() == text
    assert "prefers-color-scheme: dark" in text
    assert "stroke: var(--blue)" in text
    assert not re.search(r"(fill|stroke): #(000000|1565c0|ffffff)", text)
    assert matplotlib.__version__ not in text
    assert ET.fromstring(text).tag.endswith("svg")

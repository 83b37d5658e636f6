"""Renders "Coming from MLPClassifier" for those who click on a classifier in a notebook."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt

SOURCE = Path(__file__).with_name("coming-from-mlpclassifier.md")
PAGE = Path(__file__).parent.parent / "src/homespun/estimators/documentation.html"

_STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
pre, code { font-family: ui-monospace, monospace; font-size: 0.9em; }
pre { padding: 0.7rem; overflow-x: auto; border: 1px solid #8885; border-radius: 4px; }
table { border-collapse: collapse; }
th, td { padding: 0.3rem 0.6rem; border: 1px solid #8885; text-align: left; vertical-align: top; }
"""


def render() -> str:
    """Return the page as HTML; each heading can be linked to, as on sites that show Markdown."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(SOURCE.read_text(encoding="utf-8"))
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", inline.content.lower().replace(" ", "-"))
    body = markdown.renderer.render(tokens, markdown.options, {})
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f"<title>Coming from MLPClassifier</title>\n<style>{_STYLE}</style>\n"
        f"</head>\n<body>\n{body}</body>\n</html>\n"
    )


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")

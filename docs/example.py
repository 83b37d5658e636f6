"""Writes the notes of docs/report.md into the page of a real run: docs/example.html.

Usage: python docs/example.py RUN_FOLDER
"""

from __future__ import annotations

import re
import sys
from html import escape
from pathlib import Path

GUIDE = Path(__file__).with_name("report.md")
EXAMPLE = Path(__file__).with_name("example.html")

_STYLE = """
.guide { border-left: .3rem solid var(--link); padding-left: 1rem; margin: 1rem 0; }
.guide p { margin: .3rem 0; }
"""


def notes(guide: str) -> dict[str, str]:
    """Return the text under each heading of the guide's "Part by part", by heading."""
    parts = guide.split("## Part by part\n")[1].split("\n## ")[0].split("\n### ")[1:]
    titled = (part.split("\n", 1) for part in parts)
    return {title: text.strip().split("\n\n")[0] for title, text in titled}


def annotate(page: str, texts: dict[str, str]) -> str:
    """Return the page with a note under the heading of each part.

    Raises:
        ValueError: a note has no part on the page, or a part has no note.
    """
    places = {text: place for place, text in re.findall(r'<a href="#(\w+)">([^<]+)</a>', page)}
    if places.keys() != texts.keys():
        raise ValueError(f"parts without note or page: {sorted(places.keys() ^ texts.keys())}")
    for title, text in texts.items():
        words = re.sub(
            r"`([^`]+)`", r"<code>\1</code>", escape(" ".join(text.split()), quote=False)
        )
        note = f'\n<aside class="guide" aria-label="How to read this part"><p>{words}</p></aside>'
        heading = rf'(<h2 id="{places[title]}">.*?</h2>)'
        page = re.sub(heading, lambda found, note=note: found[0] + note, page, count=1)
    return page.replace("</style>", _STYLE + "</style>", 1)


def main() -> None:
    """Write the example from the run whose folder is named."""
    page = Path(sys.argv[1], "report.html").read_text(encoding="utf-8")
    EXAMPLE.write_text(annotate(page, notes(GUIDE.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()

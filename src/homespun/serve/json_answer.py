"""JSON with every digit of a number, so that an answer is the same here as in Python."""

from __future__ import annotations

import json
from typing import Any

from fastapi import Response


class JsonAnswer(Response):
    """An answer in JSON: numbers as `repr` writes them, and no NaN."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Return the text as bytes; half of a surrogate pair, as odd names hold, is escaped."""
        return json.dumps(content, allow_nan=False, separators=(",", ":")).encode()

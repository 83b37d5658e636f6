"""`/docs`: the API for people, written from its description (OpenAPI) without any outside help."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response

from homespun.serve.codes import CODES

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>homespun: the API</title>
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/style.css">
<link rel="stylesheet" href="/static/docs.css">
</head>
<body>
<header><nav aria-label="Pages"><a class="mark" href="/">homespun</a></nav></header>
<main>
{content}
</main>
</body>
</html>
"""

_CURL = """curl --data-binary @photo.jpg -H 'Content-Type: image/jpeg' {base}api/predict
curl -F picture=@one.jpg -F picture=@two.png '{base}api/predict?explain=true'
curl -F picture=@photo.jpg -F label=Coat {base}api/corrections"""

_PYTHON = """import json, urllib.request

with open("photo.jpg", "rb") as file:
    request = urllib.request.Request("{base}api/predict", file.read())
request.add_header("Content-Type", "image/jpeg")
with urllib.request.urlopen(request) as response:
    answer = json.load(response)["answers"][0]
print(answer["label"], answer["probability"], answer["trust"])"""


def docs_router(app: FastAPI) -> APIRouter:
    """Return the route of the page; what it says is what `app` describes as `/openapi.json`."""
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    async def docs(request: Request) -> Response:
        page = render(app.openapi(), str(request.base_url))
        return Response(page, media_type="text/html")

    return router


def render(api: Mapping[str, Any], base: str) -> str:
    """Return the page.

    Args:
        api: the description, as OpenAPI has it.
        base: the address of the server, for the examples.
    """
    content = "\n".join(
        (
            f"<h1>The API of homespun {escape(api['info']['version'])}</h1>",
            *(f"<p>{_inline(part)}</p>" for part in api["info"]["description"].split("\n\n")),
            '<p>The same for programs: <a href="/openapi.json">openapi.json</a>.</p>',
            f"<h2>With curl</h2>{_code(_CURL.format(base=base))}",
            f"<h2>With Python</h2>{_code(_PYTHON.format(base=base))}",
            *_operations(api),
            "<h2>Problems</h2>",
            "<dl>",
            *(f'<dt id="{code}"><code>{code}</code></dt><dd>{_inline(words)}</dd>'
              for code, words in CODES.items()),
            "</dl>",
        )
    )  # fmt: skip
    return _PAGE.format(content=content)


def _operations(api: Mapping[str, Any]) -> Iterator[str]:
    for path, methods in api["paths"].items():
        for method, operation in methods.items():
            yield f"<section><h2><code>{method.upper()} {escape(path)}</code></h2>"
            yield f"<p>{_inline(operation.get('summary', ''))}</p>"
            if description := operation.get("description"):
                yield f"<p>{_inline(description)}</p>"
            yield from _parameters(operation.get("parameters", ()))
            yield from _body(operation.get("requestBody"))
            yield from _responses(api, operation["responses"])
            yield "</section>"


def _parameters(parameters: Any) -> Iterator[str]:
    if not parameters:
        return
    yield "<dl>"
    for one in parameters:
        where = f"<code>{escape(one['name'])}</code> ({escape(one['in'])})"
        yield f"<dt>{where}</dt><dd>{_inline(one.get('description', ''))}</dd>"
    yield "</dl>"


def _body(body: Mapping[str, Any] | None) -> Iterator[str]:
    if body is not None:
        kinds = ", ".join(f"<code>{escape(kind)}</code>" for kind in body["content"])
        yield f"<p>Body: {kinds}. {_inline(body.get('description', ''))}</p>"


def _responses(api: Mapping[str, Any], responses: Mapping[str, Any]) -> Iterator[str]:
    refused = [status for status in responses if not status.startswith("2")]
    for status, response in responses.items():
        if status in refused:
            continue
        for kind, content in response.get("content", {}).items():
            example = _example(api, content.get("schema", {}))
            shown = "" if example is None else _code(json.dumps(example, indent=2))
            yield f"<p>{status}: <code>{escape(kind)}</code></p>{shown}"
    if refused:
        yield f"<p>Or a problem: {', '.join(refused)}.</p>"


def _example(api: Mapping[str, Any], schema: Mapping[str, Any]) -> Any:
    """Return an example of what the schema describes; None where it says too little."""
    if "$ref" in schema:
        schema = api["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if schema.get("examples"):
        return schema["examples"][0]
    if "example" in schema:
        return schema["example"]
    if schema.get("type") == "array":
        return [_example(api, schema["items"])]
    if schema.get("type") == "object":
        return {
            name: _example(api, part)
            for name, part in schema.get("properties", {}).items()
            if _example(api, part) is not None
        } or None
    return None


def _code(text: str) -> str:
    return f'<pre tabindex="0"><code>{escape(text)}</code></pre>'


def _inline(text: str) -> str:
    """Return the text as HTML, with what stands between backticks as code."""
    parts = escape(" ".join(text.split())).split("`")
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))

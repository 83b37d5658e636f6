"""Who may be asked under which name: no page of another site reaches this server.

A browser lets any site send requests to any address, and lets a site's name point to the reader's
own machine (DNS rebinding). So each request must name this server in Host, and one that a page
sent must come from a page of this server (Origin).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from homespun.serve.problems import Problem

_PORTS = {"http": 80, "https": 443}


class KnownHosts:
    """ASGI middleware: answers 403 to a foreign Host or Origin, whatever the method.

    Args:
        app: what is behind it.
        allowed: names of this server, without ports.
    """

    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        self._app = app
        self._allowed = frozenset(map(_tidy, allowed))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if it is meant for this server.

        Raises:
            Problem: it is not.
        """
        if scope["type"] == "http":
            headers = Headers(scope=scope)
            self._check(headers.getlist("host"), headers.getlist("origin"))
        await self._app(scope, receive, send)

    def _check(self, hosts: Sequence[str], origins: Sequence[str]) -> None:
        host = _parts(f"//{hosts[0]}") if len(hosts) == 1 else None
        if host is None or host[0] not in self._allowed:
            raise _foreign("host", "the request is for another server's name")
        for origin in origins:
            scheme = urlsplit(origin).scheme if "://" in origin else ""
            there = _parts(origin)
            usual = _PORTS.get(scheme)
            if there is None or usual is None:
                raise _foreign("origin", "the request comes from no page of this server")
            if (there[0], there[1] or usual) != (host[0], host[1] or usual):
                raise _foreign("origin", "the request comes from a page of another server")


def _foreign(what: str, detail: str) -> Problem:
    return Problem(
        HTTPStatus.FORBIDDEN,
        f"foreign-{what}",
        detail,
        "use the address that homespun serve printed; --allow-host NAME allows another name",
    )


def _parts(address: str) -> tuple[str, int | None] | None:
    """Return name and port of an address; None where it is none."""
    try:
        parts = urlsplit(address)
        name, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not name or parts.path or parts.query or parts.fragment or "@" in parts.netloc:
        return None
    return _tidy(name), port


def _tidy(name: str) -> str:
    """Return a name or address in its one spelling."""
    name = name.strip("[]").rstrip(".").lower()
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        return name

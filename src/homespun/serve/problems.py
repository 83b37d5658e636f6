"""What is answered when something is wrong: one shape for all, with a lasting code (RFC 9457)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"

_CODES = {
    HTTPStatus.BAD_REQUEST: "bad-request",
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method-not-allowed",
}
_DETAILS = {
    HTTPStatus.NOT_FOUND: "there is nothing at this address",
    HTTPStatus.METHOD_NOT_ALLOWED: "this address is not asked in this way",
}
_TO_DO = {
    HTTPStatus.BAD_REQUEST: "send a request as /docs describes it",
    HTTPStatus.NOT_FOUND: "/docs lists the addresses that there are",
    HTTPStatus.METHOD_NOT_ALLOWED: "use a method that the header Allow names",
}


class Problem(HTTPException):
    """Something wrong with a request, as its sender is told.

    It is an HTTPException so that FastAPI lets it pass while it reads a body.

    Attributes:
        status: the answer's HTTP status.
        code: a short name that programs may rely on.
        detail: what is wrong, in words.
        what_to_do: how to get further.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        what_to_do: str,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail, headers)
        self.code = code
        self.what_to_do = what_to_do

    @property
    def status(self) -> int:
        """The answer's HTTP status."""
        return self.status_code

    def to_json(self) -> dict[str, Any]:
        """Return the members of RFC 9457, section 3.1, and two of our own."""
        return {
            "type": f"/docs#{self.code}",
            "title": HTTPStatus(self.status_code).phrase,
            "status": self.status_code,
            "detail": self.detail,
            "code": self.code,
            "what_to_do": self.what_to_do,
        }

    def response(self) -> Response:
        """Return what is answered."""
        content = json.dumps(self.to_json()).encode()
        return Response(content, self.status_code, self.headers, media_type=MEDIA_TYPE)


def broken() -> Problem:
    """Return what is said when the server itself is at fault; nothing of the inside is told."""
    return Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal",
        "the server failed at this request",
        "try again; if it stays, the server's log says why",
    )


def answer_problems(app: FastAPI) -> None:
    """Let every error of the application be answered as a problem."""

    @app.exception_handler(HTTPException)
    async def of_http(request: Request, error: HTTPException) -> Response:
        return as_problem(error).response()

    @app.exception_handler(RequestValidationError)
    async def of_validation(request: Request, error: RequestValidationError) -> Response:
        return _of_wrong_values(error).response()


def as_problem(error: HTTPException) -> Problem:
    """Return the problem that an error of the framework means."""
    if isinstance(error, Problem):
        return error
    status = HTTPStatus(error.status_code)
    code = _CODES.get(status, status.phrase.lower().replace(" ", "-"))
    to_do = _TO_DO.get(status, "/docs says how this server is asked")
    return Problem(status, code, _DETAILS.get(status, str(error.detail)), to_do, error.headers)


def _of_wrong_values(error: RequestValidationError) -> Problem:
    """Return what is wrong with the first value, without repeating the value."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"])
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "wrong-value",
        f"{where}: {first['msg']}",
        "send a request as /docs describes it",
    )

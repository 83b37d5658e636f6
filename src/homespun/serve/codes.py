"""The codes of problems, and what each means: programs may rely on them, so they stay."""

from __future__ import annotations

CODES = {
    "bad-form": "400: the body says that it is a form, and cannot be read as one.",
    "bad-request": "400: the request is no HTTP/1.1, or its body is not what it says.",
    "corrections-off": "403: the server was started without --corrections.",
    "corrections-full": "507: the folder of corrections is full, or cannot be written.",
    "damaged-picture": "422: the bytes begin like a picture, and are corrupt or cut off.",
    "empty-picture": "422: a picture of no bytes.",
    "foreign-host": "403: Host names a server that this one is not.",
    "foreign-origin": "403: Origin is a page of another server.",
    "internal": "500: the server is at fault; its log says why.",
    "method-not-allowed": "405: the header Allow names the methods of this address.",
    "no-picture": "422: the form has no file called picture.",
    "no-report": "404: the run has no page yet.",
    "not-found": "404: there is no such address.",
    "overloaded": "503: too much waits; Retry-After says in how many seconds to come again.",
    "runs-off": "404: the server was started without --runs.",
    "too-large": "413: the body has more bytes than are taken.",
    "too-many-pixels": "422: the picture has more than 50 megapixels.",
    "too-slow": "408: the head or the body of the request did not come in time.",
    "unknown-body": "415: the body's type is neither a picture's nor a form's.",
    "unknown-example": "404: there is no example of this name.",
    "unknown-format": "415: the bytes are of no format that is read, whatever they are called.",
    "unknown-label": "422: the model has no such class.",
    "unknown-run": "404: there is no such run, or its files are damaged.",
    "unknown-step": "422: the preparation has no such step to switch off.",
    "wrong-value": "422: a part of the address is not of its type; the detail names it.",
}

"""A server that really runs, and clients that lie, dawdle, crowd and cut off."""

from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from homespun.errors import SettingError
from homespun.serve.server import address_of, listen

Process = Any


def connect(process: Process) -> socket.socket:
    connection = socket.create_connection(process.place)
    connection.settimeout(300)
    return connection


def head(*lines: str, method: str = "POST", path: str = "/api/predict") -> bytes:
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: localhost", *lines, "", "")).encode()


def rest(connection: socket.socket) -> bytes:
    """All that still comes, until the server cuts the connection."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def code(answer: bytes, status: int) -> str:
    first, _, body = answer.partition(b"\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 %d " % status), answer
    assert b"application/problem+json" in first
    assert b"content-security-policy" in first.lower()
    told: str = json.loads(body)["code"]
    return told


@pytest.mark.parametrize("sent", [b"G", b"GET / HTTP/1.1\r\nHost: localhost\r\nX: "])
def test_a_head_that_does_not_come_is_cut_off(impatient: Process, sent: bytes) -> None:
    with connect(impatient) as connection:
        connection.sendall(sent)
        assert code(rest(connection), 408) == "too-slow"


def test_a_connection_that_nothing_comes_over_is_closed_without_a_word(impatient: Process) -> None:
    with connect(impatient) as connection:
        assert rest(connection) == b""


def test_a_head_that_drips_is_cut_off_as_well(impatient: Process) -> None:
    with connect(impatient) as connection:
        connection.settimeout(0.1)
        for byte in b"GET / HTTP/1.1\r\nX: " + b"y" * 10_000:
            try:
                connection.sendall(bytes([byte]))
                answer = connection.recv(65536)
            except TimeoutError:
                continue
            except (BrokenPipeError, ConnectionResetError):
                break
            connection.settimeout(300)
            assert code(answer + rest(connection), 408) == "too-slow"
            break
        else:
            pytest.fail("it took all of it")


def test_the_next_head_on_a_connection_has_a_deadline_too(impatient: Process) -> None:
    with connect(impatient) as connection:
        connection.sendall(head(method="GET", path="/api/examples"))
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        connection.sendall(b"GET /api/ex")
        answer = rest(connection)
    assert code(answer[answer.index(b"HTTP/1.1 408") :], 408) == "too-slow"


def test_a_body_that_is_shorter_than_it_says_is_cut_off(impatient: Process) -> None:
    with connect(impatient) as connection:
        connection.sendall(head("Content-Length: 100") + b"a")
        assert code(rest(connection), 408) == "too-slow"


def test_a_body_that_says_that_it_is_too_large_is_refused_unread(impatient: Process) -> None:
    with connect(impatient) as connection:
        connection.sendall(head("Content-Length: 100001", "Expect: 100-continue"))
        assert code(rest(connection), 413) == "too-large"


def test_a_body_without_end_is_cut_off_at_the_limit(impatient: Process) -> None:
    chunk = b"8000\r\n" + b"a" * 0x8000 + b"\r\n"
    with connect(impatient) as connection:
        connection.sendall(head("Transfer-Encoding: chunked"))
        n_sent = 0
        try:
            while n_sent < 2**30:
                connection.sendall(chunk)
                n_sent += len(chunk)
        except (BrokenPipeError, ConnectionResetError):
            pass
        assert n_sent < 2**26  # what the system's own buffers hold, and no more
        answer = rest(connection)
    assert not answer or code(answer, 413) == "too-large"


def test_clients_that_know_http_see_why_their_body_was_refused(impatient: Process) -> None:
    def endless() -> Any:
        while True:
            yield b"a" * 5000

    response = httpx.post(f"{impatient.address}api/predict", content=endless(), timeout=300)
    assert (response.status_code, response.json()["code"]) == (413, "too-large")


def test_refused_requests_leave_no_body_to_be_read(impatient: Process) -> None:
    """Whoever is told 404 or 403 cannot go on sending for ever either."""
    for lines in (("Content-Length: 99999",), ("Content-Length: 99999", "Origin: http://evil")):
        with connect(impatient) as connection:
            connection.sendall(head(*lines, path="/nowhere") + b"a")
            assert code(rest(connection), 403 if len(lines) > 1 else 404)


@pytest.mark.parametrize(
    "sent", [b"\x16\x03\x01\x02\0", b"hello\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"]
)
def test_what_is_no_http_is_told_so(impatient: Process, sent: bytes) -> None:
    with connect(impatient) as connection:
        connection.sendall(sent + b"\r\n\r\n")
        assert code(rest(connection), 400) == "bad-request"


def test_a_head_that_is_too_large_is_told_so(impatient: Process) -> None:
    with connect(impatient) as connection:
        connection.sendall(head(*[f"X-{n}: {'y' * 1000}" for n in range(200)], method="GET"))
        assert code(rest(connection), 400) == "bad-request"


def test_good_clients_are_answered_while_others_dawdle(impatient: Process, bag: bytes) -> None:
    dawdling = [connect(impatient) for _ in range(50)]
    for connection in dawdling:
        connection.sendall(b"POST /api/predict HTTP/1.1\r\n")
    response = httpx.post(f"{impatient.address}api/predict", content=bag, timeout=300)
    assert response.json()["answers"][0]["label"] == "Bag"
    for connection in dawdling:
        assert code(rest(connection), 408) == "too-slow"
        connection.close()


def test_a_crowd_gets_answers_or_is_asked_to_come_again(process: Any, bag: bytes) -> None:
    with process(queue=2) as crowded, ThreadPoolExecutor(12) as clients:

        def ask(_: int) -> httpx.Response:
            return httpx.post(f"{crowded.address}api/predict", content=bag, timeout=300)

        responses = list(clients.map(ask, range(12)))
        statuses = {response.status_code for response in responses}
        assert statuses <= {200, 503}
        assert 200 in statuses
        for response in responses:
            if response.status_code == 503:
                assert response.headers["retry-after"] == "1"
            else:
                assert response.json()["answers"][0]["label"] == "Bag"


def test_sigterm_answers_what_is_under_way_and_then_ends(process: Any, bag: bytes) -> None:
    with process() as server:
        with connect(server) as connection, ThreadPoolExecutor() as other:
            lines = (f"Content-Length: {len(bag)}", "Expect: 100-continue")
            connection.sendall(head(*lines))
            assert connection.recv(100).startswith(b"HTTP/1.1 100")  # the server wants the body
            ended = other.submit(server.terminate)
            refused = False
            while not refused:  # until it takes no new ones
                try:
                    connect(server).close()
                except ConnectionError:  # refused; or reset, where it ended just then
                    refused = True
            connection.sendall(bag)
            answer = rest(connection)
            status, err = ended.result()
        assert answer.startswith(b"HTTP/1.1 200")
        assert b'"label":"Bag"' in answer
        assert status == 0
        assert "Traceback" not in err


def test_a_request_that_crosses_with_the_end_is_answered(process: Any) -> None:
    """On a connection that waits for its next request, which its client sends just then."""
    with process() as server, connect(server) as connection, ThreadPoolExecutor() as other:
        request = head(method="GET", path="/api/examples")
        connection.sendall(request)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        ended = other.submit(server.terminate)
        connection.sendall(request)
        answer = rest(connection)
        assert ended.result()[0] == 0
    assert b"HTTP/1.1 200" in answer


def test_a_port_in_use_and_a_foreign_address_are_one_line() -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        for host, number in (("127.0.0.1", port), ("192.0.2.1", 0), ("no.such.host.invalid", 0)):
            with pytest.raises(
                SettingError, match=f"cannot listen at {host}, port {number}"
            ) as said:
                listen(host, number)
            assert "\n" not in str(said.value)


def test_the_address_is_one_that_a_browser_can_open() -> None:
    with listen("0.0.0.0", 0) as everywhere:
        assert address_of(everywhere) == f"http://127.0.0.1:{everywhere.getsockname()[1]}/"
    with listen("localhost", 0) as local:
        assert address_of(local).startswith("http://127.0.0.1:") or "[::1]" in address_of(local)


def test_the_end_of_an_answer_does_not_wait_for_an_acknowledgement() -> None:
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        connection, _ = listening.accept()
        with connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

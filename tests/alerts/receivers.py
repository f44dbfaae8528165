"""Receivers for tests: real HTTP servers that answer each request as the test says."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = Callable[[BaseHTTPRequestHandler, int], None]


def reply(status: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler, _number: int) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name.replace("_", "-"), value)
        request.send_header("content-length", str(len(body)))
        request.end_headers()
        request.wfile.write(body)

    return answer


def half(status: int) -> Answer:
    """Promises a body, sends a part of it and hangs up."""

    def answer(request: BaseHTTPRequestHandler, _number: int) -> None:
        request.wfile.write(f"HTTP/1.1 {status} X\r\ncontent-length: 100\r\n\r\nhalf".encode())
        request.close_connection = True

    return answer


def hang_up(request: BaseHTTPRequestHandler, _number: int) -> None:
    request.close_connection = True


def stall(request: BaseHTTPRequestHandler, _number: int) -> None:
    """Takes the request and says nothing until the test is over."""
    request.server.release.wait(20)  # type: ignore[attr-defined]


def drip(request: BaseHTTPRequestHandler, _number: int) -> None:
    """A byte of the status line now and then, each well within a read's timeout."""
    for byte in b"HTTP/1.1 200 " + b"x" * 200:
        request.wfile.write(bytes([byte]))
        request.wfile.flush()
        if request.server.release.wait(0.05):  # type: ignore[attr-defined]
            return


class Scripted(ThreadingHTTPServer):
    """Answers the first request with the first answer and so on, the last one for ever. Keeps what it got."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, *answers: Answer) -> None:
        self.got: list[dict[str, str]] = []
        self.bodies: list[bytes] = []
        self.release = threading.Event()
        script = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                script.bodies.append(self.rfile.read(int(self.headers["content-length"])))
                script.got.append({name.lower(): value for name, value in self.headers.items()})
                answers[min(len(script.got), len(answers)) - 1](self, len(script.got))

            def log_message(self, format: str, *args: object) -> None: ...

        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/canary-path"

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers in self.got]

    def handle_error(self, request: object, client_address: object) -> None: ...


@contextmanager
def scripted(*answers: Answer) -> Iterator[Scripted]:
    server = Scripted(*answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.release.set()
        server.shutdown()
        server.server_close()
        thread.join()

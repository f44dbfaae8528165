"""One HTTP connection to one endpoint: to the address that was checked, and never for longer than was said.

It is made of the standard library's client, because the usual ones write addresses into logs.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from urllib.parse import quote

import certifi

from alerts.delivery.guard import DEFAULT_PORTS, Reach, Resolve, check_url, checked_addresses, look_up, port_of
from alerts.errors import EndpointInvalid, NoAnswer

START = 2048  # bytes of an answer that are looked at
Connect = Callable[[tuple[str, int], float], socket.socket]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a receiver said: the status, its headers by lower-case name, and the beginning of the body."""

    status: int
    headers: Mapping[str, str]
    start: bytes


@dataclass(frozen=True, slots=True)
class Net:
    """How names are looked up and connections made. Tests bring their own world."""

    resolve: Resolve = look_up
    connect: Connect = socket.create_connection
    trust: str | None = None  # a file of certificates to believe besides the usual ones


class Wire:
    """Posts to one address. The connection is kept between posts, and with it the address that was checked."""

    def __init__(self, url: str, reach: Reach, net: Net) -> None:
        parts = check_url(url)
        self._host, self._port = str(parts.hostname), port_of(parts)
        self._reach, self._net = reach, net
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._path = quote(path, safe="/%:=&?~#+!$,;'@()*[]")
        self._tls = _context(net.trust) if parts.scheme == "https" else None
        self._connection = _Dialled(self._host, self._port, self._dial, DEFAULT_PORTS[parts.scheme])
        self._line: socket.socket | None = None  # a second handle of the connection, to hang up by
        self._ends = 0.0
        self._late = False

    def post(self, body: bytes, headers: Mapping[str, str], seconds: float) -> Answer:
        """Send; whatever takes longer than `seconds` in all, connecting included, is cut off."""
        with self._cut_off(seconds):
            try:
                self._connection.request("POST", self._path, body, dict(headers))
                response = self._connection.getresponse()
            except EndpointInvalid as refused:
                raise NoAnswer(str(refused)) from refused.__cause__
            except (HTTPException, OSError, ValueError) as error:
                self.close()
                # the socket's own limit may be reached before ours
                late = self._late or isinstance(error, TimeoutError)
                raise NoAnswer("no answer in time" if late else f"no answer ({type(error).__name__})") from error
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, self._beginning(response))

    def close(self) -> None:
        self._connection.close()
        self._forget_line()

    def _beginning(self, response: HTTPResponse) -> bytes:
        """One read, so that a dripping receiver cannot hold us. Only a connection read to its end is kept."""
        promised, start = response.length, b""
        with suppress(HTTPException, OSError, ValueError):
            start = b"" if promised == 0 else response.read1(START)
        response.close()
        if promised is None or promised != len(start) or response.status < 200:  # after a 1xx the real answer follows
            self.close()
        return start

    def _dial(self) -> socket.socket:
        """Look up, check, and connect to what was checked: no second look-up in between."""
        addresses = checked_addresses(self._host, self._port, self._reach, self._net.resolve, self._left())
        failed: OSError | None = None
        for address in addresses:
            try:
                connected = self._net.connect((address, self._port), self._left())
            except OSError as error:
                failed = error
            else:
                self._hold(connected)
                return connected if self._tls is None else self._tls.wrap_socket(connected, server_hostname=self._host)
        raise failed or OSError("no address")

    def _left(self) -> float:
        return max(self._ends - time.monotonic(), 0.001)

    def _hold(self, connected: socket.socket) -> None:
        """TLS will take the handle away from us, so keep a second one."""
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._forget_line()
        self._line = connected.dup()

    def _forget_line(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.close()

    @contextmanager
    def _cut_off(self, seconds: float) -> Iterator[None]:
        """Timeouts of a socket are for one read each; a receiver that drips would never meet one."""
        self._late, self._ends = False, time.monotonic() + seconds
        timer = threading.Timer(seconds, self._hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _hang_up(self) -> None:
        self._late = True
        if (line := self._line) is not None:
            with suppress(OSError):  # it was closed already
                line.shutdown(socket.SHUT_RDWR)


class _Dialled(HTTPConnection):
    """Connects the way it is told. The Host header stays that of the URL."""

    def __init__(self, host: str, port: int, dial: Callable[[], socket.socket], usual: int) -> None:
        super().__init__(host, port)
        self.default_port = usual
        self._dial = dial

    def connect(self) -> None:
        self.sock = self._dial()


def _context(trust: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    if trust:
        context.load_verify_locations(trust)
    return context

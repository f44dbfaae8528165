"""Which addresses a webhook may go to. Whoever can name an endpoint must not reach our own network through us.

Names are looked up and every address is checked, and the connection goes to exactly the address that was checked
(alerts/delivery/wire.py), so a name that changes its answer gains nothing. Redirects are never followed.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from alerts.errors import EndpointInvalid, HostUnknown

Address = IPv4Address | IPv6Address
Resolve = Callable[[str, int], Sequence[str]]

WEB_PORTS = frozenset({80, 443})
FIRST_FREE_PORT = 1024  # below it live mail, shells, directories: servers that may act on a stray line
DEFAULT_PORTS = {"http": 80, "https": 443}
_PLATFORM = frozenset({IPv4Address("168.63.129.16")})  # public by number, but inside every Azure machine
_ORDINARY = IPv6Network("2000::/3")  # all that is routed in the world
_LAST_FOUR = tuple(IPv6Network(n) for n in ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96"))
_LOCAL_NAT64 = IPv6Network("64:ff9b:1::/48")
_6TO4, _TEREDO = IPv6Network("2002::/16"), IPv6Network("2001::/32")
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})
_UNROUTED = tuple(IPv4Network(n) for n in ("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.88.99.0/24"))
_UNROUTED_6 = tuple(IPv6Network(n) for n in ("2001::/23", "2001:db8::/32", "3fff::/20"))


@dataclass(frozen=True, slots=True)
class Reach:
    """Which inner addresses may be reached all the same. Link-local ones, where clouds keep keys, never."""

    loopback: bool = False
    private: bool = False  # loopback included


def check_url(url: str) -> SplitResult:
    """The parts of a usable address.

    >>> check_url("https://example.org/hook").hostname
    'example.org'
    >>> check_url("file:///etc/passwd")
    Traceback (most recent call last):
    alerts.errors.EndpointInvalid: a webhook address must be http(s)://host/…: correct it
    >>> check_url("https://user:word@example.org/")
    Traceback (most recent call last):
    alerts.errors.EndpointInvalid: a webhook address must not carry a user or password: leave them out
    >>> check_url("http://example.org:25/")
    Traceback (most recent call last):
    alerts.errors.EndpointInvalid: port 25 is not for webhooks: use 443, 80, or one from 1024 on
    """
    try:
        parts = urlsplit(url)
        port = port_of(parts) if parts.scheme in DEFAULT_PORTS and parts.hostname else 0
    except ValueError:
        port = 0
    if not port or any(c.isspace() or not c.isprintable() for c in url):
        raise EndpointInvalid("a webhook address must be http(s)://host/…: correct it")
    if "@" in parts.netloc:
        raise EndpointInvalid("a webhook address must not carry a user or password: leave them out")
    if port not in WEB_PORTS and port < FIRST_FREE_PORT:
        raise EndpointInvalid(f"port {port} is not for webhooks: use 443, 80, or one from {FIRST_FREE_PORT} on")
    return parts


def port_of(parts: SplitResult) -> int:
    return DEFAULT_PORTS[parts.scheme] if parts.port is None else parts.port


def host_of(parts: SplitResult) -> str:
    """Host and port, the only part of an address that may be shown."""
    return parts.netloc.rpartition("@")[2]


def check_address(address: str, reach: Reach) -> None:
    """Refuse an address that is not out in the world, however it is dressed up.

    >>> check_address("93.184.216.34", Reach())
    >>> check_address("::ffff:127.0.0.1", Reach())
    Traceback (most recent call last):
    alerts.errors.EndpointInvalid: the webhook address leads inward (127.0.0.1 is loopback): use one that is \
reachable from outside, or set TIDELINE_ALLOW_PRIVATE_ENDPOINTS=true
    """
    found = _innermost(ip_address(address.partition("%")[0]))
    kind = _kind(found)
    if kind is None or (kind == "loopback" and (reach.loopback or reach.private)):
        return
    if kind == "private" and reach.private:
        return
    advice = "" if kind == "reserved" else ", or set TIDELINE_ALLOW_PRIVATE_ENDPOINTS=true"
    raise EndpointInvalid(
        f"the webhook address leads inward ({found} is {kind}): use one that is reachable from outside{advice}"
    )


def _kind(found: Address) -> str | None:
    """What keeps an address from being reached: None for nothing."""
    if found.is_loopback:
        return "loopback"
    if found.is_link_local or found.is_multicast or found.is_unspecified or found in _PLATFORM:
        return "reserved"
    if isinstance(found, IPv4Address):
        if any(found in network for network in _UNROUTED):
            return "private" if found in _UNROUTED[1] else "reserved"
        return _private(found) if found.is_private else ("reserved" if found.is_reserved else None)
    if found not in _ORDINARY:
        return _private(found)
    return "reserved" if any(found in network for network in _UNROUTED_6) else None


def _private(found: Address) -> str:
    inner = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
    if isinstance(found, IPv6Address):
        return "private" if found in IPv6Network("fc00::/7") else "reserved"
    return "private" if any(found in IPv4Network(network) for network in inner) else "reserved"


def _innermost(found: Address) -> Address:
    """The IPv4 address that an IPv6 one carries, if it carries one: NAT64, 6to4, Teredo, ISATAP, mapped."""
    if isinstance(found, IPv4Address) or found.is_loopback or found.is_unspecified:
        return found
    bits = int(found)
    if any(found in network for network in _LAST_FOUR) or (bits >> 32) & 0xFFFFFFFF in _ISATAP:
        return IPv4Address(bits & 0xFFFFFFFF)
    if found in _6TO4:
        return IPv4Address((bits >> 80) & 0xFFFFFFFF)
    if found in _TEREDO:
        return IPv4Address(~bits & 0xFFFFFFFF)
    return IPv4Address(bits & 0xFFFFFFFF) if found in _LOCAL_NAT64 else found


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def checked_addresses(host: str, port: int, reach: Reach, resolve: Resolve, seconds: float = 15.0) -> list[str]:
    """All addresses of a host, each of them allowed: one that leads inward spoils the rest."""
    addresses = _within(seconds, host, port, resolve)
    for address in addresses:
        check_address(address, reach)
    return addresses


def _within(seconds: float, host: str, port: int, resolve: Resolve) -> list[str]:
    """Look up, but not for ever: the system's resolver has no time limit of its own."""
    found: list[str] = []
    wrong: list[Exception] = []

    def ask() -> None:
        try:
            found.extend(resolve(host, port))
        except (OSError, UnicodeError) as error:
            wrong.append(error)

    thread = threading.Thread(target=ask, daemon=True, name="look-up")
    thread.start()
    thread.join(seconds)
    if not found:
        raise HostUnknown("the host of the webhook address cannot be found: correct its name, or try again") from next(
            iter(wrong), None
        )
    return found

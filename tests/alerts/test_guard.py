"""A webhook must not become a way into our own network, by whatever name it is called."""

import socket
import ssl
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.guard import Reach, check_address, check_url, checked_addresses
from alerts.delivery.wire import Net, Wire
from alerts.errors import EndpointInvalid, NoAnswer
from tests.alerts.receivers import Scripted, reply, scripted

WORLD = "93.184.216.34"
INWARD = [
    "127.0.0.1", "127.255.255.254", "::1", "0.0.0.0", "::", "10.1.2.3", "172.16.0.1", "172.31.255.255",
    "192.168.0.1", "169.254.169.254", "100.64.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192",
    "198.18.0.1", "192.0.2.1", "203.0.113.7", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "fec0::1", "2001:db8::1", "100::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::10.0.0.1", "2002:7f00:1::", "2002:a9fe:a9fe::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2a00:1450::5efe:127.0.0.1", "2a00:1450::200:5efe:10.0.0.1",
]  # fmt: skip
OUTWARD = [WORLD, "8.8.8.8", "2606:4700::6810:84e5", "64:ff9b::93.184.216.34", "2002:5db8:d822::1"]


@pytest.mark.parametrize("address", INWARD)
def test_an_address_that_leads_inward_is_refused(address: str) -> None:
    with pytest.raises(EndpointInvalid, match="leads inward"):
        check_address(address, Reach())


@pytest.mark.parametrize("address", OUTWARD)
def test_an_address_out_in_the_world_is_taken(address: str) -> None:
    check_address(address, Reach())


def test_a_setting_lets_private_addresses_in_and_a_demo_loopback_alone() -> None:
    for address in ("127.0.0.1", "::1", "10.1.2.3", "fd00::1", "100.64.0.1"):
        check_address(address, Reach(private=True))
    check_address("127.0.0.1", Reach(loopback=True))
    with pytest.raises(EndpointInvalid):
        check_address("10.1.2.3", Reach(loopback=True))
    for address in ("169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0", "168.63.129.16", "::ffff:169.254.169.254"):
        with pytest.raises(EndpointInvalid):
            check_address(address, Reach(private=True))


@given(st.ip_addresses())
def test_nothing_that_python_calls_inner_is_ever_taken(address: object) -> None:
    found = ip_address(str(address))
    if found.is_private or found.is_loopback or found.is_link_local or found.is_multicast or found.is_unspecified:
        with pytest.raises(EndpointInvalid):
            check_address(str(found), Reach())


@pytest.mark.parametrize(
    "url",
    [
        "", "x", "ftp://x/", "file:///etc/passwd", "gopher://x/", "http://", "http:///x", "http://[", "http://h:99999/",
        "http://h:0/", "http://user:word@example.org/", "http://user@example.org/", "http://example.org:22/",
        "https://example.org:25/", "http://exa mple.org/", "http://example.org/\r\nHost: inner", "javascript:alert(1)",
        "http://example.org\\@127.0.0.1:25/",
    ],
)  # fmt: skip
def test_an_address_that_is_no_plain_web_address_is_refused(url: str) -> None:
    with pytest.raises(EndpointInvalid):
        check_url(url)


def test_one_inner_address_among_outer_ones_spoils_them_all() -> None:
    with pytest.raises(EndpointInvalid, match="leads inward"):
        checked_addresses("mixed.example", 443, Reach(), lambda *_: [WORLD, "10.0.0.1"])


def test_a_name_that_cannot_be_found_or_takes_too_long_is_said() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror("no such host")

    with pytest.raises(EndpointInvalid, match="cannot be found"):
        checked_addresses("nowhere.example", 443, Reach(), unknown)


def test_a_name_server_that_does_not_answer_is_not_waited_for() -> None:
    over = threading.Event()

    def slow(host: str, port: int) -> Sequence[str]:
        over.wait(20)
        return [WORLD]

    with pytest.raises(EndpointInvalid, match="cannot be found"):
        checked_addresses("slow.example", 443, Reach(), slow, seconds=0.05)
    over.set()


def test_a_receiver_that_never_ends_the_greeting_of_tls_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        wire = Wire(f"https://127.0.0.1:{silent.getsockname()[1]}/", Reach(loopback=True), Net())
        with pytest.raises(NoAnswer, match=r"in time|TimeoutError"):
            wire.post(b"{}", {}, 0.2)


class World:
    """Names that answer differently each time, and a network that leads everywhere to one server of the test."""

    def __init__(self, server: Scripted, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.dialled: list[tuple[str, int]] = []
        self._port = server.server_address[1]

    def resolve(self, host: str, port: int) -> list[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]

    def connect(self, address: tuple[str, int], timeout: float) -> socket.socket:
        self.dialled.append(address)
        return socket.create_connection(("127.0.0.1", self._port), timeout)

    def net(self, trust: str | None = None) -> Net:
        return Net(self.resolve, self.connect, trust)


def test_the_connection_goes_to_the_address_that_was_checked_however_the_name_changes() -> None:
    """A name that says the world when it is checked and loopback when it is connected to gains nothing."""
    with scripted(reply(200)) as server:
        world = World(server, [WORLD], ["127.0.0.1"])
        wire = Wire("http://rebinding.example/hook", Reach(), world.net())
        assert wire.post(b"{}", {}, 5).status == 200
        assert world.dialled == [(WORLD, 80)]
        assert (world.asked, server.got[0]["host"]) == (1, "rebinding.example")
        wire.close()


def test_a_name_that_has_turned_inward_since_it_was_added_is_not_connected_to() -> None:
    with scripted(reply(200)) as server:
        world = World(server, [WORLD], ["169.254.169.254"])
        assert checked_addresses("rebinding.example", 80, Reach(), world.resolve) == [WORLD]
        wire = Wire("http://rebinding.example/hook", Reach(), world.net())
        with pytest.raises(NoAnswer, match="leads inward"):
            wire.post(b"{}", {}, 5)
    assert (world.dialled, server.got) == ([], [])


def test_every_new_connection_is_checked_again() -> None:
    with scripted(reply(200, Connection="close")) as server:
        world = World(server, [WORLD], ["10.0.0.1"])
        wire = Wire("http://rebinding.example/hook", Reach(), world.net())
        assert wire.post(b"{}", {}, 5).status == 200
        with pytest.raises(NoAnswer, match="leads inward"):
            wire.post(b"{}", {}, 5)
        wire.close()
    assert len(server.got) == 1


def test_a_redirect_inward_is_not_followed() -> None:
    with scripted(reply(200)) as inner, scripted(reply(302, Location=inner.url)) as server:
        world = World(server, [WORLD])
        wire = Wire("http://outside.example/hook", Reach(), world.net())
        assert wire.post(b"{}", {}, 5).status == 302
        wire.close()
    assert inner.got == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]", "localhost"]
)
def test_loopback_by_any_spelling_is_refused_by_the_system_resolver_too(host: str) -> None:
    with scripted(reply(200)) as server:
        wire = Wire(f"http://{host}:{server.server_address[1]}/", Reach(), Net())
        with pytest.raises(NoAnswer, match=r"leads inward|cannot be found"):
            wire.post(b"{}", {}, 5)
    assert server.got == []


def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    with scripted(reply(200)) as server:
        wire = Wire(server.url, Reach(loopback=True), Net())
        assert wire.post(b"{}", {}, 5).status == 200
        wire.close()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for hooks.example that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = tmp_path / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + built.public_bytes(serialization.Encoding.PEM))
    return file


def test_under_tls_the_name_is_still_that_of_the_url_and_certificates_are_checked(certificate: Path) -> None:
    names: list[str | None] = []
    with scripted(reply(200)) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.sni_callback = lambda sock, name, _: names.append(name)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        world = World(server, [WORLD])
        good = Wire("https://hooks.example/hook", Reach(), world.net(str(certificate)))
        assert [good.post(b"{}", {}, 5).status for _ in range(2)] == [200, 200]
        good.close()
        assert (names, world.dialled) == (["hooks.example"], [(WORLD, 443)])
        for url, trust in (("https://other.example/", str(certificate)), ("https://hooks.example/", None)):
            wrong = Wire(url, Reach(), world.net(trust))
            with pytest.raises(NoAnswer, match="SSL"):
                wrong.post(b"{}", {}, 5)
    assert len(server.got) == 2

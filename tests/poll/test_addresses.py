"""Which addresses are public, how a host is spelled, and which hosts belong to one source."""

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.poll.addresses import host_name, is_public, source_of


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("100.100.100.200", False),  # shared space, where a cloud keeps its metadata
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("198.18.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fd00:ec2::254", False),
        ("fec0::1", False),
        ("ff02::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("2002:7f00:1::", False),  # 6to4 of 127.0.0.1
        ("64:ff9b::a9fe:a9fe", False),  # NAT64 of 169.254.169.254
        ("64:ff9b::5db8:d822", True),
        ("::7f00:1", False),  # compatible with IPv4, as it was once thought of
        ("2001:0:7f00:1::", False),  # Teredo
        ("fe80::1%eth0", False),
        ("168.63.129.16", False),  # metadata of a cloud under a public number
        ("192.0.0.192", False),  # and of another
        ("64:ff9b:1::a00:1", False),
        ("3fff::1", False),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("Feeds.Example.ORG.", "feeds.example.org"),
        ("127.0.0.1", "127.0.0.1"),
        ("::1", "::1"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
        ("1.example", "1.example"),
    ],
)
def test_a_host_has_one_name(host: str, name: str) -> None:
    assert host_name(host) == name


@pytest.mark.parametrize(
    "host", ["127.1", "0x7f.1", "0x7f000001", "2130706433", "017700000001", "127.0.0.1.", "127.0.0.010", "a.0x1", "."]
)
def test_a_number_that_resolvers_read_as_an_address_is_no_name(host: str) -> None:
    with pytest.raises(ValueError, match="neither a name nor an address"):
        host_name(host)


@settings(deadline=None)
@given(st.text("0123456789abcdefx.:[]%", max_size=30))
def test_every_name_is_its_own_name(host: str) -> None:
    try:
        name = host_name(host)
    except ValueError:
        return
    assert host_name(name) == name
    assert source_of(source_of(name)) == source_of(name)


@pytest.mark.parametrize(
    ("host", "source"),
    [
        ("feeds.example.org", "example.org"),
        ("www.example.org", "example.org"),
        ("example.org", "example.org"),
        ("news.example.co.uk", "example.co.uk"),
        ("one.github.io", "one.github.io"),  # whoever may have a name there is a publisher
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("co.uk", "co.uk"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.1.1", "127.0.1.1"),
        ("2606:2800:220:1::1", "2606:2800:220:1::1"),
    ],
)
def test_hosts_of_one_domain_are_one_source(host: str, source: str) -> None:
    assert source_of(host) == source

"""Who is asked: which addresses anybody may reach, and which hosts belong together."""

import ipaddress
import re
from functools import lru_cache

from tld import get_fld

IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

PORTS = frozenset({80, 443})

_SIXTY_FOUR = ipaddress.IPv6Network("64:ff9b::/96")
# What Python's registry of special addresses lacks, in some of its versions at least.
_SPECIAL = tuple(
    map(
        ipaddress.ip_network,
        (
            "168.63.129.16/32",  # public by its number, but it answers machines of Azure, with their secrets
            "192.0.0.0/24",  # protocol assignments; 192.0.0.192 has the secrets of Oracle's machines
            "192.88.99.0/24",  # relays of 6to4, given up
            "64:ff9b:1::/48",  # NAT64 of a local network
            "2001::/23",  # protocol assignments, with Teredo
            "3fff::/20",  # documentation
            "5f00::/16",  # segment routing
        ),
    )
)
_NUMBER = re.compile(r"(?:\d+|0x[\da-f]*)\.?", re.ASCII | re.IGNORECASE)


def is_public(address: IPAddress) -> bool:
    """Whether an address is one that anybody may reach: not private, loopback, link-local, shared, multicast, reserved.

    An IPv6 address that carries an IPv4 address (mapped, 6to4, NAT64) is as public as that one.
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _SIXTY_FOUR:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    if any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def host_name(host: str) -> str:
    """The one spelling of an ASCII host, without brackets: lower case, no final dot, an address in its usual form.

    Raises ValueError for a number that is no address in its usual form, such as 127.1, 0x7f.0.0.1 or 2130706433: what
    those mean is up to the resolver, and nobody who means well writes them.
    """
    bare = host.lower()
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        name = bare.removesuffix(".")
        if not name or name.endswith(".") or ":" in name or _NUMBER.fullmatch(name.rpartition(".")[2]):
            raise ValueError(f"{host!r} is neither a name nor an address in its usual form") from None
        return name
    return str(getattr(address, "ipv4_mapped", None) or address)


@lru_cache(maxsize=10_000)
def source_of(host: str) -> str:
    """Whose host it is: the registrable domain (Public Suffix List), so feeds.example.org and www.example.org are one.

    A host that has none (an address, a name without a dot) stands for itself. ``host`` is as :func:`host_name` gives.
    """
    if ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]):
        return host
    return get_fld(host, fix_protocol=True, fail_silently=True) or host

"""The guard that keeps tests on this machine: whoever tries to leave it fails, with the address in the message."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import pytest


class LeftTheMachine(RuntimeError):
    """A test tried to reach something other than loopback or a unix socket. Not an OSError: those are often caught."""


def stay_home(patch: pytest.MonkeyPatch) -> None:
    """Refuse connections, datagrams and name look-ups that leave this machine, in this process.

    Libraries written in C that open their own sockets (libpq, gRPC) are not seen; processes the tests start neither.
    """
    for name in ("connect", "connect_ex"):
        patch.setattr(socket.socket, name, _checked(getattr(socket.socket, name), address_at=0))
    patch.setattr(socket.socket, "sendto", _checked(socket.socket.sendto, address_at=-1))

    look_up = socket.getaddrinfo

    def getaddrinfo(host: str | bytes | None, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        # A literal address asks nobody; whether it may be connected to is decided there.
        if name and not _is_local_name(name) and not _is_address(name):
            raise LeftTheMachine(f"a test asked for the address of {name}")
        return look_up(host, *args, **kwargs)

    patch.setattr(socket, "getaddrinfo", getaddrinfo)


def _checked(method: Callable[..., Any], *, address_at: int) -> Callable[..., Any]:
    def checked(self: socket.socket, *args: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = str(args[address_at][0])
            if not _is_local_name(host) and not _is_loopback(host):
                raise LeftTheMachine(f"a test tried to reach {host}")
        return method(self, *args)

    return checked


def _is_local_name(host: str) -> bool:
    return host in ("", "localhost", socket.gethostname()) or host.endswith(".localhost")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.split("%")[0])
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    if not _is_address(host):
        return False
    address = ipaddress.ip_address(host.split("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    # 0.0.0.0 and :: as a destination mean this machine.
    return (mapped or address).is_loopback or address.is_unspecified

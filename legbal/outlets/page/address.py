"""Where a page is: the socket that listens, the addresses that lead there, and the tokens that nobody guesses."""

import base64
import hmac
import ipaddress
import secrets
import socket
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from legbal.config.settings import PageReach
from legbal.errors import OutletError

HERE = "127.0.0.1"
_EVERYWHERE = "0.0.0.0"
_BACKLOG = 32  # connections that may wait to be taken
_TOKEN_BYTES = 15  # 120 bits, which are 24 letters and digits
# of no network (RFC 5737): which of our addresses would lead there is what is asked
_ANYWHERE = "192.0.2.1"
_ROUTES = Path("/proc/net/route")


class Tokens(msgspec.Struct, frozen=True):
    """What an address proves: that its bearer was shown the page, or that it is the rider, who may do something.

    Capital letters and digits alone, so that a QR code of them is small.
    """

    viewer: str
    rider: str

    def role_of(self, token: str) -> Literal["viewer", "rider"] | None:
        """Whose it is, in whatever case; None: nobody's. Takes as long for a wrong one as for a right one."""
        typed = token.upper().encode("utf-8", "replace")
        if hmac.compare_digest(typed, self.rider.encode()):
            return "rider"
        return "viewer" if hmac.compare_digest(typed, self.viewer.encode()) else None


def make_tokens() -> Tokens:
    """New ones, for one ride."""
    return Tokens(*(base64.b32encode(secrets.token_bytes(_TOKEN_BYTES)).decode() for _ in range(2)))


def listen(reach: PageReach, port: int) -> socket.socket:
    """A socket that listens on that port, on the loopback alone or on every network; another port where it is taken.

    Raises OutletError where there is none.
    """
    host = _EVERYWHERE if reach == "network" else HERE
    with suppress(OSError):
        return _bound(host, port)
    try:
        return _bound(host, 0)
    except OSError as error:
        raise OutletError(f"no port to listen on: {error.strerror or error}") from error


def _bound(host: str, port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows lets two programs share a port else
            made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:  # a port that the last ride has just left is free
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, port))
        made.listen(_BACKLOG)
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made


def network_host() -> str | None:
    """The address under which this computer's network reaches it; None: it is on none. Sends nothing.

    It is the one that leads out; on a network that leads nowhere, as a phone's own, the first one that there is.
    """
    hosts = filter(None, map(_own_host, (_ANYWHERE, *_neighbours())))
    return next((host for host in hosts if not host.startswith("127.")), None)


def _own_host(destination: str) -> str | None:
    """The address from which this computer would send there."""
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
        made.connect((destination, 9))
        return str(made.getsockname()[0])
    return None


def _neighbours() -> list[str]:
    """An address in each network that this computer is on, where the system lists them as Linux does."""
    try:
        rows = [line.split() for line in _ROUTES.read_text("ascii").splitlines()[1:]]
    except OSError:
        return []
    networks = [int.from_bytes(bytes.fromhex(row[1]), "little") for row in rows]
    return [str(ipaddress.IPv4Address(network + 1)) for network in networks if network]


def url(host: str, port: int, token: str) -> str:
    """The address of a page.

    >>> url("192.168.1.20", 8017, "ABCD")
    'http://192.168.1.20:8017/ABCD/'
    """
    return f"http://{host}:{port}/{token}/"

"""A ride's FIT file to intervals.icu: over https alone, to the one address of the settings, within a minute or so.

The key goes nowhere else: a redirection is not followed, and the certificate is always checked.
"""

import http.client
import secrets
import socket
import ssl
import threading
from contextlib import closing, suppress
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from urllib.parse import urlencode, urlsplit

import msgspec

from legbal import __version__
from legbal.outlets.credentials import Account

_ACTIVITIES = "/api/v1/athlete/0/activities"  # 0: of the key's owner

MOST_OCTETS = 32 * 2**20  # of a file; two days of riding are 20 MiB
_LONGEST_ANSWER = 2**20  # octets
CONNECT_S = 15.0
ANSWER_S = 60.0  # from the connection to the answer's last octet


class DeliveryResult(NamedTuple):
    """What came of it.

    Attributes:
        state: it is there, it may be tried again later, or it will never be taken.
        text: what it is called there; else why not, as a sentence without its end.
    """

    state: Literal["there", "later", "refused"]
    text: str


class _Activity(msgspec.Struct):
    id: str | int = ""
    external_id: str | None = None


def upload(account: Account, fit: bytes, ride: str, started: datetime, *, again: bool) -> DeliveryResult:
    """Uploads a ride's FIT file; waits for the answer.

    Args:
        account: where to.
        fit: the file's octets.
        ride: its id, by which it is recognised there.
        started: when it began, aware.
        again: it was tried before, and may be there although no answer came: that is looked up first.
    """
    if len(fit) > MOST_OCTETS:
        return DeliveryResult("refused", f"its file has more than {MOST_OCTETS // 2**20} MiB")
    host, name = urlsplit(account.url).hostname, f"legbal-{ride}"
    try:
        if again:
            status, octets = _look_up(account, started)
            if status != 200:
                return _refusal(status, host, final=False)
            for activity in msgspec.json.decode(octets, type=list[_Activity]):
                if activity.external_id == name:
                    return DeliveryResult("there", str(activity.id))
        status, octets = _send(account, fit, name)
    except TimeoutError:
        return DeliveryResult("later", f"{host} does not answer within {ANSWER_S:g} s")
    except ssl.SSLError as error:
        return DeliveryResult("later", f"the connection to {host} is not secure: {error.reason or error}")
    except (OSError, http.client.HTTPException) as error:
        return DeliveryResult("later", f"{host} cannot be reached: {error or type(error).__name__}")
    except msgspec.MsgspecError:
        return DeliveryResult("later", f"{host} answers what cannot be read")
    if status in (200, 201):
        return DeliveryResult("there", _id_in(octets))
    if status == 409:  # it has the very same file
        return DeliveryResult("there", "")
    return _refusal(status, host)


def _look_up(account: Account, started: datetime) -> tuple[int, bytes]:
    """The activities of the days around the ride, whatever zone the service reckons in."""
    oldest, newest = (f"{started + timedelta(days=days):%Y-%m-%d}" for days in (-1, 2))
    return _request(account, "GET", {"oldest": oldest, "newest": newest, "fields": "id,external_id"})


def _send(account: Account, fit: bytes, name: str) -> tuple[int, bytes]:
    boundary = secrets.token_hex(16)
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}.fit"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return _request(
        account,
        "POST",
        {"external_id": name, "device_name": "legbal"},
        head.encode() + fit + f"\r\n--{boundary}--\r\n".encode(),
        f"multipart/form-data; boundary={boundary}",
    )


def _request(
    account: Account, method: str, query: dict[str, str], body: bytes | None = None, content_type: str = ""
) -> tuple[int, bytes]:
    """Status and answer. Raises OSError, http.client.HTTPException; TimeoutError where it takes too long as a whole."""
    address = urlsplit(account.url)
    connection = http.client.HTTPSConnection(
        address.hostname or "", address.port, timeout=CONNECT_S, context=ssl.create_default_context()
    )
    headers = {"Authorization": account.authorization, "User-Agent": f"legbal/{__version__}"}
    with closing(connection):
        connection.connect()
        sock = connection.sock  # the connection lets go of it where the answer is its last
        over = threading.Event()

        def hang_up() -> None:
            over.set()
            with suppress(OSError):  # beneath TLS, which another thread is at work on
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

        deadline = threading.Timer(ANSWER_S, hang_up)
        deadline.start()
        try:
            sock.settimeout(ANSWER_S)
            connection.request(
                method,
                f"{_ACTIVITIES}?{urlencode(query)}",
                body,
                headers | ({"Content-Type": content_type} if content_type else {}),
            )
            response = connection.getresponse()
            with closing(response):
                octets = response.read(_LONGEST_ANSWER)
        except (OSError, http.client.HTTPException) as error:
            if over.is_set():
                raise TimeoutError from error
            raise
        finally:
            deadline.cancel()
            deadline.join()
    return response.status, octets


def _id_in(octets: bytes) -> str:
    try:
        return str(msgspec.json.decode(octets, type=_Activity).id)
    except msgspec.MsgspecError:  # it is there all the same
        return ""


def _refusal(status: int, host: str | None, *, final: bool = True) -> DeliveryResult:
    """What a status says that is no success; with `final` one about the file is the last word."""
    if status in (401, 403):
        return DeliveryResult("later", f"{host} refuses the key ({status})")
    if final and 400 <= status < 500 and status not in (404, 408, 425, 429):
        return DeliveryResult("refused", f"{host} takes no such file ({status})")
    return DeliveryResult("later", f"{host} answers with {status}")

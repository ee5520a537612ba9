"""What proves who we are, from the system's keyring: nobody else on the computer reads it there."""

import base64
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import NamedTuple
from urllib.parse import urlsplit

from legbal.config import Settings
from legbal.errors import OutletError
from legbal.paths import install_command

KEYRING = "keyring>=25.6,<26"  # as the extra of that name has it
SERVICE = "legbal"  # the keyring's name for us
USER = "API_KEY"  # at intervals.icu, whoever the key is of
PATIENCE_S = 60.0  # for the rider to unlock it; nobody may be there
_WITHOUT_KEY = "Without it the key is taken from the setting upload_key, or from LEGBAL_UPLOAD_KEY."


class Account(NamedTuple):
    """Whose rides go where: the service's address without a path, https, and the rider's key."""

    url: str
    key: str

    @property
    def authorization(self) -> str:
        """What a request is headed with that is to be trusted."""
        return f"Basic {base64.b64encode(f'{USER}:{self.key}'.encode()).decode()}"

    def __repr__(self) -> str:
        return f"Account({self.url!r})"


def from_keyring(account: str, otherwise: str) -> str:
    """The password of an account, as `username@host`. Asks a program, which may wait for the rider,
    `PATIENCE_S` at most.

    `otherwise` says, as a sentence, from where it is taken without a keyring.

    Raises OutletError where the keyring has none, or is not to be had.
    """
    try:
        # an extra that may be missing
        import keyring
        from keyring.errors import KeyringError, NoKeyringError
    except ImportError as error:
        raise OutletError(
            "the keyring is not installed",
            hint=f"{otherwise} Install it with: {install_command(KEYRING)}",
        ) from error
    try:
        password = _within_patience(lambda: keyring.get_password(SERVICE, account))
    except TimeoutError as error:
        raise OutletError(
            f"the keyring does not answer within {PATIENCE_S:g} s", hint=f"Unlock it. {otherwise}"
        ) from error
    except NoKeyringError as error:
        raise OutletError("this system has no keyring", hint=otherwise) from error
    except KeyringError as error:  # locked, refused; its text may name what it was asked for
        raise OutletError(
            f"the keyring gives no password: {type(error).__name__}", hint=f"Unlock it. {otherwise}"
        ) from error
    if password is None:
        raise OutletError(
            f"the keyring has no password for {account}",
            hint=f"Put it there: {sys.executable} -m keyring set {SERVICE} {account}",
        )
    return password


def _within_patience(ask: Callable[[], str | None]) -> str | None:
    """What is answered, by a thread that keeps no process from ending. Raises TimeoutError, or what `ask` raises."""
    answer = Future[str | None]()

    def run() -> None:
        try:
            answer.set_result(ask())
        except Exception as error:  # raised where the answer is waited for
            answer.set_exception(error)

    threading.Thread(target=run, name="keyring", daemon=True).start()
    return answer.result(PATIENCE_S)


def account_of(settings: Settings) -> Account:
    """The account of the settings; without a key there the keyring's, for `API_KEY@host`. Raises OutletError."""
    url = settings.upload_url.rstrip("/")
    key = settings.upload_key or from_keyring(f"{USER}@{urlsplit(url).hostname}", _WITHOUT_KEY)
    return Account(url, key)

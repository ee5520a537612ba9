"""An event loop in a thread of its own, which nothing that hangs can keep from ending.

aiomqtt needs a loop that watches sockets, which the usual loop of Windows does not; and a handshake, a name that is
looked up for half a minute or a keyring that asks must never hold up the screen's loop or the program's end.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Executor
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar, TypeVarTuple

LOGGER = logging.getLogger("legbal.mqtt")  # the screen says what is to be said
LOGGER.addHandler(logging.NullHandler())
LOGGER.propagate = False

Given = TypeVarTuple("Given")
Result = TypeVar("Result")


class _Loop(asyncio.SelectorEventLoop):
    """Blocking calls run in daemon threads: the usual pool would be waited for when the program ends."""

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Given], Result], *args: *Given
    ) -> asyncio.Future[Result]:
        """A future for what `func(*args)` gives."""
        del executor
        future: asyncio.Future[Result] = self.create_future()

        def settle(how: Callable[[], None]) -> None:
            if not future.done():
                how()

        def work() -> None:
            try:
                how = partial(future.set_result, func(*args))
            except BaseException as raised:  # handed on
                how = partial(future.set_exception, raised)
            with suppress(RuntimeError):  # the loop has ended: nobody waits for this any more
                self.call_soon_threadsafe(settle, how)

        threading.Thread(target=work, name="legbal-mqtt-blocking", daemon=True).start()
        return future


def run_in_thread(main: Callable[[], Coroutine[Any, Any, None]]) -> threading.Thread:
    """Starts a thread in which `main()` runs to its end in a loop of its own."""

    def work() -> None:
        with asyncio.Runner(loop_factory=_Loop) as runner:
            runner.get_loop().set_exception_handler(_log)
            runner.run(main())

    thread = threading.Thread(target=work, name="legbal-mqtt", daemon=True)
    thread.start()
    return thread


def _log(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What breaks with a connection that was given up is nobody's concern, and no line over the screen."""
    del loop
    LOGGER.debug("%s", context.get("message"), exc_info=context.get("exception"))


async def either(*works: Awaitable[object]) -> None:
    """Does all of them side by side until the first has ended, with its error if it had one; the others end too."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()

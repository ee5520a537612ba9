"""Who works on many rides: processes of this machine, or a Dask cluster; both are `concurrent.futures` executors.

Results come in the order of the work, and only so much is handed out ahead, so that neither work nor results pile up.
"""

import logging
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager, redirect_stderr
from multiprocessing import resource_tracker
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, TypeVar

from legbal.errors import LegbalError
from legbal.paths import install_command

DISTRIBUTED = "distributed>=2026.8,<2027"  # as the extra `dask` has it
_MOST = 61  # processes that Windows can wait for
_AHEAD = 4  # pieces of work that wait for each worker
_CONNECT_S = 10.0

Work = TypeVar("Work")
Result = TypeVar("Result")


def cores() -> int:
    """How many processes this one may run side by side."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(allowed, _MOST)


@contextmanager
def processes(count: int, *, niceness: int = 0) -> Iterator[tuple[Executor, int]]:
    """So many processes of this machine, and how much may be handed out ahead of what comes back.

    `niceness`, 0 to 19, is by how much they give way to others, where the system knows that.
    """
    _start_tracker()
    pool = ProcessPoolExecutor(min(count, _MOST), _Spawn(), initializer=_serve, initargs=(niceness,))
    try:
        yield pool, _AHEAD * count
    finally:
        pool.shutdown(cancel_futures=True)


def _start_tracker() -> None:
    """What looks after a pool's resources takes standard error along, in whose place a screen has put no file."""
    if sys.platform != "win32":
        with redirect_stderr(sys.__stderr__):
            resource_tracker.ensure_running()


class _Worker(SpawnProcess):
    """A process that Ctrl-C does not reach while it starts: it would die with a traceback of its own."""

    def start(self) -> None:
        """Starts it with the signal blocked, which it inherits."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            super().start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Spawn(SpawnContext):
    """New interpreters: the same everywhere, and safe beside threads."""

    Process = _Worker if hasattr(signal, "pthread_sigmask") else SpawnProcess


def _serve(niceness: int) -> None:
    """A worker leaves Ctrl-C to the process that started it, and ends with it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    if niceness and hasattr(os, "nice"):
        os.nice(niceness)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """Without this a worker whose parent was killed would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def dask(address: str) -> Iterator[tuple[Executor, int]]:
    """The cluster whose scheduler is at `address`; its workers need legbal, and the same files at the same paths.

    Raises LegbalError where the package is missing, or nobody answers there.
    """
    try:
        from distributed import Client  # an extra that may be missing
    except ImportError as error:
        raise LegbalError(
            "a Dask cluster needs the package distributed, which is not installed",
            hint=f"Install it with: {install_command(DISTRIBUTED)}",
        ) from error
    try:
        client: Any = Client(address, timeout=_CONNECT_S, set_as_default=False)  # type: ignore[no-untyped-call]  # it has no types
    except (OSError, ValueError) as error:
        raise LegbalError(
            f"no Dask scheduler answers at {address}: {error}",
            hint="Give its address as the scheduler itself names it, such as tcp://192.168.1.10:8786.",
        ) from error
    # a cluster that goes away is told in one line
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
    with client:
        yield client.get_executor(pure=False), _AHEAD * max(sum(client.nthreads().values()), 1)


def in_order(
    executor: Executor, ahead: int, do: Callable[[Work], Result], pieces: Iterable[Work]
) -> Generator[tuple[Work, Future[Result]], None, None]:
    """Each piece of work with its future, in order; those that nobody waits for any more are cancelled.

    Args:
        executor: does it.
        ahead: how many pieces may be handed out beside the one that is waited for.
        do: what is done with a piece: a function that can be pickled.
        pieces: taken one by one, as they are handed out.
    """
    waiting: deque[tuple[Work, Future[Result]]] = deque()
    try:
        for piece in pieces:
            waiting.append((piece, executor.submit(do, piece)))
            if len(waiting) > ahead:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()
    finally:
        for _, future in waiting:
            future.cancel()

"""Who works on many rides: results in order, only so much ahead, on this machine and on a Dask cluster."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.context import SpawnProcess
from threading import Event
from types import SimpleNamespace

import pytest

from legbal.app import executors
from legbal.app.executors import dask, in_order, processes
from legbal.errors import LegbalError
from legbal.paths import install_command


def test_results_come_in_the_order_of_the_work() -> None:
    first = Event()

    def later(number: int) -> int:
        if number == 0:
            assert first.wait(30)
        else:
            first.set()
        return -number

    with ThreadPoolExecutor(2) as pool:
        assert [(n, f.result()) for n, f in in_order(pool, 8, later, range(5))] == [(n, -n) for n in range(5)]


def test_only_so_much_is_handed_out_ahead() -> None:
    taken = 0

    def pieces() -> Iterator[int]:
        nonlocal taken
        for number in range(100):
            taken += 1
            yield number

    with ThreadPoolExecutor(1) as pool:
        for done, (_, future) in enumerate(in_order(pool, 5, abs, pieces())):
            assert taken <= done + 6
            future.result()
    assert taken == 100


def test_what_nobody_waits_for_any_more_is_cancelled() -> None:
    begun, go_on, done = Event(), Event(), list[int]()

    def held(number: int) -> None:
        begun.set()
        assert go_on.wait(30)
        done.append(number)

    with ThreadPoolExecutor(1) as pool:
        work = in_order(pool, 4, held, range(9))
        assert next(work)[0] == 0
        assert begun.wait(30)
        work.close()
        go_on.set()
    assert done == [0]


def test_work_is_done_in_processes() -> None:
    with processes(2) as (pool, ahead):
        assert ahead == 8
        assert [future.result(60) for _, future in in_order(pool, ahead, abs, range(-3, 0))] == [3, 2, 1]


def test_a_machine_has_a_core_at_least() -> None:
    assert 1 <= executors.cores() <= 61


def test_the_same_work_is_done_on_a_dask_cluster(cluster: str) -> None:
    with dask(cluster) as (pool, ahead):
        assert ahead == 8
        assert [future.result(60) for _, future in in_order(pool, ahead, abs, range(-3, 0))] == [3, 2, 1]


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executors, "_CONNECT_S", 0.2)
    with (
        pytest.raises(LegbalError, match="no Dask scheduler answers at tcp://127"),
        dask("tcp://127.0.0.1:9"),
    ):
        pass


def test_an_address_that_is_none_is_told() -> None:
    with pytest.raises(LegbalError, match="no Dask scheduler answers at nonsense"), dask("nonsense://x"):
        pass


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(LegbalError, match="distributed, which is not installed") as caught, dask("tcp://x"):
        pass
    assert caught.value.hint == f"Install it with: {install_command('distributed>=2026.8,<2027')}"


def test_a_package_that_cannot_connect_is_not_called_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(*_: object, **__: object) -> None:
        raise ImportError("its serializer")

    monkeypatch.setitem(sys.modules, "distributed", SimpleNamespace(Client=connect))
    with pytest.raises(ImportError, match="its serializer"), dask("tcp://x"):
        pass


def mask() -> tuple[bool, bool]:
    """In a worker: whether Ctrl-C is ignored, and whether it is blocked."""
    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    return ignored, signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())


@pytest.mark.skipif(not hasattr(signal, "pthread_sigmask"), reason="this system blocks no signals")
def test_a_worker_never_hears_ctrl_c_not_even_while_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[bool] = []
    start = SpawnProcess.start

    def looking(process: SpawnProcess) -> None:
        started.append(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ()))
        start(process)

    monkeypatch.setattr(SpawnProcess, "start", looking)
    with processes(1) as (executor, _):
        assert executor.submit(mask).result(60) == (True, False)
    assert started == [True], "what a process is started with it has from its first instruction on"
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


_BENEATH_A_SCREEN = """
import io, sys
from legbal.app.executors import processes

class Captured(io.StringIO):
    def fileno(self):
        return -1

sys.stderr = Captured()
with processes(1) as (workers, _):
    print(workers.submit(abs, -3).result())
"""


def test_processes_start_beneath_a_screen_which_takes_standard_error() -> None:
    command = [sys.executable, "-c", _BENEATH_A_SCREEN]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("3\n", 0), done.stderr

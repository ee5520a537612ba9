"""For the tests of review: a library, a Dask cluster on this machine of two workers, and a club's files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from legbal.files import capture
from legbal.sources.simulator import demo
from tests.analysis.club import MONTH, ridden
from tests.files.fit_files import ride
from tests.meters.profiles import shipped
from tests.sources.simulated import notifications


@pytest.fixture
def cluster() -> Iterator[str]:
    """The address of its scheduler; closed at once, for idle it takes a tenth of a core as long as others run."""
    from distributed import LocalCluster

    with LocalCluster(  # type: ignore[no-untyped-call]  # it has no types
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=40
    ) as local:
        yield str(local.scheduler_address)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a library may be."""
    return tmp_path / "library.sqlite"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two riders: one's left share rises a point a month, the other's files are of all kinds."""
    top = tmp_path / "club"
    files = {f"anna/{month}.fit": ridden(month * MONTH, 56 - month) for month in range(6)}
    files |= {
        "ben/good.fit": ride(120),
        "ben/2025/again.FIT": ride(120),
        "ben/2025/letter.fit": b"Dear rider",
        "ben/2025/cut.fit": ride(90)[:-40],
        "ben/.hidden.fit": ride(60),
        "ben/notes.txt": b"",
    }
    for name, octets in files.items():
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(octets)
    packets = list(notifications(demo(shipped()["favero-assioma-duo"], 1, seconds=120)))
    capture.write(top / "ben/ride.jsonl", packets)
    return top

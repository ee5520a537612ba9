"""The drop-off alert is no worse than when its operating curve was accepted; and a worse one would be seen.

The curve is accepted by `python -m tests.benchmarks.operating_curve --accept`. The short run has riders of
its own; its loudest bar tells the rate of alerts most surely, the normal one what riders get.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from legbal.ride.baseline import Noise
from legbal.ride.change_detector import ChangeDetector
from tests.benchmarks.curve_figures import Curve
from tests.benchmarks.operating_curve import accepted, bars, run, table, unsure, unworthy, worse

FIRST_SEED = 300_000
RIDERS = 36
WORSE_RIDERS = (
    12  # of a detector that is so much worse, these show it at one bar, by three times what chance explains
)
JOBS = 2
LOUDEST, NORMAL = "more eager", "normal"


def short(riders: int, *names: str, higher: float = 0.0, detector: Callable[[], None] | None = None) -> Curve:
    """A short run at the bars of these names, set so much higher."""
    chosen = {name: bars()[name] + higher for name in names}
    return run(FIRST_SEED, chosen, riders=riders, jobs=JOBS, detector=detector)


def without_clip() -> None:
    """Bursts count for as much as they are."""
    believe = ChangeDetector.believe

    def without(detector: ChangeDetector, noise: Noise, caution: float) -> None:
        assert noise.clip < 3.0
        believe(detector, msgspec.structs.replace(noise, clip=100.0), caution)

    pytest.MonkeyPatch().setattr(ChangeDetector, "believe", without)


@pytest.mark.timeout(600)
def test_the_alert_is_no_worse_than_accepted(benchmark: Any) -> None:
    now = benchmark.pedantic(short, args=(RIDERS, LOUDEST, NORMAL), rounds=1)
    print(table(now))
    assert worse(now, accepted()) == []
    assert unsure(now) == []
    assert unworthy(now) == []


@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("bar", "worsened", "shows"),
    [
        (NORMAL, {"higher": 1.5}, "points: found"),
        (LOUDEST, {"detector": without_clip}, "alerts per hour"),
    ],
    ids=["bar 1.5 higher", "bursts not clipped"],
)
def test_a_worse_detector_is_seen(benchmark: Any, bar: str, worsened: dict[str, Any], shows: str) -> None:
    found = worse(benchmark.pedantic(short, args=(WORSE_RIDERS, bar), kwargs=worsened, rounds=1), accepted())
    assert [line for line in found if shows in line]

"""What the screen costs in CPU time: one refresh of the 4 Hz timer at 120 × 40, drawn, compared and painted."""

from __future__ import annotations

import asyncio
import time
from itertools import cycle
from typing import Any

import numpy as np
import pytest

from legbal.tui.app import RideApp
from legbal.tui.render import averages, bar, glance, status, trace
from legbal.tui.render.status import Frame
from legbal.tui.screens.live import LiveScreen
from tests.tui.fake import FakeLive
from tests.tui.views import RECORDING, T, ride, share

pytestmark = pytest.mark.benchmark(timer=time.process_time)
DRAWINGS = (
    status.draw_header,
    status.draw_states,
    glance.draw,
    bar.draw,
    averages.draw,
    trace.draw,
    averages.draw_tables,
)


def moving_views() -> list[Any]:
    """A minute of snapshots, in which every number moves."""
    rng = np.random.default_rng(7)
    shown = []
    for second in np.arange(0, 60, 0.25):
        left = float(47 + rng.normal(0, 1))
        shown.append(
            ride(
                t=T + float(second),
                power_w=267 + float(rng.normal(0, 9)),
                cadence_rpm=91 + float(rng.normal(0, 2)),
                last_3s=share(left, 268, 4),
                last_10s=share(left, 267, 15),
                last_30s=share(left, 267, 45, 0.8),
                evidence=float(rng.uniform()),
            )
        )
    return shown


def test_beat(benchmark: Any) -> None:
    """A refresh with all that it repaints; every fourth changes all numbers, the bar and the trace."""
    live = FakeLive()
    app = RideApp(live)
    following = cycle(moving_views())

    async def beats(count: int) -> None:
        async with app.run_test(size=(120, 40)) as pilot:
            await pilot.pause()
            screen = app.screen
            assert isinstance(screen, LiveScreen)

            def refresh() -> None:
                live.shown = next(following)
                screen.refresh_screen()
                screen._on_timer_update()  # what Textual's own timer does: paints what is dirty

            benchmark.pedantic(refresh, rounds=count, iterations=1, warmup_rounds=8)

    asyncio.run(beats(400))


def test_all_drawings(benchmark: Any) -> None:
    """The pure drawings alone, all seven."""
    frames = cycle([Frame(view, view, RECORDING) for view in moving_views()])
    sizes = ((120, 1), (120, 1), (120, 12), (120, 4), (120, 2), (120, 9), (120, 7))

    def drawn() -> None:
        scene = next(frames)
        for draw, size in zip(DRAWINGS, sizes, strict=True):
            draw(scene, *size)

    benchmark(drawn)

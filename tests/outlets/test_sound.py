"""Cues to samples: when they start, and what mute and volume do to them."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from legbal.outlets.audio import (
    PEAK,
    render,
)
from legbal.outlets.sound import QUEUED_CUES
from legbal.ride.inputs import Side
from tests.outlets.speaker import PERIOD, Room, cue, first_sounding


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("sound", ["alert", "recovered"])
def test_the_device_gets_exactly_the_rendered_tone(side: Side, sound: Literal["alert", "recovered"]) -> None:
    room = Room()
    room.sound.play(cue(side, sound))
    tone = render(sound, side)
    heard = room.speaker.pull(40)
    np.testing.assert_array_equal(heard[: len(tone)], tone)
    assert not heard[len(tone) :].any()


def test_a_cue_starts_with_the_very_next_samples_that_the_device_asks_for() -> None:
    room = Room()
    assert not room.speaker.pull(50).any()
    room.sound.play(cue())
    assert first_sounding(room.speaker.pull()) <= 1  # the tone's first sample is its zero


def test_cues_follow_each_other_and_do_not_overlap() -> None:
    room = Room()
    room.sound.play(cue("left"))
    room.sound.play(cue("right"))
    heard = room.speaker.pull(80)
    left, right = render("alert", "left"), render("alert", "right")
    start = -(-len(left) // PERIOD) * PERIOD
    np.testing.assert_array_equal(heard[: len(left)], left)
    np.testing.assert_array_equal(heard[start : start + len(right)], right)
    assert np.abs(heard).max() <= np.float32(PEAK)


def test_volume_scales_the_tone_and_a_change_of_it_does_not_click() -> None:
    room = Room(volume=0.5)
    room.sound.play(cue())
    tone = render("alert", "left")
    np.testing.assert_allclose(room.speaker.pull(2), 0.5 * tone[: 2 * PERIOD], atol=1e-6)
    room.sound.volume = 1.0
    ramp = np.linspace(0.5, 1.0, PERIOD)[:, None]
    np.testing.assert_allclose(room.speaker.pull(), ramp * tone[2 * PERIOD : 3 * PERIOD], atol=1e-6)
    np.testing.assert_allclose(room.speaker.pull(), tone[3 * PERIOD : 4 * PERIOD], atol=1e-6)


def test_muted_there_is_neither_tone_nor_bell() -> None:
    room = Room(mute=True)
    assert room.sound.status.state == "muted"
    room.sound.play(cue())
    assert not room.speaker.pull(5).any()
    assert room.bells == 0


def test_muting_ends_a_tone_within_a_period_and_unmuting_does_not_bring_it_back() -> None:
    room = Room()
    room.sound.play(cue())
    room.speaker.pull(2)
    room.sound.mute = True
    fading = room.speaker.pull()
    assert fading.any()
    assert not fading[-1].any()
    room.sound.mute = False
    assert not room.speaker.pull(5).any()
    room.sound.play(cue())
    assert room.speaker.pull().any()


def test_finished_once_every_cue_was_handed_over() -> None:
    room = Room()
    assert room.sound.silent.wait(0)
    room.sound.play(cue())
    room.speaker.pull(2)
    assert not room.sound.silent.wait(0)
    room.speaker.pull(40)
    assert room.sound.silent.wait(0)


def test_a_full_queue_drops_the_oldest_cues_and_counts_them() -> None:
    room = Room()
    for _ in range(QUEUED_CUES + 3):
        room.sound.play(cue("left"))
    assert room.sound.dropped == 3
    status = room.sound.status
    assert (status.state, status.text) == ("on", "Too many sounds at once: some were left out.")
    room.speaker.pull(400)
    assert room.sound.status.text == ""

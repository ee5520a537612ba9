"""The waveforms themselves: side, pitch, rhythm, length, loudness, and no clicks."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest

from legbal.outlets.audio import LEG_TONES, PEAK, SAMPLE_RATE, TONES, Sound, Waveform, render
from legbal.ride.inputs import Side

KEYS = list(TONES)
FRAME_S = 0.005


def dominant_hertz(mono: npt.NDArray[np.float32]) -> float:
    """The strongest frequency of the samples."""
    spectrum = np.abs(np.fft.rfft(mono * np.hanning(len(mono)), n=1 << 17))
    return float(np.argmax(spectrum)) * SAMPLE_RATE / (1 << 17)


def beeps(wave: Waveform) -> list[tuple[float, float]]:
    """Start and length (seconds) of the stretches that are above a tenth of the peak, by frames of 5 ms."""
    mono = np.abs(wave).max(axis=1)
    size = round(FRAME_S * SAMPLE_RATE)
    loud = mono[: len(mono) // size * size].reshape(-1, size).max(axis=1) > PEAK / 10
    edges = np.flatnonzero(np.diff(np.concatenate(([False], loud, [False])).astype(int)))
    return [(start * FRAME_S, (end - start) * FRAME_S) for start, end in edges.reshape(-1, 2).tolist()]


@pytest.mark.parametrize(("sound", "side"), list(LEG_TONES))
def test_a_tone_comes_from_its_own_side_and_is_still_heard_in_the_other_ear(
    sound: Sound, side: Side | None
) -> None:
    left, right = np.sum(render(sound, side).astype(float) ** 2, axis=0)
    near, far = (left, right) if side == "left" else (right, left)
    assert 10 < near / far < 13


@pytest.mark.parametrize("sound", ["alert", "recovered"])
def test_what_is_about_no_leg_comes_from_the_middle(sound: Sound) -> None:
    left, right = render(sound, None).T
    assert np.array_equal(left, right)


@pytest.mark.parametrize(
    ("sound", "side", "pitches"),
    [
        ("alert", "left", [1175, 1175]),
        ("alert", "right", [1976, 1976, 1976]),
        ("recovered", "left", [1047, 1397]),
        ("recovered", "right", [1568, 1976, 2349]),
    ],
)
def test_each_note_has_its_pitch(sound: Sound, side: Side, pitches: list[int]) -> None:
    wave = render(sound, side)[:, 0 if side == "left" else 1]
    heard = []
    tone = TONES[sound, side]
    for number in range(len(tone.hertz)):
        start_s = number * (tone.beep_s + tone.pause_s)
        start, end = (round(t * SAMPLE_RATE) for t in (start_s, start_s + tone.beep_s))
        heard.append(dominant_hertz(wave[start:end]))
    assert heard == pytest.approx(pitches, abs=2)


def test_alerts_beep_and_their_rhythm_tells_the_side_on_one_speaker() -> None:
    left, right = beeps(render("alert", "left")), beeps(render("alert", "right"))
    assert [length for _, length in left] == pytest.approx([0.24, 0.24], abs=0.03)
    assert [start for start, _ in left] == pytest.approx([0, 0.36], abs=0.006)
    assert [length for _, length in right] == pytest.approx([0.11] * 3, abs=0.03)
    assert [start for start, _ in right] == pytest.approx([0, 0.18, 0.36], abs=0.006)


@pytest.mark.parametrize(("one", "other"), itertools.combinations(KEYS, 2))
def test_no_two_tones_share_their_first_pitch(
    one: tuple[Sound, Side | None], other: tuple[Sound, Side | None]
) -> None:
    first, second = (TONES[key].hertz[0] for key in (one, other))
    assert max(first, second) / min(first, second) > 2 ** (1 / 12)  # more than a semitone


@pytest.mark.parametrize(("sound", "side"), KEYS)
def test_a_tone_lasts_as_long_as_it_says_and_no_longer_than_a_glance(sound: Sound, side: Side | None) -> None:
    wave = render(sound, side)
    assert wave.dtype == np.float32
    assert wave.shape == (round(TONES[sound, side].duration_s * SAMPLE_RATE), 2)
    assert 0.25 < len(wave) / SAMPLE_RATE < 0.7


@pytest.mark.parametrize(("sound", "side"), KEYS)
def test_a_tone_is_as_loud_as_can_be_without_clipping(sound: Sound, side: Side | None) -> None:
    wave = render(sound, side)
    near = wave[:, 0 if side == "left" else 1].astype(float)
    assert np.max(np.abs(wave)) == pytest.approx(PEAK, abs=1e-6)
    sounding = near[np.abs(near) > 0]
    assert 20 * np.log10(np.sqrt(np.mean(sounding**2))) > -8  # dB of full scale


@pytest.mark.parametrize(("sound", "side"), KEYS)
def test_most_of_a_tone_lies_where_it_cuts_through_a_fan(sound: Sound, side: Side | None) -> None:
    power = np.abs(np.fft.rfft(render(sound, side).sum(axis=1))) ** 2
    hertz = np.fft.rfftfreq(len(render(sound, side)), 1 / SAMPLE_RATE)
    band = (hertz >= 1000) & (hertz <= 3000)
    assert power[band].sum() / power.sum() > 0.8


@pytest.mark.parametrize(("sound", "side"), KEYS)
def test_a_tone_does_not_click(sound: Sound, side: Side | None) -> None:
    wave = render(sound, side).astype(float)
    assert np.all(wave[0] == 0)
    assert np.all(np.abs(wave[-1]) < 1e-6)
    # a click is energy everywhere; of these partials none is above 7.1 kHz
    power = np.abs(np.fft.rfft(wave.sum(axis=1))) ** 2
    hertz = np.fft.rfftfreq(len(wave), 1 / SAMPLE_RATE)
    assert power[hertz > 9000].sum() / power.sum() < 1e-5


def test_another_sample_rate_gives_the_same_tone() -> None:
    assert len(render("alert", "left", 44_100)) == round(TONES["alert", "left"].duration_s * 44_100)

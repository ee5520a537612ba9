"""Every palette stays readable, for all eyes and on terminals of few colours."""

from __future__ import annotations

import itertools
from typing import get_args

import numpy as np
import numpy.typing as npt
import pytest
from rich.color import Color, ColorSystem

from legbal.config import Theme
from legbal.tui.base_app import THEMES

Floats = npt.NDArray[np.float64]

# Machado, Oliveira & Fernandes 2009, "A Physiologically-based Model for Simulation of Color Vision
# Deficiency", table at severity 1.0; they act on linear RGB
EYES: dict[str, Floats] = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
# OKLab (Ottosson 2020): linear RGB → cone responses → lightness and two opponent axes
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
FAR_APART = 0.12  # in OKLab, where 0.02 is just to be told and black to white is 1

themes = pytest.mark.parametrize("theme", THEMES)


def ink(theme: Theme, name: str) -> str:
    """The colour of an ink in a theme."""
    return THEMES[theme].variables[name]


def linear(colour: str) -> Floats:
    """A colour as linear RGB, shape (3,)."""
    part = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    result: Floats = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return result


def difference(first: str, second: str, eyes: Floats) -> float:
    """How far two colours are apart for these eyes."""
    lab = [_LAB @ np.cbrt(_CONES @ np.clip(eyes @ linear(colour), 0, 1)) for colour in (first, second)]
    return float(np.linalg.norm(lab[0] - lab[1]))


def contrast(first: str, second: str) -> float:
    """The contrast ratio of WCAG 2, 1…21."""
    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (first, second))
    return (high + 0.05) / (low + 0.05)


def test_there_is_a_palette_for_every_choice() -> None:
    assert set(THEMES) == set(get_args(Theme))


@pytest.mark.parametrize("eyes", EYES)
@themes
def test_left_right_and_alert_are_told_apart_by_all_eyes(theme: Theme, eyes: str) -> None:
    for first, second in itertools.combinations(("left", "right", "alert", "ground"), 2):
        far = difference(ink(theme, first), ink(theme, second), EYES[eyes])
        assert far > FAR_APART, (first, second)


@themes
def test_every_ink_is_read_on_its_ground(theme: Theme) -> None:
    for name in ("plain", "strong", "quiet", "left", "right", "target"):
        assert contrast(ink(theme, name), ink(theme, "ground")) >= 4.5, name
    for side in ("left", "right"):
        assert contrast(ink(theme, "on-side"), ink(theme, side)) >= 4.5
    assert contrast(ink(theme, "on-alert"), ink(theme, "alert")) >= 4.5
    for name in ("plain", "strong"):  # on the keys at the foot, and on questions
        assert contrast(ink(theme, name), str(THEMES[theme].panel)) >= 4.5, name


def test_the_strong_palette_is_stronger() -> None:
    for name in ("plain", "quiet", "left", "right", "usual"):
        assert contrast(ink("contrast", name), ink("contrast", "ground")) >= 7, name
    assert contrast(ink("contrast", "on-alert"), ink("contrast", "alert")) >= 7


@pytest.mark.parametrize("system", [ColorSystem.STANDARD, ColorSystem.EIGHT_BIT])
@themes
def test_on_few_colours_they_stay_different_and_red_is_the_alerts_alone(
    theme: Theme, system: ColorSystem
) -> None:
    names = ("ground", "plain", "left", "right", "alert")
    numbers = {name: Color.parse(ink(theme, name)).downgrade(system).number for name in names}
    assert len(set(numbers.values())) == len(names), numbers
    if system is ColorSystem.STANDARD:
        assert numbers["alert"] == 1
        assert {1, 9}.isdisjoint(number for name, number in numbers.items() if name != "alert")

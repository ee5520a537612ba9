"""What is said aloud during a ride, in each language that the voice has."""

from __future__ import annotations

import msgspec


class Phrases(msgspec.Struct, frozen=True):
    """One language. Numbers stay digits: the synthesiser reads them in its language."""

    left: str
    right: str
    back: str
    interval_word: str

    def cue(self, sound: str, side: str) -> str:
        """Which leg an alert means, or that it is back."""
        if sound != "alert":
            return self.back
        return self.left if side == "left" else self.right

    def interval(self, number: int, left_percent: float) -> str:
        """How an interval went: both shares in whole percents that add up to a hundred.

        >>> PHRASES["en"].interval(2, 47.4)
        'interval 2: 47, 53'
        """
        left = round(left_percent)
        return f"{self.interval_word} {number}: {left}, {100 - left}"


PHRASES = {
    "en": Phrases("left leg", "right leg", "balanced again", "interval"),
    "de": Phrases("linkes Bein", "rechtes Bein", "wieder ausgeglichen", "Intervall"),
    "es": Phrases("pierna izquierda", "pierna derecha", "equilibrado de nuevo", "intervalo"),
    "fr": Phrases("jambe gauche", "jambe droite", "équilibre retrouvé", "intervalle"),
    "it": Phrases("gamba sinistra", "gamba destra", "di nuovo in equilibrio", "intervallo"),
    "nl": Phrases("linkerbeen", "rechterbeen", "weer in balans", "interval"),
}

"""What is said aloud of a ride: its cues and how its intervals went, in each language that legbal speaks."""

import msgspec


class Phrases(msgspec.Struct, frozen=True):
    """What is said aloud, in one language. Numbers stay digits: the synthesiser reads them in its language."""

    left: str
    right: str
    back: str
    interval_word: str

    def cue(self, sound: str, side: str) -> str:
        """Which leg an alert means, or that it is back."""
        return {"left": self.left, "right": self.right}[side] if sound == "alert" else self.back

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

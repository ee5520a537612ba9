"""The screen's palettes, as themes of Textual.

They are for dark rooms and bright ones, and one is as strong as can be: blue left, orange right, red alert.
Blue and orange stay apart for eyes that confuse red and green (after Okabe & Ito), and so does the alert from
both, which is darker than either; each ink has a contrast of at least 4.5 : 1 with its ground. On 16 colours
they fall on cyan, yellow and red.
"""

from textual.theme import Theme

from legbal import config


def _theme(name: config.Theme, *, dark: bool, panel: str, **inks: str) -> Theme:
    ground, ink = inks["ground"], inks["plain"]
    variables = {name.replace("_", "-"): colour for name, colour in inks.items()} | {
        "block-cursor-background": ink,
        "block-cursor-foreground": ground,
        "block-cursor-text-style": "bold",
    }
    return Theme(
        name=f"legbal-{name}",
        dark=dark,
        primary=inks["left"],
        secondary=inks["right"],
        accent=ink,
        foreground=ink,
        background=ground,
        surface=ground,
        panel=panel,
        error=inks["alert"],
        variables=variables,
    )


THEMES: dict[config.Theme, Theme] = {
    "dark": _theme(
        "dark",
        dark=True,
        ground="#0f1317",
        panel="#1c232a",
        plain="#d7dde3",
        strong="#ffffff",
        quiet="#8d99a5",
        usual="#76838f",
        target="#ffffff",
        left="#56b4e9",
        right="#ffb03b",
        on_side="#0f1317",
        alert="#c4122e",
        on_alert="#ffffff",
    ),
    "light": _theme(
        "light",
        dark=False,
        ground="#ffffff",
        panel="#e8ecf0",
        plain="#20262c",
        strong="#000000",
        quiet="#5b6670",
        usual="#6b7680",
        target="#000000",
        left="#005a9e",
        right="#bb5a00",
        on_side="#ffffff",
        alert="#8b0012",
        on_alert="#ffffff",
    ),
    "contrast": _theme(
        "contrast",
        dark=True,
        ground="#000000",
        panel="#000000",
        plain="#ffffff",
        strong="#ffffff",
        quiet="#c8c8c8",
        usual="#b0b0b0",
        target="#ffffff",
        left="#66ccff",
        right="#ffb300",
        on_side="#000000",
        alert="#b00020",
        on_alert="#ffffff",
    ),
}

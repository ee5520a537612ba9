"""Two palettes, for dark rooms and light ones: blue left, orange right, and red for nothing but an alert.

Blue and orange stay apart for eyes that confuse red and green (after Okabe & Ito), each dark or light enough
for a contrast of at least 4.5 : 1 with the ground.
"""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="legbal-dark",
    dark=True,
    primary="#56b4e9",
    secondary="#ff9e2c",
    accent="#d7dde3",
    foreground="#d7dde3",
    background="#0f1317",
    surface="#0f1317",
    panel="#1c232a",
    error="#c4122e",
    variables={
        "left": "#56b4e9",
        "right": "#ff9e2c",
        "strong": "#ffffff",
        "quiet": "#8d99a5",
        "usual": "#76838f",
        "target": "#ffffff",
        "alert": "#c4122e",
        "on-alert": "#ffffff",
        "on-side": "#0f1317",
    },
)

LIGHT = Theme(
    name="legbal-light",
    dark=False,
    primary="#005a9e",
    secondary="#a84a00",
    accent="#20262c",
    foreground="#20262c",
    background="#ffffff",
    surface="#ffffff",
    panel="#e8ecf0",
    error="#b3001b",
    variables={
        "left": "#005a9e",
        "right": "#a84a00",
        "strong": "#000000",
        "quiet": "#5b6670",
        "usual": "#6b7680",
        "target": "#000000",
        "alert": "#b3001b",
        "on-alert": "#ffffff",
        "on-side": "#ffffff",
    },
)

"""Of some hundred languages that could be coloured only the one that a traceback is in."""

hiddenimports = ["pygments.lexers.python", "pygments.styles.default"]

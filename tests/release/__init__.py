"""The bundle: legbal in a folder with its own Python, for whoever has none. docs/releasing.md says how it is made.

`python -m tests.release FOLDER` makes it of the legbal that is installed beside PyInstaller, `legbal.spec` says what
is in it, `start` is what it begins with, `components` lists what it is made of. `check_*.py` hold that it and the
wheel install and run; they are no part of the suite, since they fetch packages: `python -m pytest
tests/release/check_*.py`, as CI does.
"""

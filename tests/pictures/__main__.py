"""Writes the pictures anew."""

import asyncio
import os
import tempfile
from pathlib import Path

from tests.pictures.drawn import FOLDER, drawn

os.environ.pop("NO_COLOR", None)  # whoever likes it so; the pictures have colours
FOLDER.mkdir(exist_ok=True)
with tempfile.TemporaryDirectory() as folder:
    for name, picture in asyncio.run(drawn(Path(folder))).items():
        (FOLDER / f"{name}.svg").write_text(picture, encoding="utf-8", newline="\n")

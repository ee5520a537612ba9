"""How the site is made of these pages: `sphinx-build -W -n -b html docs site`.

The pages stay plain Markdown that reads well in the repository; the order and the headings of the site's menu are
those of README.md, which is its first page.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from sphinx.application import Sphinx

from legbal import __version__

project = "legbal"
author = "the legbal riders"
version = release = __version__
language = "en"

extensions = ["myst_parser"]
myst_heading_anchors = 4
root_doc = "README"
source_suffix = {".md": "markdown"}
nitpicky = True

html_theme = "furo"
html_title = "legbal"
html_show_copyright = html_show_sphinx = html_copy_source = False

HERE = Path(__file__).parent
LINK = re.compile(r"\]\(([^)#\s]+)\.md(?:#[^)]*)?\)")


def _menu(caption: str, pages: list[str]) -> str:
    """A menu's part, as MyST has it."""
    return "\n".join(["", "```{toctree}", ":hidden:", f":caption: {caption}", *pages, "```", ""])


def add_menu(_app: Sphinx, page: str, source: list[str]) -> None:
    """Gives the first page the menu of its own links, and a page with a folder of its name that folder's pages."""
    if page == root_doc:
        for section in re.split(r"^## ", source[0], flags=re.MULTILINE)[1:]:
            caption, _, text = section.partition("\n")
            source[0] += _menu(caption, LINK.findall(text))
    elif (HERE / page).is_dir():
        pages = sorted(path.stem for path in (HERE / page).glob("*.md"))
        source[0] += _menu("", [f"{Path(page).name}/{name}" for name in pages]).replace(":caption: \n", "")


def copy_first_page(app: Sphinx, failure: Exception | None) -> None:
    """A web server shows index.html first."""
    if failure is None and app.builder.name == "html":
        shutil.copyfile(Path(app.outdir, f"{root_doc}.html"), Path(app.outdir, "index.html"))


def setup(app: Sphinx) -> None:
    """What Sphinx calls."""
    app.connect("source-read", add_menu)
    app.connect("build-finished", copy_first_page)

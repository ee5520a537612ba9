"""Where the ride's page is, for a phone to scan: opened at a key, to this computer or to the network."""

from typing import ClassVar, Protocol

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from legbal.config.settings import PageReach
from legbal.errors import OutletError
from legbal.present.sentences import say
from legbal.tui.base_screens import Dialog, explain
from legbal.tui.render.charset import Charset

_OFF_HELP = """\
Show this ride in the browser of a phone?

n   yes, on your network: whoever has the address sees the ride
h   yes, on this computer alone, as for a stream
Esc no"""


class PageControl(Protocol):
    """The page of a ride, as its screen meets it."""

    reach: PageReach

    def open(self, reach: PageReach) -> None:
        """Serve it from now on. Raises OutletError where it cannot be served."""

    def address(self, *, rider: bool = False) -> str:
        """Where it is, or where the rider's own is; empty while there is none."""


class PageDialog(Dialog[None]):
    """Says where the page is, as text and, for phones, as a QR code; or asks whether there is to be one.

    Args:
        page: of the ride.
        charset: what the terminal has characters for.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "open('network')", "on the network"),
        Binding("h", "open('here')", "here alone"),
        Binding("r", "rider", "yours or theirs"),
        Binding("escape,w,q,enter", "dismiss(None)", "back"),
    ]

    def __init__(self, page: PageControl, charset: Charset) -> None:
        self._page, self._charset = page, charset
        self._rider = False
        self._text = Static("", markup=False)
        self._code = Static("", markup=False, classes="qr")
        super().__init__(self._text, self._code, box=Vertical, id="page")

    def on_mount(self) -> None:
        """Show how it is."""
        self._show()

    def on_resize(self) -> None:
        """The code, where there is room."""
        self._show()

    def action_open(self, reach: PageReach) -> None:
        """Serve the page, or serve it otherwise."""
        try:
            if self._page.reach != reach or not self._page.address():
                self._page.open(reach)
            self._show()
        except OutletError as problem:
            self._text.update(explain(problem))

    def action_rider(self) -> None:
        """The rider's own address instead of that for others, or the other way round."""
        if self._page.address():
            self._rider = not self._rider
            self._show()

    def _show(self) -> None:
        address, on_network = self._page.address(rider=self._rider), self._page.reach == "network"
        self._code.display = False
        if not address:
            self._text.update(_OFF_HELP)
            return
        whose = "page.rider" if self._rider else "page.viewer" if on_network else "page.here"
        rows = self._qr(address) if on_network else []
        self._text.update("\n".join([say(whose), address, *([] if rows else [say("page.keys")])]))
        self._code.update("\n".join(rows))
        self._code.display = bool(rows)
        self._box.border_subtitle = say("page.keys") if rows else ""

    def _qr(self, address: str) -> list[str]:
        """The code, where the terminal has characters and room for it."""
        # with segno, which few rides need
        from legbal.tui.render.qr import qr_rows

        rows = [] if self._charset == "ascii" else qr_rows(address)
        around = 4  # the frame, whose page it is, and the address
        return rows if len(rows) + around <= self.app.size.height else []

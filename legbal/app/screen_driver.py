"""What shows the screen in place of this terminal, where TEXTUAL_DRIVER says so: a browser, by textual-serve."""

import os
import pkgutil

from legbal.errors import UsageError


def screen_driver() -> str | None:
    """The driver that Textual is to take; None: none is named. Raises UsageError where there is no such driver."""
    driver = os.environ.get("TEXTUAL_DRIVER") or None
    if driver is None:
        return None
    try:
        is_one = ":" in driver and hasattr(pkgutil.resolve_name(driver), "start_application_mode")
    except (AttributeError, ImportError, ValueError):
        is_one = False
    if not is_one:
        raise UsageError(
            f"TEXTUAL_DRIVER={driver}: there is no such driver",
            hint="Unset it, and the screen is shown in this terminal.",
        )
    return driver

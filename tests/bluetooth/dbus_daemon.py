"""A private dbus-daemon, so that nothing here meets the machine's own Bluetooth."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

_CONFIG = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
    <allow user="*"/>
    {rules}
  </policy>
</busconfig>
"""
# the rule a distribution's policy applies to users outside the bluetooth group
_BLUEZ_FORBIDDEN = '<deny send_destination="org.bluez"/>'


@asynccontextmanager
async def dbus_daemon(*, bluez_permitted: bool = True) -> AsyncIterator[str]:
    """Runs a private bus and gives its address; it refuses calls to org.bluez unless `bluez_permitted`."""
    with tempfile.TemporaryDirectory(prefix="legbal-bus-") as folder:
        config = Path(folder, "bus.conf")
        rules = "" if bluez_permitted else _BLUEZ_FORBIDDEN
        config.write_text(  # noqa: ASYNC240 - before anything runs
            _CONFIG.format(socket=Path(folder, "bus"), rules=rules), encoding="utf-8"
        )
        process = await asyncio.create_subprocess_exec(
            "dbus-daemon",
            f"--config-file={config}",
            "--nofork",
            "--nopidfile",
            "--print-address=1",
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # it complains where it may not raise its own limits
        )
        try:
            assert process.stdout is not None
            address = (await process.stdout.readline()).decode().strip()
            assert address, "dbus-daemon did not start"
            yield address
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()

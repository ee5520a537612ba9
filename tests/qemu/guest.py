"""In the guest: the stack is set up and each scenario run; the last line says whether all held."""

from __future__ import annotations

import asyncio
import os
import sys
import time
import traceback
from pathlib import Path

from tests.bluetooth.dbus_daemon import dbus_daemon
from tests.qemu.air import Adapter, Air
from tests.qemu.names import ALL_HELD
from tests.qemu.scenarios import SCENARIOS, Stack
from tests.qemu.services import bluetooth_service


async def main(bluetoothd: str, capture: Path, names: list[str]) -> None:
    """Runs the scenarios of these names.

    Args:
        bluetoothd: the program.
        capture: of an Assioma.
        names: of scenarios.
    """
    failed = 0
    async with dbus_daemon() as address:
        os.environ["DBUS_SYSTEM_BUS_ADDRESS"] = address
        async with bluetooth_service(bluetoothd, address) as service:
            for name in names:
                air, began = Air(), time.monotonic()
                adapter = Adapter(air)
                try:
                    await adapter.plug_in()
                    await service.powered()
                    outcome = await SCENARIOS[name](Stack(air, adapter, service, address, capture))
                    word = "holds"
                except Exception as fault:  # the next one is run all the same
                    traceback.print_exc()
                    outcome, word, failed = f"{type(fault).__name__}: {fault}", "FAILS", failed + 1
                print(f"{word}  {name}: {outcome} ({time.monotonic() - began:.0f} s)")
                await adapter.pull_out()
    print(ALL_HELD if not failed else f"{failed} of {len(names)} failed")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))

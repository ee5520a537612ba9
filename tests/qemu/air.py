"""The controllers of both ends, and the air between them.

Bumble's controllers are made for Bumble's own hosts. What the kernel expects of one beyond that stands here.
"""

from __future__ import annotations

import asyncio
from typing import Any

from bumble import core, hci
from bumble.controller import Controller
from bumble.link import LocalLink
from bumble.transport.vhci import open_vhci_transport

ADDRESS = "00:1A:7D:DA:71:13"  # of the adapter


class Air(LocalLink):
    """Both ends hear each other at once, and nothing is lost."""

    def send_acl_data(
        self, sender_controller: Controller, destination_address: hci.Address, _transport: object, data: bytes
    ) -> None:
        # the sender is known by the address of this connection, which of an adapter is the public one; Bumble
        # takes the random one of every sender
        other = self.find_le_controller(destination_address)
        connection = sender_controller.le_connections.get(destination_address)
        if other is not None and connection is not None:
            asyncio.get_running_loop().call_soon(
                other.on_link_acl_data, connection.self_address, core.PhysicalTransport.LE, data
            )


class RadioController(Controller):
    """A controller of Bluetooth 4.1, as old dongles and most power meters have.

    Bumble's own says that it can do more than it does: asked for privacy or extended advertising, the kernel waits
    for events that never come.
    """

    le_features = (
        hci.LeFeatureMask.LE_ENCRYPTION
        | hci.LeFeatureMask.CONNECTION_PARAMETERS_REQUEST_PROCEDURE
        | hci.LeFeatureMask.EXTENDED_REJECT_INDICATION
        | hci.LeFeatureMask.PERIPHERAL_INITIATED_FEATURE_EXCHANGE
        | hci.LeFeatureMask.LE_PING
    )

    pending_le_connection: Any

    def lose_links(self) -> None:
        """All links go down as out of range: each end notices for itself."""
        for connection in [*self.le_connections.values()]:
            self.on_le_disconnected(connection, hci.HCI_ErrorCode.CONNECTION_TIMEOUT_ERROR)

    def on_hci_le_create_connection_cancel_command(
        self, _command: hci.HCI_LE_Create_Connection_Cancel_Command
    ) -> hci.HCI_StatusReturnParameters:
        # the kernel asks no other connection before it is told that this one came to nothing
        pending = self.pending_le_connection
        self.pending_le_connection = None
        if pending is None:
            return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.COMMAND_DISALLOWED_ERROR)
        cancelled = hci.HCI_LE_Connection_Complete_Event(
            status=hci.HCI_ErrorCode.UNKNOWN_CONNECTION_IDENTIFIER_ERROR,
            connection_handle=0,
            role=hci.Role.CENTRAL,
            peer_address_type=pending.peer_address.address_type,
            peer_address=pending.peer_address,
            connection_interval=0,
            peripheral_latency=0,
            supervision_timeout=0,
            central_clock_accuracy=0,
        )
        asyncio.get_running_loop().call_soon(self.send_hci_packet, cancelled)
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)

    def on_hci_reset_command(self, _command: hci.HCI_Reset_Command) -> hci.HCI_StatusReturnParameters:
        # the kernel resets the adapter when it is switched on or off; the other end finds its links gone
        self.le_scan_enable = False
        self.pending_le_connection = None
        self.le_connections.clear()
        return hci.HCI_StatusReturnParameters(hci.HCI_ErrorCode.SUCCESS)


class Adapter:
    """A USB dongle, as far as the kernel knows: plugged in and pulled out."""

    def __init__(self, air: Air) -> None:
        self._air = air
        self.controller: RadioController | None = None

    async def plug_in(self) -> None:
        """The kernel finds it."""
        self._transport = await open_vhci_transport(None)
        self.controller = RadioController(
            "adapter", self._transport.source, self._transport.sink, self._air, ADDRESS
        )

    async def pull_out(self) -> None:
        """It is gone, if it was there; whom it was linked with does not hear of it."""
        if self.controller is None:
            return
        self._air.remove_controller(self.controller)
        await self._transport.close()
        self.controller = None

"""Rides on the real Linux Bluetooth stack, in a virtual machine of its own: ``python -m tests.qemu``.

QEMU boots a Debian kernel; in it run bluetoothd, the kernel's virtual controller (hci_vhci) and a power meter made of
software (Bumble). Nothing of it meets this machine's Bluetooth, D-Bus or network. No part of the test suite:
docs/real-stack.md says what it needs and shows what it printed.
"""

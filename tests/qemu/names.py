"""What host and guest say to each other: Bumble is only needed in the guest."""

NAMES = (
    "Assioma capture",
    "10 min at 4 Hz",
    "20 drops",
    "adapter off and on",
    "adapter pulled out and put back",
    "bluetoothd restarted",
    "pairing",
    "pairing with a passkey",
    "pairing by the desktop",
)
ALL_HELD = "all held"

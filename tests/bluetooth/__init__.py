"""bleak's BlueZ backend against a fake bluetoothd on a private bus; no radio is involved."""

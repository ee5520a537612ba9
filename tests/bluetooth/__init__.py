"""bleak's BlueZ backend against a fake bluetoothd on a D-Bus of its own: there is neither but on Linux."""

import sys

import pytest

if sys.platform != "linux":
    pytest.skip("BlueZ and D-Bus are Linux's", allow_module_level=True)

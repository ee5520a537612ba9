"""The screen: drawings by value, keys and states through Textual's pilot, snapshots at fixed size."""

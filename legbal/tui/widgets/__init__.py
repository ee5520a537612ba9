"""The one widget that puts drawings on the screen."""

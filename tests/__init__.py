"""The tests of legbal."""

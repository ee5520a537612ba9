"""Measurements, apart from the tests: run by `pytest --benchmark-only`; they hold ratios of one run."""

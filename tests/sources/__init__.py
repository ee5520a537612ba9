"""Tests of where notifications come from."""

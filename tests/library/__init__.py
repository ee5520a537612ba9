"""Tests of the library: real SQLite files, real locks, real kills."""

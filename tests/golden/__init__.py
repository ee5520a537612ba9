"""What the program prints, kept: made again from any checkout and compared. `python -m tests.golden --help`."""

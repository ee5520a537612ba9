"""The docs' pictures, drawn by the program itself from simulated rides: `python -m tests.pictures` writes them."""

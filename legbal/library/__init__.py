"""What is kept? Rides, meters, raw packets and marks in one SQLite file."""

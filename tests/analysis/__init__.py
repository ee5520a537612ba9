"""What is derived from rides that are over."""

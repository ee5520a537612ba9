"""What the bytes mean."""

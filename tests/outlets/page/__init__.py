"""The page of a ride: over real HTTP, and in a real browser."""

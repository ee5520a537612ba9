"""Publishing a ride, and hearing of others'."""

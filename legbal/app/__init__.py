"""How does a ride run: from its source to what is recorded, seen and heard."""

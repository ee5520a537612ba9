"""Following one rider, or many."""
